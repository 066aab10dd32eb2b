"""Queue places, waiting times, and the word that leads back to the assistant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from izin.officers import Waiting, asks_for_bot, in_order, place_of, waiting_time

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def waits(name: str, minutes: int, *reasons: str, **changes: object) -> Waiting:
    """Give someone who waits since so many minutes after NOW."""
    facts = {"namespace": "live", "channel": "telegram", **changes}
    opened = NOW + timedelta(minutes=minutes)
    return Waiting(name, reasons=reasons or ("minta_petugas",), opened_at=opened, **facts)  # type: ignore[arg-type]


def test_urgent_ones_come_first_then_the_oldest() -> None:
    queue = [waits("b", 2), waits("a", 1), waits("c", 3, "minta_petugas", "urgent")]
    assert [item.conversation_id for item in in_order(queue)] == ["c", "a", "b"]
    assert place_of("b", queue) == 3


def test_who_is_served_already_or_waits_outside_the_chat_takes_no_place() -> None:
    queue = [
        waits("served", 0, held_by="ani"),
        waits("work", 1, "delivery_failed"),
        waits("simulated", 2, namespace="simulator"),
        waits("me", 3),
    ]
    assert place_of("me", queue) == 1
    assert place_of("served", queue) is None
    assert place_of("work", queue) is None
    assert place_of("nobody", queue) is None


def test_a_waiting_time_is_the_usual_one_for_each_round_in_whole_five_minutes() -> None:
    times = [timedelta(minutes=item) for item in (6, 7, 8, 9, 60)]
    assert waiting_time(1, 1, times) == timedelta(minutes=10)
    assert waiting_time(3, 1, times) == timedelta(minutes=25)
    assert waiting_time(3, 2, times) == timedelta(minutes=20)
    assert waiting_time(1, 1, [timedelta(seconds=20)] * 5) == timedelta(minutes=5)


def test_with_too_few_times_or_nobody_serving_no_waiting_time_is_told() -> None:
    times = [timedelta(minutes=8)] * 4
    assert waiting_time(1, 1, times) is None
    assert waiting_time(1, 0, times * 2) is None


@pytest.mark.parametrize(
    "text",
    [
        "kembali ke bot", "Kembali ke bot.", "balik ke bot aja", "balik bot lagi", "bot aja",
        "udah cukup makasih, balik ke bot", "sama bot saja", "mulih karo bot wae",
        "lanjut sama asisten", "ke bot", "pindah ke robotnya", "wangsul ka bot", "bulik ke bot",
    ],
)  # fmt: skip
def test_a_plain_word_leads_back(text: str) -> None:
    assert asks_for_bot(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "udah cukup makasih", "terima kasih pak", "makasih bot", "oke", "jangan ke bot",
        "gak mau balik ke bot", "tadi bot bilang berkas saya harus dikembalikan dulu ke loket",
        "kapan berkas saya kembali", "saya tidak mau sama robot", "bot", "kembalikan uang saya",
        "ora gelem karo bot",
    ],
)  # fmt: skip
def test_anything_else_stays_with_the_officer(text: str) -> None:
    assert not asks_for_bot(text)
