"""Who holds a conversation: taken, let go, returned, passed on, taken over, forwarded."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from console.conversations.page import ConversationPage, units_beyond
from console.errors import Forbidden
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Account, Permission, Role
from izin.conversation_room import LONGEST_NOTE, Note, NoteKind
from izin.errors import Conflict, InvalidInput, NotFound
from izin.usecases.serve_citizen import ServeCitizen

Words = Annotated[str, Form()]


def add_holding(routes: Routes, house: House, pages: ConversationPage) -> None:
    """Serve what changes who holds a conversation."""
    serve = ServeCitizen(house.officers, house.office, house.wording)
    desk = Holding(house, pages, serve)

    @routes.post("/{conversation_id}/ambil", Permission.CONVERSATIONS)
    def take(request: Request, conversation_id: str, text: Words = "") -> Response:
        account = pages.visitor(request, conversation_id)
        try:
            with house.one_commit():
                serve.take(conversation_id, account.id, account.title, house.clock())
                house.record(account, "percakapan.ambil", "percakapan", conversation_id)
        except Conflict:
            return desk.refuse(request, conversation_id, draft=text)
        if text.strip():
            return pages.show(request, conversation_id, draft=text)
        return desk.done(conversation_id, "ambil", "#tulis")

    @routes.post("/{conversation_id}/lepas", Permission.CONVERSATIONS)
    def put_back(request: Request, conversation_id: str) -> Response:
        account = pages.visitor(request, conversation_id)
        try:
            with house.one_commit():
                if serve.put_back(conversation_id, account.id, house.clock()):
                    house.record(account, "percakapan.lepas", "percakapan", conversation_id)
        except Conflict:
            return desk.refuse(request, conversation_id)
        return desk.done(conversation_id, "lepas")

    @routes.post("/{conversation_id}/kembalikan", Permission.CONVERSATIONS)
    def give_back(
        request: Request, conversation_id: str, summary: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        if not 0 < len(summary.strip()) <= LONGEST_NOTE:
            return desk.wrong(request, conversation_id, "summary", summary_draft=summary)
        try:
            with house.one_commit():
                if serve.release(conversation_id, account.id, house.clock()):
                    desk.note(account, conversation_id, NoteKind.RETURNED, summary, once)
                    house.record(account, "percakapan.kembalikan", "percakapan", conversation_id)
        except Conflict:
            return desk.refuse(request, conversation_id, summary_draft=summary)
        return desk.done(conversation_id, "kembalikan")

    @routes.post("/{conversation_id}/selesaikan", Permission.CONVERSATIONS)
    def settle(
        request: Request, conversation_id: str, reason: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        if not 0 < len(reason.strip()) <= LONGEST_NOTE:
            return desk.wrong(request, conversation_id, "reason", reason_draft=reason)
        held = house.officers.handling(conversation_id)
        if held is not None and held.officer != account.id:
            return desk.refuse(request, conversation_id, reason_draft=reason)
        with house.one_commit():
            if house.room.settle(conversation_id, house.clock()):
                desk.note(account, conversation_id, NoteKind.SETTLED, reason, once)
                house.record(account, "percakapan.selesaikan", "percakapan", conversation_id)
        return desk.done(conversation_id, "selesaikan")

    @routes.post("/{conversation_id}/ambil-alih", Permission.CONVERSATIONS)
    def take_over(
        request: Request, conversation_id: str, reason: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        if Role.SUPERVISOR not in account.roles:
            raise Forbidden(Role.SUPERVISOR)
        if not 0 < len(reason.strip()) <= LONGEST_NOTE:
            return desk.wrong(request, conversation_id, "reason", reason_draft=reason)
        with house.one_commit():
            serve.take_over(conversation_id, account.id, account.title, house.clock())
            desk.note(account, conversation_id, NoteKind.TAKEN_OVER, reason, once)
            house.record(account, "percakapan.ambil_alih", "percakapan", conversation_id)
        return desk.done(conversation_id, "ambil_alih")

    @routes.post("/{conversation_id}/serahkan", Permission.CONVERSATIONS)
    def hand_over(
        request: Request, conversation_id: str, to: Words = "", reason: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        try:
            colleague = desk.colleague(to, conversation_id)
        except NotFound:
            return desk.wrong(request, conversation_id, "colleague", reason_draft=reason)
        try:
            with house.one_commit():
                serve.hand_over(
                    conversation_id, account.id, colleague.id, colleague.title, house.clock()
                )
                desk.note(
                    account, conversation_id, NoteKind.HANDED_OVER, reason, once, to=colleague.id
                )
                house.record(
                    account, "percakapan.serahkan", "percakapan", conversation_id,
                    kepada=colleague.id,
                )  # fmt: skip
        except Conflict:
            return desk.refuse(request, conversation_id, reason_draft=reason)
        return desk.done(conversation_id, "serahkan")

    @routes.post("/{conversation_id}/teruskan", Permission.CONVERSATIONS)
    def forward(
        request: Request,
        conversation_id: str,
        unit: Words = "",
        reason: Words = "",
        once: Words = "",
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        known = {item.code: item for item in units_beyond(house, account)}
        if unit not in known:
            return desk.wrong(request, conversation_id, "unit", reason_draft=reason)
        if not 0 < len(reason.strip()) <= LONGEST_NOTE:
            return desk.wrong(request, conversation_id, "reason", reason_draft=reason)
        with house.one_commit():
            to = None if known[unit].desk else unit
            forwarded = house.desk.forward(conversation_id, to)
            if forwarded:
                held = house.officers.handling(conversation_id)
                if held is not None and held.officer == account.id:
                    # Else nobody could answer: the unit not yet, and this officer no longer.
                    serve.put_back(conversation_id, account.id, house.clock())
                desk.note(account, conversation_id, NoteKind.FORWARDED, reason, once, unit=unit)
                house.record(
                    account, "percakapan.teruskan", "percakapan", conversation_id, unit=unit
                )
        if not forwarded:
            return desk.wrong(request, conversation_id, "nothing_open", reason_draft=reason)
        if not house.desk.may_see(conversation_id, account.unit):
            return see_other(with_flash("/percakapan", "forwarded"))
        return desk.done(conversation_id, "teruskan")


class Holding:
    """What the forms around a hold have in common."""

    def __init__(self, house: House, pages: ConversationPage, serve: ServeCitizen) -> None:
        """Take the house, the page and the use case."""
        self._house = house
        self._pages = pages
        self.serve = serve

    def note(
        self, account: Account, conversation_id: str, kind: NoteKind, text: str, once: str,
        **details: str,
    ) -> None:  # fmt: skip
        """Keep a step in the history, once per form."""
        note = Note(
            conversation_id, f"{kind.value}:{account.id}:{key_of(once)}", account.id, kind,
            self._house.clock(), text.strip()[:LONGEST_NOTE], details,
        )  # fmt: skip
        self._house.room.write_note(note)

    def colleague(self, account_id: str, conversation_id: str) -> Account:
        """Give an account that can serve this conversation (NotFound if there is none)."""
        account = self._house.accounts.account(account_id)
        able = account.active and account.may(Permission.CONVERSATIONS)
        if not able or not self._house.desk.may_see(conversation_id, account.unit):
            raise NotFound(f"colleague {account_id!r}")
        return account

    def refuse(self, request: Request, conversation_id: str, **kept: object) -> Response:
        """Give the page with why not, naming who holds the conversation; nothing typed is lost."""
        held = self._house.officers.handling(conversation_id)
        unsent = "unsent" if kept.get("draft") or kept.get("later_draft") else "undone"
        if held is None:
            text = self._house.wording.say(f"room.error.free.{unsent}")
        else:
            names = {item.id: item.name for item in self._house.accounts.all()}
            holder = names.get(held.officer, held.officer)
            text = self._house.wording.say(f"room.error.held.{unsent}", name=holder)
        return self._pages.show(request, conversation_id, 409, error=text, **kept)

    def wrong(self, request: Request, conversation_id: str, field: str, **kept: object) -> Response:
        """Give the page with what is wrong in a form; nothing typed is lost."""
        text = self._house.wording.say(f"room.wrong.{field}")
        return self._pages.show(request, conversation_id, 422, error=text, wrong=field, **kept)

    def done(self, conversation_id: str, what: str, place: str = "") -> Response:
        """Send the browser to the page (to a ``#place`` on it), which says what was done."""
        return see_other(f"/percakapan/{conversation_id}?selesai={what}{place}")


def key_of(once: str) -> str:
    """Give a form's own key.

    Raises:
        InvalidInput: It is none of ours.
    """
    if not (once.isascii() and once.isalnum() and 16 <= len(once) <= 64):
        raise InvalidInput("a form without its key", field="once")
    return once
