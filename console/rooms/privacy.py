"""Requests of citizens about their own data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import session_of
from console.house import House
from console.pages import see_other
from console.people import REVEAL_REASONS, officer_name
from console.routes import Routes
from izin.accounts import Account, Permission
from izin.errors import Conflict, InvalidInput, NotFound
from izin.privacy import WARN_BEFORE, Outcome, RequestWork, masked_phone
from izin.usecases.answer_privacy_request import LONGEST_ANSWER, AnswerPrivacyRequest

PAGE = 50
SUBJECT = "permintaan_data"
HERE = "/permintaan-data"
Typed = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class PrivacyRoom:
    """Renders the pages of requests and does what their forms ask."""

    house: House

    @property
    def work(self) -> AnswerPrivacyRequest:
        """Give the use case over the house's ports."""
        return AnswerPrivacyRequest(self.house.privacy_desk, self.house.office, self.house.wording)

    def list(self, request: Request, shown: str, after: str) -> Response:
        """Give the list; requests are the central desk's work, other units have none."""
        account = session_of(request).account
        desk = self.house.privacy_desk
        give = desk.ended if shown == "selesai" else desk.waiting
        found = [] if account.unit else list(give(after or None, PAGE + 1))
        return self.house.pages.page(
            request, "privacy/list.html",
            shown="selesai" if shown == "selesai" else "terbuka",
            lines=[self.line(item) for item in found[:PAGE]],
            following=found[PAGE - 1].request.ticket if len(found) > PAGE else None,
            elsewhere=bool(account.unit),
        )  # fmt: skip

    def line(self, work: RequestWork) -> dict[str, Any]:
        """Give what a list shows of a request: nothing personal."""
        left = work.request.due_at - self.house.clock()
        level = "late" if left.total_seconds() < 0 else "soon" if left <= WARN_BEFORE else "ok"
        return {
            "work": work,
            "asked": work.request,
            "hours": abs(int(left.total_seconds())) // 3600,
            "level": level if work.waits else "ended",
            "officer": officer_name(self.house, work.officer),
        }

    def page(
        self,
        request: Request,
        ticket: str,
        status: int = 200,
        *,
        revealed: bool = False,
        problem: str | None = None,
        kept: dict[str, str] | None = None,
        preview: str | None = None,
    ) -> Response:
        """Give a request's page; ``kept`` is what was typed into the forms."""
        work = self.house.privacy_desk.read(ticket)
        return self.house.pages.page(
            request, "privacy/request.html", status,
            **self.line(work),
            phone=work.phone if revealed or not work.phone else masked_phone(work.phone),
            mine=work.officer == session_of(request).account.id,
            notes=[(note, officer_name(self.house, note.officer)) for note in work.notes],
            revealed=revealed, problem=problem, preview=preview,
            kept={"text": "", "note": "", "outcome": "", **(kept or {})},
            outcomes=[item.value for item in Outcome],
            reasons=REVEAL_REASONS, longest=LONGEST_ANSWER, once=uuid.uuid4().hex,
        )  # fmt: skip

    def guard(self, request: Request, ticket: str) -> Account:
        """Give the account that may work on a request.

        Raises:
            NotFound: No such request, or not for this account.
        """
        account = session_of(request).account
        if account.unit:
            raise NotFound(f"request {ticket}")
        self.house.privacy_desk.read(ticket)
        return account

    def read(self, request: Request, ticket: str) -> Response:
        """Give the page and record the reading."""
        account = self.guard(request, ticket)
        self.house.record(account, "permintaan_data.lihat", SUBJECT, ticket)
        return self.page(request, ticket)

    def reveal(self, request: Request, ticket: str, reason: str) -> Response:
        """Give the page with the citizen's data, for a reason that is recorded."""
        account = self.guard(request, ticket)
        if reason not in REVEAL_REASONS:
            return self.page(request, ticket, 422, problem="complaints.problem.reveal_reason")
        self.house.record(account, "permintaan_data.buka", SUBJECT, ticket, reason=reason)
        return self.page(request, ticket, revealed=True)

    def take(self, request: Request, ticket: str, seen: str) -> Response:
        """Let the account work on the request."""
        account = self.guard(request, ticket)
        try:
            with self.house.one_commit():
                self.work.take(ticket, account.id, self.house.clock(), seen or None)
                self.house.record(account, "permintaan_data.ambil", SUBJECT, ticket)
        except Conflict:
            return self.page(request, ticket, 409, problem="requests.problem.changed")
        return see_other(f"{HERE}/{ticket}")

    def note(self, request: Request, ticket: str, text: str, once: str) -> Response:
        """Keep a note."""
        account = self.guard(request, ticket)
        try:
            with self.house.one_commit():
                key = f"{ticket}:{once}"
                self.work.note(ticket, account.id, text, key, self.house.clock())
                self.house.record(account, "permintaan_data.catat", SUBJECT, ticket)
        except InvalidInput:
            kept = {"note": text}
            return self.page(request, ticket, 422, problem="complaints.problem.note", kept=kept)
        except Conflict:
            kept = {"note": text}
            return self.page(request, ticket, 409, problem="requests.problem.changed", kept=kept)
        return see_other(f"{HERE}/{ticket}#catatan")

    def close(self, request: Request, ticket: str, form: dict[str, str]) -> Response:
        """Show what the citizen will read, or end the request with it."""
        account = self.guard(request, ticket)
        kept = {"text": form["text"], "outcome": form["outcome"]}
        try:
            outcome = Outcome(form["outcome"])
        except ValueError:
            problem = "requests.problem.outcome"
            return self.page(request, ticket, 422, problem=problem, kept=kept)
        try:
            if form["step"] != "kirim":
                answer = self.work.answer(ticket, outcome, form["text"], account.title)
                return self.page(request, ticket, preview=answer.text, kept=kept)
            with self.house.one_commit():
                closed = self.work.close(
                    ticket, account.id, account.title, outcome, form["text"], form["once"],
                    self.house.clock(),
                )  # fmt: skip
                if closed:
                    action, code = "permintaan_data.tutup", outcome.value
                    self.house.record(account, action, SUBJECT, ticket, outcome=code)
        except InvalidInput:
            problem = "requests.problem.text"
            return self.page(request, ticket, 422, problem=problem, kept=kept)
        except Conflict:
            problem = "requests.problem.changed"
            return self.page(request, ticket, 409, problem=problem, kept=kept)
        return see_other(f"{HERE}/{ticket}")


