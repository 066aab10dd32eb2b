"""Telegram updates as inbound messages: facts 1, 5, 7, 8 and 9 of the channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.commands import command_menu
from bot.telegram.parse import Ignored, callback_id, parse_update
from izin.conversations import InboundMessage, MessageKind
from izin.errors import InvalidInput
from izin.wording import Wording

BOT = "tanya_contoh_bot"
PRIVATE = {"id": 42, "type": "private", "first_name": "Warga"}
GROUP = {"id": -100200, "type": "supergroup", "title": "Warga RT 3"}


def update(chat: dict[str, Any] = PRIVATE, user: int = 42, **content: Any) -> dict[str, Any]:
    return {
        "update_id": 900,
        "message": {
            "message_id": 7,
            "from": {"id": user, "is_bot": False, "first_name": "Warga"},
            "chat": chat,
            "date": 1_790_000_000,
            **content,
        },
    }


def parse(raw: dict[str, Any]) -> InboundMessage:
    message = parse_update(raw, BOT)
    assert isinstance(message, InboundMessage), message
    return message


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "F1", "file_unique_id": "U1", "file_size": 1000, **more}


def test_a_text_keeps_its_words_time_and_address():
    message = parse(update(text="syarat pbg"))
    assert message == InboundMessage(
        address=message.address,
        external_id="42:7",
        kind="text",
        sent_at=datetime.fromtimestamp(1_790_000_000, UTC),
        text="syarat pbg",
    )
    assert message.address.key == "live:telegram:42"


def test_the_same_message_number_in_two_chats_is_two_messages():
    """Message ids are unique only within a chat."""
    other = {"id": 43, "type": "private"}
    assert parse(update(text="a")).external_id != parse(update(other, 43, text="a")).external_id


@pytest.mark.parametrize(
    ("content", "kind", "media_kind"),
    [
        ({"photo": [file(width=90, height=60), file(width=9, height=6)]}, "photo", "photo"),
        ({"document": file(file_name="ktp.pdf", mime_type="application/pdf")}, "document",
         "document"),
        ({"voice": file(duration=3)}, "voice", "voice"),
        ({"audio": file(duration=3)}, "voice", "voice"),
        ({"video": file(duration=3)}, "video", "video"),
        ({"video_note": file(duration=3)}, "video", "video"),
        ({"animation": file(), "document": file()}, "video", "video"),
        ({"sticker": file(emoji="👍")}, "sticker", "sticker"),
        ({"location": {"latitude": -7.5, "longitude": 110.2}}, "location", None),
        ({"contact": {"phone_number": "628123456789", "first_name": "A"}}, "contact", None),
        ({"poll": {"id": "1"}}, "unsupported", None),
        ({"dice": {"emoji": "🎲", "value": 3}}, "unsupported", None),
        ({"story": {"id": 1}}, "unsupported", None),
        ({"sesuatu_yang_baru": {}}, "unsupported", None),
    ],
)  # fmt: skip
def test_every_kind_of_message_is_told_apart(content, kind, media_kind):
    """Fact 9."""
    message = parse(update(**content))
    assert message.kind == kind
    assert [item.kind for item in message.media] == ([media_kind] if media_kind else [])


def test_there_is_a_useful_sentence_for_every_kind():
    """Fact 9: what is sent without words is answered by these."""
    told = {
        "text": "social.received_tanpa_kata",
        "edited": "social.received_tanpa_kata",  # its new words are answered like any others
        "choice": "social.received_tombol_lama",
        "start": "social.start_link",
        "contact": "social.contact_verified",
        "unsupported": "social.received_other",
    }
    wording = Wording()
    kinds = get_args(MessageKind)
    missing = [k for k in kinds if not wording.has(told.get(k, f"social.received_{k}"))]
    assert missing == []


def test_a_photo_keeps_its_caption_and_its_largest_size():
    small, large = file(width=90, height=60), file(width=1280, height=960)
    large["file_id"] = "BESAR"
    message = parse(update(photo=[small, large], caption="bangunan tetangga"))
    assert (message.text, message.media[0].platform_id) == ("bangunan tetangga", "BESAR")


def test_a_photo_too_big_to_download_falls_back_to_a_smaller_size():
    """Fact 2: downloads of up to 20 MB."""
    small = file(width=1280, height=960)
    large = file(width=8000, height=6000, file_size=25_000_000) | {"file_id": "BESAR"}
    assert parse(update(photo=[small, large])).media[0].platform_id == "F1"


def test_a_named_place_has_coordinates_and_its_name():
    venue = {
        "location": {"latitude": -7.5, "longitude": 110.2},
        "title": "Warung Bu Contoh",
        "address": "Jl. Contoh 1",
    }
    message = parse(update(venue=venue, location=venue["location"]))
    assert message.location == (-7.5, 110.2)
    assert message.text == "Warung Bu Contoh, Jl. Contoh 1"


def test_an_edit_is_a_message_of_its_own_that_names_the_first():
    """Facts 5 and 9."""
    raw = update(text="syarat slf")
    raw["edited_message"] = raw.pop("message") | {"edit_date": 1_790_000_060}
    message = parse(raw)
    assert (message.kind, message.text, message.reply_to) == ("edited", "syarat slf", "42:7")
    assert message.external_id == "42:7:edit:900"
    again = parse(raw | {"update_id": 901})
    assert again.external_id != message.external_id


# Fact 8: proof of a phone number


def contact(phone: str, user_id: int | None) -> dict[str, Any]:
    shared = {"phone_number": phone, "first_name": "Warga"}
    return shared if user_id is None else shared | {"user_id": user_id}


def test_an_own_contact_proves_the_number():
    """Fact 8."""
    message = parse(update(contact=contact("6281234567890", 42)))
    assert (message.kind, message.phone) == ("contact", "+6281234567890")


@pytest.mark.parametrize("owner", [43, None])
def test_somebody_elses_contact_proves_nothing(owner):
    """Fact 8: the contact's user_id must equal the sender's."""
    assert parse(update(contact=contact("6281234567890", owner))).phone is None


def test_a_contact_in_a_group_proves_nothing():
    raw = update(GROUP, contact=contact("6281234567890", 42), reply_to_message=from_bot())
    assert parse(raw).phone is None


def test_a_foreign_number_is_never_read_as_an_indonesian_one():
    """81… is Japan's country code, and the beginning of Indonesian mobile numbers."""
    assert parse(update(contact=contact("81312345678", 42))).phone == "+81312345678"


