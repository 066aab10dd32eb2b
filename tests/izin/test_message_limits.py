"""Which messages of one citizen are answered, told about or only stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from izin.conversations import ChatAddress, InboundMessage
from izin.message_limits import NO_LIMITS, MessageLimits, Pace, arrive, joins, merged_text

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LIMITS = MessageLimits(per_minute=3, pause_s=20)


def verdicts(seconds: list[float], limits: MessageLimits = LIMITS) -> list[str]:
    pace, found = Pace(), []
    for second in seconds:
        pace, verdict = arrive(pace, NOW + timedelta(seconds=second), limits)
        found.append(verdict)
    return found


def said(text: str = "halo", **changes: object) -> InboundMessage:
    address = ChatAddress("telegram", "1")
    values: dict[str, object] = {"kind": "text", "sent_at": NOW, "text": text, **changes}
    return InboundMessage(address, "m", **values)  # type: ignore[arg-type]


def test_as_many_messages_as_allowed_are_answered_in_a_minute() -> None:
    assert verdicts([0, 1, 2, 60, 61, 62]) == ["answer"] * 6


def test_the_next_one_is_told_so_once_and_the_rest_is_stored_until_a_pause() -> None:
    assert verdicts([0, 1, 2, 3, 4, 22, 41]) == ["answer"] * 3 + ["tell"] + ["store"] * 3


def test_after_the_pause_messages_are_answered_and_counted_anew() -> None:
    assert verdicts([0, 1, 2, 3, 4, 24.5, 25, 26, 27]) == (
        ["answer"] * 3 + ["tell", "store"] + ["answer"] * 3 + ["tell"]
    )


def test_messages_are_counted_while_they_are_only_stored() -> None:
    pace = Pace()
    for second in range(9):
        pace, _ = arrive(pace, NOW + timedelta(seconds=second), LIMITS)
    assert pace.count == 9


def test_a_clock_that_goes_back_keeps_nobody_silent() -> None:
    assert verdicts([0, 1, 2, 3, -3600]) == ["answer"] * 3 + ["tell", "answer"]


def test_a_limit_of_zero_limits_nothing() -> None:
    assert verdicts([0] * 50, NO_LIMITS) == ["answer"] * 50


def test_only_typed_words_of_the_same_talk_are_merged() -> None:
    def join(first: InboundMessage, second: InboundMessage, after: timedelta) -> bool:
        return joins(first, NOW, [first.text], second, NOW + after, LIMITS)

    soon = timedelta(seconds=2)
    assert join(said(), said(), soon)
    for kind in ("choice", "photo", "voice", "sticker", "location", "contact", "start", "edited"):
        assert not join(said(), said(kind=kind), soon)
        assert not join(said(kind=kind), said(), soon)
    assert not join(said(), said(group=True), soon)
    assert not join(said(), said(), timedelta(hours=7))
    assert not join(said(), said(), timedelta(seconds=-1))


def test_no_more_is_merged_than_one_turn_should_hold() -> None:
    few = MessageLimits(merged=3, merged_characters=20)
    assert joins(said("a"), NOW, ["a", "b"], said("c"), NOW, few)
    assert not joins(said("a"), NOW, ["a", "b", "c"], said("d"), NOW, few)
    assert not joins(said("a" * 10), NOW, ["a" * 10], said("b" * 10), NOW, few)


def test_merged_texts_stand_in_the_order_they_came() -> None:
    assert merged_text(["mau tanya ", "syarat pbg"]) == "mau tanya\nsyarat pbg"
