"""What is told lies unreadable in database and on disk, before, during and after a change."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from izin.complaints import Confidentiality
from izin.conversations import DeliveryReceipt
from izin.desk import Seat
from izin.desk_search import read
from izin.errors import DataLocked, TanyaError
from izin.replies import Reply
from izin.storage.keyring import Keyring
from izin.storage.postgres import data_keys
from izin.storage.postgres.desk_queues import PostgresDeskQueues
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.outbox import PostgresOutbox
from izin.storage.postgres.own_data import PostgresOwnData
from izin.storage.postgres.reencryption import Reencryption
from izin.storage.tables.conversations import conversations
from izin.storage.tables.encrypted import give_keys
from tests.storage.sealed_intake import NOW, PLACE, STORY, Intake, holding, new_engine

OLD, NEW = "o" * 40, "n" * 40
CHAT, PHONE, ALIAS, USER = "628990001117755", "+628990001117755", "BSUID-naila-77", "user-naila"
TELEGRAM_ID = f"{CHAT}:4411"
EVIDENCE = b"jaket merah"
IDENTIFIERS = (CHAT, PHONE[1:], ALIAS, USER, "naila", "jaket merah.txt")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = new_engine(database_url)
    give_keys(made, Keyring(OLD))
    yield made
    made.dispose()


def talk(engine: Engine, folder: Path) -> Intake:
    """Hold a talk with a proven phone, an alias, and a complaint told in confidence."""
    intake = Intake(engine, folder / "media", Confidentiality.CONFIDENTIAL, chat=CHAT)
    first = intake.says("halo", external_id=TELEGRAM_ID, phone=PHONE, aliases=(ALIAS,))
    sent = intake.answers(first, Reply("Halo"), deliver=False)
    intake.outbox.part_accepted(sent, 0, f"{CHAT}:4412", 1, NOW)
    intake.outbox.receipt(DeliveryReceipt("telegram", f"{CHAT}:4412", "read", NOW))
    turn_id = intake.told()
    filed = intake.files(turn_id)
    intake.acknowledged(turn_id, filed)
    intake.due()
    intake.due()
    intake.complaints.add(filed.ticket, f"Tambahan: {STORY}", [], turn_id, "add", NOW)
    intake.inbox.keep_for_review("telegram", f'{{"chat": {CHAT}}}'.encode(), "odd", NOW)
    return intake


def plain(engine: Engine, *words: str) -> dict[str, list[str]]:
    """Give the tables of all our schemas that hold one of the words."""
    return {**holding(engine, *words), **holding(engine, *words, schema="sealed")}


def on_disk(folder: Path, *words: bytes) -> list[str]:
    """Give the files below a folder that hold one of the words."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(word in file.read_bytes() for word in words)]


def test_a_dump_of_the_database_and_the_disk_tell_nothing_of_a_talk(
    engine: Engine, tmp_path: Path
) -> None:
    intake = talk(engine, tmp_path)
    hexed = CHAT.encode().hex()
    assert plain(engine, *IDENTIFIERS, hexed, STORY, PLACE, "Calo berjaket") == {}
    assert on_disk(tmp_path, EVIDENCE, CHAT.encode()) == []
    [filed] = intake.complaints.of_conversation(intake.conversation_id)
    assert (filed.story, filed.place) == (STORY, PLACE)
    assert [item.text for item in filed.additions] == [f"Tambahan: {STORY}"]
    turn = intake.inbox.turn(intake.turn_ids[0])
    assert turn.conversation.address.chat == CHAT
    assert turn.conversation.verified_phone == PHONE
    assert turn.message.external_id == TELEGRAM_ID


def test_without_a_key_the_same_dump_tells_all(engine: Engine, tmp_path: Path) -> None:
    """The test above could not fail if the words were never there."""
    give_keys(engine, None)
    talk(engine, tmp_path)
    found = {word for words in plain(engine, *IDENTIFIERS, STORY).values() for word in words}
    assert {CHAT, PHONE[1:], ALIAS, STORY} <= found
    assert on_disk(tmp_path, EVIDENCE)


