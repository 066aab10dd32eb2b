"""The applications of one verified phone, and which of them a citizen means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from izin.answers.status_list import ALL, MORE
from izin.applications import Application
from izin.ports import Registry
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.status_proof import StatusProof
from izin.usecases.status_reading import StatusReading
from izin.usecases.status_words import StatusWords
from izin.usecases.tell_status import State, TellStatus, list_state
from izin.words import words_of

LONGEST_CHOICE_WORDS = 8
"""A longer message chooses nothing from a list."""

_SHORTEST_SERIAL = 3
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a message chooses: applications, or a way to see the list."""

    applications: tuple[Application, ...] = ()
    all_in_short: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class OwnApplications:
    """Shows and lists the applications of the chat's verified phone."""

    registry: Registry
    proof: StatusProof
    reading: StatusReading
    tell: TellStatus

    def show(self, turn: TurnInput, phone: str) -> StepResult:
        """Give the phone's only application, the one it names, or the list to choose from.

        Raises:
            RegistryUnavailable: The registry does not answer.
        """
        found = self.registry.of_phone(phone)
        if not found:
            return self.tell.ask("status.none_for_phone")
        mine = self._unlocked(turn, in_order(found))
        if not mine:
            return self.tell.finish(turn, "status.locked")
        named = of_permit(turn, mine)
        asks_permit = bool(turn.values("izin"))
        if len(named) == 1 or (len(mine) == 1 and not asks_permit):
            state = list_state(mine, len(mine)) if len(mine) > 1 else {}
            return self.tell.status(turn, (named or mine)[0], True, state)
        if not named and self.reading.words.says(turn.text, "all"):
            return self.tell.summary(turn, mine, 0)
        return self.tell.choices(turn, named or mine, 0, bool(named))

    def another(self, turn: TurnInput) -> StepResult:
        """Begin with another application: the phone's list, or a number."""
        phone = turn.verified_phone
        if phone and len(self.registry.of_phone(phone)) > 1:
            return self.show(turn, phone)
        return self.tell.ask_number(turn)

    def chosen(
        self, turn: TurnInput, state: State, of_permit_only: bool = False, asks_on: str = ""
    ) -> StepResult | None:
        """Take a choice from the list shown before, or None.

        ``asks_on``: the application a question is on already, which it need not choose again.
        """
        if not state.get("list") or not turn.verified_phone or self.reading.numbers(turn):
            return None
        by_number = {item.number: item for item in self.registry.of_phone(turn.verified_phone)}
        listed = self._unlocked(
            turn, [by_number[number] for number in state["list"] if number in by_number]
        )
        seen = min(int(state.get("seen") or 0), len(listed))
        chosen = choose(turn, listed, seen, self.reading.words) if listed else None
        if chosen is None or (of_permit_only and not of_permit(turn, listed)):
            return None
        if [item.number for item in chosen.applications] == [asks_on]:
            return None
        if len(chosen.applications) == 1:
            return self.tell.status(turn, chosen.applications[0], True, state)
        if chosen.applications:
            return self.tell.choices(turn, chosen.applications, 0, True)
        start = seen if chosen.more and seen < len(listed) else 0
        if chosen.all_in_short:
            return self.tell.summary(turn, listed, start)
        return self.tell.choices(turn, listed, start)

    def _unlocked(self, turn: TurnInput, found: Sequence[Application]) -> list[Application]:
        return [item for item in found if not self.proof.locked(turn, item.number, item)]


def in_order(applications: Sequence[Application]) -> tuple[Application, ...]:
    """Give open applications first, each kind newest first, as they are listed."""
    return tuple(sorted(applications, key=lambda item: not item.status.is_open))


def of_permit(turn: TurnInput, applications: Sequence[Application]) -> tuple[Application, ...]:
    """Give the applications for a permit the message names, empty if it names none of them."""
    codes = set(turn.values("izin"))
    for entity in turn.entities:
        if entity.name == "izin":
            codes |= set(entity.candidates)
    return tuple(item for item in applications if item.permit_code in codes)


def choose(
    turn: TurnInput, listed: Sequence[Application], shown_to: int, words: StatusWords
) -> Chosen | None:
    """Give what the message chooses from the list, or None if it chooses nothing.

    ``shown_to`` is how far the list has been shown: "yang terakhir" is the last one seen.
    """
    step = turn.value("langkah")
    if step in (ALL, MORE):
        return Chosen(all_in_short=step == ALL or turn.value("jenis") == ALL, more=step == MORE)
    if not turn.text or len(words_of(turn.text)) > LONGEST_CHOICE_WORDS:
        return None
    found = of_permit(turn, listed)
    if not found:
        found = _by_serial(turn.text, listed)
    if found:
        return Chosen(found)
    if words.says(turn.text, "all"):
        return Chosen(all_in_short=True)
    if words.says(turn.text, "more"):
        return Chosen(more=True)
    if one := _by_place(turn.text, listed, shown_to, words):
        return Chosen((one,))
    status = words.status(turn.text)
    by_status = tuple(item for item in listed if item.status is status)
    return Chosen(by_status) if by_status else None


def _by_place(
    text: str, listed: Sequence[Application], shown_to: int, words: StatusWords
) -> Application | None:
    if words.says(text, "newest"):
        return max(listed, key=lambda item: item.submitted_at)
    if words.says(text, "last"):
        return listed[shown_to - 1]
    place = words.ordinal(text)
    return listed[place - 1] if place and place <= len(listed) else None


def _by_serial(text: str, listed: Sequence[Application]) -> tuple[Application, ...]:
    """Give the application whose number holds the digits typed ("yang 0182")."""
    typed = [word for word in words_of(text) if word.isdigit() and len(word) >= _SHORTEST_SERIAL]
    if len(typed) != 1:
        return ()
    wanted = typed[0].lstrip("0")
    found = tuple(
        item
        for item in listed
        if wanted in (part.lstrip("0") for part in _DIGITS.findall(item.number))
    )
    return found if len(found) == 1 else ()
