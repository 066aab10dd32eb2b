from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from izin.alarms import CAUSES, STOPS_ANSWERS
from izin.health import GATEWAY, SUPERVISOR, Check, Reading, Sign, State
from izin.health_facts import (
    BackupFacts,
    Certificate,
    ChannelFacts,
    Facts,
    HouseFacts,
    OutsideFacts,
    PlatformFacts,
    RasaFacts,
    Understanding,
)
from izin.health_rules import RULES, examine
from izin.health_words import HealthWords
from izin.wording import Wording

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GB = 1_000_000_000
WORDS = HealthWords(Wording())


def read(check: Check, facts: Facts) -> Reading:
    """Give the reading of a check, and see that people can read it."""
    reading = examine(facts, NOW)[check]
    assert WORDS.said(check, reading.code, reading.values)
    if reading.state in (State.FAILED, State.ATTENTION):
        assert WORDS.todo(check, reading.code)
    return reading


def house(**given: Any) -> Facts:
    return Facts(HouseFacts(**given))


def outside(house: HouseFacts | None = None, **given: Any) -> Facts:
    return Facts(house or HouseFacts(), OutsideFacts(**given))


def verdict(reading: Reading) -> tuple[str, str]:
    return reading.state.name, reading.code


def test_without_our_database_nothing_else_is_known() -> None:
    readings = examine(Facts(None), NOW)
    assert readings[Check.DATABASE].state is State.FAILED
    assert {r.state for c, r in readings.items() if c is not Check.DATABASE} == {State.UNKNOWN}


def test_every_check_has_a_rule_a_title_and_a_place_in_the_causes() -> None:
    assert {check for check, _ in RULES} | {Check.DATABASE} == set(Check)
    assert set(examine(house(), NOW)) == set(Check)
    for check in Check:
        assert WORDS.title(check)
        assert WORDS.state(State.GOOD)
    assert set(CAUSES) <= set(Check)
    assert set(Check) >= STOPS_ANSWERS


def test_a_house_in_order_raises_nothing() -> None:
    sign = Sign("gateway:a:1", GATEWAY, NOW, NOW, {
        "clock_offset_s": 0.2, "disks": [{"name": "/var", "free": 50 * GB, "total": 100 * GB}],
    })  # fmt: skip
    facts = Facts(
        HouseFacts(
            signs=[sign], published="m1", backup=BackupFacts(last_good=NOW - HOUR),
            channels={"telegram": ChannelFacts(accepted=9, received=9)},
        ),
        OutsideFacts(
            {"telegram": PlatformFacts("ok", "ours"), "whatsapp": PlatformFacts("ok")},
            polled=False, rasa=[RasaFacts("a", "m1")], actions=True, registry=True,
            certificates=[Certificate("izin.example.go.id", NOW + timedelta(days=60))],
        ),
    )  # fmt: skip
    states = {check: reading.state for check, reading in examine(facts, NOW).items()}
    assert {check for check, state in states.items() if state is not State.GOOD} == {Check.RESTARTS}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("GOOD", "good")),
        ({"worker_silent_s": None}, ("FAILED", "never")),
        ({"worker_silent_s": 59.0}, ("GOOD", "good")),
        ({"worker_silent_s": 61.0}, ("FAILED", "silent")),
        ({"longest_turn_s": 121.0}, ("FAILED", "stuck")),
    ],
)
def test_a_worker_that_is_silent_or_stands_still(given: Any, expected: Any) -> None:
    assert verdict(read(Check.WORKER, house(**given))) == expected


@pytest.mark.parametrize("check", [Check.TURNS, Check.DELIVERIES])
def test_a_queue_is_late_after_five_minutes(check: Check) -> None:
    name = "oldest_turn_s" if check is Check.TURNS else "oldest_delivery_s"
    assert read(check, house(**{name: 299.0})).state is State.GOOD
    late = read(check, house(**{name: 660.0}))
    assert (late.state, late.values) == (State.FAILED, {"minutes": 11})


