"""The WhatsApp sender against the strict fake: facts 13 and 15-20 of the channel."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.pacing import Pacer, PacingRules, Rate
from bot.whatsapp.failures import error_of
from bot.whatsapp.parse import parse_webhook
from bot.whatsapp.sender import WhatsAppSender, window_open
from izin.conversations import ChatAddress, InboundMedia
from izin.errors import (
    ChannelLocked,
    DeliveryFailed,
    RejectedMessage,
    RetryLater,
    Undeliverable,
    WindowClosed,
)
from izin.rendering.shape import RenderedMessage
from izin.rendering.whatsapp import render_template, render_whatsapp
from izin.replies import Choice, Reply, ReplyMedia
from tests.fakes.faults import Fault
from tests.fakes.meta import Citizen

pytestmark = pytest.mark.anyio

ANI = Citizen("6281200000001", "ID.1000000000000001")
BY_NUMBER = ChatAddress("whatsapp", "6281200000001")
BY_BSUID = ChatAddress("whatsapp", "ID.1000000000000001")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)
FAST = Pacer(PacingRules(Rate(100, 0.1), Rate(100, 0.1), Rate(100, 0.1)))


def rendered(reply: Reply) -> RenderedMessage:
    (message,) = render_whatsapp(reply, [f"c{n}" for n in range(len(reply.choices))])
    return message


def media_sender(fake_meta, http, content: bytes) -> WhatsAppSender:
    async def read(media_id: str):
        return content, "image/jpeg"

    return WhatsAppSender(
        fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, read_media=read
    )


async def test_a_number_is_sent_to_as_to_and_a_bsuid_as_recipient(fake_meta, sender):
    """Fact 13."""
    fake_meta.say(ANI, "halo")
    external_id = await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    await sender.send(BY_BSUID, rendered(Reply("Halo")))
    first, second = fake_meta.sent
    assert (first["to"], first["id"]) == ("6281200000001", external_id)
    assert (second["recipient"], "to" in second) == ("ID.1000000000000001", False)


async def test_a_citizen_who_hides_the_number_gets_an_answer(fake_meta, sender):
    """Fact 13: the failure "users without a phone number dropped", the whole way."""
    budi = Citizen("6281200000002", "ID.2000000000000002", shows_number=False)
    fake_meta.queue(fake_meta.message(budi, "text", {"body": "halo"}))
    (message,) = parse_webhook(json.loads(fake_meta.body(fake_meta.queued))).messages
    await sender.send(message.address, rendered(Reply("Halo")))
    assert fake_meta.sent[0]["recipient"] == "ID.2000000000000002"


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10])
async def test_every_shape_of_reply_is_taken(fake_meta, sender, count):
    """Fact 16."""
    fake_meta.say(ANI, "halo")
    choices = tuple(Choice(f"Pilihan {n}", "x", description="uraian") for n in range(count))
    await sender.send(BY_NUMBER, rendered(Reply("[b]Silakan[/b] pilih", choices)))
    assert len(fake_meta.sent) == 1


async def test_links_places_and_templates_are_taken(fake_meta, sender):
    fake_meta.say(ANI, "halo")
    fake_meta.templates["status_berubah", "id"] = 2
    await sender.send(BY_NUMBER, rendered(Reply("x", (Choice("OSS", url="https://oss.go.id"),))))
    place = ReplyMedia("location", location=(-7, 110), title="MPP")
    await sender.send(BY_NUMBER, rendered(Reply("", (), (place,))))
    await sender.send(BY_NUMBER, render_template("status_berubah", ["503/0123", "selesai"]))
    assert [sent["type"] for sent in fake_meta.sent] == ["interactive", "location", "template"]


async def test_a_stored_photo_is_uploaded_first(fake_meta, http):
    fake_meta.say(ANI, "halo")
    sender = media_sender(fake_meta, http, JPEG)
    await sender.send(BY_NUMBER, rendered(Reply("Peta", (), (ReplyMedia("photo", "m1"),))))
    image = fake_meta.sent[0]["image"]
    assert fake_meta.uploads[image["id"]] == JPEG
    assert image["caption"] == "Peta"


async def test_a_json_file_goes_out_as_a_text_under_its_own_name(fake_meta, http):
    """The platform refuses application/json with 131053."""
    fake_meta.say(ANI, "halo")

    async def stored(media_id):
        return b"{}", "application/json"

    sender = WhatsAppSender(
        fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, read_media=stored
    )
    file = ReplyMedia("document", "m1", title="data-saya.json")
    await sender.send(BY_NUMBER, rendered(Reply("", (), (file,))))
    document = fake_meta.sent[0]["document"]
    assert fake_meta.uploads[document["id"]] == b"{}"
    assert document["filename"] == "data-saya.json"


async def test_a_file_over_its_limit_is_refused_before_uploading(fake_meta, http):
    """Fact 19: image 5 MB."""
    fake_meta.say(ANI, "halo")
    sender = media_sender(fake_meta, http, bytes(5_000_001))
    with pytest.raises(RejectedMessage) as caught:
        await sender.send(BY_NUMBER, rendered(Reply("Peta", (), (ReplyMedia("photo", "m1"),))))
    assert caught.value.code == "media_too_big"
    assert fake_meta.uploads == {}


# Fact 15: the window


async def test_outside_24_hours_the_platform_takes_only_templates(fake_meta, sender):
    """Fact 15."""
    fake_meta.say(ANI, "halo")
    fake_meta.templates["status_berubah", "id"] = 1
    fake_meta.clock_shift_s = 86_401
    with pytest.raises(WindowClosed) as caught:
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    assert (caught.value.code, caught.value.retry) == (131047, False)
    await sender.send(BY_NUMBER, render_template("status_berubah", ["503/0123"]))
    assert len(fake_meta.sent) == 1


def test_the_window_lasts_24_hours_from_the_last_message():
    """Fact 15."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert window_open(now - timedelta(hours=23, minutes=59), now)
    assert not window_open(now - timedelta(hours=24), now)
    assert not window_open(None, now)


