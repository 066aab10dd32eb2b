"""Judges a run from the platforms' side: once, in order, nothing lost, nothing doubled."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from benchmarks.chaos.causes import Causes
from benchmarks.chaos.evidence import Evidence, PartRow, Received, TurnRow, Written

TICKET = re.compile(r"dengan tiket (ADU-[0-9A-Z]{4}-[0-9A-Z]{2})")
RANKS = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that must not be."""

    rule: str
    what: str


@dataclass
class Case:
    """The evidence, arranged for judging."""

    evidence: Evidence
    repeats: list[tuple[Received, str]] = field(default_factory=list)
    """Parts a platform took twice, each with the fault that explains it."""

    @cached_property
    def turns(self) -> dict[tuple[str, str], TurnRow]:
        """Turns by chat and platform id."""
        return {(turn.chat, turn.external_id): turn for turn in self.evidence.turns}

    @cached_property
    def turns_of(self) -> dict[str, list[TurnRow]]:
        """Turns by chat."""
        found = defaultdict(list)
        for turn in self.evidence.turns:
            found[turn.chat].append(turn)
        return found

    @cached_property
    def by_id(self) -> dict[str, TurnRow]:
        """Turns by their own id."""
        return {turn.id: turn for turn in self.evidence.turns}

    @cached_property
    def parts_of(self) -> dict[str, list[PartRow]]:
        """Parts of answers by turn."""
        found = defaultdict(list)
        for part in self.evidence.parts:
            found[part.turn_id or ""].append(part)
        return found

    @cached_property
    def recorded(self) -> dict[tuple[str, str], PartRow]:
        """Parts by chat and platform id."""
        return {(p.chat, p.external_id): p for p in self.evidence.parts if p.external_id}

    @cached_property
    def heard(self) -> dict[str, list[Received]]:
        """What each chat received, in order, without explained repeats."""
        found = defaultdict(list)
        repeated = {(item.chat, item.external_id) for item, _ in self.repeats}
        for item in self.evidence.received:
            if (item.chat, item.external_id) not in repeated:
                found[item.chat].append(item)
        return found

    @cached_property
    def text_of(self) -> dict[tuple[str, str], str]:
        """Received texts by chat and platform id."""
        return {(item.chat, item.external_id): item.text for item in self.evidence.received}

    @cached_property
    def merging(self) -> set[str]:
        """Turns that answer several messages together."""
        return {turn.merged_into for turn in self.evidence.turns if turn.merged_into}

    @cached_property
    def writers(self) -> dict[str, list[Written]]:
        """What each citizen wrote, in order."""
        found = defaultdict(list)
        for item in self.evidence.written:
            found[item.chat].append(item)
        return found

    def answer(self, turn_id: str) -> str:
        """Give the words a turn was answered with, as the platform received them."""
        texts = (self.text_of.get((p.chat, p.external_id or "")) for p in self.parts_of[turn_id])
        return "\n".join(text for text in texts if text)


def judge(evidence: Evidence) -> tuple[list[Breach], Case]:
    """Give everything that must not be, and the case with its explained repeats."""
    case = Case(evidence)
    found = list(_sort_received(case))
    for rule in RULES.values():
        found.extend(rule(case))
    return found, case


def _sort_received(case: Case) -> Iterator[Breach]:
    """Find what no record of ours names: a repeat of a recorded part that a fault explains."""
    texts = Counter(
        (item.chat, item.text)
        for item in case.evidence.received
        if (item.chat, item.external_id) in case.recorded
    )
    lost: Counter[tuple[str, str]] = Counter(
        (item.chat, item.text) for item in case.evidence.received if item.lost
    )
    causes = Causes(case.evidence.shaken, lost)
    seen: set[tuple[str, str]] = set()
    for item in case.evidence.received:
        key = (item.chat, item.external_id)
        if key in seen:
            yield Breach("doubled", f"{item.chat} has {item.external_id} twice")
        seen.add(key)
        if key in case.recorded:
            continue
        if not texts[item.chat, item.text] and item.chat not in case.evidence.silent:
            yield Breach(
                "unknown", f"{item.chat} was sent what nobody recorded: {item.text[:60]!r}"
            )
            continue
        why = causes.explain(item)
        if why is None:
            yield Breach("doubled", f"{item.chat} at {item.at:.1f} s, again: {item.text[:60]!r}")
        else:
            case.repeats.append((item, why))


