from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izin.alarms import (
    CAUSES,
    CLOSES_AFTER,
    REMINDED_AFTER,
    SETTLES_AFTER,
    Standing,
    advance,
    news_of,
)
from izin.health import Check, Reading, State

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATIENT = timedelta(minutes=3)


class Story:
    """One check looked at every minute; `B` bad, `A` attention, `G` good, `U` unknown, `O` off."""

    STATES = {
        "B": State.FAILED, "A": State.ATTENTION, "G": State.GOOD, "U": State.UNKNOWN,
        "O": State.OFF,
    }  # fmt: skip

    def __init__(self, check: Check = Check.RASA, patience: timedelta = PATIENT) -> None:
        self.check, self.patience, self.now = check, patience, NOW
        self.standing: Standing | None = None
        self.told: list[tuple[int, str]] = []
        self.minute = 0

    def goes(self, letters: str, quiet: bool = False) -> Story:
        for letter in letters:
            reading = Reading(self.check, self.STATES[letter], patience=self.patience)
            self.standing = advance(self.standing, reading, self.now)
            telling = news_of([self.standing], self.now, quiet=quiet)
            for what in ("opened", "reminded", "over"):
                self.told += [(self.minute, what) for _ in getattr(telling.news, what)]
            self.standing = telling.after.get(self.check, self.standing)
            self.now += MINUTE
            self.minute += 1
        return self


def test_an_alarm_is_told_once_when_it_opens_and_once_when_it_is_over() -> None:
    assert Story().goes("GG" + "B" * 60 + "G" * 60).told == [(5, "opened"), (72, "over")]


def test_a_short_failure_tells_nobody() -> None:
    assert Story().goes("GBBBGGGGGGBBBG").told == []


def test_what_flaps_rings_once_and_is_over_only_after_a_long_good_time() -> None:
    story = Story().goes("BG" * 120)
    assert story.told == [(4, "opened")]
    assert story.goes("G" * 9).told == [(4, "opened")]
    assert story.goes("GG").told == [(4, "opened"), (249, "over")]


def test_an_alarm_without_patience_opens_at_the_first_look() -> None:
    assert Story(patience=timedelta(0)).goes("B").told == [(0, "opened")]


def test_it_is_told_again_when_it_becomes_worse_but_not_when_it_becomes_better() -> None:
    story = Story(Check.DISK, timedelta(0)).goes("AAABBBAAA")
    assert story.told == [(0, "opened"), (3, "opened")]


def test_it_is_reminded_of_once_a_day() -> None:
    story = Story(patience=timedelta(0)).goes("B" * (3 * 24 * 60))
    assert story.told == [(0, "opened"), (1440, "reminded"), (2880, "reminded")]
    assert timedelta(days=1) == REMINDED_AFTER


def test_what_cannot_be_measured_opens_nothing_and_ends_nothing() -> None:
    assert Story().goes("U" * 100).told == []
    story = Story().goes("BBBB" + "U" * 60)
    assert story.told == [(3, "opened")]
    assert story.standing is not None
    assert story.standing.is_open


def test_what_is_switched_off_ends_its_alarm_at_once() -> None:
    assert Story().goes("BBBBO").told == [(3, "opened"), (4, "over")]


def test_at_night_only_what_stops_answers_rings_and_the_rest_waits_for_the_morning() -> None:
    assert Story(Check.RASA).goes("BBBB", quiet=True).told == [(3, "opened")]
    backup = Story(Check.BACKUP, timedelta(0)).goes("B" * 5, quiet=True)
    assert backup.told == []
    assert backup.goes("B").told == [(5, "opened")]


def test_what_was_over_before_the_morning_is_never_told() -> None:
    story = Story(Check.BACKUP, timedelta(0)).goes("BB" + "G" * 30, quiet=True)
    assert story.goes("G" * 10).told == []


def test_that_a_told_alarm_is_over_waits_for_the_morning() -> None:
    story = Story().goes("BBBB").goes("G" * 30, quiet=True)
    assert story.told == [(3, "opened")]
    assert story.goes("G").told == [(3, "opened"), (34, "over")]