def test_rasa_and_its_model() -> None:
    both = [RasaFacts("a", "m1"), RasaFacts("b", None)]
    assert verdict(read(Check.RASA, outside(rasa=both[:1]))) == ("GOOD", "good")
    assert verdict(read(Check.RASA, outside(rasa=both))) == ("ATTENTION", "some_away")
    assert verdict(read(Check.RASA, outside(rasa=both[1:]))) == ("FAILED", "away")
    published = HouseFacts(published="m2")
    assert verdict(read(Check.MODEL, outside(published, rasa=both))) == ("ATTENTION", "other")
    assert read(Check.MODEL, outside(published, rasa=both[1:])).state is State.UNKNOWN
    assert read(Check.MODEL, outside(rasa=both)).state is State.UNKNOWN


def test_actions_and_the_registry_that_only_they_know() -> None:
    assert verdict(read(Check.ACTIONS, outside(actions=False))) == ("FAILED", "away")
    assert read(Check.REGISTRY, outside(actions=False)).state is State.UNKNOWN
    assert verdict(read(Check.REGISTRY, outside(registry=False))) == ("FAILED", "away")
    assert read(Check.REGISTRY, outside(registry=True)).state is State.GOOD


def test_an_office_without_a_registry_is_a_state_and_no_fault() -> None:
    none = read(Check.REGISTRY, outside(registry=None, registry_connected=False))
    assert verdict(none) == ("OFF", "off")
    assert "Belum disambungkan" in WORDS.said(Check.REGISTRY, none.code, none.values)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [("ok", "GOOD"), ("refused", "FAILED"), ("unreachable", "FAILED")],
)
def test_a_token(channel: str, answer: Any, expected: str) -> None:
    reading = read(Check(channel), outside(platforms={channel: PlatformFacts(answer)}))
    assert reading.state.name == expected
    assert read(Check(channel), outside()).state is State.OFF


def test_a_platform_that_is_away_a_moment_rings_later_than_a_token_it_refuses() -> None:
    def patience(answer: Any) -> timedelta:
        facts = outside(platforms={"telegram": PlatformFacts(answer)})
        return read(Check.TELEGRAM, facts).patience

    assert patience("unreachable") > 5 * patience("refused")


def hooked(platform: PlatformFacts, flow: ChannelFacts | None = None, **more: Any) -> Reading:
    facts = outside(
        HouseFacts(channels={"telegram": flow or ChannelFacts()}), platforms={"telegram": platform},
        **{"polled": False, **more},
    )  # fmt: skip
    return read(Check.TELEGRAM_WEBHOOK, facts)


LATELY = NOW - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("platform", "flow", "expected"),
    [
        (PlatformFacts("ok", "ours"), ChannelFacts(), ("GOOD", "good")),
        (PlatformFacts("ok", "ours"), ChannelFacts(refused=4), ("GOOD", "good")),
        (PlatformFacts("ok", "ours"), ChannelFacts(refused=5), ("FAILED", "secret")),
        (PlatformFacts("ok", "ours"), ChannelFacts(refused=50, received=3), ("GOOD", "good")),
        (
            PlatformFacts("ok", "ours"), ChannelFacts(refused=300, received=3),
            ("ATTENTION", "knocking"),
        ),
        (PlatformFacts("ok", "ours", 3, LATELY, 403), ChannelFacts(), ("FAILED", "secret")),
        (PlatformFacts("ok", "ours", 3, LATELY, 502), ChannelFacts(), ("FAILED", "errors")),
        (
            PlatformFacts("ok", "ours", 3, LATELY, 0, error_tls=True), ChannelFacts(),
            ("FAILED", "untrusted"),
        ),
        (PlatformFacts("ok", "ours", 0, LATELY, 502), ChannelFacts(), ("GOOD", "good")),
        (PlatformFacts("ok", "ours", 3, NOW - HOUR, 502), ChannelFacts(), ("GOOD", "good")),
        (PlatformFacts("ok", "ours", 150), ChannelFacts(), ("ATTENTION", "pending")),
        (PlatformFacts("ok", "other"), ChannelFacts(), ("FAILED", "elsewhere")),
        (PlatformFacts("ok", "none"), ChannelFacts(), ("FAILED", "elsewhere")),
    ],
)  # fmt: skip
def test_a_webhook(platform: PlatformFacts, flow: ChannelFacts, expected: Any) -> None:
    assert verdict(hooked(platform, flow)) == expected


