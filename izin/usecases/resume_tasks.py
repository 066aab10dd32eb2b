"""Going back to a task that was left open: offered in one line, taken up by a word or a tap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from izin.answers import suggestions
from izin.replies import Choice, Reply
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.open_tasks import OpenTasks
from izin.usecases.task_words import TaskWords
from izin.wording import Wording

MOST_CHOICES = 10
_CLOSING = frozenset({"terima_kasih", "pamit"})
"""Who says thanks is done, or has forgotten what is still open."""

FORGOTTEN_SLOTS: Mapping[str, None] = {"izin": None, "pertanyaan": None}


@dataclass(frozen=True, slots=True)
class ResumeTasks:
    """Offers open tasks, resumes them, and forgets everything when asked to."""

    tasks: OpenTasks
    wording: Wording
    words: TaskWords
    dialogues: dict[str, LongDialogue] = field(default_factory=dict)

    def offer_after(self, turn: TurnInput, replies: tuple[Reply, ...], but: str | None = None
                    ) -> tuple[Reply, ...]:  # fmt: skip
        """Give the replies with the offer to go on with another open task, if there is one."""
        spoken = [place for place, reply in enumerate(replies) if not reply.silent]
        kinds = [] if turn.group else self.tasks.open_kinds(turn, but)
        new_talk = turn.previous_turn_id is None
        kinds = [item for item in kinds if new_talk or not self.tasks.was_declined(turn, item)]
        if not spoken or not kinds:
            return replies
        self.tasks.offer(turn, kinds[0])
        last = replies[spoken[-1]]
        line = self.wording.say("flow.offer_one", task=self._name(kinds[0]))
        choices = (*(self._button(kind) for kind in kinds), *last.choices)[:MOST_CHOICES]
        offered = replace(last, text=f"{last.text}\n\n{line}".strip(), choices=choices)
        return (*replies[: spoken[-1]], offered, *replies[spoken[-1] + 1 :])

    def wanted(self, turn: TurnInput) -> str | None:
        """Give the open task that the message wants to go on with."""
        tapped = turn.value("tugas")
        if tapped:
            return str(tapped) if str(tapped) in self.dialogues else None
        kinds = self.tasks.open_kinds(turn) if turn.text else []
        if not kinds:
            return None
        named = self.words.goes_back_to(turn, kinds)
        if named or self.words.goes_back(turn):
            return named or kinds[0]
        return self.tasks.offered(turn) if turn.intent == "setuju" else None

    def resume(self, turn: TurnInput, kind: str) -> StepResult:
        """Ask the task's open question again; a task of which nothing is left begins anew."""
        dialogue = self.dialogues[kind]
        unsaid = replace(turn, text="", entities=(), questions=(), ranking=())
        if self.tasks.has_draft(turn, kind):
            self.tasks.remind_anew(turn, kind)
            reply = dialogue.prompt(unsaid)
            if not reply.silent:
                self.tasks.opened(turn, kind)
                return StepResult("consumed", (reply,))
        result = dialogue.start(unsaid)
        if result.outcome == "finished":
            self.tasks.closed(turn, kind)
        else:
            self.tasks.opened(turn, kind)
        return result

    def begin_anew(self, turn: TurnInput) -> Reply:
        """Forget every open task; what was sent already stays."""
        self.tasks.forget_all(turn)
        return Reply(self.wording.say("flow.reset"), suggestions.menu(self.wording))

    def dismissed(self, turn: TurnInput) -> Reply | None:
        """Give the reply to "no" or "cancel" right after an offer, else None."""
        kind = self.tasks.offered(turn) if turn.intent in ("batal", "tolak") else None
        if kind is None:
            return None
        if turn.intent == "batal":
            self.tasks.cancel(turn, kind)
            return Reply(self.wording.say("flow.dropped"), suggestions.menu(self.wording)[:4])
        self.tasks.declined(turn, kind)
        choices = (self._button(kind), *suggestions.menu(self.wording)[:3])
        return Reply(self.wording.say("flow.kept"), choices)

    def _name(self, kind: str) -> str:
        key = f"flow.task_{kind}"
        return self.wording.say(key if self.wording.has(key) else "flow.task_other")

    def _button(self, kind: str) -> Choice:
        key = f"flow.offer_button_{kind}"
        title = self.wording.say(key if self.wording.has(key) else "flow.offer_button_other")
        return Choice(title, "setuju", {"tugas": kind})


