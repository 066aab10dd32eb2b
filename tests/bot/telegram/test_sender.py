"""The Telegram sender against the strict fake: facts 1-4, 6 and 7 of the channel."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.pacing import Pacer, PacingRules, Rate
from bot.telegram.parse import parse_update
from bot.telegram.sender import TelegramSender
from izin.conversations import ChatAddress, InboundMedia
from izin.errors import (
    ChannelLocked,
    DeliveryFailed,
    InvalidInput,
    RejectedMessage,
    RetryLater,
    Undeliverable,
)
from izin.rendering.shape import RenderedMessage
from izin.rendering.telegram import render_telegram
from izin.replies import Choice, Reply, ReplyMedia
from izin.wording import Wording

pytestmark = pytest.mark.anyio

CHAT = ChatAddress("telegram", "42")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)


def rendered(reply: Reply) -> RenderedMessage:
    (message,) = render_telegram(reply, [f"c{n}" for n in range(len(reply.choices))])
    return message


async def test_a_reply_arrives_with_its_buttons_and_markup_parsed(fake_telegram, sender):
    """Fact 7."""
    fake_telegram.citizen(42)
    reply = Reply("[b]Biaya[/b] <retribusi> & lain", (Choice("Syarat", "tanya_syarat"),))
    external_id = await sender.send(CHAT, rendered(reply))
    (sent,) = fake_telegram.sent
    assert external_id == f"42:{sent['message_id']}"
    assert sent["text"] == "Biaya <retribusi> & lain"
    assert sent["markup"]["inline_keyboard"] == [[{"text": "Syarat", "callback_data": "c0"}]]


async def test_the_id_we_give_is_the_id_an_answer_names(fake_telegram, sender):
    fake_telegram.citizen(42)
    external_id = await sender.send(CHAT, rendered(Reply("Halo")))
    update = fake_telegram.say(42, "ya", reply_to_message=fake_telegram.sent[0])
    message = parse_update(update, fake_telegram.username)
    assert message.reply_to == external_id


async def test_a_stored_photo_is_uploaded_with_its_caption(fake_telegram, http):
    """Fact 2."""

    async def read(media_id: str):
        assert media_id == "m1"
        return JPEG, "image/jpeg"

    sender = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url, read_media=read)
    fake_telegram.citizen(42)
    await sender.send(CHAT, rendered(Reply("Peta", (), (ReplyMedia("photo", "m1"),))))
    assert fake_telegram.uploads == [JPEG]
    assert fake_telegram.sent[0]["caption"] == "Peta"


async def test_a_file_over_the_upload_limit_is_refused_before_sending(fake_telegram, http):
    """Fact 2: photo 10 MB."""

    async def read(media_id: str):
        return bytes(10_000_001), "image/jpeg"

    sender = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url, read_media=read)
    fake_telegram.citizen(42)
    with pytest.raises(RejectedMessage) as caught:
        await sender.send(CHAT, rendered(Reply("Peta", (), (ReplyMedia("photo", "m1"),))))
    assert caught.value.code == "media_too_big"
    assert fake_telegram.sent == []


async def test_a_place_arrives(fake_telegram, sender):
    fake_telegram.citizen(42)
    await sender.send(CHAT, rendered(Reply("", (), (ReplyMedia("location", location=(-7, 110)),))))
    assert fake_telegram.sent[0]["location"] == {"latitude": -7.0, "longitude": 110.0}


async def test_the_contact_keyboard_is_left_out_in_a_group(fake_telegram, sender):
    """Fact 8: Telegram refuses it there with 400."""
    fake_telegram.group(-100)
    address = ChatAddress("telegram", "-100", user="42")
    await sender.send(address, rendered(Reply("Mohon nomor Anda", ask_contact=True)))
    assert fake_telegram.sent[0]["markup"] is None


async def test_an_unknown_chat_is_undeliverable(sender):
    with pytest.raises(Undeliverable):
        await sender.send(CHAT, rendered(Reply("Halo")))


async def test_a_citizen_who_blocked_us_is_undeliverable(fake_telegram, sender):
    fake_telegram.citizen(42)
    fake_telegram.blocked.add(42)
    with pytest.raises(Undeliverable) as caught:
        await sender.send(CHAT, rendered(Reply("Halo")))
    assert caught.value.code == 403


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "x" * 4097},
        {"text": "<b>x", "parse_mode": "HTML"},
        {"text": " "},
        {
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]},
        },
    ],
)
async def test_what_telegram_calls_invalid_is_never_retried(fake_telegram, sender, payload):
    """Fact 1, enforced by the fake."""
    fake_telegram.citizen(42)
    with pytest.raises(RejectedMessage) as caught:
        await sender.send(CHAT, RenderedMessage("sendMessage", payload, "x"))
    assert not caught.value.retry


async def test_429_says_when_to_come_back_and_holds_the_chat_back(fake_telegram, sender):
    """Fact 3."""
    fake_telegram.citizen(42)
    fake_telegram.fail("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(RetryLater) as caught:
        await sender.send(CHAT, rendered(Reply("Halo")))
    assert (caught.value.code, caught.value.after_s) == (429, 7)
    with pytest.raises(RetryLater) as caught:
        await sender.send(CHAT, rendered(Reply("Halo")))
    assert caught.value.code == "paused"
    assert 5 < caught.value.after_s <= 7
    assert fake_telegram.sent == []


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_is_retried(fake_telegram, sender, status):
    fake_telegram.citizen(42)
    fake_telegram.fail("sendMessage", status, "Internal Server Error")
    with pytest.raises(RetryLater):
        await sender.send(CHAT, rendered(Reply("Halo")))


async def test_an_unreadable_answer_is_retried(fake_telegram, sender):
    from tests.fakes.faults import Fault

    fake_telegram.citizen(42)
    fake_telegram.faults.order("sendMessage", Fault("garbage"))
    with pytest.raises(RetryLater):
        await sender.send(CHAT, rendered(Reply("Halo")))


async def test_silence_is_retried(fake_telegram):
    fake_telegram.citizen(42)
    fake_telegram.hang("sendMessage")
    async with httpx.AsyncClient(trust_env=False, timeout=0.2) as http:
        sender = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url)
        with pytest.raises(RetryLater):
            await sender.send(CHAT, rendered(Reply("Halo")))
    assert fake_telegram.sent == []


async def test_an_answer_lost_on_the_way_is_retried_though_it_was_sent(fake_telegram):
    """Telegram has no idempotency key: at least once is the most that can be promised."""
    fake_telegram.citizen(42)
    fake_telegram.hang("sendMessage", acts=True)
    async with httpx.AsyncClient(trust_env=False, timeout=0.5) as http:
        sender = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url)
        with pytest.raises(RetryLater):
            await sender.send(CHAT, rendered(Reply("Halo")))
    await asyncio.to_thread(fake_telegram.wait_for, lambda: fake_telegram.sent)
    assert [sent["text"] for sent in fake_telegram.sent] == ["Halo"]


async def test_a_chat_that_is_no_number_is_undeliverable(sender):
    with pytest.raises(Undeliverable):
        await sender.send(ChatAddress("telegram", "@kanal"), rendered(Reply("Halo")))
    await sender.typing(ChatAddress("telegram", "@kanal"), "x")


async def test_nobody_listening_is_retried(http):
    sender = TelegramSender("1:abcdefghijkl", http, api_url="http://127.0.0.1:1")
    with pytest.raises(RetryLater):
        await sender.send(CHAT, rendered(Reply("Halo")))


@pytest.mark.parametrize("token", ["7654321:token-yang-keliru", "bukan token"])
async def test_a_wrong_token_locks_the_channel(fake_telegram, http, token):
    sender = TelegramSender(token, http, api_url=fake_telegram.url)
    with pytest.raises(ChannelLocked) as caught:
        await sender.username()
    assert token not in str(caught.value)


async def test_a_group_that_moved_is_followed(fake_telegram, sender):
    fake_telegram.group(-1)
    fake_telegram.group(-1001)
    fake_telegram.moved[-1] = -1001
    external_id = await sender.send(
        ChatAddress("telegram", "-1", user="42"), rendered(Reply("Hai"))
    )
    assert external_id.startswith("-1001:")


async def test_a_simulator_chat_is_never_sent_to_the_platform(fake_telegram, sender):
    fake_telegram.citizen(42)
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(ChatAddress("telegram", "42", "simulator"), rendered(Reply("Halo")))
    assert not caught.value.retry
    assert fake_telegram.sent == []


async def test_typing_is_shown_and_its_failure_stops_nothing(fake_telegram, sender):
    """Fact 6."""
    fake_telegram.citizen(42)
    await sender.typing(CHAT, "42:1")
    assert fake_telegram.actions == [(42, "typing")]
    fake_telegram.fail("sendChatAction", 500, "x")
    await sender.typing(CHAT, "42:1")


async def test_a_tapped_button_is_answered_even_when_it_is_too_old(fake_telegram, sender):
    """Fact 6."""
    fake_telegram.citizen(42)
    await sender.send(CHAT, rendered(Reply("Pilih", (Choice("A", "x"),))))
    update = fake_telegram.tap(fake_telegram.sent[0], "c0")
    message = parse_update(update, fake_telegram.username)
    await sender.answer_callback(message.external_id, "x" * 300)  # fact 1: cut to 200
    assert fake_telegram.answered_callbacks == [update["callback_query"]["id"]]
    await sender.answer_callback(message.external_id)  # too old now: no error
    await sender.answer_callback("42:7")  # no button at all
    assert len(fake_telegram.answered_callbacks) == 1


async def test_a_menu_is_edited_in_place_and_an_unchanged_one_is_fine(fake_telegram, sender):
    """Fact 7."""
    fake_telegram.citizen(42)
    external_id = await sender.send(CHAT, rendered(Reply("Halaman 1")))
    for _ in range(2):
        await sender.edit(CHAT, external_id, rendered(Reply("Halaman 2")))
    assert [message["text"] for message in fake_telegram.sent] == ["Halaman 2"]


async def test_commands_are_set_from_the_wording(fake_telegram, sender):
    """Facts 1 and 7."""
    await sender.set_commands(Wording())
    assert {"command": "petugas", "description": "Bicara dengan petugas"} in fake_telegram.commands


async def test_a_webhook_is_set_with_its_secret_and_removed_keeping_updates(fake_telegram, sender):
    """Facts 4 and 5."""
    fake_telegram.say(42, "halo")
    await sender.set_webhook("https://izin.contoh.go.id/webhooks/telegram", "rahasia-1")
    assert fake_telegram.webhook["secret"] == "rahasia-1"
    await sender.delete_webhook()
    assert fake_telegram.webhook is None
    assert len(await sender.get_updates(None, 0)) == 1


@pytest.mark.parametrize("secret", ["", "a" * 257, "ada spasi"])
async def test_a_secret_telegram_would_refuse_is_a_clear_error(sender, secret):
    """Fact 4: 1-256 characters."""
    with pytest.raises(InvalidInput):
        await sender.set_webhook("https://izin.contoh.go.id/x", secret)


# Fact 3: pace


async def test_a_chat_gets_one_message_a_second_without_ever_meeting_429(fake_telegram, sender):
    """Fact 3: the fake enforces 1 a second for each chat."""
    fake_telegram.citizen(42)
    began = asyncio.get_running_loop().time()
    for number in range(3):
        await sender.send(CHAT, rendered(Reply(f"Pesan {number}")))
    assert asyncio.get_running_loop().time() - began > 1.9
    assert len(fake_telegram.sent) == 3


async def test_many_chats_stay_below_thirty_a_second(fake_telegram, sender):
    """Fact 3: the fake enforces 30 a second in all."""
    for chat in range(1, 46):
        fake_telegram.citizen(chat)
    sends = [
        sender.send(ChatAddress("telegram", str(chat)), rendered(Reply("Hai")))
        for chat in range(1, 46)
    ]
    await asyncio.gather(*sends)
    assert len(fake_telegram.sent) == 45


async def test_without_pacing_the_fake_answers_429(fake_telegram, http):
    """The fake is strict: proves that the two tests above can fail."""
    fast = Rate(100, 0.1)
    sender = TelegramSender(
        fake_telegram.token, http, api_url=fake_telegram.url,
        pacer=Pacer(PacingRules(fast, fast, fast)),
    )  # fmt: skip
    fake_telegram.citizen(42)
    await sender.send(CHAT, rendered(Reply("1")))
    with pytest.raises(RetryLater) as caught:
        await sender.send(CHAT, rendered(Reply("2")))
    assert caught.value.after_s == 1


# Fact 2: files


async def test_a_photo_is_fetched_with_its_real_type(fake_telegram, sender):
    update = fake_telegram.send_photo(42, JPEG)
    message = parse_update(update, fake_telegram.username)
    assert await sender.fetch_media(message.media[0]) == (JPEG, "image/jpeg", "photo.jpg")


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("photo", b'{"file_path": "documents/x"}', "media_wrong_type"),
        ("photo", b"%PDF-1.7\n" + bytes(50), "media_wrong_type"),
        ("photo", b"", "media_wrong_type"),
        ("document", b"MZ" + bytes(100), "media_wrong_type"),
        ("document", b"<!DOCTYPE html><script>1</script>", "media_wrong_type"),
    ],
)
async def test_a_file_that_is_not_what_it_claims_is_refused(
    fake_telegram, sender, kind, content, code
):
    media = InboundMedia(kind, fake_telegram.keep_file(content), "image/jpeg")
    with pytest.raises(RejectedMessage) as caught:
        await sender.fetch_media(media)
    assert caught.value.code == code


async def test_a_file_over_20_mb_is_refused_whatever_was_claimed(fake_telegram, sender):
    """Fact 2."""
    claimed = InboundMedia("document", "x", size_bytes=20_000_001)
    hidden = InboundMedia("document", fake_telegram.keep_file(b"x", size=21_000_000))
    lying = InboundMedia("document", fake_telegram.keep_file(bytes(20_000_001), size=5))
    for media in (claimed, hidden, lying):
        with pytest.raises(RejectedMessage) as caught:
            await sender.fetch_media(media)
        assert caught.value.code == "media_too_big"


async def test_a_file_that_is_gone_is_said_so_and_trouble_is_retried(fake_telegram, sender):
    with pytest.raises(RejectedMessage) as caught:
        await sender.fetch_media(InboundMedia("photo", "tidak-ada"))
    assert caught.value.code == "media_gone"
    fake_telegram.fail("download", 502, "Bad Gateway")
    media = InboundMedia("photo", fake_telegram.keep_file(JPEG))
    with pytest.raises(RetryLater):
        await sender.fetch_media(media)


async def test_a_path_in_a_file_name_is_dropped(fake_telegram, sender):
    media = InboundMedia(
        "document", fake_telegram.keep_file(b"%PDF-1.7\n" + bytes(9)), "application/pdf",
        file_name="../../etc/gambar\x00.pdf",
    )  # fmt: skip
    assert (await sender.fetch_media(media))[1:] == ("application/pdf", "gambar.pdf")
