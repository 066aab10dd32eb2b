"""Officers read no word of a complaint that is sealed, or that may still become so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from izin.complaints import Confidentiality
from izin.replies import Reply
from izin.storage.postgres.conversation_room import PostgresConversationRoom
from izin.storage.postgres.erasure import erase_chat
from izin.storage.sealed_history import REMOVED
from tests.storage.sealed_intake import FORBIDDEN, PLACE, STORY, Intake, holding, new_engine

UNDERSTOOD = {"intent": "lapor_pengaduan", "confidence": 0.99, "permit": "PBG"}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = new_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def intake(engine: Engine, tmp_path: Path) -> Intake:
    return Intake(engine, tmp_path / "media", Confidentiality.CONFIDENTIAL)


def shown(intake: Intake) -> list[str]:
    room = PostgresConversationRoom(intake.engine)
    return [entry.text for entry in room.history(intake.conversation_id).entries if entry.text]


def test_what_is_told_is_hidden_while_the_intake_is_under_way(intake: Intake) -> None:
    before = intake.says("syarat PBG rumah")
    intake.answers(before, Reply("Ini syaratnya"), "syarat PBG rumah")
    intake.told()
    texts = shown(intake)
    assert set(texts) == {"syarat PBG rumah", "Ini syaratnya", REMOVED}
    room = PostgresConversationRoom(intake.engine)
    assert not any(entry.files for entry in room.history(intake.conversation_id).entries)


def test_a_told_and_dropped_intake_stays_hidden_until_it_is_sealed(intake: Intake) -> None:
    intake.told()
    intake.keeps(intake.turn_ids[-1])
    texts = shown(intake)
    assert not any(STORY in item or PLACE in item for item in texts)


def test_an_answer_that_names_a_sealed_ticket_is_hidden_with_its_question(intake: Intake) -> None:
    filed = intake.files(intake.told())
    asked = intake.says("cek aduan saya")
    intake.answers(asked, Reply(f"Aduan {filed.ticket} diterima."), "cek aduan saya")
    texts = shown(intake)
    assert not any(filed.ticket in item or "cek aduan" in item for item in texts)


def test_what_was_understood_of_a_sealed_turn_is_sealed_with_it(intake: Intake) -> None:
    kept = intake.says("syarat PBG")
    intake.inbox.answer(kept, [Reply("Ini")], {}, {"intent": "tanya_syarat", "confidence": 1.0})
    first = intake.says(f"mau lapor, {STORY}")
    intake.keeps(first, story=STORY, confidentiality=Confidentiality.CONFIDENTIAL.value)
    (sent,) = intake.inbox.answer(first, [Reply("Di mana?")], {}, UNDERSTOOD)
    intake.delivers(sent)
    last = intake.says(PLACE)
    intake.keeps(last, story=STORY, place=PLACE, confidentiality=Confidentiality.CONFIDENTIAL.value)
    (sent,) = intake.inbox.answer(last, [Reply("Terima kasih")], {}, UNDERSTOOD)
    intake.delivers(sent)
    turn_id = intake.says("kirim")
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    intake.due()
    with intake.engine.begin() as connection:
        rows = connection.execute(text("select id::text, understood from turns")).all()
    left = {row.id: row.understood for row in rows if row.understood is not None}
    assert set(left) == {kept}
    assert holding(intake.engine, "lapor_pengaduan", *FORBIDDEN) == {}


def test_erasing_a_chat_takes_what_was_understood_and_noted(intake: Intake) -> None:
    turn_id = intake.says("syarat PBG")
    intake.inbox.answer(turn_id, [Reply("Ini")], {}, UNDERSTOOD)
    with intake.engine.begin() as connection:
        connection.execute(
            text(
                "insert into conversation_notes (id, conversation_id, key, author, kind, text, at)"
                " values (gen_random_uuid(), :id, 'n', 'ani', 'catatan', 'rahasia ani', now())"
            ),
            {"id": intake.conversation_id},
        )
        connection.execute(
            text(
                "insert into scheduled_messages (id, conversation_id, key, author, text, signed,"
                " due_at, created_at) values (gen_random_uuid(), :id, 's', 'ani', 'rahasia ani',"
                " 'rahasia ani', now(), now())"
            ),
            {"id": intake.conversation_id},
        )
        erase_chat(connection, intake.conversation_id)
    assert holding(intake.engine, "lapor_pengaduan", "rahasia ani") == {}