def test_a_disk_that_needs_attention_does_not_ring_at_night_but_a_full_one_does() -> None:
    story = Story(Check.DISK, timedelta(0)).goes("AAA", quiet=True)
    assert story.told == []
    assert story.goes("B", quiet=True).told == [(3, "opened")]


def opened(check: Check, state: State = State.FAILED, **more: object) -> Standing:
    given = {"bad_since": NOW, "opened_at": NOW, "worst": state, **more}
    return Standing(check, state, "away", {}, NOW, **given)  # type: ignore[arg-type]


def test_what_follows_from_one_cause_is_one_message() -> None:
    standings = [opened(Check.DATABASE), opened(Check.WORKER), opened(Check.TURNS)]
    news = news_of(standings, NOW, quiet=False).news
    assert [item.check for item in news.opened] == [Check.DATABASE]
    assert {item.check for item in news.beside} == {Check.WORKER, Check.TURNS}


def test_what_opens_later_because_of_a_known_cause_is_not_told() -> None:
    known = opened(Check.WORKER, told=State.FAILED, told_at=NOW)
    telling = news_of([known, opened(Check.TURNS)], NOW + MINUTE, quiet=False)
    assert not telling.news


def test_a_cause_that_works_again_gives_its_followers_time_until_it_is_over() -> None:
    known = opened(Check.WORKER, told=State.FAILED, told_at=NOW)
    mending = advance(known, Reading(Check.WORKER, State.GOOD), NOW + MINUTE)
    assert not news_of([mending, opened(Check.TURNS)], NOW + MINUTE, quiet=False).news
    later = NOW + MINUTE + CLOSES_AFTER
    over = advance(mending, Reading(Check.WORKER, State.GOOD), later)
    news = news_of([over, opened(Check.TURNS)], later, quiet=False).news
    assert [item.check for item in news.opened] == [Check.TURNS]
    assert [item.check for item in news.over] == [Check.WORKER]


def test_alarms_without_a_common_cause_come_in_one_message_all_the_same() -> None:
    news = news_of([opened(Check.DISK), opened(Check.REGISTRY)], NOW, quiet=False).news
    assert len(news.opened) == 2


def test_a_muted_alarm_is_neither_told_nor_reminded_of_but_that_it_is_over_is() -> None:
    muted = opened(Check.RASA, muted_until=NOW + timedelta(days=3), muted_by="x")
    assert not news_of([muted], NOW, quiet=False).news
    known = opened(Check.RASA, told=State.FAILED, told_at=NOW, muted_until=NOW + MINUTE * 600)
    assert not news_of([known], NOW + MINUTE * 500, quiet=False).news
    good = Reading(Check.RASA, State.GOOD)
    over = advance(advance(known, good, NOW), good, NOW + CLOSES_AFTER)
    assert over.muted_until is None
    assert news_of([over], NOW + CLOSES_AFTER, quiet=False).news.over


def test_no_check_is_its_own_cause() -> None:
    def reached(check: Check, seen: frozenset[Check]) -> frozenset[Check]:
        for cause in CAUSES.get(check, frozenset()) - seen:
            seen = reached(cause, seen | {cause})
        return seen

    assert [check for check in Check if check in reached(check, frozenset())] == []


@pytest.mark.parametrize("check", [Check.RASA, Check.BACKUP])
@settings(max_examples=60, deadline=None)
@given(letters=st.text("BAGUO", max_size=300), quiet=st.lists(st.booleans(), min_size=30))
def test_whatever_happens_what_is_told_opens_before_it_is_over(
    check: Check, letters: str, quiet: list[bool]
) -> None:
    story = Story(check)
    for place in range(0, len(letters), 10):
        story.goes(letters[place : place + 10], quiet[place // 10 % len(quiet)])
    story.goes("G" * 30)
    told = [what for _, what in story.told]
    known = False
    for what in told:
        assert known or what == "opened"
        known = what != "over"
    assert not known, "the last word is that it is over"
    assert SETTLES_AFTER < CLOSES_AFTER