def test_what_is_encrypted_is_still_found_by_all_who_look(engine: Engine, tmp_path: Path) -> None:
    intake = talk(engine, tmp_path)
    here = intake.conversation_id
    again = Intake(engine, tmp_path / "media", chat=ALIAS)
    again.says("lagi")
    assert again.conversation_id == here
    repeated = intake.says("halo", external_id=TELEGRAM_ID)
    assert repeated == intake.turn_ids[0]
    assert PostgresNotices(engine, {}).push_to_phone(PHONE, Reply("Kabar"), "k", NOW)
    intake.escalations.open(here, "asked", NOW, "k")
    seat = Seat("7f1d6c1e-0000-4000-8000-000000000009")
    for typed, met in (("7755", [here]), ("117755", [here]), ("7754", [])):
        wanted = read(typed)
        assert wanted is not None
        found = PostgresDeskQueues(engine).search(seat, wanted)
        assert [item.row.conversation_id for item in found] == met
        assert all(item.row.phone_end == "7755" for item in found)
    assert PostgresOwnData(engine).copy(here)["percakapan"]["nomor_telepon_terbukti"] == PHONE
    assert PostgresOutbox(engine).delivered_since("live", "telegram", ALIAS, None)


def test_the_same_phone_told_again_is_not_written_again(engine: Engine, tmp_path: Path) -> None:
    def written() -> tuple[str, ...]:
        with engine.connect() as connection:
            row = connection.execute(text("select chat, verified_phone from conversations")).one()
        return tuple(row)

    intake = Intake(engine, tmp_path / "media", chat=CHAT)
    intake.says("satu", phone=PHONE)
    before = written()
    intake.says("dua", phone=PHONE)
    assert written() == before
    intake.says("tiga", phone="+6289900099999")
    assert written() != before


def test_what_was_written_before_is_found_and_encrypted_while_the_house_runs(
    engine: Engine, tmp_path: Path
) -> None:
    give_keys(engine, None)
    intake = talk(engine, tmp_path)
    give_keys(engine, Keyring(OLD))
    # Before anything is encrypted: the plain chat is met under each of its names.
    again = Intake(engine, tmp_path / "media", chat=ALIAS)
    again.says("lagi")
    assert again.conversation_id == intake.conversation_id
    assert intake.says("halo", external_id=TELEGRAM_ID) == intake.turn_ids[0]
    work = Reencryption(engine, tmp_path / "media", batch=1)
    assert any(work.left().values())
    assert work.run(NOW) == []
    assert not any(work.left().values())
    assert plain(engine, *IDENTIFIERS, STORY, PLACE) == {}
    assert on_disk(tmp_path, EVIDENCE) == []
    intake.says("masih sama", phone=PHONE)
    with engine.connect() as connection:
        assert len(connection.execute(select(conversations.c.id)).all()) == 1
    [filed] = intake.complaints.of_conversation(intake.conversation_id)
    assert filed.story == STORY


def test_a_message_stored_twice_by_two_releases_holds_nothing_up(
    engine: Engine, tmp_path: Path
) -> None:
    give_keys(engine, None)
    intake = Intake(engine, tmp_path / "media", chat=CHAT)
    first = intake.says("halo", external_id="lain")
    second = intake.says("halo", external_id=TELEGRAM_ID)
    give_keys(engine, Keyring(OLD))
    with engine.begin() as connection:  # as an older release would have stored it beside
        connection.execute(
            text("update turns set message = (select message from turns where id = :b)"
                 " where id = :a"), {"a": first, "b": second},
        )  # fmt: skip
    work = Reencryption(engine, tmp_path / "media")
    work.run(NOW)
    assert not any(work.left().values())
    with engine.connect() as connection:
        ids = connection.execute(text("select external_id from turns")).scalars().all()
    assert len(set(ids)) == 2