@dataclass(frozen=True, slots=True)
class RememberedTask:
    """A long dialogue whose unfinished work is kept in mind, whatever comes between."""

    kind: str
    dialogue: LongDialogue
    resuming: ResumeTasks

    def __post_init__(self) -> None:
        """Make the dialogue known to who resumes it."""
        self.resuming.dialogues[self.kind] = self.dialogue

    def start(self, turn: TurnInput) -> StepResult:
        """Begin, or take up the task when the message only wants to go back to it."""
        if not turn.group and self.resuming.words.begins_anew(turn):
            return self._begin_anew(turn)
        if not turn.group and self.resuming.wanted(turn) == self.kind:
            return self._noted(turn, self.resuming.resume(turn, self.kind))
        return self._noted(turn, self.dialogue.start(turn))

    def step(self, turn: TurnInput) -> StepResult:
        """Take the next message, unless it begins all anew or goes back to another task."""
        if self.resuming.words.begins_anew(turn):
            return self._begin_anew(turn)
        if self._goes_elsewhere(turn):
            return StepResult("interrupted")
        return self._noted(turn, self.dialogue.step(turn))

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the task and ask its open question again."""
        return self.dialogue.prompt(turn)

    def _goes_elsewhere(self, turn: TurnInput) -> bool:
        tapped = turn.value("tugas")
        if tapped:
            return str(tapped) != self.kind
        if not turn.text:
            return False
        others = self.resuming.tasks.open_kinds(turn, self.kind)
        return bool(others) and self.resuming.words.goes_back_to(turn, others) is not None

    def _noted(self, turn: TurnInput, result: StepResult) -> StepResult:
        if turn.group or result.outcome == "interrupted":
            return result
        if result.outcome == "consumed":
            self.resuming.tasks.opened(turn, self.kind)
            return result
        self.resuming.tasks.closed(turn, self.kind)
        return replace(result, replies=self.resuming.offer_after(turn, result.replies, self.kind))

    def _begin_anew(self, turn: TurnInput) -> StepResult:
        return StepResult("finished", (self.resuming.begin_anew(turn),), dict(FORGOTTEN_SLOTS))


@dataclass(frozen=True, slots=True)
class WithOpenTasks:
    """A one-turn use case beside which open tasks are resumed, dismissed and offered."""

    use_case: OneTurn
    resuming: ResumeTasks

    def answer(self, turn: TurnInput) -> Answer:
        """Resume or dismiss a task when the message says so; else answer, and offer."""
        if turn.group:
            return self.use_case.answer(turn)
        if self.resuming.words.begins_anew(turn):
            return Answer((self.resuming.begin_anew(turn),), dict(FORGOTTEN_SLOTS))
        kind = self.resuming.wanted(turn)
        if kind is not None:
            result = self.resuming.resume(turn, kind)
            return Answer(
                result.replies, result.slots, opens=kind if result.outcome == "consumed" else None
            )
        dismissed = self.resuming.dismissed(turn)
        if dismissed is not None:
            return Answer((dismissed,))
        answer = self.use_case.answer(turn)
        if answer.opens in self.resuming.dialogues:
            self.resuming.tasks.opened(turn, str(answer.opens))
        idle = turn.open_form is None and not answer.opens
        if idle and (turn.previous_turn_id is None or turn.intent in _CLOSING):
            return replace(answer, replies=self.resuming.offer_after(turn, answer.replies))
        return answer
