"""Chats with drafts: as a citizen in a sandbox, with what was understood and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from console.door import session_of
from console.editing import tryout_journeys
from console.editing.tryout_chats import SCOPES, TriedChat, TriedChats, TriedTurn
from console.editing.tryout_sandbox import SandboxUnavailable
from console.editing.tryout_view import chat_context, state_words
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.content import ContentVersion
from izin.content_titles import title
from izin.errors import NotFound
from izin.office import OfficeHours
from ops.journeys.script import CHANNELS
from ops.sandbox_settings import NEEDED_MB

BASE = "/isi/coba"
LONGEST_MESSAGE = 4000

Words = Annotated[str, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/isi/coba``."""
    room = TryoutRoom(house)
    routes = Routes(BASE)
    _add_pages(routes, room)
    _add_conversation(routes, room)
    tryout_journeys.add_routes(routes, house, room.chats)
    return routes.router


class TryoutRoom:
    """What the pages of one console share."""

    def __init__(self, house: House) -> None:
        """Take the house; no conversation was begun yet."""
        self.house = house
        self.sandbox = house.sandbox
        self.chats = TriedChats()

    def version(self, version_id: str) -> ContentVersion | None:
        """Give a version, None for "".

        Raises:
            NotFound: There is none.
        """
        return self.house.content.version(version_id) if version_id else None

    def own(self, request: Request, chat_id: str) -> TriedChat:
        """Give the asker's conversation.

        Raises:
            NotFound: It is forgotten, or another's.
        """
        return self.chats.chat(chat_id, session_of(request).account.id)

    def begin_sandbox(self, request: Request, model_id: str | None = None) -> str:
        """Start the sandbox if need be; gives what went wrong, or ""."""
        try:
            begun = self.sandbox.begin(model_id)
        except OSError:
            return self.house.wording.say("tryout.failed.machine")
        if begun:
            self._record(request, "coba.mulai", self.sandbox.model_id or "terpakai")
        return ""

    def _record(self, request: Request, action: str, subject: str) -> None:
        with self.house.one_commit():
            self.house.record(session_of(request).account, action, "sandbox", subject)

    def shown(self, chat: TriedChat, **more: str) -> dict[str, Any]:
        """Give what the chat's template needs."""
        try:
            version = self.version(chat.version_id)
        except NotFound:
            version = None
        return chat_context(
            self.house.wording, self.sandbox, chat, version, needed_mb=NEEDED_MB, **more
        )

    def page(self, request: Request, chat: TriedChat, status: int = 200, **more: str) -> Response:
        """Give a conversation's page, or its panel alone when the script asks for that."""
        template = "isi/coba/chat.html" if _wants_part(request) else "isi/coba/page.html"
        return self.house.pages.page(request, template, status, **self.shown(chat, **more))


def _wants_part(request: Request) -> bool:
    return request.headers.get("x-part") == "chat"


def _add_pages(routes: Routes, room: TryoutRoom) -> None:
    own, house = Permission.CONTENT, room.house

    @routes.get("", own)
    def start(request: Request, versi: str = "") -> Response:
        version = room.version(versi)
        latest = room.chats.latest(session_of(request).account.id, versi)
        return house.pages.page(
            request, "isi/coba/start.html", version=version, latest=latest,
            title=_title(version), channels=CHANNELS, models=_models(house),
            chosen_model=room.sandbox.model_id,
            state=state_words(house.wording, room.sandbox.state(), NEEDED_MB),
        )  # fmt: skip

    @routes.get("/keadaan", own)
    def state(request: Request) -> Response:
        return JSONResponse(state_words(house.wording, room.sandbox.state(), NEEDED_MB))

    @routes.post("/henti", own)
    def stop(request: Request) -> Response:
        room.sandbox.stop()
        room._record(request, "coba.henti", "sandbox")
        return see_other(BASE)


def _title(version: ContentVersion | None) -> str:
    return title(version.item, version.document) if version else ""