def test_who_polls_needs_no_webhook() -> None:
    assert hooked(PlatformFacts("ok", "none"), polled=True).state is State.OFF


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (ChannelFacts(), ("GOOD", "good")),
        (ChannelFacts(given_up=2), ("GOOD", "good")),
        (ChannelFacts(given_up=2, retried=1), ("FAILED", "none")),
        (ChannelFacts(retried=9, accepted=2), ("ATTENTION", "many")),
        (ChannelFacts(retried=9, accepted=90), ("GOOD", "good")),
    ],
)
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_answers_that_a_platform_does_not_take(
    channel: str, flow: ChannelFacts, expected: Any
) -> None:
    facts = outside(
        HouseFacts(channels={channel: flow}), platforms={channel: PlatformFacts("ok")}
    )  # fmt: skip
    assert verdict(read(Check(f"{channel}_delivery"), facts)) == expected


def disk(free: int, total: int, at: datetime = NOW) -> Reading:
    places = [
        {"name": "/srv", "free": 80 * GB, "total": 100 * GB},
        {"name": "/var", "free": free, "total": total},
    ]
    sign = Sign("gateway:a:1", GATEWAY, at, at, {"disks": places})
    return read(Check.DISK, house(signs=[sign]))


@pytest.mark.parametrize(
    ("free", "total", "expected"),
    [
        (50 * GB, 100 * GB, "GOOD"),
        (9 * GB, 100 * GB, "ATTENTION"),
        (2 * GB, 100 * GB, "FAILED"),
        (1 * GB, 8 * GB, "ATTENTION"),
        (GB // 3, 8 * GB, "FAILED"),
        (GB // 3, GB // 2, "FAILED"),
        (0, 0, "FAILED"),
    ],
)
def test_the_fullest_disk_of_any_machine_counts(free: int, total: int, expected: str) -> None:
    assert disk(free, total).state.name == expected


@pytest.mark.parametrize(
    ("data_free", "backup_free", "expected"),
    [
        (80 * GB, 80 * GB, ("GOOD", "good")),
        (80 * GB, 5 * GB, ("ATTENTION", "low_backup")),
        (80 * GB, 0, ("ATTENTION", "low_backup")),
        (9 * GB, 0, ("ATTENTION", "low")),
        (1 * GB, 0, ("FAILED", "full")),
    ],
)
def test_a_full_disk_of_backups_is_told_but_stops_no_answer(
    data_free: int, backup_free: int, expected: Any
) -> None:
    sign = Sign("gateway:a:1", GATEWAY, NOW, NOW, {"disks": [
        {"name": "/var", "holds": "data", "free": data_free, "total": 100 * GB},
        {"name": "/cadangan", "holds": "backup", "free": backup_free, "total": 100 * GB},
    ]})  # fmt: skip
    reading = read(Check.DISK, house(signs=[sign]))
    assert verdict(reading) == expected
    assert WORDS.said(Check.DISK, reading.code, reading.values) != WORDS.said(Check.DISK, "?", {})
    if reading.code == "low_backup":
        assert reading.values["place"] == "/cadangan"
        assert WORDS.todo(Check.DISK, reading.code) != WORDS.todo(Check.DISK, "full")


def test_what_a_silent_machine_said_of_its_disk_is_not_known_any_more() -> None:
    assert disk(0, 100 * GB, NOW - HOUR).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("backup", "expected"),
    [
        (BackupFacts(last_good=NOW - 35 * HOUR), ("GOOD", "good")),
        (BackupFacts(last_good=NOW - 37 * HOUR), ("FAILED", "late")),
        (BackupFacts(last_good=NOW - 8 * HOUR, failed=NOW - HOUR), ("ATTENTION", "failed")),
        (BackupFacts(since=NOW - 2 * HOUR), ("GOOD", "young")),
        (BackupFacts(since=NOW - 40 * HOUR), ("FAILED", "never")),
        (BackupFacts(), ("FAILED", "never")),
    ],
)
def test_backups(backup: BackupFacts, expected: Any) -> None:
    assert verdict(read(Check.BACKUP, house(backup=backup))) == expected


def test_a_demo_needs_no_backup() -> None:
    facts = replace(house(backup=BackupFacts()), production=False)
    assert read(Check.BACKUP, facts).state is State.OFF


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Certificate("a.id", NOW + 15 * DAY), ("GOOD", "good")),
        (Certificate("a.id", NOW + 13 * DAY), ("ATTENTION", "soon")),
        (Certificate("a.id", NOW - DAY), ("FAILED", "expired")),
        (Certificate("a.id", NOW, trusted=False), ("FAILED", "expired")),
        (Certificate("a.id", trusted=False), ("FAILED", "untrusted")),
        (Certificate("a.id", reached=False), ("UNKNOWN", "unreachable")),
    ],
)
def test_certificates(item: Certificate, expected: Any) -> None:
    good = Certificate("b.id", NOW + 99 * DAY)
    assert verdict(read(Check.CERTIFICATE, outside(certificates=[good, item]))) == expected
    assert read(Check.CERTIFICATE, outside()).state is State.OFF