def _stored_once(case: Case) -> Iterator[Breach]:
    stored = Counter((turn.chat, turn.external_id) for turn in case.evidence.turns)
    for item in case.evidence.written:
        times = stored.pop((item.chat, item.external_id), 0)
        if times != 1:
            yield Breach("stored", f"{item.chat} message {item.number} is stored {times} times")
    for chat, external_id in stored:
        yield Breach("stored", f"{chat} {external_id} was written by nobody")


def _answered(case: Case) -> Iterator[Breach]:
    for item in case.evidence.written:
        turn = case.turns.get((item.chat, item.external_id))
        if turn is None:
            continue  # told by another rule
        root = case.by_id.get(turn.root)
        if root is None or root.state not in ("answered", "failed"):
            state = root.state if root else "gone"
            yield Breach("answered", f"{item.chat} message {item.number}: its turn is {state}")
            continue
        parts = case.parts_of[root.id]
        if not parts:
            yield Breach("answered", f"{item.chat} message {item.number}: no answer is stored")
        for part in parts:
            taken = (part.chat, part.external_id or "") in case.text_of
            if not taken and item.chat not in case.evidence.refusing:
                yield Breach("lost", f"{item.chat} message {item.number}: part {part.part} of"
                                     f" its answer ({part.state}) was never taken")  # fmt: skip


def _in_order(case: Case) -> Iterator[Breach]:
    for chat, items in case.heard.items():
        places = []
        for item in items:
            part = case.recorded.get((chat, item.external_id))
            turn = case.by_id.get(part.turn_id or "") if part else None
            if part and turn:
                places.append((turn.seq, part.outbox_seq, part.part))
        for before, after in pairwise(places):
            if after <= before:
                yield Breach("order", f"{chat}: an answer of turn {after[0]} came after that of"
                                      f" turn {before[0]}")  # fmt: skip


def _tickets_named(case: Case) -> Iterator[Breach]:
    """Compare questions with answers by words alone, whatever our own records say.

    Each asked ticket is named by one answer; of one citizen in the order of the questions, where
    they were not written at once.
    """
    for chat, written in case.writers.items():
        if chat in case.evidence.refusing:
            continue
        asked = [item for item in written if item.kind == "ticket"]
        first: dict[str, int] = {}
        times: Counter[str] = Counter()
        for place, item in enumerate(case.heard[chat]):
            for question in asked:
                if question.marker in item.text:
                    times[question.marker] += 1
                    first.setdefault(question.marker, place)
        last = (-1, "")
        for question in asked:
            root = _root(case, question)
            if root is None or root.state == "failed":
                continue  # apologised for, or told by another rule
            together = [q for q in asked if (r := _root(case, q)) is not None and r.id == root.id]
            count = sum(times[q.marker] for q in together)
            if not 1 <= count <= len(together):
                yield Breach("once", f"{chat}: {question.marker} was answered {count} times")
            place = first.get(question.marker, last[0])
            if place < last[0] and not question.burst:
                yield Breach("order", f"{chat}: {question.marker} before {last[1]}")
            last = max(last, (place, question.marker))


def _root(case: Case, item: Written) -> TurnRow | None:
    turn = case.turns.get((item.chat, item.external_id))
    return case.by_id.get(turn.root) if turn else None


