"""Snapshots, news and quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from izin.applications import Status
from izin.following import NoticeKind, QuietHours, Snapshot, news_between

ZONE = ZoneInfo("Asia/Jakarta")
SEEN = Snapshot(Status.TECHNICAL, "Kajian", "Dinas PU")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("now", "over"), [
    ("2026-11-23 19:59", None),
    ("2026-11-23 20:00", "2026-11-24 07:00"),
    ("2026-11-24 06:59", "2026-11-24 07:00"),
    ("2026-11-24 07:00", None),
])  # fmt: skip
def test_quiet_hours_over_midnight_end_in_the_morning(now: str, over: str | None) -> None:
    quiet = QuietHours(time(20), time(7))
    assert quiet.over_at(at(now), ZONE) == (at(over) if over else None)


def test_quiet_hours_within_a_day_end_the_same_day() -> None:
    quiet = QuietHours(time(12), time(13))
    assert quiet.over_at(at("2026-11-23 12:30"), ZONE) == at("2026-11-23 13:00")
    assert quiet.over_at(at("2026-11-23 14:00"), ZONE) is None


def test_a_snapshot_survives_storage() -> None:
    full = Snapshot(Status.RETURNED, "Perbaikan", "Pemohon", ("KTP: buram",), 182_500,
                    date(2031, 9, 23), True, 30, True)  # fmt: skip
    assert Snapshot.from_json(full.to_json()) == full
    assert Snapshot.from_json(SEEN.to_json()) == SEEN


@pytest.mark.parametrize(("changes", "kind"), [
    ({}, None),
    ({"unit": "DPMPTSP"}, NoticeKind.STAGE),
    ({"stage": "Penetapan"}, NoticeKind.STAGE),
    ({"status": Status.RETURNED, "missing": ("KTP: ",)}, NoticeKind.RETURNED),
    ({"missing": ("KTP: ",)}, NoticeKind.RETURNED),
    ({"status": Status.PAYMENT}, NoticeKind.PAYMENT),
    ({"status": Status.ISSUED, "reminded_days": 90}, NoticeKind.DECIDED),
    ({"overdue": True}, NoticeKind.OVERDUE),
    ({"overdue": True, "stage": "Penetapan"}, NoticeKind.STAGE),
    ({"reminded_days": 30}, NoticeKind.EXPIRING),
])  # fmt: skip
def test_the_weightiest_news_is_told(changes: dict[str, object], kind: NoticeKind | None) -> None:
    assert news_between(SEEN, replace(SEEN, **changes)) is kind  # type: ignore[arg-type]


def test_a_changed_bill_is_news_a_settled_one_is_not() -> None:
    bill = replace(SEEN, status=Status.PAYMENT, amount_due_rupiah=100)
    assert news_between(bill, replace(bill, amount_due_rupiah=200)) is NoticeKind.PAYMENT
    assert news_between(bill, replace(bill, amount_due_rupiah=None)) is None
