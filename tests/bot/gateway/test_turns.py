"""One turn is answered once, whatever fails on the way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.gateway import turns
from bot.gateway.turns import TurnAnswerer
from bot.received_files import too_big
from izin.conversations import InboundMedia
from izin.errors import RejectedMessage, RetryLater, StorageUnavailable
from izin.message_limits import MessageLimits
from izin.replies import Reply
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.officer_chats import MemoryOfficerChats
from izin.usecases.link_officer_chat import LinkOfficerChat
from tests.bot.gateway.house import WORDING, FakeRasa, FakeSender, House, said

pytestmark = pytest.mark.anyio
APOLOGY = WORDING.say("gateway.turn_failed")
PHOTO = InboundMedia("photo", "file-1", "image/jpeg")
FAILED = httpx.Response(503, json={"error": "action"})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the waiting short."""
    monkeypatch.setattr(turns, "PAUSES_S", (0.01, 0.02))
    monkeypatch.setattr(turns, "NOT_LISTENING_PAUSE_S", 0.01)
    monkeypatch.setattr(turns, "AWAY_PAUSE_S", 0.01)
    monkeypatch.setattr(turns, "MEDIA_PAUSE_S", 0.01)


async def test_a_turn_is_asked_answered_and_left_alone_when_run_again() -> None:
    house = House()
    turn_id = house.receive()
    assert await house.answer(turn_id) == ["Ini syaratnya."]
    assert await house.answer(turn_id) == ["Ini syaratnya."]
    assert house.state(turn_id) == "answered"
    assert len(house.fake_rasa.bodies) == 1
    assert house.fake_rasa.headers[0]["authorization"] == "Bearer s3cret"


async def test_a_turn_whose_answer_was_lost_gets_rasas_first_answer_again() -> None:
    house = House(FakeRasa([said("sama", replayed=True)]))
    turn_id = house.receive()
    assert await house.answer(turn_id) == ["sama"]
    assert house.fake_rasa.bodies[0]["turn_id"] == turn_id


async def test_several_replies_become_one_message_and_silence_none() -> None:
    house = House(FakeRasa([said("satu", "dua"), said()]))
    assert await house.answer(house.receive()) == ["satu\n\ndua"]
    silent = house.receive()
    assert await house.answer(silent) == []
    assert house.state(silent) == "answered"


async def test_the_same_answer_twice_in_a_row_is_varied() -> None:
    house = House()
    first, second = house.receive(), house.receive()
    texts = [*await house.answer(first), *await house.answer(second)]
    assert len(set(texts)) == 2
    assert all(text.endswith("Ini syaratnya.") for text in texts)


@pytest.mark.parametrize(
    "trouble",
    [FAILED, httpx.Response(500, text="oops"), httpx.ReadTimeout("slow"), httpx.ReadError("cut"),
     httpx.Response(200, json=[]), httpx.Response(200, text="{"), said("")],
)  # fmt: skip
async def test_a_failure_of_rasa_is_tried_again(trouble: Any) -> None:
    house = House(FakeRasa([trouble, trouble, said("akhirnya")]))
    assert await house.answer(house.receive()) == ["akhirnya"]
    assert len(house.fake_rasa.bodies) == 3


async def test_after_three_failures_the_citizen_gets_an_apology_and_a_human() -> None:
    house = House(FakeRasa([FAILED]))
    turn_id = house.receive()
    assert await house.answer(turn_id) == [APOLOGY]
    assert house.state(turn_id) == "failed"
    assert len(house.fake_rasa.bodies) == 3
    assert house.escalations() == ["turn_failed"]


async def test_not_even_the_apology_is_sent_twice_in_a_row() -> None:
    house = House(FakeRasa([FAILED]))
    texts = [*await house.answer(house.receive()), *await house.answer(house.receive())]
    assert texts[0] != texts[1]
    assert texts[1].endswith(APOLOGY)


