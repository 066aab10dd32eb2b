"""Telegram rendering: fact 1 (limits) and fact 7 (escaping) of the channel."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings

from izin.errors import InvalidInput
from izin.rendering.marked_text import is_blank
from izin.rendering.telegram import LimitExceeded, check_limits, render_telegram
from izin.replies import Choice, Reply, ReplyMedia
from tests.rendering.replies import ids, replies


def titles(count: int, text: str = "Pilihan") -> tuple[Choice, ...]:
    return tuple(Choice(f"{text} {number}", "tanya_biaya") for number in range(count))


def render(reply: Reply):
    messages = render_telegram(reply, ids(reply))
    for message in messages:
        check_limits(message)
    return messages


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_no_reply_whatever_exceeds_a_limit(reply):
    """Fact 1."""
    if is_blank(reply.text) and not (
        reply.media or reply.choices or reply.ask_contact or reply.silent
    ):
        with pytest.raises(InvalidInput):
            render(reply)
        return
    messages = render(reply)
    assert bool(messages) != reply.silent
    if not reply.silent:
        offered = [choice.id for message in messages for choice in message.choices]
        wanted = zip(ids(reply), reply.choices, strict=True)
        assert offered == [i for i, choice in wanted if not choice.url]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_only_our_own_bold_is_markup_and_no_word_is_lost(reply):
    """Fact 7: whatever a citizen or the catalogue wrote is shown, never interpreted."""
    if reply.silent or is_blank(reply.text):
        return
    messages = render(reply)
    shown = ""
    for message in messages:
        markup = message.payload.get("text") or message.payload.get("caption") or ""
        plain = html.unescape(re.sub("</?b>", "", markup))
        assert plain == message.text
        shown += plain
    letters = [c for c in reply.text.replace("[b]", "").replace("[/b]", "") if c.isalnum()]
    assert [c for c in letters if c not in shown] == []


def test_markup_in_data_is_escaped():
    (message,) = render(Reply('[b]Biaya[/b] <script>alert(1)</script> & "AT&T"'))
    assert message.payload["text"] == (
        '<b>Biaya</b> &lt;script&gt;alert(1)&lt;/script&gt; &amp; "AT&amp;T"'
    )
    assert message.payload["parse_mode"] == "HTML"


def test_an_unbalanced_mark_stays_literal():
    (message,) = render(Reply("a [b]b[/b] c [b] d [/b"))
    assert message.payload["text"] == "a <b>b</b> c [b] d [/b"


def test_a_long_text_is_split_at_paragraphs_with_buttons_on_the_last_part():
    paragraph = "[b]Syarat[/b] " + "kata " * 300
    messages = render(Reply("\n\n".join([paragraph] * 4), titles(2)))
    assert len(messages) == 2
    assert "reply_markup" not in messages[0].payload
    assert messages[0].text.endswith("kata")
    assert messages[1].text.startswith("Syarat")
    assert messages[1].payload["text"].startswith("<b>Syarat</b>")
    assert [choice.id for choice in messages[1].choices] == ids(Reply(choices=titles(2)))


def test_bold_across_a_split_is_closed_and_opened_again():
    messages = render(Reply("[b]" + "kata " * 1000 + "[/b]"))
    assert len(messages) == 2
    for message in messages:
        assert message.payload["text"].startswith("<b>")
        assert message.payload["text"].endswith("</b>")


def test_emoji_count_as_telegram_counts_them():
    messages = render(Reply("😀" * 3000))
    assert [len(message.text) for message in messages] == [2048, 952]


def test_callback_data_is_measured_in_bytes():
    """Fact 1: 64 bytes, not characters."""
    reply = Reply("Pilih", (Choice("Ya", "setuju"),))
    assert render_telegram(reply, ["é" * 32])
    with pytest.raises(InvalidInput):
        render_telegram(reply, ["é" * 33])


def test_ids_must_belong_to_the_choices():
    with pytest.raises(InvalidInput):
        render_telegram(Reply("Pilih", titles(2)), ["satu"])
    with pytest.raises(InvalidInput):
        render_telegram(Reply("Pilih", titles(2)), ["sama", "sama"])


def test_a_title_that_must_be_cut_is_readable_in_full_in_the_text():
    long = "Persetujuan Bangunan Gedung untuk rumah tinggal sederhana dua lantai"
    (message,) = render(Reply("Yang mana?", (Choice(long, "x"), Choice("SLF", "x"))))
    assert message.text == f"Yang mana?\n\n1. {long}\n2. SLF"
    assert [choice.title for choice in message.choices] == [
        "1. Persetujuan Bangunan Gedung untuk…",
        "2. SLF",
    ]


def test_choices_without_text_get_an_invitation():
    (message,) = render(Reply(choices=titles(2)))
    assert message.text == "Silakan pilih:"


def test_a_web_address_is_a_button_and_a_bad_one_stays_text():
    reply = Reply("Info", (Choice("OSS", url="https://oss.go.id"), Choice("X", url="javascript:1")))
    (message,) = render(reply)
    assert message.payload["reply_markup"]["inline_keyboard"] == [
        [{"text": "OSS", "url": "https://oss.go.id"}]
    ]
    assert message.text == "Info\n\nX: javascript:1"
    assert message.choices == ()


def test_asking_for_the_contact_gives_the_request_contact_keyboard():
    """Fact 8."""
    (message,) = render(Reply("Mohon bagikan nomor Anda.", ask_contact=True))
    assert message.payload["reply_markup"]["keyboard"] == [
        [{"text": "Bagikan nomor saya", "request_contact": True}]
    ]


def test_choices_and_the_contact_button_are_two_messages_as_one_holds_one_keyboard():
    first, second = render(Reply("Atau?", titles(1), ask_contact=True))
    assert "inline_keyboard" in first.payload["reply_markup"]
    assert "keyboard" in second.payload["reply_markup"]


def test_one_photo_with_a_short_text_is_one_message():
    reply = Reply("[b]Peta[/b]", titles(1), (ReplyMedia("photo", "m1"),))
    (message,) = render(reply)
    assert message.method == "sendPhoto"
    assert message.payload["caption"] == "<b>Peta</b>"
    assert message.media["media_id"] == "m1"
    assert message.choices


def test_a_photo_with_a_text_longer_than_a_caption_is_two_messages():
    """Fact 1: caption 1024."""
    messages = render(Reply("kata " * 250, (), (ReplyMedia("photo", "m1"),)))
    assert [message.method for message in messages] == ["sendPhoto", "sendMessage"]


def test_a_place_is_sent_before_its_text():
    reply = Reply("Kantor kami", (), (ReplyMedia("location", location=(-7.8, 110.4)),))
    assert [m.method for m in render(reply)] == ["sendLocation", "sendMessage"]


def test_a_place_outside_the_globe_is_refused():
    with pytest.raises(InvalidInput):
        render(Reply("x", (), (ReplyMedia("location", location=(91, 0)),)))


def test_more_buttons_than_one_message_holds_are_pages():
    reply = Reply("Pilih", titles(120))
    first, second = render(reply)
    assert (len(first.choices), len(second.choices)) == (100, 20)
    assert second.text == "Pilihan 101–120 dari 120:"


def test_a_silent_reply_is_nothing():
    assert render(Reply(silent=True)) == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"text": "x" * 4097},
        {"text": ""},
        {"text": "<i>x"},
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": ""}]]}},
        {
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]},
        },
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
    ],
)
def test_the_check_raises_on_a_violation(broken):
    from izin.rendering.shape import RenderedMessage

    with pytest.raises(LimitExceeded):
        check_limits(RenderedMessage("sendMessage", broken, "x"))
