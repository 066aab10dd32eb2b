"""The judge of a run under faults must be able to say no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.chaos.evidence import Evidence, PartRow, Received, Shaken, TurnRow, Written
from benchmarks.chaos.judge import RULES, judge
from benchmarks.chaos.planted import PLANTED, unnoticed

CHATS = ("telegram:1", "whatsapp:62")


def whole() -> Evidence:
    """Two citizens with three questions each, all answered once and in order."""
    written, received, turns, parts = [], [], [], []
    for chat in CHATS:
        for number in (1, 2, 3):
            asked, sent, turn = f"{chat}-in{number}", f"{chat}-out{number}", f"{chat}-turn{number}"
            marker = f"tiket ADU-{chat[-1] * 4}-{number}{number}"
            written.append(Written(chat, number, asked, "ticket", marker))
            received.append(Received(chat, sent, f"Tidak ada {marker} di sini.", number * 10.0))
            turns.append(TurnRow(turn, chat, len(turns), asked, "answered"))
            parts.append(PartRow(turn, chat, len(parts), 0, "accepted", sent))
    return Evidence(written, received, turns, parts)


def rules_broken(evidence: Evidence) -> set[str]:
    return {item.rule for item in judge(evidence)[0]}


def test_a_faultless_run_breaches_nothing() -> None:
    assert judge(whole())[0] == []
    assert len(RULES) == 9


def test_everything_planted_is_found() -> None:
    assert unnoticed(whole()) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("a lost answer", "lost"),
        ("a doubled answer", "doubled"),
        ("two answers swapped", "order"),
        ("two answers with each other's words", "words"),
        ("a message that was never stored", "stored"),
        ("a doubled complaint", "complaint"),
        ("a status that goes backwards", "status"),
        ("an answer to a forged request", "malformed"),
    ],
)
def test_what_is_planted_is_called_by_its_name(name: str, rule: str) -> None:
    evidence = whole()
    _, case = judge(evidence)
    assert rule in rules_broken(PLANTED[name](evidence, case))


def test_a_loss_and_a_double_are_found_by_words_alone() -> None:
    evidence = whole()
    _, case = judge(evidence)
    assert "once" in rules_broken(PLANTED["a lost answer"](evidence, case))
    again = replace(evidence.received[0], external_id="x")
    recorded = replace(evidence.parts[0], external_id="x", part=1)
    twice = replace(
        evidence, received=[*evidence.received, again], parts=[*evidence.parts, recorded]
    )
    assert "once" in rules_broken(twice)


def repeated(at: float, lost: bool = False) -> Evidence:
    evidence = whole()
    first = evidence.received[0]
    again = replace(first, external_id="telegram:1-again", at=at, lost=lost)
    return replace(evidence, received=[again, *evidence.received])


def test_a_repeat_is_excused_by_a_lost_answer_and_counted() -> None:
    breaches, case = judge(repeated(5.0, lost=True))
    assert breaches == []
    assert [why for _, why in case.repeats] == ["answer lost"]


def test_a_repeat_is_excused_by_a_kill_that_was_just_then() -> None:
    kill = Shaken("kill -9 worker", 8.0, 38.0, interrupts=True, under_way=16)
    assert judge(replace(repeated(5.0), shaken=[kill]))[0] == []
    assert "doubled" in rules_broken(replace(repeated(50.0), shaken=[kill]))
    harmless = replace(kill, interrupts=False)
    assert "doubled" in rules_broken(replace(repeated(5.0), shaken=[harmless]))


def doubled(evidence: Evidence) -> int:
    return sum(breach.rule == "doubled" for breach in judge(evidence)[0])


def test_a_kill_excuses_no_more_repeats_than_deliveries_were_under_way() -> None:
    evidence = whole()
    kills = [Shaken("kill -9 worker", 8.0, 38.0, interrupts=True, under_way=1)]
    first = [replace(item, external_id="x", at=5.0) for item in evidence.received[::3]]
    assert len({item.chat for item in first}) == 2
    of_two = replace(evidence, received=[*first, *evidence.received])
    assert doubled(replace(of_two, shaken=kills)) == 1
    assert judge(replace(of_two, shaken=kills * 2))[0] == []
    assert judge(replace(of_two, shaken=[replace(kills[0], under_way=2)]))[0] == []


def test_a_kill_excuses_one_repeat_of_a_chat() -> None:
    kill = Shaken("kill -9 worker", 8.0, 38.0, interrupts=True, under_way=16)
    evidence = repeated(5.0)
    once_more = replace(evidence.received[0], external_id="telegram:1-once-more")
    twice = replace(evidence, received=[once_more, *evidence.received], shaken=[kill])
    assert doubled(twice) == 1


def with_turn(change: Callable[[TurnRow], TurnRow]) -> Evidence:
    evidence = whole()
    return replace(evidence, turns=[change(evidence.turns[0]), *evidence.turns[1:]])


def test_marked_words_are_wanted_where_the_message_before_was_answered() -> None:
    evidence = whole()
    marked = replace(evidence.written[1], kind="marked", marker="SLF (")
    asked = replace(evidence, written=[evidence.written[0], marked, *evidence.written[2:]])
    assert "words" in rules_broken(asked)
    failed = replace(evidence.turns[0], state="failed")
    after = replace(asked, turns=[failed, *evidence.turns[1:]])
    assert "words" not in rules_broken(after)


def test_an_open_turn_is_a_breach() -> None:
    assert "answered" in rules_broken(with_turn(lambda turn: replace(turn, state="queued")))


def test_an_answer_never_handed_to_the_platform_is_a_breach() -> None:
    evidence = whole()
    part = replace(evidence.parts[0], external_id=None, state="waiting")
    lost = replace(
        evidence, parts=[part, *evidence.parts[1:]], received=list(evidence.received[1:])
    )
    assert "lost" in rules_broken(lost)
    assert rules_broken(replace(lost, refusing=frozenset({CHATS[0]}))) == set()


def test_one_answer_counts_for_all_that_were_merged() -> None:
    evidence = whole()
    first, second, *rest = evidence.turns
    merged = replace(second, state="merged", merged_into=first.id)
    together = replace(
        evidence,
        turns=[first, merged, *rest],
        parts=[evidence.parts[0], *evidence.parts[2:]],
        received=[evidence.received[0], *evidence.received[2:]],
    )
    assert judge(together)[0] == []


def test_a_confirmed_complaint_without_a_ticket_is_a_breach() -> None:
    evidence = whole()
    confirm = replace(evidence.written[0], kind="confirm", marker="dengan tiket ADU-")
    told = replace(evidence.received[0], text="dengan tiket ADU-AAAA-22.")
    filed = replace(
        evidence,
        written=[confirm, *evidence.written[1:]],
        received=[told, *evidence.received[1:]],
        complaints={CHATS[0]: ["ADU-AAAA-22"]},
    )
    assert judge(filed)[0] == []
    assert "complaint" in rules_broken(replace(filed, complaints={}))
    assert "complaint" in rules_broken(replace(filed, complaints={CHATS[0]: ["ADU-BBBB-22"]}))


def test_what_is_left_open_or_not_kept_for_review_is_a_breach() -> None:
    assert rules_broken(replace(whole(), left={"jobs": 1, "turns": 0})) == {"left"}
    assert rules_broken(replace(whole(), malformed=["rusak-1"])) == {"malformed"}
    assert rules_broken(replace(whole(), malformed=["rusak-1"], review=["{rusak-1}"])) == set()


def test_a_status_must_be_the_furthest_that_was_told() -> None:
    evidence = whole()
    read = {evidence.parts[0].external_id or "": ["read", "sent"]}
    assert rules_broken(replace(evidence, receipts=read)) == {"status"}