async def test_rasa_that_is_starting_is_waited_for_without_counting_a_try() -> None:
    refused = httpx.ConnectError("refused")
    house = House(FakeRasa([refused] * 6 + [said("sudah hidup")]))
    assert await house.answer(house.receive()) == ["sudah hidup"]
    assert house.escalations() == []


@pytest.mark.parametrize("part", ["actions_away", "tracker_store"])
async def test_a_part_that_is_starting_is_waited_for_without_counting_a_try(part: str) -> None:
    away = httpx.Response(503, json={"error": part})
    house = House(FakeRasa([away] * 6 + [said("sudah hidup")]))
    assert await house.answer(house.receive()) == ["sudah hidup"]
    assert house.escalations() == []


async def test_rasa_that_never_comes_up_is_apologised_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    house = House(FakeRasa([httpx.ConnectError("refused")]))
    assert await house.answer(house.receive()) == [APOLOGY]


async def test_a_hanging_rasa_is_left_when_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    house = House()

    async def hang(*_: Any) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(house.rasa, "answer", hang)
    async with asyncio.timeout(20):
        assert await house.answer(house.receive()) == [APOLOGY]


async def test_tries_before_a_crash_count() -> None:
    house = House(FakeRasa([FAILED]))
    turn_id = house.receive()
    house.inbox.begin(turn_id)
    house.inbox.begin(turn_id)
    assert await house.answer(turn_id) == [APOLOGY]
    assert len(house.fake_rasa.bodies) == 1


async def test_a_turn_that_kills_its_worker_each_time_is_given_up() -> None:
    house = House()
    turn_id = house.receive()
    for _ in range(turns.MOST_BEGINNINGS):
        house.inbox.begin(turn_id)
    assert await house.answer(turn_id) == [APOLOGY]
    assert house.fake_rasa.bodies == []


async def test_an_unknown_error_is_apologised_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()

    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.rasa, "answer", broken)
    turn_id = house.receive()
    assert await house.answer(turn_id) == [APOLOGY]
    assert house.data.turns[turn_id].error == "ZeroDivisionError"