def _follows(case: Case, item: Written) -> bool:
    """Say whether the message before it was stored right before it, and answered."""
    written = case.writers[item.chat]
    if item.number < 2:
        return True
    turn, before = case.turns[item.chat, item.external_id], written[item.number - 2]
    root = _root(case, before)
    own = [t for t in case.turns_of[item.chat] if t.seq < turn.seq]
    last = max(own, key=lambda t: t.seq, default=None)
    return (
        last is not None and last.external_id == before.external_id
        and root is not None and root.state == "answered"
    )  # fmt: skip


def _right_words(case: Case) -> Iterator[Breach]:
    for item in case.evidence.written:
        root = _root(case, item)
        if not item.marker or root is None or root.state != "answered":
            continue
        if root.id in case.merging or item.chat in case.evidence.refusing:
            continue
        if item.kind == "marked" and not _follows(case, item):
            continue  # overtaken, or a form is still open as its "batal" was apologised for
        if item.marker not in case.answer(root.id):
            yield Breach("words", f"{item.chat} message {item.number}: {item.marker!r} is not in"
                                  f" {case.answer(root.id)[:80]!r}")  # fmt: skip


def _complaints(case: Case) -> Iterator[Breach]:
    told: dict[str, list[str]] = defaultdict(list)
    for chat, items in case.heard.items():
        for item in items:
            told[chat].extend(TICKET.findall(item.text))
    for chat in {*told, *case.evidence.complaints, *case.writers}:
        stored, heard = list(case.evidence.complaints.get(chat, ())), told[chat]
        confirmed = [item for item in case.writers.get(chat, ()) if item.kind == "confirm"]
        roots = [_root(case, item) for item in confirmed]
        sure = sum(root is not None and root.state == "answered" for root in roots)
        if len(stored) != len(set(stored)) or len(stored) > len(confirmed):
            yield Breach("complaint", f"{chat} confirmed {len(confirmed)}, stored are {stored}")
        if len(heard) != len(set(heard)) or not set(heard) <= set(stored):
            yield Breach("complaint", f"{chat} was told {heard}, stored are {stored}")
        if len(stored) < sure or (len(set(heard)) < sure and chat not in case.evidence.refusing):
            yield Breach("complaint", f"{chat} confirmed {sure}, was told {heard} of {stored}")


def _forwards(case: Case) -> Iterator[Breach]:
    for external_id, before, after in case.evidence.transitions:
        if RANKS[after] < RANKS[before]:
            yield Breach("status", f"{external_id} went from {before} to {after}")
    for part in case.evidence.parts:
        known = case.evidence.receipts.get(part.external_id or "", ())
        if known and RANKS[part.status] < max(RANKS[name] for name in known):
            yield Breach("status", f"{part.external_id} is {part.status} after {list(known)}")


def _silence(case: Case) -> Iterator[Breach]:
    for item in case.evidence.received:
        if item.chat in case.evidence.silent:
            yield Breach("malformed", f"{item.chat} was answered: {item.text[:60]!r}")
    stored = {turn.external_id for turn in case.evidence.turns}
    for external_id in case.evidence.forged_ids & stored:
        yield Breach("forged", f"{external_id} was stored without a right signature")
    kept = "\n".join(case.evidence.review)
    for mark in case.evidence.malformed:
        if mark not in kept:
            yield Breach("malformed", f"{mark} was accepted, and is not kept for review")


def _nothing_left(case: Case) -> Iterator[Breach]:
    for what, count in case.evidence.left.items():
        if count:
            yield Breach("left", f"{count} {what}")


RULES: Mapping[str, Callable[[Case], Iterable[Breach]]] = {
    "every accepted message is stored once, nothing else is": _stored_once,
    "every one is answered, and every part reached the platform": _answered,
    "answers come in the order of the messages": _in_order,
    "each asked ticket is answered once, by words alone": _tickets_named,
    "each marked question has the words it asked for": _right_words,
    "one complaint and one ticket for each confirmation": _complaints,
    "no delivery status goes backwards": _forwards,
    "nothing for malformed and forged items, which are kept or refused": _silence,
    "no turn, delivery, job or update is left": _nothing_left,
}

DOUBLED = "nothing is sent twice but what a fault explains"
