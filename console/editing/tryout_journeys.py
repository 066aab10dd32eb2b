"""Tried conversations kept as journeys: saved, listed, played, switched off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.responses import JSONResponse, Response

from console.conversations.holding import key_of
from console.door import session_of
from console.editing.tryout_chats import TriedChat, TriedChats
from console.editing.tryout_runs import JourneyRuns, Run
from console.editing.tryout_sandbox import SandboxUnavailable, SharedSandbox
from console.editing.tryout_view import state_words
from console.house import House
from console.pages import see_other, with_flash, with_headers
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import Conflict, InvalidInput, NotFound
from izin.saved_journeys import KeptStep, journey_of, phrases_of, proposed_phrases
from ops.journeys.runner import JourneyResult
from ops.journeys.saving import exported, playable, written
from ops.journeys.script import CHANNELS, Journey, read_journeys
from ops.sandbox_settings import NEEDED_MB

LIST = "/isi/coba/perjalanan"
SAVED = "simpanan"

Words = Annotated[str, Form()]
Many = Annotated[list[str], Form()]


def add_routes(routes: Routes, house: House, chats: TriedChats) -> None:
    """Add the pages of journeys to ``/isi/coba``."""
    _add_saving(routes, house, chats)
    _add_list(routes, house, house.sandbox)


def _add_saving(routes: Routes, house: House, chats: TriedChats) -> None:
    own = Permission.CONTENT

    def form(
        request: Request, chat: TriedChat, name: str, phrases: Sequence[str], wide: bool,
        once: str, status: int = 200, wrong: str = "",
    ) -> Response:  # fmt: skip
        return house.pages.page(
            request, "isi/coba/save.html", status, chat=chat, name=name, wide=wide, once=once,
            lines=list(zip(chat.turns, phrases, strict=True)), wrong=wrong,
        )  # fmt: skip

    @routes.get("/percakapan/{chat_id}/simpan", own)
    def propose(request: Request, chat_id: str) -> Response:
        try:
            chat = chats.chat(chat_id, session_of(request).account.id)
        except NotFound:
            return see_other(with_flash("/isi/coba", "chat_forgotten"))
        phrases = ["\n".join(proposed_phrases(turn.text)) for turn in chat.turns]
        return form(request, chat, "", phrases, True, uuid.uuid4().hex)

    @routes.post("/percakapan/{chat_id}/simpan", own)
    def save(
        request: Request, chat_id: str, name: Words = "", memuat: Many = [],  # noqa: B006
        semua_kanal: Words = "", once: Words = "",
    ) -> Response:  # fmt: skip
        account = session_of(request).account
        chat = chats.chat(chat_id, account.id)
        given = [*memuat, *[""] * len(chat.turns)][: len(chat.turns)]
        steps = [
            KeptStep(turn.said, turn.tapped, phrases_of(lines))
            for turn, lines in zip(chat.turns, given, strict=True)
        ]
        channel = None if semua_kanal else chat.channel
        try:
            journey = journey_of(name, channel, steps, while_closed=chat.while_closed)
            key = key_of(once)
        except InvalidInput as error:
            wrong = (error.field or "steps").partition(".")[0]
            return form(request, chat, name, given, bool(semua_kanal), once, 422, wrong)
        with house.one_commit():
            journey_id = house.journeys.add(
                str(journey["nama"]), written(journey), account.id, f"{account.id}:{key}",
                house.clock(),
            )  # fmt: skip
            house.record(account, "coba.simpan", "perjalanan", journey_id)
        return see_other(with_flash(LIST, "journey_saved"))


def _add_list(routes: Routes, house: House, sandbox: SharedSandbox) -> None:
    own = Permission.CONTENT
    runs = JourneyRuns(sandbox)

    def page(request: Request, status: int = 200, wrong: str = "") -> Response:
        files: dict[str, int] = {}
        for journey in read_journeys():
            files[journey.file] = files.get(journey.file, 0) + 1
        return house.pages.page(
            request, "isi/coba/journeys.html", status, saved=house.journeys.journeys(),
            files=files, channels=CHANNELS, run=runs.latest, wrong=wrong,
            state=state_words(house.wording, sandbox.state(), NEEDED_MB), saved_name=SAVED,
        )  # fmt: skip

    @routes.get("/perjalanan", own)
    def journeys(request: Request) -> Response:
        return page(request)

    @routes.get("/perjalanan/keadaan", own)
    def progress(request: Request) -> Response:
        return JSONResponse(_progress(house, runs.latest))

    @routes.get("/perjalanan/simpanan.yaml", own)
    def download(request: Request) -> Response:
        text = exported(house.journeys.journeys())
        with house.one_commit():
            house.record(session_of(request).account, "coba.unduh", "perjalanan", SAVED)
        name = {"Content-Disposition": f'attachment; filename="{SAVED}.yaml"'}
        return with_headers(Response(text, media_type="application/yaml"), name)

    @routes.post("/perjalanan/jalankan", own)
    def play(
        request: Request, berkas: Many = [], kanal: Words = "", satu: Words = "",  # noqa: B006
    ) -> Response:  # fmt: skip
        channels = [kanal] if kanal in CHANNELS else list(CHANNELS)
        chosen = _chosen(house, set(berkas), satu)
        if not chosen:
            return page(request, 422, house.wording.say("tryout.wrong.nothing_chosen"))
        try:
            runs.begin(chosen, channels, lambda results: _noted(house, satu, results))
        except SandboxUnavailable:
            _begin(request, house, sandbox)
            return page(request, 503, house.wording.say("tryout.wrong.not_ready"))
        except Conflict:
            return page(request, 409, house.wording.say("tryout.wrong.running"))
        with house.one_commit():
            house.record(session_of(request).account, "coba.jalankan", "perjalanan",
                         satu or "semua", jumlah=len(chosen))  # fmt: skip
        return see_other(LIST)

    @routes.get("/perjalanan/{journey_id}", own)
    def show(request: Request, journey_id: str) -> Response:
        journey = house.journeys.journey(journey_id)
        return house.pages.page(request, "isi/coba/journey.html", journey=journey)

    @routes.post("/perjalanan/{journey_id}/saklar", own)
    def switch(request: Request, journey_id: str, aktif: Words = "") -> Response:
        active = aktif == "1"
        with house.one_commit():
            house.journeys.switch(journey_id, active)
            house.record(session_of(request).account, "coba.saklar", "perjalanan", journey_id,
                         aktif=active)  # fmt: skip
        return see_other(LIST)


def _begin(request: Request, house: House, sandbox: SharedSandbox) -> None:
    try:
        begun = sandbox.begin()
    except OSError:
        return  # the page tells where the sandbox stands
    if begun:
        with house.one_commit():
            house.record(session_of(request).account, "coba.mulai", "sandbox", "terpakai")


def _chosen(house: House, files: set[str], only: str) -> list[Journey]:
    if only:
        return playable([house.journeys.journey(only)])
    known = {journey.file for journey in read_journeys()}
    found = read_journeys(sorted(files & known)) if files & known else []
    if SAVED in files:
        found += playable(house.journeys.journeys(active_only=True))
    return found


def _noted(house: House, only: str, results: Sequence[JourneyResult]) -> None:
    """Remember how the saved journeys went."""
    saved = [house.journeys.journey(only)] if only else house.journeys.journeys(active_only=True)
    for journey in saved:
        own = [one for one in results if (one.file, one.name) == (SAVED, journey.name)]
        if own:
            failed = [one for one in own if not one.passed]
            why = f"[{failed[0].channel}] {failed[0].why}" if failed else ""
            house.journeys.note_run(journey.id, not failed, why, house.clock())


def _progress(house: House, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"over": True, "text": ""}
    text = house.wording.say(
        "tryout.run_progress", done=len(run.results), all=run.all, failed=len(run.failed)
    )
    return {"over": run.over, "text": text}
