"""Tells a published answer to what was hardly taken for a complaint, a status or the menu.

What was published after the model's training is often taken for something else ("ada parkir
buat difabel ga" sounds like a complaint). Whoever really begins a task is understood surely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from izin.replies import Reply
from izin.usecases.answer_office import General
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.read_questions import Ask

SURE = 0.9
"""Nearly all complaints, questions of status and calls for the menu that were meant reach it."""

TAKEN_FOR = frozenset({"lapor_pengaduan", "cek_status", "menu_bantuan", "bot_identitas", "sapa"})

_OWN = frozenset({"izin", "nomor_permohonan", "tiket"})
"""Who names these means a permit or a file of his own."""


class Published(Protocol):
    """Knows the published answers."""

    def published(self, ask: Ask, turn: TurnInput) -> General | None:
        """Give the published answer that a message plainly asks for, or None."""
        ...

    def rescue(self, text: str) -> General | None:
        """Give where somebody finds help who speaks of ending his life, else None."""
        ...


def published_reply(known: Published, turn: TurnInput) -> Reply | None:
    """Give the published answer to a turn that was hardly taken for something else, or None."""
    sure = turn.confidence >= SURE or turn.intent not in TAKEN_FOR
    tells = turn.intent == "lapor_pengaduan"  # kept as a complaint, see AsksNoMore
    if turn.text and not turn.open_form and not tells and (found := known.rescue(turn.text)):
        return Reply(_text(found), found.choices)
    if sure or turn.open_form or not turn.text or any(e.name in _OWN for e in turn.entities):
        return None
    ask = Ask(turn.intent, entities=tuple(turn.entities), text=turn.text)
    found = known.published(ask, turn)
    if found is None:
        return None
    return Reply(_text(found), found.choices, faq=found.faq)


@dataclass(frozen=True, slots=True)
class PublishedFirst:
    """A one-turn use case that leaves what was published to ``known``."""

    known: Published
    use_case: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Give the published answer, else that of the use case."""
        reply = published_reply(self.known, turn)
        return Answer((reply,)) if reply else self.use_case.answer(turn)


@dataclass(frozen=True, slots=True)
class PublishedInstead:
    """A long dialogue that is not begun by what only asks for a published answer."""

    known: Published
    dialogue: LongDialogue

    def start(self, turn: TurnInput) -> StepResult:
        """Give the published answer and be done, else begin the dialogue."""
        reply = published_reply(self.known, turn)
        return StepResult("finished", (reply,)) if reply else self.dialogue.start(turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Leave the step to the dialogue."""
        return self.dialogue.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the dialogue's open question again."""
        return self.dialogue.prompt(turn)


def _text(found: General) -> str:
    parts: Sequence[str] = [section.text for section in found.sections]
    return "\n\n".join(part for part in parts if part)