# Fact 18: error classes

CLASSES = {
    ChannelLocked: [0, 190, 131042, 131031, 131048],
    RetryLater: [4, 80007, 130429, 131056, 131016, 131000, 131049],
    WindowClosed: [131047],
    Undeliverable: [131026, 130472],
    RejectedMessage: [131008, 131009, 131051, 131052, 131053, *range(132000, 132017)],
}


@pytest.mark.parametrize(
    ("expected", "code"), [(cls, code) for cls, codes in CLASSES.items() for code in codes]
)
def test_every_error_code_has_its_class(expected, code):
    """Fact 18."""
    error = error_of(code)
    assert type(error) is expected
    assert error.code == code
    assert error.retry == (expected in (RetryLater, ChannelLocked))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (190, ChannelLocked), (130429, RetryLater), (131056, RetryLater), (131016, RetryLater),
        (131026, Undeliverable), (131009, RejectedMessage), (131047, WindowClosed),
        (131042, ChannelLocked), (132001, RejectedMessage),
    ],
)  # fmt: skip
async def test_the_class_is_found_over_http(fake_meta, sender, code, expected):
    """Fact 18."""
    fake_meta.say(ANI, "halo")
    fake_meta.fail("messages", code)
    with pytest.raises(expected) as caught:
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    assert caught.value.code == code
    assert fake_meta.sent == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [(500, RetryLater), (429, RetryLater), (403, ChannelLocked), (400, RejectedMessage)],
)
async def test_an_unknown_code_goes_by_its_status(fake_meta, sender, status, expected):
    fake_meta.fail("messages", 999_999, status=status)
    with pytest.raises(expected):
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))


async def test_the_pause_of_429_is_kept(fake_meta, sender):
    fault = Fault("error", 429, {"error": {"code": 80007, "message": "x"}}, {"Retry-After": "17"})
    fake_meta.faults.order("messages", fault)
    with pytest.raises(RetryLater) as caught:
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    assert caught.value.after_s == 17


async def test_unreadable_answers_and_silence_are_retried(fake_meta, sender):
    fake_meta.faults.order("messages", Fault("garbage"))
    with pytest.raises(RetryLater):
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    fake_meta.hang("messages")
    async with httpx.AsyncClient(trust_env=False, timeout=0.2) as impatient:
        hurried = WhatsAppSender(
            fake_meta.token, fake_meta.phone_id, impatient, api_url=fake_meta.url
        )
        with pytest.raises(RetryLater):
            await hurried.send(BY_NUMBER, rendered(Reply("Halo")))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "bukan alamat", "http://[rusak"])
