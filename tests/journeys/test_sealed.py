"""What sealed complaints leave in the running house: files, logs, metrics, messages."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta

import pytest

from izin.storage.keyring import FILE_HEAD
from izin.storage.postgres.media import read_file
from ops.journeys.chat import Chat
from ops.journeys.files import FILES
from tests.journeys.stack import Stack
from tests.stored_chats import conversation_with

TICKET = re.compile(r"\btiket (ADU-[A-Z0-9]{4}-[A-Z0-9]{2})\b")
PHOTO = FILES["foto berlokasi"]


@pytest.fixture
def at(stack: Stack) -> datetime:
    return stack.open_at()


def file_sealed(chat: Chat, at: datetime, word: str, level: str) -> str:
    """File a complaint whose story holds an odd word; gives the ticket."""
    chat.say(f"petugas loket 3 si {word} bentak saya kemarin pagi", at)
    chat.send(at, photo=base64.b64encode(PHOTO).decode())
    chat.tap(level, at)
    found = TICKET.search(chat.tap("Kirim", at).text)
    assert found
    return found[1]


def seal(stack: Stack, at: datetime) -> None:
    for minutes in (1, 2):
        moment = at + timedelta(minutes=minutes)
        answer = stack.http.post("/simulator/api/clock", json={"at": moment.isoformat()})
        assert answer.status_code == 200


@pytest.mark.parametrize("level", ["Anonim", "Rahasia"])
def test_evidence_is_stored_without_place_and_phone_and_apart(
    stack: Stack, chat: Chat, at: datetime, level: str
) -> None:
    assert b"Samsung" in PHOTO
    ticket = file_sealed(chat, at, "gembul", level)
    [kept] = stack.rows(
        "select id::text as id, mime_type from sealed.media_files where ticket = :t", t=ticket
    )
    folder = stack.trial.folder / "var" / "media"
    assert (folder / kept["id"]).read_bytes().startswith(FILE_HEAD)
    content = read_file(stack.engine, folder, kept["id"])
    assert kept["mime_type"] == "image/jpeg"
    assert content.startswith(b"\xff\xd8\xff")
    assert b"Samsung" not in content
    assert stack.one("select count(*) from media_files where id::text = :id", id=kept["id"]) == 0


@pytest.mark.parametrize("level", ["Anonim", "Rahasia"])
def test_no_ordinary_table_log_or_figure_tells_of_it(
    stack: Stack, chat: Chat, at: datetime, level: str
) -> None:
    word = f"gembul{level.lower()}{chat.channel}"
    ticket = file_sealed(chat, at, word, level)
    seal(stack, at)
    for table in stack.rows(
        "select table_name as name from information_schema.tables"
        " where table_schema = 'public' and table_type = 'BASE TABLE'"
    ):
        found = stack.one(
            f'select count(*) from public."{table["name"]}" t'
            " where row_to_json(t)::text ilike :word or row_to_json(t)::text like :ticket",
            word=f"%{word}%",
            ticket=f"%{ticket}%",
        )
        # A confidential ticket is remembered for files that follow it, for a few days.
        assert found == 0 or (table["name"], level) == ("drafts", "Rahasia"), table["name"]
    shown = stack.metrics()
    logs = "".join(
        file.read_text(errors="replace")
        for file in (stack.trial.folder / "var" / "log").glob("*.log")
    )
    for secret in (word, ticket):
        assert secret not in shown
        assert secret not in logs


def test_what_the_phone_shows_again_is_the_mark(stack: Stack, chat: Chat, at: datetime) -> None:
    ticket = file_sealed(chat, at, "gembul", "Anonim")
    assert any(ticket in part["text"] for item in chat.messages() for part in item["replies"])
    seal(stack, at)
    again = [part["text"] for item in chat.messages() for part in item["replies"]]
    assert again
    assert not any(ticket in text or "gembul" in text for text in again)


def test_an_anonymous_ticket_leads_to_no_chat_without_the_key(
    stack: Stack, chat: Chat, at: datetime
) -> None:
    file_sealed(chat, at, "gembul", "Anonim")
    seal(stack, at)
    here = conversation_with(stack.engine, chat.name)
    for table in stack.rows(
        "select table_name as name from information_schema.tables where table_schema = 'sealed'"
    ):
        found = stack.one(
            f'select count(*) from sealed."{table["name"]}" t'
            " where row_to_json(t)::text like :here or row_to_json(t)::text like :chat",
            here=f"%{here}%",
            chat=f"%{chat.name}%",
        )
        assert found == 0, table["name"]