# Commands and deep links


def test_start_carries_its_deep_link():
    """Facts 1 and 7."""
    message = parse(update(text="/start pbg"))
    assert (message.kind, message.text) == ("start", "pbg")
    assert parse(update(text="/start")).text == ""
    assert parse(update(text="/start " + "a" * 64)).kind == "start"


def test_words_typed_behind_start_are_a_question():
    message = parse(update(text="/start mau tanya syarat pbg?"))
    assert (message.kind, message.text) == ("text", "mau tanya syarat pbg?")


@pytest.mark.parametrize("name", ["menu", "bantuan", "petugas", "batal", "aduan", "status"])
def test_a_command_is_the_sentence_it_stands_for(name):
    """Fact 7."""
    sentence = Wording().say(f"gateway.command.{name}.sentence")
    message = parse(update(text=f"/{name}"))
    assert (message.kind, message.text) == ("text", sentence)
    assert parse(update(text=f"/{name}@{BOT.upper()}")).text == sentence


def test_words_behind_a_command_are_kept():
    message = parse(update(text="/status 503/0123/PBG/2026"))
    assert message.text.endswith(" 503/0123/PBG/2026")


def test_an_unknown_command_stays_text():
    assert parse(update(text='/tanya_biaya{"izin":"PBG"}')).text == '/tanya_biaya{"izin":"PBG"}'


def test_the_menu_fits_telegrams_limits():
    """Fact 1: at most 100 commands, name 1-32, description 1-256."""
    menu = command_menu(Wording())
    assert {name for name, _ in menu} == {
        "menu", "bantuan", "petugas", "batal", "aduan", "status", "data",
    }  # fmt: skip
    assert all(1 <= len(name) <= 32 and 1 <= len(text) <= 256 for name, text in menu)


# Buttons


def tap(**more: Any) -> dict[str, Any]:
    return {
        "update_id": 901,
        "callback_query": {
            "id": "555",
            "from": {"id": 42, "is_bot": False, "first_name": "Warga"},
            "message": {"message_id": 8, "chat": PRIVATE, "date": 1_790_000_000},
            "chat_instance": "1",
            "data": "c1",
            **more,
        },
    }


def test_a_tapped_button_is_a_choice():
    """Fact 6."""
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    message = parse_update(tap(), BOT, received_at=now)
    assert isinstance(message, InboundMessage)
    assert (message.kind, message.choice_id, message.sent_at) == ("choice", "c1", now)
    assert message.reply_to == "42:8"
    assert callback_id(message.external_id) == "555"


def test_a_button_of_a_message_telegram_forgot_still_counts():
    """Fact 6: a button of an old message must still get an answer (date is 0 then)."""
    raw = tap(message={"message_id": 8, "chat": PRIVATE, "date": 0})
    assert parse(raw).choice_id == "c1"


