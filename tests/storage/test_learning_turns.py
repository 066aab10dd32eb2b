"""What was not understood is collected with nobody to be known, and goes with its turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.jobs.learning import LearningJobs
from izin.complaints import Confidentiality
from izin.learning import Reason
from izin.privacy import Purpose
from izin.replies import Reply
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.erasure import erase_chat
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.postgres.privacy import PostgresPrivacyChoices
from izin.storage.postgres.sealing import note_turns
from tests.contracts.conversation_ports import fresh
from tests.storage.sealed_intake import NOW, Intake, new_engine

LATER = NOW + timedelta(minutes=5)
LOST = {"intent": "nlu_fallback", "confidence": 0.2}
SURE = {"intent": "tanya_syarat", "confidence": 0.97}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = new_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def chat(engine: Engine, tmp_path: Path) -> Intake:
    return new_chat(engine, tmp_path)


def new_chat(engine: Engine, folder: Path, review: bool = True) -> Intake:
    """Give a chat; with ``review`` its citizen allows masked messages to be reviewed."""
    one = Intake(engine, folder, Confidentiality.CONFIDENTIAL, chat=fresh("chat"))
    answered(one, "halo", SURE)
    if review:
        decide(one, True)
    return one


def decide(chat: Intake, given: bool) -> None:
    PostgresPrivacyChoices(chat.engine).record(
        chat.conversation_id, Purpose.REVIEW.value, given, "1", NOW, fresh("turn")
    )


def answered(chat: Intake, words: str, read: dict[str, Any], **changes: Any) -> str:
    turn = chat.says(words, **changes)
    chat.inbox.answer(turn, [Reply("…")], {}, read)
    with chat.engine.begin() as connection:
        connection.execute(
            text(
                "update turns set received_at = received_at + seq * interval '1 ms',"
                " office_now = office_now + seq * interval '1 ms' where id = :id"
            ),
            {"id": turn},
        )
    return turn


def collected(engine: Engine, now: datetime = LATER) -> list[tuple[str, Reason]]:
    job = LearningJobs(engine).often()["collect_unrecognised"]
    job(now)
    assert job(now) == 0
    return [(item.text, item.reason) for item in PostgresListening(engine).open_messages()]


def test_what_was_not_understood_is_kept_with_people_masked(chat: Intake) -> None:
    answered(chat, "syarat pbg", SURE)
    answered(chat, "nama saya Budi Santoso, parkir di mana 081234567890", LOST)
    answered(chat, "parkir ada gak", {"intent": "sapa", "confidence": 0.3})
    answered(chat, "bisa cicil?", {"intent": "tanya_faq", "confidence": 0.9, "faq": "cicilan"})
    answered(chat, "apa warna loket", {"intent": "tanya_biaya", "confidence": 0.9})
    answered(chat, "bukan itu", {"intent": "koreksi", "confidence": 0.9})
    found = dict(collected(chat.engine))
    assert found == {
        "nama saya [NAMA], parkir di mana [PHONE]": Reason.LOST,
        "parkir ada gak": Reason.UNSURE,
        "apa warna loket": Reason.REJECTED,
    }


def test_nothing_is_kept_of_who_did_not_allow_it_or_no_longer_does(chat: Intake) -> None:
    asked = new_chat(chat.engine, chat.folder, review=False)
    answered(asked, "parkir truk di mana", LOST)
    answered(chat, "parkir motor di mana", LOST)
    assert [text for text, _ in collected(chat.engine)] == ["parkir motor di mana"]
    decide(chat, False)
    assert collected(chat.engine) == []
    answered(chat, "parkir sepeda di mana", LOST)
    assert collected(chat.engine) == []


def test_a_turn_that_left_the_assistant_lost_is_kept_however_sure_it_was(chat: Intake) -> None:
    drafts = PostgresDrafts(chat.engine)
    turn = chat.says("sewa gedung serbaguna")
    drafts.put(chat.conversation_id, "tersesat", {"turn_id": turn, "count": 1})
    chat.inbox.answer(turn, [Reply("…")], {}, {"intent": "di_luar_topik", "confidence": 0.99})
    answered(chat, "resep rendang", {"intent": "di_luar_topik", "confidence": 0.99})
    assert collected(chat.engine) == [("sewa gedung serbaguna", Reason.OUT_OF_SCOPE)]


def test_nothing_said_in_a_dialogue_to_an_officer_or_by_a_button_is_kept(chat: Intake) -> None:
    told = chat.says("kursinya rusak di loket tiga")
    chat.keeps(told, story="kursinya rusak")
    chat.inbox.answer(told, [Reply("…")], {}, LOST)
    answered(chat, "besok saya ke sana", LOST)
    other = new_chat(chat.engine, chat.folder)
    answered(other, "foto warung", LOST, kind="photo")
    answered(other, "/menu", LOST)
    answered(other, "data saya apa saja", {"intent": "privasi", "confidence": 0.3})
    answered(other, "a" * 400, LOST)
    held = other.says("ini untuk petugas")
    other.inbox.hold(held)
    before_marks = other.says("dari rilis lama")
    other.inbox.answer(before_marks, [Reply("…")], {}, LOST)
    with chat.engine.begin() as connection:
        connection.execute(
            text("update turns set understood = understood - 'task' where id = :id"),
            {"id": before_marks},
        )
    assert collected(chat.engine) == []


def test_what_is_sealed_or_erased_later_takes_its_message_along(chat: Intake) -> None:
    noted = answered(chat, "parkir motor di mana", LOST)
    stays = new_chat(chat.engine, chat.folder)
    answered(stays, "parkir mobil di mana", LOST)
    assert len(collected(chat.engine)) == 2
    with chat.engine.begin() as connection:
        note_turns(connection, [noted], anonymous=False)
    assert [text for text, _ in collected(chat.engine)] == ["parkir mobil di mana"]
    with chat.engine.begin() as connection:
        erase_chat(connection, stays.conversation_id)
    assert collected(chat.engine) == []


def test_a_sealed_complaint_takes_every_message_of_its_chat_along(chat: Intake) -> None:
    answered(chat, "petugasnya kok begitu", LOST)
    assert len(collected(chat.engine)) == 1
    chat.files(chat.told())
    assert collected(chat.engine) == []
    answered(chat, "parkir di mana", LOST)
    assert collected(chat.engine) == []


def test_messages_go_after_ninety_days_and_never_by_the_simulator_s_clock(chat: Intake) -> None:
    answered(chat, "parkir di mana", LOST)
    collected(chat.engine)
    forget = LearningJobs(chat.engine).hourly()["forget_unrecognised"]
    assert forget(NOW + timedelta(days=4000)) == (
        1 if datetime.now(UTC) > NOW + timedelta(days=90) else 0
    )
    with chat.engine.begin() as connection:
        connection.execute(text("update unrecognised set said_at = now() - interval '91 days'"))
    assert forget(datetime.now(UTC)) == 1


def test_messages_that_say_alike_stand_together_those_of_most_citizens_first(
    chat: Intake, engine: Engine
) -> None:
    for words in ("mesin antrian rusak", "kamar mandi di mana", "kamar mandinya di mana ya"):
        one = new_chat(engine, chat.folder)
        answered(one, words, LOST)
    for words in ("mesin antrian rusak", "antrian mesin rusak"):
        answered(one, words, LOST)
    collected(engine)
    listening = PostgresListening(engine)
    clusters = listening.clusters()
    assert [(item.messages, item.chats) for item in clusters] == [(3, 2), (2, 2)]
    assert clusters[0].text == "mesin antrian rusak"
    assert listening.open_counts() == (5, 2)
    answered(one, "kamar mandi di mana ya", LOST)
    collected(engine)
    assert [(item.messages, item.chats) for item in listening.clusters()] == [(3, 3 - 1), (3, 2)]
