"""The page of one complaint, ordinary or sealed: shown, worked on, revealed, evidence given."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from tanya_language import mask_personal_data

from console import complaint_actions as actions
from console.complaint_actions import Form
from console.complaint_words import Words
from console.door import session_of
from console.house import House
from console.pages import HEADERS, see_other, with_headers
from console.people import REVEAL_REASONS
from izin.accounts import Account, Permission, Role
from izin.complaint_desk import OFFICER_ROLES, SEALED_ROLES, Reader
from izin.complaint_rules import LONGEST_TEXT
from izin.complaint_states import ClosingReason, Priority
from izin.complaint_work import Case, Refusal
from izin.complaints import Complaint, Confidentiality
from izin.errors import Conflict, NotFound, RegistryUnavailable
from izin.privacy import masked_phone

SHOWN_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf",
            "image/webp": "webp", "image/gif": "gif", "text/plain": "txt"}  # fmt: skip
_FILE_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class ComplaintRoom:
    """One of the two rooms: ordinary complaints, or sealed ones.

    Attributes:
        base: Begins every path of the room.
        sealed: The room of confidential and anonymous complaints. Each room reads with the
            roles of its own kind only, so that neither shows what is the other's.
    """

    house: House
    base: str
    sealed: bool

    @property
    def kind(self) -> str:
        """Give the audit log's kind of subject, which begins its actions too."""
        return "pengaduan_tertutup" if self.sealed else "pengaduan"

    def reader(self, request: Request) -> Reader:
        """Give who reads, with the roles of this room."""
        account = session_of(request).account
        roles = frozenset(role.value for role in account.roles)
        wanted = SEALED_ROLES if self.sealed else OFFICER_ROLES
        return Reader(account.id, roles & wanted, account.unit)

    def record(self, request: Request, what: str, ticket: str, **details: str | int | bool) -> None:
        """Write into the audit log what is done to a complaint."""
        account = session_of(request).account
        self.house.record(account, f"{self.kind}.{what}", self.kind, ticket, **details)

    def show(self, request: Request, ticket: str, news: str = "") -> Response:
        """Give the complaint's page and record the reading."""
        with self.house.one_commit():
            case = self.house.complaint_work.case(self.reader(request), ticket, self.house.clock())
            self.record(request, "lihat", ticket)
        said = f"complaints.news.{news}"
        return self.page(request, case, news=said if self.house.wording.has(said) else None)

    def again(self, request: Request, ticket: str, status: int = 422, **more: Any) -> Response:
        """Give the page once more after a form that was not taken."""
        case = self.house.complaint_work.case(self.reader(request), ticket, self.house.clock())
        return self.page(request, case, status, **more)

    def reveal(self, request: Request, ticket: str, reason: str) -> Response:
        """Give the page with the citizen's data, for a reason that is recorded."""
        if reason not in REVEAL_REASONS:
            return self.again(request, ticket, problem="complaints.problem.reveal_reason")
        with self.house.one_commit():
            case = self.house.complaint_work.case(self.reader(request), ticket, self.house.clock())
            self.record(request, "buka", ticket, reason=reason)
        return self.page(request, case, revealed=True)

    def act(self, request: Request, ticket: str, action: str, typed: Mapping[str, Any]) -> Response:
        """Do what a form asks, or show first what the citizen would read."""
        if action not in actions.NAMES:
            raise NotFound(f"action {action}")
        reader, now, form = self.reader(request), self.house.clock(), actions.read_form(typed)
        try:
            if action in actions.PREVIEWED and not form.send:
                said = actions.preview(self.house, reader, ticket, action, form, now)
                return self.again(request, ticket, 200, action=action, form=form, preview=said)
            with self.house.one_commit():
                self._may_be_given(request, form, action, ticket)
                case = actions.take_step(
                    self.house.complaint_steps, reader, ticket, action, form, now
                )
                code = {"reason": form["closing_reason"]} if action == "tutup" else {}
                self.record(request, action.replace("-", "_"), ticket, **code)
        except Refusal as error:
            said = f"complaints.refused.{error.code}"
            return self.again(
                request, ticket, action=action, form=form, problem=said, field=error.field
            )
        except Conflict:
            return self.again(request, ticket, 409, action=action, form=form, changed=True)
        return see_other(self._after(case, action))

    def note(self, request: Request, ticket: str, text: str, once: str) -> Response:
        """Keep an internal note."""
        try:
            with self.house.one_commit():
                self.house.complaint_steps.note(
                    self.reader(request), ticket, once or uuid.uuid4().hex, text,
                    self.house.clock(),
                )  # fmt: skip
                self.record(request, "catat", ticket)
        except Refusal:
            problem = "complaints.problem.note"
            return self.again(request, ticket, problem=problem, note_text=text)
        return see_other(f"{self.base}/{quote(ticket)}#catatan")

    def alarm(self, request: Request, ticket: str, alarm_id: int) -> Response:
        """Take note of an alarm."""
        with self.house.one_commit():
            self.house.complaint_work.see_alarm(self.reader(request), ticket, alarm_id)
            self.record(request, "peringatan", ticket)
        return see_other(f"{self.base}/{quote(ticket)}")

    def evidence(self, request: Request, ticket: str, media_id: str) -> Response:
        """Give a file: pictures to be shown, all else to be saved; recorded."""
        with self.house.one_commit():
            content, mime = self.house.complaint_desk.evidence(
                self.reader(request), ticket, media_id, self.house.clock()
            )
            self.record(request, "bukti", ticket)
        shown = mime in SHOWN_IMAGES
        name = f"bukti-{media_id[:8]}.{_ENDINGS.get(mime, 'bin')}"
        answer = Response(content, media_type=mime if shown else "application/octet-stream")
        how = "inline" if shown else "attachment"
        with_headers(answer, {**_FILE_HEADERS, "Content-Disposition": f'{how}; filename="{name}"'})
        return answer

    def stand(self, request: Request, ticket: str, version: int) -> Response:
        """Give the small live part that says whether a page is still up to date."""
        case = self.house.complaint_work.case(self.reader(request), ticket, self.house.clock())
        here = self.house.pages.part(
            request, "complaints/stand.html", base=self.base, ticket=ticket, version=version,
            stale=case.complaint.version != version,
        )  # fmt: skip
        return HTMLResponse(here, headers=HEADERS)

    def page(
        self,
        request: Request,
        case: Case,
        status: int = 200,
        *,
        revealed: bool = False,
        news: str | None = None,
        problem: str | None = None,
        field: str | None = None,
        action: str | None = None,
        form: Form | None = None,
        preview: str | None = None,
        changed: bool = False,
        note_text: str = "",
    ) -> Response:
        """Give the page of a case."""
        item, words = case.complaint, Words(self.house)
        account = session_of(request).account
        return self.house.pages.page(
            request, "complaints/complaint.html", status,
            base=self.base, sealed=self.sealed, item=item, case=case, words=words,
            left=words.left(case.due.next_at, item.state),
            offered=actions.offered(item, account.id), mine=item.officer == account.id,
            story=item.story if revealed else mask_personal_data(item.story),
            place=item.place if revealed else mask_personal_data(item.place),
            desired=item.desired if revealed else mask_personal_data(item.desired or ""),
            additions=self._additions(item, revealed),
            files=self.house.case_file.files(item.media_ids, sealed=self.sealed),
            timeline=words.timeline(item, revealed), pauses=words.pauses(item.pauses),
            newer=_newer(words, item, form) if changed else [],
            who=self._complainant(item, revealed), revealed=revealed,
            conversation=self._conversation(item, account),
            application=self._application(item), permit=self._permit(item),
            rating_said=_rating_said(item, revealed),
            colleagues=self._colleagues(item) if item.is_open else [],
            closing_reasons=[reason.value for reason in ClosingReason],
            priorities=[priority.value for priority in Priority],
            reasons=REVEAL_REASONS, once=uuid.uuid4().hex, longest=LONGEST_TEXT,
            previewed=actions.PREVIEWED, kept=form or actions.read_form({}), action=action,
            problem=problem, field=field, preview=preview, changed=changed, news=news,
            note_text=note_text, shown_images=SHOWN_IMAGES, supervisor=_supervises(account),
        )  # fmt: skip

    def _additions(self, item: Complaint, revealed: bool) -> list[dict[str, Any]]:
        return [
            {
                "at": one.at,
                "text": one.text if revealed else mask_personal_data(one.text),
                "files": self.house.case_file.files(one.media_ids, sealed=self.sealed),
            }
            for one in item.additions
        ]

    def _complainant(self, item: Complaint, revealed: bool) -> dict[str, Any] | None:
        """Give who sent it, as far as it may be shown; None when nobody knows."""
        if item.confidentiality is Confidentiality.ANONYMOUS or item.conversation_id is None:
            return None
        found = self.house.case_file.complainant(item.conversation_id)
        if found is None:
            return None
        phone = found.phone
        if phone and not revealed:
            phone = None if self.sealed else masked_phone(phone)
        shown = revealed or not self.sealed
        return {
            "phone": phone,
            "has_phone": found.phone is not None,
            "channel": found.channel if shown else None,
            "simulated": found.simulated,
        }

    def _conversation(self, item: Complaint, account: Account) -> str | None:
        """Give the chat to link to; never one of a sealed complaint."""
        here = item.conversation_id
        if self.sealed or here is None or not account.may(Permission.CONVERSATIONS):
            return None
        return here if self.house.desk.may_see(here, account.unit) else None

    def _application(self, item: Complaint) -> dict[str, Any] | None:
        """Give number and state of the application it is about."""
        if not item.application_number:
            return None
        shown: dict[str, Any] = {"number": item.application_number, "state": None}
        try:
            found = self.house.registry.find(item.application_number)
        except RegistryUnavailable:
            return shown
        labels = self.house.catalogue.status_labels()
        return {**shown, "state": labels.get(found.status, found.status) if found else None}

    def _permit(self, item: Complaint) -> str | None:
        """Give the name of the permit it is about."""
        found = self.house.catalogue.permit(item.permit_code) if item.permit_code else None
        return found.short_name if found else item.permit_code

    def _colleagues(self, item: Complaint) -> list[Account]:
        """Give the accounts that could work on a complaint."""
        wanted = Permission.SEALED_COMPLAINTS if self.sealed else Permission.COMPLAINTS
        return [
            one
            for one in self.house.accounts.all()
            if one.active and one.may(wanted) and (self.sealed or one.unit in (None, item.unit))
        ]

    def _may_be_given(self, request: Request, form: Form, action: str, ticket: str) -> None:
        """See that the account a complaint is given to exists and may work on it."""
        if action != "tugaskan" or not form["officer"]:
            return
        case = self.house.complaint_work.case(self.reader(request), ticket, self.house.clock())
        if form["officer"] not in {one.id for one in self._colleagues(case.complaint)}:
            raise Refusal("officer_unknown", "officer")

    def _after(self, case: Case, action: str) -> str:
        """Give where to go after a step; one that became sealed is no longer here."""
        item = case.complaint
        moved = not self.sealed and item.confidentiality is not Confidentiality.NORMAL
        if moved:
            return f"{self.base}?kabar=dirahasiakan"
        return f"{self.base}/{quote(item.ticket)}?kabar={action.replace('-', '_')}"


def _newer(words: Words, item: Complaint, form: Form | None) -> list[dict[str, Any]]:
    return [words.event(one) for one in item.events[form.seen :]] if form else []


def _supervises(account: Account) -> bool:
    return Role.SUPERVISOR in account.roles


def _rating_said(item: Complaint, revealed: bool) -> str:
    """Give why the citizen rated it so, the latest time."""
    said = [event.text for event in item.events if event.kind == "rated" and event.text][-1:]
    return "".join(said if revealed else map(mask_personal_data, said))