def router(house: House) -> APIRouter:
    """Serve ``/permintaan-data``."""
    routes, room = Routes(HERE), PrivacyRoom(house)
    access = Permission.PRIVACY_REQUESTS

    @routes.get("", access)
    def all_requests(request: Request, daftar: str = "", setelah: str = "") -> Response:
        return room.list(request, daftar, setelah)

    @routes.get("/{ticket}", access)
    def one_request(request: Request, ticket: str) -> Response:
        return room.read(request, ticket)

    @routes.post("/{ticket}/buka", access)
    def reveal(request: Request, ticket: str, reason: Typed = "") -> Response:
        return room.reveal(request, ticket, reason)

    @routes.post("/{ticket}/ambil", access)
    def take(request: Request, ticket: str, seen: Typed = "") -> Response:
        return room.take(request, ticket, seen)

    @routes.post("/{ticket}/catatan", access)
    def note(request: Request, ticket: str, text: Typed = "", once: Typed = "") -> Response:
        return room.note(request, ticket, text, once)

    @routes.post("/{ticket}/tutup", access)
    def close(
        request: Request,
        ticket: str,
        outcome: Typed = "",
        text: Typed = "",
        once: Typed = "",
        step: Typed = "",
    ) -> Response:
        form = {"outcome": outcome, "text": text, "once": once, "step": step}
        return room.close(request, ticket, form)

    return routes.router