def test_a_button_in_a_group_belongs_to_who_tapped_it():
    message = parse(tap(message={"message_id": 8, "chat": GROUP, "date": 0}))
    assert message.address.key == "live:telegram:-100200:42"
    assert message.group


# Groups


def from_bot() -> dict[str, Any]:
    return {"message_id": 3, "from": {"id": 1, "is_bot": True, "username": BOT}}


def mention(text: str) -> list[dict[str, Any]]:
    start = text.index(f"@{BOT}")
    offset = len(text[:start].encode("utf-16-le")) // 2
    return [{"type": "mention", "offset": offset, "length": len(BOT) + 1}]


def test_group_talk_among_citizens_is_left_alone():
    """Fact 7."""
    assert isinstance(parse_update(update(GROUP, text="syarat pbg apa?"), BOT), Ignored)
    assert isinstance(parse_update(update(GROUP, sticker=file()), BOT), Ignored)


def test_a_mention_in_a_group_is_for_us_and_taken_out():
    """Fact 7, with the offset counted in UTF-16 units."""
    text = f"🙏🙏 @{BOT}, syarat pbg?\nmakasih"
    message = parse(update(GROUP, text=text, entities=mention(text)))
    assert message.text == "🙏🙏 syarat pbg?\nmakasih"
    assert message.group
    assert message.address.key == "live:telegram:-100200:42"


def test_an_answer_to_the_bot_in_a_group_is_for_us():
    message = parse(update(GROUP, text="kalau slf?", reply_to_message=from_bot()))
    assert (message.text, message.reply_to) == ("kalau slf?", "-100200:3")


def test_an_answer_to_a_citizen_in_a_group_is_not():
    other = {"message_id": 3, "from": {"id": 9, "is_bot": False, "username": "budi"}}
    assert isinstance(parse_update(update(GROUP, text="ya", reply_to_message=other), BOT), Ignored)


def test_commands_in_a_group_are_for_us_unless_for_another_bot():
    assert parse(update(GROUP, text="/menu")).group
    assert isinstance(parse_update(update(GROUP, text="/menu@bot_lain"), BOT), Ignored)


def test_a_mention_of_another_bot_is_not_for_us():
    text = "@bot_lain syarat"
    entities = [{"type": "mention", "offset": 0, "length": 9}]
    assert isinstance(parse_update(update(GROUP, text=text, entities=entities), BOT), Ignored)


def test_two_citizens_of_a_group_are_two_conversations():
    first = parse(update(GROUP, 42, text="/menu"))
    second = parse(update(GROUP, 43, text="/menu"))
    assert first.address.key != second.address.key


# What nobody waits to be answered, and what is broken


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "my_chat_member": {}},
        {"update_id": 1, "channel_post": {}},
        {"update_id": 1, "inline_query": {}},
        update({"id": -5, "type": "channel"}, text="x"),
        update(new_chat_members=[{"id": 1}]),
        update(pinned_message={"message_id": 1}),
        {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 1}, "data": "x"}},
    ],
)
def test_updates_without_a_citizens_words_are_ignored(raw):
    assert isinstance(parse_update(raw, BOT), Ignored)


def test_bots_are_never_answered():
    raw = update(text="halo")
    raw["message"]["from"]["is_bot"] = True
    assert isinstance(parse_update(raw, BOT), Ignored)


@pytest.mark.parametrize(
    "raw",
    [
        None, [], "x", {}, {"update_id": "1"}, {"update_id": 1, "message": None},
        {"update_id": 1, "message": {}}, update(text=None), update(text={"a": 1}),
        update(photo=[]), update(photo=[{}]), update(location={"latitude": "x"}),
        update({"id": "42", "type": "private"}, text="x"), update(contact={}),
        tap(id=5), tap(message={}), tap(data=5), tap(id=""),
    ],
)  # fmt: skip
def test_a_malformed_update_is_a_clear_error(raw):
    with pytest.raises(InvalidInput):
        parse_update(raw, BOT)


def test_the_error_does_not_quote_the_citizen():
    with pytest.raises(InvalidInput) as caught:
        parse_update(update(location={"latitude": "RAHASIA", "longitude": 1}), BOT)
    assert "RAHASIA" not in str(caught.value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "chat", "from", "text", "type", "photo", "message_id", "date"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(st.sampled_from(["message", "edited_message", "callback_query"]), _json)
def test_whatever_comes_the_parser_gives_a_message_a_reason_or_a_clear_error(name, content):
    try:
        result = parse_update({"update_id": 1, name: content}, BOT)
    except InvalidInput:
        return
    assert isinstance(result, InboundMessage | Ignored)