def _models(house: House) -> list[tuple[str, str]]:
    say = house.wording.say
    others = [
        (model.id, say("tryout.model_of", number=model.number)) for model in house.sandbox.choices()
    ]
    return [("", say("tryout.model_in_use")), *others]


def _add_conversation(routes: Routes, room: TryoutRoom) -> None:
    own = Permission.CONTENT
    say = room.house.wording.say

    @routes.post("/percakapan", own)
    def begin(
        request: Request, kanal: Words = CHANNELS[0], versi: Words = "", cakupan: Words = "all",
        model: Words = "-",
    ) -> Response:  # fmt: skip
        room.version(versi)
        channel = kanal if kanal in CHANNELS else CHANNELS[0]
        scope = cakupan if cakupan in SCOPES else SCOPES[0]
        wrong = room.begin_sandbox(request, None if model == "-" else model)
        chat = room.chats.begin(session_of(request).account.id, channel, versi, scope)
        if wrong or _wants_part(request):
            return room.page(request, chat, 503 if wrong else 200, error=wrong)
        return see_other(f"{BASE}/percakapan/{chat.id}")

    @routes.get("/percakapan/{chat_id}", own)
    def conversation(request: Request, chat_id: str) -> Response:
        try:
            return room.page(request, room.own(request, chat_id))
        except NotFound:
            return see_other(with_flash(BASE, "chat_forgotten"))

    @routes.post("/percakapan/{chat_id}/nyalakan", own)
    def wake(request: Request, chat_id: str) -> Response:
        chat = room.own(request, chat_id)
        wrong = room.begin_sandbox(request)
        if wrong or _wants_part(request):
            return room.page(request, chat, 503 if wrong else 200, error=wrong)
        return see_other(f"{BASE}/percakapan/{chat.id}")

    @routes.post("/percakapan/{chat_id}/kirim", own)
    def send(
        request: Request, chat_id: str, text: Words = "", choice: Words = "", at: Words = ""
    ) -> Response:
        chat = room.own(request, chat_id)
        tapped = chat.title_of(choice) if choice else None
        words = text.strip()
        if chat.full or (not words and tapped is None) or len(words) > LONGEST_MESSAGE:
            wrong = "full" if chat.full else "empty" if not words else "long"
            return room.page(request, chat, 422, typed=text, error=say(f"tryout.wrong.{wrong}"))
        try:
            moment = _moment(room.house, at)
        except ValueError:
            return room.page(request, chat, 422, typed=text, error=say("tryout.wrong.moment"))
        body = _body(chat, words, choice if tapped is not None else "", moment)
        try:
            answer, understood = room.sandbox.turn(chat.drafts, body)
        except SandboxUnavailable:
            return room.page(request, chat, 409, typed=text, error=say("tryout.not_sent"))
        if not chat.turns:
            chat.while_closed = not _is_open(room.house, moment or room.house.clock())
        chat.turns.append(
            TriedTurn(tapped or words, tapped is not None, answer["replies"], understood)
        )
        if _wants_part(request):
            return room.page(request, chat)
        return see_other(f"{BASE}/percakapan/{chat.id}#akhir")


def _body(chat: TriedChat, text: str, choice: str, at: datetime | None) -> dict[str, Any]:
    said = {"choice": choice} if choice else {"text": text}
    moved = {"at": at.isoformat()} if at else {}
    return {"channel": chat.channel, "chat": f"coba-{chat.id}", **said, **moved}


def _is_open(house: House, moment: datetime) -> bool:
    return OfficeHours(house.office.office(), house.office.calendar()).is_open(moment)


def _moment(house: House, given: str) -> datetime | None:
    """Give the moment somebody typed, in the office's zone; None for none.

    Raises:
        ValueError: It is none.
    """
    if not given.strip():
        return None
    return datetime.fromisoformat(given.strip()).replace(tzinfo=house.office.office().zone)
