"""The simulator's own promises: the answer's shape, what it takes, order, and its page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from ops.journeys.chat import Chat
from tests.journeys.stack import Stack
from tests.journeys.test_complaints import JPEG


def test_an_answer_has_the_documented_shape(chat: Chat) -> None:
    document = chat.post(text="biaya slf").json()
    assert set(document) == {"turn_id", "replies", "handled_by", "turn_ms"}
    assert document["handled_by"] == "bot"
    assert 0 < document["turn_ms"] < 15_000
    for part in document["replies"]:
        assert set(part) == {"text", "choices", "media"}
        for choice in part["choices"]:
            assert {"id", "title"} <= set(choice)


def test_each_channel_s_own_limits_shape_the_answer(stack: Stack) -> None:
    telegram = stack.chat("telegram").post(text="syarat pbg").json()["replies"]
    assert all(len(part["text"]) <= 4096 for part in telegram)
    assert all(len(c["id"].encode()) <= 64 for part in telegram for c in part["choices"])
    whatsapp = stack.chat("whatsapp").post(text="syarat pbg").json()["replies"]
    for part in whatsapp:
        assert len(part["text"]) <= (1024 if part["choices"] else 4096)
        titles = [choice["title"] for choice in part["choices"]]
        assert len(titles) <= 10
        assert all(len(title) <= (20 if len(titles) <= 3 else 24) for title in titles)
        assert len(set(titles)) == len(titles)


def test_a_photo_alone_and_a_place_alone_get_useful_answers(stack: Stack, chat: Chat) -> None:
    said = chat.send(photo=JPEG)
    assert said.choices
    kept = stack.one("select media_ids from turns where id = :id", id=said.turn_id)
    assert len(kept) == 1
    said = chat.send(location=[-7.02, 109.61])
    assert stack.office.address is not None
    assert said.tells([stack.office.address])


def test_a_photo_with_words_is_answered_by_its_words(stack: Stack, chat: Chat) -> None:
    assert chat.send(photo=JPEG, text="biaya slf berapa").tells(["Rp0"])


def test_a_start_link_greets_and_one_with_a_permit_tells_of_it(stack: Stack, chat: Chat) -> None:
    assert chat.say("/start").choices
    assert stack.permit("SLF").official_name in chat.say("/start SLF")


def test_everything_delivered_is_listed_once_in_order(chat: Chat) -> None:
    first, second = chat.say("biaya slf"), chat.say("syarat slf")
    listed = chat.messages()
    assert [item["turn_id"] for item in listed] == [first.turn_id, second.turn_id]
    assert chat.messages(after=listed[0]["id"]) == listed[1:]
    assert chat.messages(after=listed[1]["id"]) == []


def test_the_same_chat_name_on_two_channels_is_two_citizens(stack: Stack) -> None:
    telegram, whatsapp = stack.chat("telegram"), stack.chat("whatsapp")
    whatsapp.name = telegram.name
    telegram.say("syarat slf")
    assert whatsapp.messages() == []
    assert stack.permit("SLF").official_name not in whatsapp.say("kalau biayanya?")


def test_at_moves_the_office_clock_of_one_turn_only(stack: Stack, chat: Chat) -> None:
    chat.say("halo", datetime.now(stack.office.zone) + timedelta(days=300))
    said = chat.say("berapa lama slf", stack.open_at())
    due = stack.calendar.add_working_days(
        stack.open_at().date(), stack.permit("SLF").sla_working_days
    )
    assert said.tells([stack.wording.date(due.day)])


def test_after_a_long_silence_the_permit_of_before_is_forgotten(stack: Stack, chat: Chat) -> None:
    at = stack.open_at()
    chat.say("syarat slf", at)
    assert stack.permit("SLF").official_name in chat.say("biayanya?", at)
    said = chat.say("kalau lamanya?", at + timedelta(days=3))
    assert stack.permit("SLF").official_name not in said


def test_simulator_identities_never_reach_a_platform(stack: Stack, chat: Chat) -> None:
    sent = len(stack.telegram.sent), len(stack.meta.sent)
    chat.name = "6281200000001" if chat.channel == "whatsapp" else "7001"
    chat.say("halo")
    assert (len(stack.telegram.sent), len(stack.meta.sent)) == sent


def test_quick_messages_are_answered_in_order_while_all_wait(stack: Stack) -> None:
    """Twenty messages over four chats, each stored before the next of its chat arrives.

    The first of a chat is being answered; the others wait, and are answered together.
    """
    codes = ["SLF", "PBG", "APOTEK", "REKLAME", "KKPR"]
    names = [stack.permit(code).short_name for code in codes]
    chats = [stack.chat(channel) for channel in ("telegram", "whatsapp") for _ in range(2)]

    def stored(chat: Chat) -> int:
        return int(
            stack.one(
                "select count(*) from turns where conversation_id = :conversation",
                conversation=stack.conversation(chat.name),
            )
        )

    with (
        ThreadPoolExecutor(20) as pool,
        stack.locked("rasa_trackers"),  # nothing can be answered until all have come
    ):
        answers = {chat.name: [] for chat in chats}
        for number, code in enumerate(codes):
            for chat in chats:
                answers[chat.name].append(pool.submit(chat.post, text=f"syarat {code.lower()}"))
            stack.until(lambda n=number: all(stored(chat) == n + 1 for chat in chats))
            stack.until(lambda: stack.waiters("rasa_trackers") >= len(chats))  # all have begun
    for chat in chats:
        documents = [answer.result().json() for answer in answers[chat.name]]
        turn_ids = [document["turn_id"] for document in documents]
        assert turn_ids[0] != turn_ids[1] == turn_ids[-1]
        texts = ["".join(part["text"] for part in document["replies"]) for document in documents]
        for text, name in zip(texts, names, strict=True):
            assert name in text
        places = [texts[-1].index(f"Syarat {name}") for name in names[1:]]
        assert places == sorted(places)
        assert [item["turn_id"] for item in chat.messages()] == [turn_ids[0], turn_ids[-1]]


def test_metrics_count_turns_and_show_the_queue(stack: Stack, chat: Chat) -> None:
    chat.say("biaya slf")
    text = stack.metrics()
    assert f'tanya_turns_total{{channel="{chat.channel}",result="answered"}}' in text
    assert 'tanya_latency_seconds_count{part="dialogue"}' in text
    assert chat.name not in text
    for name in ("tanya_deliveries_total", "tanya_queue_jobs", "tanya_fallback_ratio"):
        assert name in text