@pytest.mark.parametrize("method", ["begin", "answer", "set_media"])
async def test_a_database_that_is_away_leaves_the_turn_to_the_queue(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    house = House(sender=FakeSender(files={"file-1": (b"isi", "image/jpeg", "a.jpg")}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    with monkeypatch.context() as away:

        def down(*_: Any) -> None:
            raise StorageUnavailable("away")

        away.setattr(MemoryInbox, method, down)
        with pytest.raises(StorageUnavailable):
            await house.answer(turn_id)
    assert house.state(turn_id) == "queued"
    assert house.texts(turn_id) == []
    assert await house.answer(turn_id) == ["Ini syaratnya."]


async def test_a_chat_held_by_an_officer_gets_silence() -> None:
    house = House()
    turn_id = house.receive()
    house.hold(turn_id)
    assert await house.answer(turn_id) == []
    assert house.state(turn_id) == "held"
    assert house.fake_rasa.bodies == []
    assert house.sender.typed == []


async def test_files_for_the_officer_are_fetched_before_the_platform_forgets_them() -> None:
    house = House(sender=FakeSender(files={"file-1": (b"isi", "image/png", "a.png")}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    house.hold(turn_id)
    await house.answer(turn_id)
    [media_id] = house.inbox.turn(turn_id).media_ids
    assert house.media.get(media_id) == (b"isi", "image/png")


@pytest.mark.parametrize("trouble", [RejectedMessage("gone", "media_gone"), ZeroDivisionError()])
async def test_a_file_that_cannot_be_fetched_never_keeps_a_message_from_the_officer(
    trouble: Exception,
) -> None:
    house = House(sender=FakeSender(files={"file-1": trouble}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    house.hold(turn_id)
    assert await house.answer(turn_id) == []
    assert house.state(turn_id) == "held"


async def test_a_photo_is_stored_by_its_true_type_and_named_to_rasa() -> None:
    house = House(sender=FakeSender(files={"file-1": (b"isi", "image/png", "denah.png")}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    await house.answer(turn_id)
    body = house.fake_rasa.bodies[0]
    [media_id] = body["metadata"]["media_ids"]
    assert house.media.get(media_id) == (b"isi", "image/png")
    assert house.data.media[media_id].conversation_id == body["conversation_id"]


async def test_a_photo_is_fetched_once_however_often_the_turn_runs() -> None:
    house = House(FakeRasa([FAILED]), FakeSender(files={"file-1": (b"x", "image/png", "a")}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    await house.answer(turn_id)
    house.data.turns[turn_id].state = "queued"
    await house.answer(turn_id)
    assert house.sender.fetched == ["file-1"]


async def test_stickers_are_not_fetched() -> None:
    house = House()
    await house.answer(house.receive(kind="sticker", media=(InboundMedia("sticker", "s"),)))
    assert house.sender.fetched == []


@pytest.mark.parametrize(
    ("trouble", "said_of_it"),
    [
        (too_big(30_000_000, 20 * 1024 * 1024), "20 MB"),
        (RejectedMessage("exe", code="media_wrong_type"), "jenis berkas"),
        (RejectedMessage("gone", code="media_gone"), "kirim sekali lagi"),
        (RetryLater("5xx"), "kirim sekali lagi"),
    ],
)
async def test_a_file_that_is_not_taken_is_never_confirmed(
    trouble: Exception, said_of_it: str
) -> None:
    house = House(sender=FakeSender(files={"file-1": trouble}))
    turn_id = house.receive(kind="photo", text="", media=(PHOTO,))
    [text] = await house.answer(turn_id)
    assert said_of_it in text
    assert house.fake_rasa.bodies == []
    assert house.state(turn_id) == "answered"


async def test_the_question_under_a_file_that_is_not_taken_is_answered_all_the_same() -> None:
    gone = RejectedMessage("gone", code="media_gone")
    house = House(sender=FakeSender(files={"file-1": gone}))
    [text] = await house.answer(house.receive(kind="photo", text="syarat?", media=(PHOTO,)))
    assert "kirim sekali lagi" in text
    assert text.endswith("Ini syaratnya.")


async def test_a_platform_that_stumbles_over_a_file_is_asked_again() -> None:
    house = House()
    answers: list[Any] = [RetryLater("5xx", after_s=0.0), (b"isi", "image/png", "a.png")]

    async def fetch(_: InboundMedia) -> tuple[bytes, str, str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    house.sender.fetch_media = fetch  # type: ignore[method-assign]
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    await house.answer(turn_id)
    assert len(house.inbox.turn(turn_id).media_ids) == 1


async def test_an_unknown_error_with_a_file_is_apologised_for() -> None:
    house = House(sender=FakeSender(files={"file-1": ZeroDivisionError()}))
    turn_id = house.receive(kind="photo", media=(PHOTO,))
    assert await house.answer(turn_id) == [APOLOGY]


async def test_a_simulated_photo_is_stored_already() -> None:
    house = House()
    media_id = house.media.put(PHOTO, b"isi", None)
    photo = InboundMedia("photo", media_id)
    turn_id = house.receive(kind="photo", media=(photo,), namespace="simulator")
    await house.answer(turn_id)
    assert house.fake_rasa.bodies[0]["metadata"]["media_ids"] == [media_id]
    assert house.sender.fetched == []


async def test_a_live_photo_of_a_channel_switched_off_meanwhile_is_not_taken() -> None:
    house = House()
    house.channels.senders.clear()  # type: ignore[attr-defined]
    turn_id = house.receive(kind="photo", text="", media=(PHOTO,))
    assert "kirim sekali lagi" in (await house.answer(turn_id))[0]
    assert house.inbox.turn(turn_id).media_ids == ()


async def test_typing_is_shown_beside_the_turn_and_never_to_the_simulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "TYPING_AFTER_S", 0.0)
    house = House()
    await house.answer(house.receive(external_id="m-live"))
    await house.answer(house.receive(namespace="simulator"))
    await asyncio.sleep(0)
    assert house.sender.typed == ["m-live"]


async def test_an_answer_that_is_there_at_once_needs_no_typing() -> None:
    house = House()
    await house.answer(house.receive(external_id="m-live"))
    await asyncio.sleep(0)
    assert house.sender.typed == []


async def test_an_answered_turn_wakes_who_waits_and_is_counted() -> None:
    house = House(FakeRasa([said("a"), said("b", intent="nlu_fallback"), FAILED]))
    first = house.receive()

    async def look() -> bool | None:
        return house.state(first) == "answered" or None

    waiting = asyncio.create_task(house.watch.until(look, 5))
    await house.answer(first)
    assert await waiting
    await house.answer(house.receive())
    await house.answer(house.receive())
    held = house.receive()
    house.hold(held)
    await house.answer(held)
    value = house.metrics.registry.get_sample_value
    counted = [
        value("tanya_turns_total", {"channel": "telegram", "result": result})
        for result in ("answered", "failed", "held")
    ]
    assert counted == [2, 1, 1]
    assert value("tanya_fallback_ratio") == 0.5


async def test_a_pause_of_hours_begins_a_new_session_by_the_office_clock() -> None:
    house = House()
    await house.answer(house.receive())
    await house.answer(house.receive())
    assert [body["new_session"] for body in house.fake_rasa.bodies] == [True, False]


async def test_an_urgent_answer_opens_the_chat_to_an_officer() -> None:
    urgent = said(replies=[Reply("Tiket", urgent=True).to_json()])
    house = House(FakeRasa([urgent]))
    await house.answer(house.receive())
    assert house.escalations() == ["urgent"]


async def test_who_sends_too_much_at_once_is_told_so_without_asking_rasa() -> None:
    house = House()
    house.inbox = MemoryInbox(house.data, MessageLimits(per_minute=1))
    house.turns = TurnAnswerer(
        house.inbox, house.media, house.rasa, house.channels, WORDING, house.metrics, house.watch,
        house.serve, limits=MessageLimits(per_minute=1, pause_s=45),
    )  # fmt: skip
    first, told, stored = house.receive(), house.receive(), house.receive()
    await house.answer(first)
    assert await house.answer(told) == [WORDING.say("flow.limited", seconds=45)]
    assert await house.answer(stored) == []
    assert len(house.fake_rasa.bodies) == 1
    assert house.escalations() == ["flood"]


async def test_texts_that_waited_together_are_asked_as_one() -> None:
    house = House()
    house.inbox = MemoryInbox(house.data, MessageLimits())
    house.turns = TurnAnswerer(
        house.inbox, house.media, house.rasa, house.channels, WORDING, house.metrics, house.watch,
        house.serve,
    )  # fmt: skip
    first, second = house.receive(text="mau tanya"), house.receive(text="syarat pbg")
    assert await house.answer(first) == ["Ini syaratnya."]
    assert await house.answer(second) == []
    assert [body["text"] for body in house.fake_rasa.bodies] == ["mau tanya\nsyarat pbg"]


@pytest.mark.parametrize("held", [False, True])
async def test_an_officer_s_chat_is_linked_without_asking_rasa(held: bool) -> None:
    house = House()
    link = LinkOfficerChat(MemoryOfficerChats(), WORDING)
    house.turns = TurnAnswerer(
        house.inbox, house.media, house.rasa, house.channels, WORDING, house.metrics, house.watch,
        house.serve, link=link,
    )  # fmt: skip
    now = datetime.now(UTC)
    code = link.begin("akun-1", now).text.removeprefix("/start ")
    turn_id = house.receive(kind="start", text=code)
    if held:  # then the assistant is silent; the console shows the link
        house.hold(turn_id)
    assert await house.answer(turn_id) == ([] if held else [WORDING.say("aduan.link.done")])
    assert house.fake_rasa.bodies == []
    linked = link.linked("akun-1")
    assert linked is not None
    assert linked.conversation_id == house.inbox.turn(turn_id).conversation.id