def test_one_chat_never_becomes_two_while_it_is_being_encrypted(
    engine: Engine, tmp_path: Path
) -> None:
    give_keys(engine, None)
    for number in range(12):
        known = Intake(engine, tmp_path / "media", chat=f"chat-{number}")
        known.says("halo", aliases=(f"b{number}",))
    give_keys(engine, Keyring(OLD))
    work = Reencryption(engine, tmp_path / "media", batch=2)
    names = [f"{kind}{number}" for number in range(12) for kind in ("chat-", "b")]

    def say(name: str) -> None:
        Intake(engine, tmp_path / "media", chat=name).says("lagi")

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(work.run, NOW), *(pool.submit(say, one) for one in names)]
        for one in done:
            one.result()
    with engine.connect() as connection:
        assert len(connection.execute(select(conversations.c.id)).all()) == 12
    assert not any(work.left().values())


def test_a_change_of_keys_killed_half_way_goes_on_and_lets_the_old_key_go(
    engine: Engine, tmp_path: Path
) -> None:
    data_keys.prove(engine)
    intake = talk(engine, tmp_path)
    give_keys(engine, Keyring(f"{NEW},{OLD}"))

    class Killed(Exception):
        pass

    def kill(name: str, changed: int) -> None:
        if name == "turns" and changed >= 2:
            raise Killed

    with pytest.raises(Killed):
        Reencryption(engine, tmp_path / "media", batch=1).run(NOW, kill)
    intake.says("tengah jalan", phone=PHONE)
    gone = Reencryption(engine, tmp_path / "media", batch=3).run(NOW)
    assert gone == list(Keyring(OLD).ids)
    give_keys(engine, Keyring(NEW))
    data_keys.prove(engine)
    intake.says("sesudah", phone=PHONE, aliases=(ALIAS,))
    assert intake.inbox.turn(intake.turn_ids[0]).message.aliases == (ALIAS,)
    [filed] = intake.complaints.of_conversation(intake.conversation_id)
    assert filed.story == STORY
    with engine.connect() as connection:
        assert len(connection.execute(select(conversations.c.id)).all()) == 1
    for media_id in filed.media_ids:
        content = (tmp_path / "media" / media_id).read_bytes()
        assert Keyring(NEW).unlock_bytes(f"media:{media_id}", content) == EVIDENCE


@pytest.mark.parametrize("keys", [None, NEW])
def test_a_wrong_or_missing_key_is_refused_before_anything_is_written(
    engine: Engine, tmp_path: Path, keys: str | None
) -> None:
    data_keys.prove(engine)
    intake = talk(engine, tmp_path)
    give_keys(engine, Keyring(keys) if keys else None)
    with pytest.raises(DataLocked, match="TANYA_DATA_KEY"):
        data_keys.prove(engine)
    with pytest.raises(TanyaError):
        intake.inbox.turn(intake.turn_ids[0])
    if keys:
        with pytest.raises(DataLocked):
            Reencryption(engine, tmp_path / "media").run(NOW)
    give_keys(engine, Keyring(OLD))
    data_keys.prove(engine)
    assert intake.inbox.turn(intake.turn_ids[0]).conversation.address.chat == CHAT


def test_what_was_locked_for_one_place_opens_in_no_other() -> None:
    keyring = Keyring(OLD)
    locked = keyring.lock("sealed/complaints/story", STORY)
    with pytest.raises(DataLocked):
        keyring.unlock("conversations/chat", locked)
    with pytest.raises(DataLocked):
        keyring.unlock("sealed/complaints/story", locked[:-4] + "AAAA")
    assert keyring.lock("x", STORY) != keyring.lock("x", STORY)
    assert keyring.mark("chat", CHAT) != keyring.mark("phone", CHAT)


@pytest.mark.parametrize("keys", ["", " , ", "short", f"{OLD},{OLD}"])
def test_unusable_keys_are_refused_without_showing_them(keys: str) -> None:
    with pytest.raises(TanyaError) as caught:
        Keyring(keys)
    assert "TANYA_DATA_KEY" in str(caught.value)
    assert "short" not in str(caught.value).replace("shorter", "")
