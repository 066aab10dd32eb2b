"""Editors learn what citizens ask and call things, and never who it was."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from izin.accounts import Role
from izin.content import ItemName
from izin.privacy import Purpose
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.name_hints import PostgresNameHints
from izin.storage.postgres.privacy import PostgresPrivacyChoices
from izin.usecases.hear_names import HearNames
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of
from tests.console.figure_world import NOW, ZONE, at, chat

LATER = NOW + timedelta(minutes=10)
UNKNOWN = {"intent": "tanya_syarat", "confidence": 0.9, "task": False}
PICKED = {**UNKNOWN, "permit": "PBG"}


@pytest.fixture(autouse=True)
def friday(console: RunningConsole) -> Iterator[None]:
    console.at(NOW)
    yield
    console.at(None)


def said(
    console: RunningConsole, talk: str, words: str, read: dict[str, Any], moment: datetime
) -> str:
    turn = str(uuid.uuid4())
    console.rows(
        "insert into turns (id, conversation_id, namespace, channel, external_id, message, state,"
        " office_now, received_at, understood) select cast(:id as uuid), c.id, c.namespace,"
        " c.channel, :id, cast(:message as jsonb), 'answered', :at, :at, cast(:read as jsonb)"
        " from conversations c where c.id = cast(:chat as uuid)",
        id=turn, message=json.dumps({"kind": "text", "text": words}), at=moment, chat=talk,
        read=json.dumps(read),
    )  # fmt: skip
    return turn


def talk_of(
    console: RunningConsole, words: str, *, allowed: bool = True, task: bool = False
) -> str:
    """A citizen writes, and then picks PBG by a button; gives the conversation."""
    talk = chat(console)
    if allowed:
        allow(console, talk, True)
    read = {**UNKNOWN, "task": task}
    said(console, talk, words, read, NOW)
    said(console, talk, "", {**PICKED, "task": task}, NOW + timedelta(minutes=1))
    return talk


def allow(console: RunningConsole, talk: str, given: bool) -> None:
    choices = PostgresPrivacyChoices(console.engine)
    choices.record(talk, Purpose.REVIEW.value, given, "1", at(1), str(uuid.uuid4()))


def hear(console: RunningConsole) -> int:
    job = HearNames(PostgresNameHints(console.engine), PostgresCatalogue(console.engine))
    return job.run(LATER)


def test_names_are_heard_suggested_and_put_into_a_draft(console: RunningConsole) -> None:
    first = talk_of(console, "mau bikin rumah kosan, nama saya Siti Aminah 081234567890")
    talk_of(console, "urus rumah kosan pak")
    talk_of(console, "rumah kosan rahasia", allowed=False)
    talk_of(console, "rumah kosan dalam aduan", task=True)
    assert (hear(console), hear(console)) == (2, 0)
    texts = " ".join(row.text for row in console.rows("select text from name_hints"))
    assert "Siti" not in texts and "0812" not in texts and "rahasia" not in texts
    with console.client(Role.EDITOR) as client:
        page = client.get("/isi/wawasan").text
        assert "rumah kosan" in page and "Siti" not in page
        form = {"csrf": csrf_of(page), "izin": "PBG", "sebutan": "rumah kosan"}
        done = client.post("/isi/wawasan/sebutan", data=form)
        assert done.status_code == 303 and done.headers["location"].startswith("/isi/versi/")
        opened = console.house.content.item(ItemName("permit", "PBG")).open_version
        assert opened is not None and opened.document["synonyms"][-1] == "rumah kosan"
        assert client.post("/isi/wawasan/sebutan/bukan", data=form).status_code == 303
        assert "rumah kosan" not in client.get("/isi/wawasan").text
        bad = client.post("/isi/wawasan/sebutan", data={**form, "izin": "TIDAK_ADA"})
        assert bad.status_code == 404
    allow(console, first, False)
    assert console.rows("select count(*) as many from name_hints")[0].many == 1
    console.rows("delete from turns")
    assert console.rows("select count(*) as many from name_hints")[0].many == 0


def test_a_sealed_turn_leaves_no_hint(console: RunningConsole) -> None:
    talk_of(console, "rumah walet")
    console.rows("delete from figure_progress where what = 'name_hints'")
    assert hear(console) == 1
    console.rows("update turns set understood = null")
    assert console.rows("select count(*) as many from name_hints")[0].many == 0


def test_questions_are_counted_and_complaints_are_not_shown(console: RunningConsole) -> None:
    talk = chat(console)
    for minute in range(6):
        said(console, talk, "x", PICKED, at(19, 9, minute))
    told = {**UNKNOWN, "intent": "tanya_faq", "faq": "oss_lupa_sandi"}
    said(console, talk, "x", told, at(19, 9, 10))
    rated = said(console, talk, "1", {**UNKNOWN, "intent": "beri_penilaian"}, at(19, 9, 11))
    said(console, talk, "x", {"intent": "lapor_pengaduan", "task": True}, at(19, 9, 20))
    console.rows(
        "insert into ratings (conversation_id, namespace, turn_id, subject, score, at)"
        " values (cast(:c as uuid), 'live', :turn, 'jawaban', 1, :at)",
        c=talk, turn=rated, at=at(19, 9, 11),
    )  # fmt: skip
    console.house.figures.figures.refresh(NOW, ZONE)
    with console.client(Role.SUPERVISOR) as client:
        page = client.get("/isi/wawasan?hari=7").text
    assert "Lupa kata sandi OSS" in page and "5 dari" in page
    assert console.house.wording.say("figures.intent.lapor_pengaduan") not in page


def test_officers_do_not_come_in(console: RunningConsole) -> None:
    with console.client(Role.OFFICER) as client:
        assert client.get("/isi/wawasan").status_code == 403


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_the_page_looks_right(
    console: RunningConsole, browser: Browser, screenshots: Any, size: tuple[int, int], name: str
) -> None:
    for words in ("mau buka kandang jangkrik", "kandang jangkrik syaratnya?"):
        talk_of(console, words)
    console.rows("delete from figure_progress where what = 'name_hints'")
    hear(console)
    with console.page(browser, Role.EDITOR, size=size) as page:
        page.goto(f"{console.url}/isi/wawasan")
        page.screenshot(path=screenshots / f"isi-wawasan-{name}.png", full_page=True)
        serious = [
            (found["id"], [node["html"] for node in found["nodes"]])
            for found in Axe().run(page).response["violations"]
            if found["impact"] in ("serious", "critical")
        ]
        assert serious == []
