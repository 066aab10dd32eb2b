"""WhatsApp rendering: fact 16 (limits) and fact 17 (one turn is one message)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from izin.errors import InvalidInput
from izin.rendering.marked_text import is_blank
from izin.rendering.options import LimitExceeded
from izin.rendering.shape import RenderedMessage
from izin.rendering.whatsapp import render_template, render_whatsapp
from izin.rendering.whatsapp_limits import check_limits
from izin.replies import Choice, Reply, ReplyMedia
from tests.rendering.replies import ids, replies


def titles(count: int, text: str = "Pilihan") -> tuple[Choice, ...]:
    return tuple(Choice(f"{text} {number}", "tanya_biaya") for number in range(count))


def render(reply: Reply):
    messages = render_whatsapp(reply, ids(reply))
    for message in messages:
        check_limits(message)
    return messages


def interactive(message):
    return message.payload["interactive"]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_no_reply_whatever_exceeds_a_limit(reply):
    """Fact 16."""
    if is_blank(reply.text) and not (reply.media or reply.choices or reply.silent):
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
def test_no_word_is_lost(reply):
    if reply.silent or is_blank(reply.text):
        return
    shown = "".join(message.text for message in render(reply))
    letters = [c for c in reply.text.replace("[b]", "").replace("[/b]", "") if c.isalnum()]
    assert [c for c in letters if c not in shown] == []


@pytest.mark.parametrize(
    ("count", "kind"), [(1, "button"), (3, "button"), (4, "list"), (10, "list")]
)
def test_up_to_three_choices_are_buttons_and_up_to_ten_a_list(count, kind):
    """Facts 16 and 17."""
    (message,) = render(Reply("Pilih", titles(count)))
    assert interactive(message)["type"] == kind
    assert len(message.choices) == count


def test_more_than_ten_choices_are_pages_of_lists():
    """Fact 16."""
    messages = render(Reply("Izin apa?", titles(23)))
    assert [len(message.choices) for message in messages] == [10, 10, 3]
    assert [message.text for message in messages] == [
        "Izin apa?",
        "Pilihan 11–20 dari 23:",
        "Pilihan 21–23 dari 23:",
    ]


def test_three_titles_that_fit_only_a_list_row_become_a_list():
    (message,) = render(Reply("Pilih", (Choice("Masa berlaku izin saya", "x"),)))
    assert interactive(message)["type"] == "list"
    assert message.choices[0].title == "Masa berlaku izin saya"


def test_a_title_that_must_be_cut_is_readable_in_full_in_the_text():
    long = "Persetujuan Bangunan Gedung rumah tinggal"
    (message,) = render(Reply("Yang mana?", (Choice(long, "x"), Choice("SLF", "x"))))
    assert message.text == f"Yang mana?\n\n1. {long}\n2. SLF"
    assert [choice.title for choice in message.choices] == ["1. Persetujuan…", "2. SLF"]


def test_titles_that_look_the_same_when_cut_stay_distinct():
    """The platform refuses two buttons of one title."""
    start = "Persetujuan lingkungan "
    reply = Reply(
        "Yang mana?", tuple(Choice(start + end, "x") for end in ("UKL-UPL", "SPPL", "AMDAL"))
    )
    (message,) = render(reply)
    assert len({choice.title for choice in message.choices}) == 3


def test_rows_keep_their_description_within_72():
    choices = tuple(Choice(f"Izin {n}", "x", description="uraian " * 20) for n in range(4))
    (message,) = render(Reply("Pilih", choices))
    rows = interactive(message)["action"]["sections"][0]["rows"]
    assert all(len(row["description"]) <= 72 for row in rows)
    assert rows[0]["description"].endswith("…")


def test_a_text_longer_than_an_interactive_body_goes_ahead_of_it():
    """Fact 16: body 1024, text 4096."""
    messages = render(Reply("\n\n".join(["kata " * 100] * 4), titles(2)))
    assert [message.method for message in messages] == ["text", "interactive"]
    assert messages[1].choices


def test_a_text_without_choices_is_one_message_up_to_4096():
    """Fact 17: one turn is one message wherever it fits."""
    (message,) = render(Reply(("kata " * 819).strip()))
    assert message.method == "text"


def test_bold_is_put_only_where_whatsapp_shows_it():
    (message,) = render(Reply("[b]Syarat:[/b]\n[b]satu\n dua [/b]x[b]y[/b]z [b]5*3[/b]"))
    assert message.payload["text"]["body"] == "*Syarat:*\n*satu*\n *dua* xyz 5*3"
    assert message.text == "Syarat:\nsatu\n dua xyz 5*3"


def test_a_single_web_address_is_a_link_button():
    (message,) = render(Reply("Daftar di OSS.", (Choice("Buka OSS", url="https://oss.go.id"),)))
    assert interactive(message)["action"] == {
        "name": "cta_url",
        "parameters": {"display_text": "Buka OSS", "url": "https://oss.go.id"},
    }


def test_web_addresses_beside_choices_are_text():
    (message,) = render(
        Reply("Info", (Choice("Buka OSS", url="https://oss.go.id"), Choice("Biaya", "x")))
    )
    assert message.text == "Info\n\nBuka OSS: https://oss.go.id"
    assert [choice.title for choice in message.choices] == ["Biaya"]


def test_asking_for_the_contact_shows_nothing_as_the_number_is_known():
    """Fact 13."""
    assert render(Reply("Halo", ask_contact=True)) == render(Reply("Halo"))


def test_a_photo_with_a_short_text_is_one_message():
    (message,) = render(Reply("Peta", (), (ReplyMedia("photo", "m1"),)))
    assert message.payload == {"type": "image", "image": {"caption": "Peta"}}


def test_a_document_before_choices_keeps_its_name():
    first, second = render(
        Reply("Formulir", titles(1), (ReplyMedia("document", "m1", title="formulir.pdf"),))
    )
    assert first.payload["document"]["filename"] == "formulir.pdf"
    assert second.method == "interactive"


def test_a_place_carries_its_name():
    first, _ = render(
        Reply("Alamat", (), (ReplyMedia("location", location=(-7.8, 110.4), title="MPP"),))
    )
    assert first.payload["location"] == {"latitude": -7.8, "longitude": 110.4, "name": "MPP"}


def test_a_template_has_one_line_parameters():
    """Fact 15: outside the window only approved templates."""
    message = render_template("status_berubah", ["503/0123/PBG/2026", "selesai\n\tdiproses"])
    check_limits(message)
    parameters = message.payload["template"]["components"][0]["parameters"]
    assert parameters[1] == {"type": "text", "text": "selesai diproses"}
    with pytest.raises(InvalidInput):
        render_template("status_berubah", [" "])


@pytest.mark.parametrize(
    "content",
    [
        {"type": "button", "body": {"text": "x" * 1025}, "action": {"buttons": []}},
        {"type": "button", "body": {"text": "x"}, "action": {"buttons": []}},
        {
            "type": "button",
            "body": {"text": "x"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "y" * 21}}]},
        },
        {
            "type": "list",
            "body": {"text": "x"},
            "action": {"button": "Lihat", "sections": [{"rows": [{"id": "a", "title": "t"}] * 2}]},
        },
        {
            "type": "list",
            "body": {"text": "x"},
            "action": {
                "button": "L" * 21,
                "sections": [{"rows": [{"id": "a", "title": "t"}]}],
            },
        },
    ],
)
def test_the_check_raises_on_a_violation(content):
    message = RenderedMessage("interactive", {"type": "interactive", "interactive": content}, "x")
    with pytest.raises(LimitExceeded):
        check_limits(message)
