"""Proves that the judge can say no: what never happened is planted in a run's own evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from benchmarks.chaos.evidence import Evidence, Received
from benchmarks.chaos.judge import Case, judge

Plant = Callable[[Evidence, Case], Evidence]


def unnoticed(evidence: Evidence) -> list[str]:
    """Give the planted breaches that the judge does not find; empty when it finds all."""
    found, case = judge(evidence)
    before = {(item.rule, item.what) for item in found}
    missed = []
    for name, plant in PLANTED.items():
        try:
            planted = plant(evidence, case)
        except LookupError:
            missed.append(f"{name} (too little was answered to plant it)")
            continue
        after, _ = judge(planted)
        if not {(item.rule, item.what) for item in after} - before:
            missed.append(name)
    return missed


def _victims(evidence: Evidence, case: Case) -> list[Received]:
    """Give two answers to a citizen's questions for tickets, of different turns."""
    for chat, items in case.heard.items():
        if chat in evidence.refusing:
            continue
        asked = [item.marker for item in case.writers.get(chat, ()) if item.kind == "ticket"]
        answers = [item for item in items if any(marker in item.text for marker in asked)]
        named = {next(marker for marker in asked if marker in item.text) for item in answers}
        if len(named) >= 2 and len(answers) == len(named):
            return [answers[0], answers[1]]
    raise LookupError("nobody asked twice")


def _loss(evidence: Evidence, case: Case) -> Evidence:
    victim = _victims(evidence, case)[0]
    return replace(evidence, received=[item for item in evidence.received if item != victim])


def _double(evidence: Evidence, case: Case) -> Evidence:
    victim = _victims(evidence, case)[0]
    calm = max([shaken.ended for shaken in evidence.shaken], default=0.0) + 1000.0
    again = replace(victim, external_id=f"{victim.external_id}-lagi", at=calm, lost=False)
    return replace(evidence, received=[*evidence.received, again])


def _swap(evidence: Evidence, case: Case) -> Evidence:
    first, second = _victims(evidence, case)
    other = {first: second, second: first}
    return replace(evidence, received=[other.get(item, item) for item in evidence.received])


def _words(evidence: Evidence, case: Case) -> Evidence:
    """Let two answers come in their order with each other's words."""
    first, second = _victims(evidence, case)
    other = {first: second.text, second: first.text}
    return replace(
        evidence,
        received=[replace(i, text=other.get(i, i.text)) for i in evidence.received],
    )


def _forgotten(evidence: Evidence, case: Case) -> Evidence:
    victim = evidence.written[0].external_id
    return replace(evidence, turns=[turn for turn in evidence.turns if turn.external_id != victim])


def _second_complaint(evidence: Evidence, case: Case) -> Evidence:
    chat = evidence.written[0].chat
    more = [*evidence.complaints.get(chat, ()), "ADU-DUAX-22", "ADU-DUAX-33"]
    return replace(evidence, complaints={**evidence.complaints, chat: more})


def _backwards(evidence: Evidence, case: Case) -> Evidence:
    return replace(evidence, transitions=[*evidence.transitions, ("wamid.x", "read", "sent")])


def _answered_forgery(evidence: Evidence, case: Case) -> Evidence:
    chat = min(evidence.silent, default="telegram:1")
    more = Received(chat, "x", "Halo", 1.0)
    return replace(evidence, silent=evidence.silent | {chat}, received=[*evidence.received, more])


PLANTED: Mapping[str, Plant] = {
    "a lost answer": _loss,
    "a doubled answer": _double,
    "two answers swapped": _swap,
    "two answers with each other's words": _words,
    "a message that was never stored": _forgotten,
    "a doubled complaint": _second_complaint,
    "a status that goes backwards": _backwards,
    "an answer to a forged request": _answered_forgery,
}
