"""The topic stack: tasks that a citizen began and has not finished, most recent last.

Rasa knows one open form; a second one replaces the first. The tasks' own drafts stay in the
database whatever Rasa does, so that only their names have to be remembered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from izin.ports import Drafts
from izin.usecases.dialogue import TurnInput
from izin.usecases.turn_draft import TurnDraft

DRAFT = "topik"
DAY = timedelta(days=1)
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of long dialogue that can be left and taken up again.

    Attributes:
        kind: Its name; ``form_<kind>`` is its form, ``<kind>_selesai`` the form's slot.
        drafts: The kinds of draft it keeps; all are dropped with the task.
        lives: How long it is offered. A status asked for last week interests nobody.
    """

    kind: str
    drafts: tuple[str, ...] = ()
    lives: timedelta = 3 * DAY

    @property
    def kept_in(self) -> tuple[str, ...]:
        """Give the kinds of its drafts; a task without names keeps one of its own kind."""
        return self.drafts or (self.kind,)


TASKS: Mapping[str, Task] = {
    task.kind: task
    for task in (
        Task("pengaduan", ("pengaduan", "aduan_lanjutan"), 7 * DAY),
        Task("status", lives=DAY),
        Task("langganan", drafts=("langganan", "status"), lives=DAY),
        Task("biaya", drafts=("hitung_biaya",), lives=DAY),
    )
}
"""Tasks that differ from the default; a draft of a complaint lives as long as its rule says."""


class OpenTasks:
    """The open tasks of each conversation. Safe to run again after a crash in mid-turn."""

    def __init__(self, drafts: Drafts, tasks: Iterable[Task]) -> None:
        """Take where drafts are kept, and every task that can be left open."""
        self._drafts = drafts
        self._stack = TurnDraft(drafts, DRAFT)
        self._tasks: Mapping[str, Task] = {task.kind: task for task in tasks}

    def opened(self, turn: TurnInput, kind: str) -> None:
        """Put a task on top: the citizen has just worked on it."""
        state = self._stack.now(turn)
        stack, quiet = state.get("open", []), state.get("quiet", [])
        on_top = stack and stack[-1][0] == kind and kind not in quiet and not state.get("offered")
        if on_top and turn.now - datetime.fromisoformat(stack[-1][1]) < NOTED_EVERY:
            return  # a form of many steps need not write this at each
        kept = [item for item in stack if item[0] != kind]
        state = {
            "open": [*kept, [kind, turn.now.isoformat()]],
            "quiet": [item for item in quiet if item != kind],
        }
        self._stack.save(turn, _without_empty(state))

    def closed(self, turn: TurnInput, kind: str) -> None:
        """Take a task off: it is finished or was cancelled."""
        state = self._stack.now(turn)
        kept = [item for item in state.get("open", []) if item[0] != kind]
        if len(kept) < len(state.get("open", [])):
            self._stack.save(turn, _without_empty({**state, "open": kept}))

    def open_kinds(self, turn: TurnInput, but: str | None = None) -> list[str]:
        """Give the open tasks, most recent first, without the kind ``but``."""
        return [
            kind
            for kind, at in reversed(self._stack.now(turn).get("open", []))
            if kind != but and kind in self._tasks and self._lives(kind, at, turn)
        ]

    def offer(self, turn: TurnInput, kind: str) -> None:
        """Remember that this turn's answer offers to go on with the task."""
        state = self._stack.now(turn)
        self._stack.save(turn, {**state, "offered": {"turn": turn.turn_id, "kind": kind}})

    def offered(self, turn: TurnInput) -> str | None:
        """Give the task that the answer just before this turn offered to go on with."""
        offered = self._stack.before(turn).get("offered") or {}
        just_before = turn.previous_turn_id and offered.get("turn") == turn.previous_turn_id
        kind = offered.get("kind") if just_before else None
        return kind if kind in self.open_kinds(turn) else None

    def declined(self, turn: TurnInput, kind: str) -> None:
        """Keep the task, but do not offer it again in this talk."""
        state = self._stack.now(turn)
        quiet = sorted({*state.get("quiet", []), kind})
        self._stack.save(turn, {**state, "quiet": quiet})

    def was_declined(self, turn: TurnInput, kind: str) -> bool:
        """Say whether the citizen did not want to be asked about the task again."""
        return kind in self._stack.now(turn).get("quiet", [])

    def cancel(self, turn: TurnInput, kind: str) -> None:
        """Forget a task and its drafts."""
        for name in self._tasks[kind].kept_in:
            self._drafts.drop(turn.conversation_id, name)
        self.closed(turn, kind)

    def forget_all(self, turn: TurnInput) -> None:
        """Forget every task with its drafts, open or not."""
        for task in self._tasks.values():
            for name in task.kept_in:
                self._drafts.drop(turn.conversation_id, name)
        self._drafts.drop(turn.conversation_id, DRAFT)

    def has_draft(self, turn: TurnInput, kind: str) -> bool:
        """Say whether anything of the task is kept."""
        return any(TurnDraft(self._drafts, name).before(turn) for name in self._tasks[kind].kept_in)

    def remind_anew(self, turn: TurnInput, kind: str) -> None:
        """Let the task's next prompt speak, even if it had reminded the citizen already."""
        for name in self._tasks[kind].kept_in:
            draft = TurnDraft(self._drafts, name)
            state: dict[str, Any] = draft.now(turn)
            if state.pop("reminded", None) is not None:
                draft.save(turn, state)

    def _lives(self, kind: str, at: str, turn: TurnInput) -> bool:
        return turn.now - datetime.fromisoformat(at) < self._tasks[kind].lives


def _without_empty(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if value}
