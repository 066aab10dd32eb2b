"""Greetings, yes and no, thanks, notifications and things that are no question."""

from __future__ import annotations

from datetime import datetime

import pytest

from izin.usecases.dialogue import Entity
from tests.usecases.house import small_chat

SOCIAL = ("sapa", "terima_kasih", "pamit", "menu_bantuan", "bot_identitas", "kasar")


def intents(reply):
    return [choice.intent for choice in reply.choices]


@pytest.mark.parametrize("intent", SOCIAL)
def test_small_talk_is_short_and_offers_the_next_step(intent):
    reply = small_chat().say("…", intent, action="action_sosial", entities=[])
    assert 0 < len(reply.text) < 400
    assert 2 <= len(reply.choices) <= 7


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [("05", "pagi"), ("12", "siang"), ("16", "sore"), ("20", "malam"), ("02", "malam")],
)
def test_a_greeting_fits_the_time_of_day_at_the_office(hour, greeting):
    chat = small_chat()
    chat.now = datetime.fromisoformat(f"2026-11-23T{hour}:00:00+07:00")
    reply = chat.say("halo", "sapa", action="action_sosial", entities=[])
    assert reply.text.startswith(f"Selamat {greeting}")


def test_the_assistant_does_not_pretend_to_be_human():
    reply = small_chat().say("kamu siapa", "bot_identitas", action="action_sosial", entities=[])
    assert "bukan manusia" in reply.text


def test_abuse_is_met_with_help_from_people():
    reply = small_chat().say("…", "kasar", action="action_sosial", entities=[])
    assert intents(reply) == ["lapor_pengaduan", "minta_petugas"]


def test_yes_and_no_without_anything_open_are_answered():
    chat = small_chat()
    assert chat.say("ya", "setuju", action="action_lanjut", entities=[]).text
    assert chat.say("tidak", "tolak", action="action_lanjut", entities=[]).text
    assert not chat.parts.escalations.opened


def test_thanks_may_ask_for_a_rating_and_the_next_thanks_does_not():
    chat = small_chat()
    first = chat.say("makasih", "terima_kasih", action="action_sosial", entities=[])
    assert [item.entities.get("nilai") for item in first.choices][:5] == [5, 4, 3, 2, 1]
    second = chat.say("nuhun", "terima_kasih", action="action_sosial", entities=[])
    assert "beri_penilaian" not in intents(second)


@pytest.mark.parametrize(
    "kind",
    ["photo", "document", "voice", "video", "sticker", "edited", "unsupported", "tombol_lama", ""],
)
def test_every_kind_of_item_alone_gets_a_useful_answer(kind):
    reply = small_chat().say("", "kirim_berkas", action="action_jawab", entities=[], kind=kind)
    assert reply.text and reply.choices


def test_a_button_of_an_old_message_gets_a_kind_answer():
    old = [Entity("kiriman", "kirim_lain"), Entity("jenis", "tombol_lama")]
    reply = small_chat().say("", "kirim_lain", entities=old, kind="choice")
    assert "tidak berlaku lagi" in reply.text and reply.choices


def test_a_photo_alone_warns_about_id_cards_and_offers_a_complaint():
    reply = small_chat().say("", "kirim_berkas", action="action_jawab", kind="photo")
    assert "KTP" in reply.text and intents(reply)[0] == "lapor_pengaduan"


def test_a_place_alone_tells_where_the_office_is():
    reply = small_chat().say("", "kirim_lokasi", action="action_jawab", kind="location")
    assert "Jalan Contoh 1" in reply.text


def test_a_contact_proves_a_phone_only_when_the_channel_says_so():
    chat = small_chat()
    other = chat.say("", "kirim_kontak", action="action_jawab", kind="contact")
    assert "belum membuktikan" in other.text
    own = chat.say("", "kirim_kontak", action="action_jawab", kind="contact", verified_phone="+628")
    assert "cek_status" in intents(own) and "+628" not in own.text


def test_a_start_link_with_a_permit_opens_it():
    reply = small_chat().say("SLF", "mulai", action="action_jawab", kind="start")
    assert "SLF" in reply.text and "tanya_syarat" in intents(reply)


@pytest.mark.parametrize("text", ["", "x7f3", "halo"])
def test_a_start_link_with_anything_else_greets(text):
    reply = small_chat().say(text, "mulai", action="action_jawab", kind="start")
    assert "Selamat pagi" in reply.text


def test_a_start_link_with_a_ticket_proves_nothing():
    ticket = [Entity("tiket", "ADU-7K3M-Q9")]
    reply = small_chat().say("", "mulai", action="action_jawab", entities=ticket, kind="start")
    assert "belum membuktikan" in reply.text and "ADU" not in reply.text
    assert intents(reply) == ["cek_pengaduan"]