@pytest.mark.parametrize(
    ("recent", "usual", "expected"),
    [
        ((0, 0), (0, 0), "few"),
        ((29, 29), (1000, 50), "few"),
        ((30, 9), (1000, 50), "good"),
        ((40, 20), (1000, 50), "rising"),
        ((40, 8), (1000, 50), "good"),
        ((1000, 120), (5000, 250), "good"),
        ((1000, 160), (5000, 250), "rising"),
        ((60, 25), (1000, 300), "good"),
        ((40, 30), (50, 2), "rising"),
        ((40, 18), (50, 2), "good"),
    ],
)
def test_the_share_not_understood_must_rise_much_over_many_messages(
    recent: Any, usual: Any, expected: str
) -> None:
    facts = house(recent=Understanding(*recent), usual=Understanding(*usual))
    assert read(Check.FALLBACK, facts).code == expected


def supervised(*minutes_ago: int, at: datetime = NOW) -> Reading:
    died = [(NOW - timedelta(minutes=m)).isoformat() for m in minutes_ago]
    document = {"children": {"rasa": {"died": died}, "console": {"died": []}}}
    return read(Check.RESTARTS, house(signs=[Sign("supervisor:a", SUPERVISOR, at, at, document)]))


def test_a_process_that_dies_again_and_again() -> None:
    assert supervised(1, 2, 3).state is State.GOOD
    again = supervised(1, 2, 3, 4, 60)
    assert (again.state, again.values) == (State.FAILED, {"part": "rasa", "times": 4})
    assert supervised(20, 30, 40, 50).state is State.GOOD
    assert supervised(1, 2, 3, 4, at=NOW - HOUR).state is State.OFF


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0.3, "GOOD"), (-6.0, "ATTENTION"), (61.0, "FAILED"), (-3600.0, "FAILED")],
)
def test_clocks(offset: float, expected: str) -> None:
    signs = [
        Sign("gateway:a:1", GATEWAY, NOW, NOW, {"clock_offset_s": 0.0}),
        Sign("gateway:b:1", GATEWAY, NOW, NOW, {"clock_offset_s": offset}),
    ]
    assert read(Check.CLOCK, house(signs=signs)).state.name == expected


def test_every_sentence_about_health_can_be_said_by_some_check() -> None:
    known = {check.value for check in Check}
    for key in Wording().keys():  # noqa: SIM118
        if key.startswith("health.said.") and not key.startswith("health.said.any."):
            assert key.split(".")[2] in known, key
        if key.startswith("health.todo."):
            assert key.split(".")[2] in known, key
