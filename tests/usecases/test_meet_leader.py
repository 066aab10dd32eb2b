"""Who wants to meet the head of the office is told how, whatever it was taken for."""

from __future__ import annotations

import pytest

from tests.usecases.house import small_chat


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("mau ketemu pak kadis", "pamit", "action_sosial"),
        ("mau ketemu bu kabid", "pamit", "action_sosial"),
        ("bisa ketemu pak kadis ga", "nlu_fallback", "action_jawab"),
        ("mau menghadap kepala dinas", "nlu_fallback", "action_jawab"),
        ("ketemu kepala dinas", "tanya_kontak_jam_lokasi", "action_jawab"),
    ],
)
def test_an_officer_and_the_address_are_offered(text: str, intent: str, action: str) -> None:
    reply = small_chat().say(text, intent, action=action)
    assert "bertemu pimpinan" in reply.text
    assert "Alamat: Jalan Contoh 1" in reply.text
    assert [item.intent for item in reply.choices] == ["minta_petugas", "tanya_kontak_jam_lokasi"]


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("sampai ketemu lagi", "pamit", "action_sosial"),
        ("siapa kepala dinas di sini", "tanya_kontak_jam_lokasi", "action_jawab"),
        ("slf harus ketemu kepala dinas?", "tanya_syarat", "action_jawab"),
    ],
)
def test_everything_else_is_left_as_it_was(text: str, intent: str, action: str) -> None:
    assert "bertemu pimpinan" not in small_chat().say(text, intent, action=action).text
