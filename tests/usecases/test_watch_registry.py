"""The watcher: every change told once, also after downtime, never anything without proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from izin.applications import Application, MissingDocument, StageVisit, Status
from izin.errors import RegistryUnavailable
from izin.following import QuietHours
from izin.office import Calendar, Holiday
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.registry import MemoryRegistry
from izin.usecases.watch_registry import WatchRegistry
from tests.usecases.following_world import FollowingWorld
from tests.usecases.long_dialogues import (
    NIK_LAST4,
    NOW,
    NUMBER,
    PHONE,
    application,
    issued,
    missing,
    seed,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)


def change(world: FollowingWorld, at: datetime, **changes: Any) -> Application:
    """Change the application in the registry at a moment."""
    now = world.world.registry.find(NUMBER)
    assert now is not None
    visit = StageVisit(
        changes.get("status", now.status), changes.get("stage", now.stage), "Unit", at
    )
    ended = tuple(replace(item, left_at=item.left_at or at) for item in now.history)
    changed = replace(now, changed_at=at, history=(*ended, visit), **changes)
    world.world.registry.put(changed)
    return changed


def following(*applications: Application, **options: Any) -> FollowingWorld:
    world = FollowingWorld(applications or (application(),), **options)
    if world.phone:
        world.follow()
    else:
        world.say("kabari", entities={"nomor_permohonan": NUMBER})
        world.dialogue.step(world.turn(NIK_LAST4, "nlu_fallback"))
    assert world.followed()
    return world


def test_a_change_of_stage_is_told_once() -> None:
    world = following()
    assert world.watch(NOW + MINUTE) == []
    change(world, NOW + 2 * MINUTE, status=Status.FINAL_CHECK, stage="Penetapan")
    [told] = world.watch(NOW + 3 * MINUTE)
    assert NUMBER in told and "[b]Penetapan[/b]" in told and "stop" in told
    assert world.watch(NOW + 4 * MINUTE) == []
    assert world.watch(NOW + 2 * HOUR) == [], "nor by the sweep"


def test_several_changes_during_downtime_are_one_message_with_the_latest_truth() -> None:
    world = following()
    change(world, NOW + HOUR, status=Status.RETURNED, stage="Perbaikan", missing=missing())
    change(world, NOW + 2 * HOUR, status=Status.TECHNICAL, stage="Kajian ulang", missing=())
    change(world, NOW + DAY, status=Status.FINAL_CHECK, stage="Penetapan")
    [told] = world.watch(NOW + 5 * DAY)
    assert "Penetapan" in told and "Kajian ulang" not in told and "Gambar denah" not in told


def test_a_returned_file_tells_everything_missing_at_once() -> None:
    world = following()
    change(world, NOW, status=Status.RETURNED, stage="Perbaikan", missing=missing())
    [told] = world.watch(NOW + MINUTE)
    assert "Gambar denah" in told and "KTP" in told and "buram" in told


def test_a_returned_file_waits_shortly_for_the_list_of_what_is_missing() -> None:
    world = following()
    change(world, NOW, status=Status.RETURNED, stage="Perbaikan")
    assert world.watch(NOW + MINUTE) == []
    change(world, NOW + MINUTE, missing=missing())
    [told] = world.watch(NOW + 2 * MINUTE)
    assert "Gambar denah" in told


def test_a_returned_file_without_any_list_is_told_the_same_day_all_the_same() -> None:
    world = following()
    change(world, NOW, status=Status.RETURNED, stage="Perbaikan")
    [told] = world.watch(NOW + 11 * MINUTE)
    assert "belum tercatat" in told


def test_one_more_missing_document_is_news_one_less_is_not() -> None:
    world = following(application(status=Status.RETURNED, missing=missing()))
    more = (*missing(), MissingDocument("Surat tanah"))
    change(world, NOW, missing=more)
    [told] = world.watch(NOW + MINUTE)
    assert "Surat tanah" in told and "Gambar denah" in told
    change(world, NOW + HOUR, missing=more[:1])
    assert world.watch(NOW + 2 * HOUR) == []


def test_a_payment_due_tells_the_amount_to_the_applicant_alone() -> None:
    for phone, tells in ((PHONE, True), (None, False)):
        world = following(phone=phone)
        change(world, NOW, status=Status.PAYMENT, stage="Bayar", amount_due_rupiah=594_000)
        [told] = world.watch(NOW + MINUTE)
        assert ("Rp594.000" in told) is tells
        assert "kanal resmi" in told


@pytest.mark.parametrize(("status", "words"), [
    (Status.ISSUED, "sudah terbit"), (Status.REJECTED, "ditolak"),
    (Status.REVOKED, "dicabut"), (Status.EXPIRED, "sudah habis"),
])  # fmt: skip
def test_a_decision_is_told(status: Status, words: str) -> None:
    world = following()
    change(world, NOW, status=status, stage="Putusan")
    [told] = world.watch(NOW + MINUTE)
    assert words in told


def test_an_overdue_stage_is_told_once_with_the_complaint_ready() -> None:
    world = following(application(sla_working_days=8))
    told = [text for day in range(1, 15) for text in world.watch(NOW + day * DAY)]
    assert len(told) == 1 and "melewati standar" in told[0]
    assert any("dukan" in title for title in world.buttons())


def test_what_the_citizen_saw_when_subscribing_is_no_news() -> None:
    world = following(application(sla_working_days=2))  # overdue already, and shown so
    assert world.watch(NOW + DAY) == []
    soon = following(issued(valid_until=NOW.date() + 20 * DAY))
    assert soon.watch(NOW + DAY) == []
    [told] = soon.watch(NOW + 14 * DAY)
    assert "6 hari" in told


def test_an_expiring_permit_is_told_90_30_and_7_days_before_each_once() -> None:
    end = NOW.date() + 120 * DAY
    world = following(issued(valid_until=end))
    told = {
        (end - (NOW + day * DAY).date()).days: texts
        for day in range(125)
        if (texts := world.watch(NOW + day * DAY))
    }
    assert list(told) == [90, 30, 7]
    assert all(len(texts) == 1 for texts in told.values())


def test_after_downtime_only_the_nearest_reminder_is_sent() -> None:
    world = following(issued(valid_until=NOW.date() + 120 * DAY))
    [told] = world.watch(NOW + 95 * DAY)
    assert "25 hari" in told
    assert world.watch(NOW + 96 * DAY) == []


def test_an_extended_permit_is_reminded_of_anew() -> None:
    permit = issued(valid_until=NOW.date() + 40 * DAY)
    world = following(permit)
    assert permit.issued is not None
    [first] = world.watch(NOW + 10 * DAY)
    longer = replace(permit.issued, valid_until=NOW.date() + 400 * DAY)
    world.world.registry.put(replace(permit, issued=longer, changed_at=NOW + 12 * DAY))
    assert world.watch(NOW + 13 * DAY) == []
    [again] = world.watch(NOW + 310 * DAY)
    assert first != again and "90 hari" in again


def test_without_the_holders_phone_an_expiry_is_not_told() -> None:
    world = following(phone=None)
    change(world, NOW, status=Status.ISSUED, stage="Terbit",
           issued=issued(valid_until=NOW.date() + 95 * DAY).issued)  # fmt: skip
    [told] = world.watch(NOW + MINUTE)
    assert str((NOW.date() + 95 * DAY).year) not in told, "not until when it is valid"
    assert world.watch(NOW + 10 * DAY) == []


def test_a_clock_put_back_tells_nothing_twice() -> None:
    world = following(application(sla_working_days=8))
    assert len(world.watch(NOW + 14 * DAY)) == 1
    assert world.watch(NOW + DAY) == []
    assert world.watch(NOW + 14 * DAY) == []


def test_a_registry_without_time_of_change_is_compared_by_snapshot() -> None:
    class Timeless(MemoryRegistry):
        def changed(self, known: Mapping[str, datetime | None]) -> Sequence[Application]:
            return super().changed(dict.fromkeys(known))

    world = following()
    timeless = Timeless([application()])
    world.world.registry = timeless
    assert world.watch(NOW) == []
    timeless.put(application(stage="Kajian lanjutan"))
    assert len(world.watch(NOW + MINUTE)) == 1
    assert world.watch(NOW + 2 * MINUTE) == []


def test_a_change_that_bears_no_new_time_is_found_by_the_hourly_sweep() -> None:
    world = following()
    world.watch(NOW)
    world.world.registry.put(application(stage="Kajian lanjutan"))
    assert world.watch(NOW + MINUTE) == []
    assert len(world.watch(NOW + HOUR)) == 1


def test_while_the_registry_is_away_nothing_is_lost() -> None:
    world = following()
    change(world, NOW, status=Status.FINAL_CHECK, stage="Penetapan")
    world.world.registry.down = True
    assert world.watch(NOW + MINUTE) == []
    world.world.registry.down = False
    assert len(world.watch(NOW + 2 * MINUTE)) == 1


def test_one_unreadable_application_keeps_no_other_from_being_told() -> None:
    class Broken(MemoryRegistry):
        def changed(self, known: Mapping[str, datetime | None]) -> Sequence[Application]:
            if "503/0001/RUSAK/2026" in known:
                raise RegistryUnavailable("the permit registry holds unreadable data")
            return super().changed(known)

    bad = application(number="503/0001/RUSAK/2026")
    world = FollowingWorld([application(), bad])
    choose = world.say("kabari")
    world.tap(choose.replies[0], "Kabari semuanya")
    broken = Broken([application(stage="Kajian lanjutan", changed_at=NOW), bad])
    world.world.registry = broken
    [told] = world.watch(NOW + MINUTE)
    assert "Kajian lanjutan" in told


def test_a_kill_between_two_subscriptions_tells_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    other = application(number="503/0999/SLF/2026", permit_code="SLF")
    world = FollowingWorld([application(), other])
    world.tap(world.say("kabari").replies[0], "Kabari semuanya")
    for number in (NUMBER, other.number):
        world.world.registry.put(
            application(number=number, stage="Kajian lanjutan", changed_at=NOW)
        )
    compare = WatchRegistry._compare
    done: list[str] = []

    def dies_at_the_second(self: WatchRegistry, item: Any, *more: Any) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(item.number)
        return compare(self, item, *more)

    monkeypatch.setattr(WatchRegistry, "_compare", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        world.watcher().run(NOW + MINUTE)
    monkeypatch.setattr(WatchRegistry, "_compare", compare)
    world.watcher().run(NOW + 2 * MINUTE)
    world.watcher().run(NOW + 3 * MINUTE)
    told = world.world.pushed(world.chat)
    assert len(told) == 2
    assert sum(NUMBER in text for text in told) == 1


def test_what_the_house_has_published_is_read_once_for_many_applications(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = application(number="503/0999/SLF/2026", permit_code="SLF")
    world = FollowingWorld([application(), other])
    world.tap(world.say("kabari").replies[0], "Kabari semuanya")
    calendar, read = MemoryOfficeBook.calendar, []

    def counted(self: MemoryOfficeBook) -> Calendar:
        read.append(self)
        return calendar(self)

    monkeypatch.setattr(MemoryOfficeBook, "calendar", counted)
    world.watcher().run(NOW + MINUTE)
    assert len(read) == 1


def test_two_watchers_at_once_tell_nothing_twice() -> None:
    world = following()
    change(world, NOW, status=Status.FINAL_CHECK, stage="Penetapan")
    with world.following.watching():
        assert world.watch(NOW + MINUTE) == []
    assert len(world.watch(NOW + MINUTE)) == 1


def test_quiet_hours_hold_news_till_their_end_and_merge_it() -> None:
    world = following(quiet=QuietHours(time(20), time(7)))
    night = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 21.30 in the office
    change(world, night, status=Status.RETURNED, stage="Perbaikan", missing=missing())
    assert world.watch(night + MINUTE) == []
    change(world, night + HOUR, status=Status.FINAL_CHECK, stage="Penetapan", missing=())
    assert world.watch(night + 2 * HOUR) == []
    morning = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert world.watch(morning - MINUTE) == []
    [told] = world.watch(morning)
    assert "Penetapan" in told and "Gambar denah" not in told


def test_a_stop_at_night_silences_what_waited() -> None:
    world = following(quiet=QuietHours(time(20), time(7)))
    night = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    change(world, night, status=Status.FINAL_CHECK, stage="Penetapan")
    world.watch(night + MINUTE)
    world.say("stop")
    assert world.watch(night + DAY) == []


def test_when_the_phone_in_the_registry_changes_the_old_one_is_told_no_more() -> None:
    world = following()
    change(world, NOW, phone="+6280000000888", status=Status.ISSUED, stage="Rahasia terbit")
    [told] = world.watch(NOW + MINUTE)
    assert "berhenti" in told.casefold() and "Rahasia" not in told
    assert world.followed() == []


def test_a_provisional_date_is_told_anew_once_the_holidays_are_loaded() -> None:
    content = seed()
    known = [item for item in content.holidays if item.day.year == 2026]
    world = following(
        application(sla_working_days=60), office=MemoryOfficeBook(content.office, known)
    )
    assert world.watch(NOW + DAY) == []
    world.office = MemoryOfficeBook(
        content.office, [*known, Holiday(date(2027, 1, 1), "Tahun Baru 2027")]
    )
    [told] = world.watch(NOW + 2 * DAY)
    assert "libur" in told and "2027" in told and "sementara)" not in told
    assert world.watch(NOW + 3 * DAY) == []
