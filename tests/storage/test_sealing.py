"""Nothing that can be read without the vault's key tells of a sealed complaint."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.complaints import Confidentiality
from izin.errors import NotFound
from izin.replies import Choice, Reply
from izin.storage.postgres import due, sealing_due
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.sealed_history import REMOVED
from izin.usecases.dialogue import TurnInput
from izin.usecases.turn_draft import TurnDraft
from tests.storage.sealed_intake import (
    FORBIDDEN,
    NOW,
    PLACE,
    STORY,
    Intake,
    holding,
    new_engine,
)

LEVELS = [Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = new_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(params=LEVELS)
def intake(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Intake:
    return Intake(engine, tmp_path / "media", request.param)


@pytest.fixture
def anonymous(engine: Engine, tmp_path: Path) -> Intake:
    return Intake(engine, tmp_path / "media")


def test_before_it_is_filed_an_intake_stands_in_the_history(intake: Intake) -> None:
    """The other tests could not fail if the words were never there."""
    intake.told()
    assert {"turns", "outbox", "drafts", "rasa_trackers", "choices"} <= set(
        holding(intake.engine, *FORBIDDEN)
    )


def test_after_filing_no_ordinary_table_holds_a_word_of_it(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    intake.due()
    intake.due()
    secrets = (*FORBIDDEN, filed.ticket, *filed.media_ids)
    assert holding(intake.engine, *secrets) == {}
    assert intake.complaints.find(filed.ticket) == filed


def test_filing_itself_seals_what_is_finished(intake: Intake) -> None:
    turn_id = intake.told()
    intake.files(turn_id)
    still = holding(intake.engine, *FORBIDDEN)
    assert set(still) <= {"drafts", "rasa_trackers"}, "both are still needed by the running turn"
    assert intake.inbox.turn(intake.turn_ids[0]).message.text == REMOVED


def test_a_turn_that_crashes_after_filing_still_has_its_words(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.due()
    assert intake.inbox.begin(turn_id).message.text == "kirim"
    again = intake.complaints.file(intake.complaint(), turn_id, "file")
    assert again == filed


def test_an_answer_on_its_way_is_delivered_whole_and_sealed_afterwards(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    message_id = intake.acknowledged(turn_id, filed, deliver=False)
    intake.due()
    waiting = intake.outbox.message(message_id)
    assert filed.ticket in waiting.reply["text"]
    assert len(waiting.choice_ids) == 2
    intake.delivers(message_id)
    intake.due()
    assert intake.outbox.message(message_id).reply == {"text": REMOVED}


def test_rasa_writing_its_older_copy_back_is_noticed(intake: Intake) -> None:
    turn_id = intake.told()
    intake.acknowledged(turn_id, intake.files(turn_id))
    intake.due()
    intake.tracks(intake.turn_ids[0], STORY, PLACE)
    intake.due()
    intake.due()
    assert holding(intake.engine, *FORBIDDEN) == {}


def test_slots_and_active_form_of_a_sealed_conversation_stay(intake: Intake) -> None:
    turn_id = intake.told()
    intake.acknowledged(turn_id, intake.files(turn_id))
    intake.due()
    with intake.engine.begin() as connection:
        document = connection.execute(text("select document from rasa_trackers")).scalar()
    kinds = [event["event"] for event in document["events"]]
    assert kinds == ["user", "slot", "bot"] * 3
    assert document["events"][1] == {"event": "slot", "name": "pengaduan_selesai", "value": None}


def test_other_words_of_the_same_chat_stay(intake: Intake) -> None:
    before = intake.says("syarat PBG rumah tinggal")
    intake.answers(before, Reply("Ini syaratnya"), "syarat PBG rumah tinggal")
    turn_id = intake.told()
    intake.acknowledged(turn_id, intake.files(turn_id))
    intake.due()
    assert intake.inbox.turn(before).message.text == "syarat PBG rumah tinggal"
    # Its urgent call went with it: officers neither see nor find the chat.
    assert set(holding(intake.engine, "syaratnya")) == {"outbox", "rasa_trackers"}


def test_the_message_before_a_tap_that_began_the_intake_is_sealed_too(anonymous: Intake) -> None:
    told = anonymous.says(STORY)
    offer = Reply("Maksud Anda?", (Choice("Buat aduan", "lapor_pengaduan"),))
    message_id = anonymous.answers(told, offer, STORY)
    [choice_id] = anonymous.outbox.message(message_id).choice_ids
    tap = anonymous.says(kind="choice", choice_id=choice_id)
    anonymous.keeps(tap, story=STORY, confidentiality="anonim")
    anonymous.answers(tap, Reply("Kirim?"), "Buat aduan")
    last = anonymous.says("ya")
    anonymous.acknowledged(last, anonymous.files(last))
    anonymous.due()
    assert anonymous.inbox.turn(told).message.text == REMOVED
    assert holding(anonymous.engine, *FORBIDDEN) == {}


def test_what_came_too_fast_during_an_intake_is_sealed_too(anonymous: Intake) -> None:
    turn_id = anonymous.told()
    extra = anonymous.says("calonya jaket merah lho")
    with anonymous.engine.begin() as connection:
        connection.execute(text("update turns set state = 'limited' where id = :id"), {"id": extra})
    anonymous.acknowledged(turn_id, anonymous.files(turn_id))
    anonymous.due()
    assert holding(anonymous.engine, *FORBIDDEN) == {}


def test_the_button_that_follows_the_ticket_goes_on_working(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    message_id = intake.acknowledged(turn_id, filed, deliver=False)
    follow, officer = intake.outbox.message(message_id).choice_ids
    intake.delivers(message_id)
    intake.due()
    tapped = intake.inbox.turn(intake.says(kind="choice", choice_id=follow))
    assert tapped.choice is not None
    assert tapped.choice["entities"] == {"tiket": filed.ticket, "langkah": "tambah"}
    assert intake.inbox.turn(intake.says(kind="choice", choice_id=officer)).choice is not None
    unkeyed = PostgresInbox(intake.engine)
    intake.inbox = unkeyed
    assert unkeyed.turn(intake.says(kind="choice", choice_id=follow)).choice is None


def test_the_same_answer_is_still_not_sent_twice_in_a_row(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    said = intake.inbox.turn(turn_id).conversation.last_text
    assert filed.ticket in said
    intake.due()
    intake.due()
    assert intake.inbox.turn(turn_id).conversation.last_text == said
    assert holding(intake.engine, filed.ticket) == {}
    assert PostgresInbox(intake.engine).turn(turn_id).conversation.last_text == ""


def test_asking_for_a_sealed_ticket_leaves_no_trace_either(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    asked = intake.says(f"tiket {filed.ticket.lower().replace('-', ' ')} gimana")
    answer = Reply(f"Tiket {filed.ticket}: diterima, Pungutan liar",
                   (Choice(filed.ticket, "cek_pengaduan", {"tiket": filed.ticket}),))  # fmt: skip
    intake.answers(asked, answer, filed.ticket)
    intake.due()
    intake.due()
    assert holding(intake.engine, *FORBIDDEN, filed.ticket) == {}


def test_an_ordinary_complaint_stays_readable_in_its_chat(engine: Engine, tmp_path: Path) -> None:
    intake = Intake(engine, tmp_path / "media", Confidentiality.NORMAL)
    first = intake.says(STORY)
    intake.keeps(first, story=STORY, confidentiality="normal")
    intake.answers(first, Reply("Kirim?"), STORY)
    last = intake.says("ya")
    filed = intake.files(last)
    intake.acknowledged(last, filed)
    intake.due()
    assert intake.inbox.turn(first).message.text == STORY
    assert {"complaints", "outbox", "choices"} <= set(holding(engine, filed.ticket))
    assert holding(engine, filed.ticket, schema="sealed") == {}


def test_what_is_added_to_a_sealed_complaint_is_sealed_with_it(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    asked = intake.says("mau tambah bukti")
    other = TurnDraft(intake.draft.drafts, "tindak_lanjut")

    def turn(turn_id: str) -> TurnInput:
        return TurnInput(
            conversation_id=intake.conversation_id, turn_id=turn_id, now=NOW, intent="x"
        )

    other.save(turn(asked), {"ticket": filed.ticket})
    intake.answers(asked, Reply("Silakan kirim, jaket merah?"), "mau tambah bukti")
    more = intake.says("ini fotonya si jaket merah")
    media_id = intake.evidence()
    intake.complaints.add(filed.ticket, "si jaket merah", [media_id], more, "add", NOW)
    other.save(turn(more), {})
    intake.answers(more, Reply("Sudah kami tambahkan"), "ini fotonya si jaket merah")
    intake.due()
    intake.due()
    assert holding(intake.engine, *FORBIDDEN, filed.ticket, media_id) == {}
    with pytest.raises(NotFound):
        intake.media.get(media_id)


@pytest.mark.parametrize("ended", ["dropped", "abandoned"])
def test_an_intake_told_as_confidential_and_not_sent_is_sealed_as_well(
    intake: Intake, ended: str
) -> None:
    turn_id = intake.told()
    left = {} if ended == "dropped" else {"story": STORY, "confidentiality": intake.level.value}
    intake.keeps(turn_id, **left)
    intake.answers(turn_id, Reply("Baik"), "batal")
    if ended == "abandoned":
        with intake.engine.begin() as connection:
            latest = "select greatest(now(), max(office_now)) + interval '8 days' from turns"
            now = connection.execute(text(latest)).scalar()
        due.forget_old_drafts(intake.engine, now)
    intake.due()
    intake.due()
    kept = holding(intake.engine, *FORBIDDEN)
    assert set(kept) <= {"media_files"}, "the file is forgotten by its own rule"


def test_officers_do_not_see_which_chat_filed_a_sealed_complaint(intake: Intake) -> None:
    turn_id = intake.told()
    assert [call.reason for call in _calls(intake)] == ["urgent"]
    filed = intake.files(turn_id)
    assert _calls(intake) == [], "gone with the filing itself"
    intake.answers(turn_id, Reply(f"Diterima, tiket {filed.ticket}."), "kirim")
    intake.due()
    assert _calls(intake) == []
    assert holding(intake.engine, filed.ticket) == {}


def test_a_wish_for_an_officer_told_with_it_stays(engine: Engine, tmp_path: Path) -> None:
    intake = Intake(engine, tmp_path / "media", Confidentiality.CONFIDENTIAL)
    turn_id = intake.told()
    intake.escalations.open(intake.conversation_id, "minta_petugas", NOW, f"turn:{turn_id}")
    intake.files(turn_id)
    assert [call.reason for call in _calls(intake)] == ["minta_petugas"]


def _calls(intake: Intake) -> list[Any]:
    with intake.engine.begin() as connection:
        return list(connection.execute(text("select * from escalations")))


def test_nothing_beside_an_anonymous_ticket_names_its_chat(anonymous: Intake) -> None:
    turn_id = anonymous.told()
    filed = anonymous.files(turn_id)
    anonymous.acknowledged(turn_id, filed)
    anonymous.due()
    anonymous.due()
    names = (anonymous.conversation_id, anonymous.chat, *anonymous.turn_ids)
    assert holding(anonymous.engine, *names, schema="sealed") == {}
    assert holding(anonymous.engine, NOW.isoformat()[14:26], schema="sealed") == {}, (
        "minutes and seconds would be found among the turns"
    )
    assert anonymous.complaints.owned_by(filed.ticket, anonymous.conversation_id)


def test_sealing_again_and_by_two_at_once_changes_nothing(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: intake.due(), range(8)))
    assert holding(intake.engine, *FORBIDDEN, filed.ticket) == {}
    with intake.engine.begin() as connection:
        assert connection.execute(text("select count(*) from sealed.sealing_turns")).scalar() == 0


def test_what_is_looked_through_in_many_commits_leaves_nothing_out(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing_due, "LOOKED_AT_ONCE", 1)
    monkeypatch.setattr(sealing_due, "_LOOKED_AGAIN", 0)
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    news = Reply(f"Kabar tiket {filed.ticket}")
    [notice] = intake.inbox.answer(intake.says("halo"), [news], {})
    with intake.engine.begin() as connection:
        connection.execute(text("update outbox set turn_id = null where id = :id"), {"id": notice})
    later = intake.says(f"tiket {filed.ticket} gimana")
    intake.answers(later, Reply(f"Tiket {filed.ticket}: diterima"), filed.ticket)
    intake.due()
    assert filed.ticket in intake.outbox.message(notice).reply["text"], "it is on its way"
    assert intake.inbox.turn(later).message.text == REMOVED
    intake.delivers(notice)
    intake.due()
    assert intake.outbox.message(notice).reply == {"text": REMOVED}
    assert holding(intake.engine, *FORBIDDEN, filed.ticket) == {}


def test_an_opening_of_a_chat_that_names_a_sealed_ticket_is_dropped(intake: Intake) -> None:
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    here = intake.conversation_id
    intake.escalations.open(here, "complaint_reopened", NOW, f"complaint_reopened:{filed.ticket}:1")
    intake.escalations.open(here, "minta_petugas", NOW, "asked")
    intake.due()
    assert holding(intake.engine, filed.ticket).keys() & {"escalations"} == set()
    with intake.engine.begin() as connection:
        keys = set(connection.execute(text("select key from escalations")).scalars())
    assert "asked" in keys