async def test_nobody_listening_is_retried(http, address):
    sender = WhatsAppSender("x", "1", http, api_url=address)
    with pytest.raises(RetryLater):
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))


async def test_a_wrong_token_locks_the_channel_and_is_never_told(fake_meta, http):
    wrong = WhatsAppSender("keliru-sekali", fake_meta.phone_id, http, api_url=fake_meta.url)
    with pytest.raises(ChannelLocked) as caught:
        await wrong.check()
    assert "keliru-sekali" not in str(caught.value)
    with pytest.raises(ChannelLocked):
        WhatsAppSender("", "1", http)


async def test_a_right_token_tells_the_number(fake_meta, sender):
    assert await sender.check() == fake_meta.display_number


async def test_a_simulator_chat_is_never_sent_to_the_platform(fake_meta, sender):
    fake_meta.say(ANI, "halo")
    address = ChatAddress("whatsapp", "6281200000001", "simulator")
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(address, rendered(Reply("Halo")))
    assert not caught.value.retry
    assert fake_meta.calls == []


@pytest.mark.parametrize(
    "content",
    [
        {"type": "button", "body": {"text": "x" * 1025},
         "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "a"}}]}},
        {"type": "button", "body": {"text": "x"},
         "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "a" * 21}}]}},
        {"type": "list", "body": {"text": "x"}, "action": {"button": "Lihat", "sections": [
            {"rows": [{"id": str(n), "title": str(n)} for n in range(11)]}]}},
    ],
)  # fmt: skip
async def test_the_fake_refuses_what_breaks_a_limit(fake_meta, sender, content):
    """Fact 16: proves that the tests of shapes can fail."""
    fake_meta.say(ANI, "halo")
    payload = {"type": "interactive", "interactive": content}
    with pytest.raises(RejectedMessage) as caught:
        await sender.send(BY_NUMBER, RenderedMessage("interactive", payload, "x"))
    assert caught.value.code == 131009


# Fact 17: pace


async def test_the_pair_rate_puts_a_message_back_instead_of_meeting_131056(fake_meta, http):
    """Fact 17: about a message each 6 s to one citizen, some at once."""
    rules = PacingRules(Rate(1, 1 / 80), Rate(10, 60.0), Rate(10, 60.0), longest_wait_s=0.05)
    sender = WhatsAppSender(
        fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, pacer=Pacer(rules)
    )
    fake_meta.say(ANI, "halo")
    for _ in range(10):
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    with pytest.raises(RetryLater) as caught:
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    assert (caught.value.code, caught.value.after_s) == ("paced", 6.0)
    assert len(fake_meta.sent) == 10


async def test_without_pacing_the_fake_answers_131056_and_the_chat_is_held_back(fake_meta, http):
    """Fact 17: proves that the test above can fail."""
    sender = WhatsAppSender(
        fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, pacer=FAST
    )
    fake_meta.say(ANI, "halo")
    for _ in range(10):
        await sender.send(BY_NUMBER, rendered(Reply("Halo")))
    for code in (131056, "paused"):
        with pytest.raises(RetryLater) as caught:
            await sender.send(BY_NUMBER, rendered(Reply("Halo")))
        assert caught.value.code == code
        assert 5 < caught.value.after_s <= 6


# Fact 19: media


def inbound(fake_meta, content: bytes, kind: str = "photo", **more) -> InboundMedia:
    return InboundMedia(kind, fake_meta.keep_file(content, "image/jpeg", **more), "image/jpeg")


async def test_a_file_is_fetched_in_two_steps_and_the_lookup_is_never_stored(fake_meta, sender):
    """Fact 19, and the failure "the media look-up's JSON stored as the file"."""
    content, mime_type, name = await sender.fetch_media(inbound(fake_meta, JPEG))
    assert (content, mime_type, name) == (JPEG, "image/jpeg", "photo.jpg")


async def test_json_in_the_place_of_a_photo_is_refused(fake_meta, sender):
    """Fact 19."""
    media = inbound(fake_meta, b'{"url": "https://lookaside.example/x", "mime_type": "image/jpeg"}')
    with pytest.raises(RejectedMessage) as caught:
        await sender.fetch_media(media)
    assert caught.value.code == "media_wrong_type"


async def test_an_address_that_died_is_looked_up_again_later(fake_meta, sender):
    """Fact 19: the address lives five minutes."""
    media = inbound(fake_meta, JPEG)
    fake_meta.faults.order("download", Fault("error", 404, None))
    with pytest.raises(RetryLater):
        await sender.fetch_media(media)
    assert (await sender.fetch_media(media))[0] == JPEG


async def test_an_address_is_really_dead_after_five_minutes_on_the_fake(fake_meta, sender, http):
    media = inbound(fake_meta, JPEG)
    bearer = {"Authorization": f"Bearer {fake_meta.token}"}
    found = (await http.get(f"{fake_meta.url}/{media.platform_id}", headers=bearer)).json()
    assert (await http.get(found["url"])).status_code == 401
    assert (await http.get(found["url"], headers=bearer)).content == JPEG
    fake_meta.clock_shift_s = 301
    assert (await http.get(found["url"], headers=bearer)).status_code == 404


async def test_an_id_older_than_seven_days_is_gone(fake_meta, sender):
    """Fact 19."""
    media = inbound(fake_meta, JPEG)
    fake_meta.clock_shift_s = 7 * 86_400 + 1
    with pytest.raises(RejectedMessage) as caught:
        await sender.fetch_media(media)
    assert caught.value.code == "media_gone"


@pytest.mark.parametrize("claimed", [5_000_001, 10])
async def test_a_file_over_its_limit_is_not_taken_whatever_was_claimed(fake_meta, sender, claimed):
    """Fact 19: image 5 MB."""
    media = inbound(fake_meta, JPEG + bytes(5_000_001), claimed_size=claimed)
    with pytest.raises(RejectedMessage) as caught:
        await sender.fetch_media(media)
    assert caught.value.code == "media_too_big"


NOT_METAS = (
    "http://lookaside.fbsbx.com", "https://tempat-lain.example",
    "https://fbsbx.com.tempat-lain.example", "https://bukanfbsbx.com",
    "https://lookaside.fbsbx.com:8443", "https://lookaside.fbsbx.com@tempat-lain.example",
    "https://graph.facebook.com@127.0.0.1", "https://127.0.0.1", "https://[::1]",
    "http://169.254.169.254", "file://", "http://[",
)  # fmt: skip


async def test_the_bearer_goes_to_meta_alone(fake_meta, http):
    asked = []

    async def take(request):
        asked.append(request.url.host)
        return httpx.Response(200, stream=httpx.ByteStream(JPEG))

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as elsewhere:
        sender = WhatsAppSender(
            fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, files=elsewhere
        )
        for origin in NOT_METAS:
            media = inbound(fake_meta, JPEG)
            fake_meta.origin = origin
            with pytest.raises(RetryLater) as caught:
                await sender.fetch_media(media)
            assert (caught.value.code, asked) == ("shape", []), origin


async def test_a_file_at_metas_file_host_is_fetched_with_the_bearer(fake_meta, http):
    asked = []

    async def take(request):
        asked.append((request.url.host, request.headers["authorization"]))
        return httpx.Response(200, stream=httpx.ByteStream(JPEG))

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as elsewhere:
        sender = WhatsAppSender(
            fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, files=elsewhere
        )
        media = inbound(fake_meta, JPEG)
        fake_meta.origin = "https://lookaside.fbsbx.com"
        assert (await sender.fetch_media(media))[0] == JPEG
    assert asked == [("lookaside.fbsbx.com", f"Bearer {fake_meta.token}")]


# Fact 20: read and typing


async def test_read_and_typing_are_one_call(fake_meta, sender):
    """Fact 20."""
    message_id = fake_meta.say(ANI, "halo")
    await sender.typing(BY_NUMBER, message_id)
    assert fake_meta.reads == [(message_id, True)]


async def test_typing_that_fails_stops_nothing(fake_meta, sender):
    """Fact 20."""
    await sender.typing(BY_NUMBER, "wamid.tidak-ada")
    fake_meta.fail("messages", 131000)
    await sender.typing(BY_NUMBER, "wamid.tidak-ada")
    assert fake_meta.reads == []
