"""Advises which permits a described activity needs, asking at most two questions.

The list comes at once; a question whose answer changes it follows, with buttons that also work
days later. What the message already says is never asked, and an activity that nobody can
place is said to be for an officer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from izin.activities import ActivityQuestion, advise, read_answer
from izin.answers import suggestions
from izin.answers.section import Section, sentence
from izin.answers.sources import provenance_of_all
from izin.answers.which_permit import activity_answer, named_permits, question_section
from izin.permits import Permit
from izin.ports import Drafts
from izin.replies import Choice, Reply
from izin.usecases.activity_stories import ActivityStories, nearest
from izin.usecases.answer_office import General
from izin.usecases.dialogue import Entity, StepResult, TurnInput
from izin.usecases.read_questions import WHICH_PERMIT, Ask
from izin.usecases.turn_draft import TurnDraft
from izin.usecases.which_permit import ActivityHit
from izin.wording import Wording
from izin.words import words_of

DRAFT = "izin_apa"
MEASURES = ("jumlah", "luas", "lantai")
BARE_FIGURES = ("jumlah", "nilai", "luas")
"""Entities a bare number may be read as, when a figure was asked for."""


@dataclass(frozen=True, slots=True)
class AdvisePermit:
    """Finds the activity of a message and says what it needs."""

    stories: ActivityStories
    drafts: Drafts
    wording: Wording
    normalise: Callable[[str], str] = str.casefold

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def general(self, ask: Ask, turn: TurnInput) -> General:
        """Give the advice for one question of a message, and remember what it leaves open."""
        text = self.stories.told(ask.text or turn.text)
        tapped = _entity(ask.entities, "kegiatan") or turn.value("kegiatan")
        chosen = self.stories.which.activity(str(tapped)) if tapped else None
        if chosen is not None:
            return self.about(chosen, turn, [])
        if not text:
            return self._describe()
        named = [mention.permit for mention in ask.mentions if mention.raw]
        several = self.stories.several(text)
        if len(several) > 1:
            return self._activities(several, named)
        # A permit that is named tells as much as any word.
        hits = self.stories.which.search(text) if named else self.stories.search(text)
        best = nearest(hits, {permit.code for permit in named})
        if best is not None:
            return self.about(best, turn, named)
        if named:
            section = named_permits(named, self.wording)
            return self._with_source([section], named, named)
        near = self.stories.offers(text)
        return self._maybe(near) if near else self._describe(text)

    def about(self, hit: ActivityHit, turn: TurnInput, named: Sequence[Permit]) -> General:
        """Give what one activity needs by all that is known, and the next question."""
        activity = hit.activity
        state = self._draft.before(turn)
        if state.get("activity") != activity.key:
            state = {"activity": activity.key, "given": [], "figures": {}}
        asked = advise(activity, state["given"]).question if state["given"] else None
        tapped = turn.value("jawaban")
        if tapped:
            state["given"] = str(tapped).split(",")
        state["figures"] = {**state["figures"], **_figures(turn)}
        self._read(hit, turn, state, asked)
        return self._advice(hit, turn, state, named)

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to the open question; anything else is left to its own action."""
        state = self._draft.before(turn)
        tapped = turn.value("kegiatan")
        hit = self.stories.which.activity(str(tapped or state.get("activity") or ""))
        if tapped and hit is not None:
            return self._result(self.about(hit, turn, []), turn)
        question = advise(hit.activity, state["given"]).question if hit and state else None
        if hit is None or question is None or turn.metadata.get("kind") == "choice":
            return self._leave(turn)
        before = list(state["given"])
        state["figures"] = {**state["figures"], **_figures(turn, question.measure)}
        self._read(hit, turn, state, question)
        if state["given"] != before:
            return self._result(self._advice(hit, turn, state, []), turn)
        if self._says(turn, "answers.words_dont_know"):
            self._draft.save(turn, {})
            reply = Reply(
                self.wording.say("answers.advice_dont_know"),
                (suggestions.officer(self.wording), *self._follow_ups(hit, [])[:3]),
            )
            return StepResult("finished", (reply,))
        return self._leave(turn)

    def is_open(self, turn: TurnInput) -> bool:
        """Say whether a question waits for an answer after this turn."""
        return bool(self._draft.now(turn))

    def _leave(self, turn: TurnInput) -> StepResult:
        self._draft.save(turn, {})
        return StepResult("interrupted")

    def _result(self, general: General, turn: TurnInput) -> StepResult:
        text = "\n\n".join(section.text for section in general.sections)
        outcome = "consumed" if self.is_open(turn) else "finished"
        return StepResult(outcome, (Reply(text, general.choices),), dict(general.slots))  # type: ignore[arg-type]

    def _read(
        self,
        hit: ActivityHit,
        turn: TurnInput,
        state: dict[str, Any],
        asked: ActivityQuestion | None,
    ) -> None:
        """Take every answer the message and the figures kept so far give, in order."""
        words = words_of(self.normalise(turn.text))
        bare = set(self.wording.say("answers.words_bare").split())
        question = advise(hit.activity, state["given"]).question
        while question is not None:
            # "ada", "sudah" answer only the question they were asked.
            telling = words if question == asked else [word for word in words if word not in bare]
            answer = read_answer(
                question, telling, state["figures"], self._phrases(question, question == asked)
            )
            if answer is None and question == asked:
                answer = self._by_place(question, turn.text)
            if answer is None:
                return
            state["given"] = [*state["given"], answer.key]
            question = advise(hit.activity, state["given"]).question

    def _phrases(self, question: ActivityQuestion, asked: bool) -> Mapping[str, Sequence[str]]:
        phrases = {
            phrase: words_of(self.normalise(phrase))
            for answer in question.answers
            for phrase in (answer.label, *answer.words)
        }
        if asked:
            return phrases
        bare = set(self.wording.say("answers.words_bare").split())
        return {key: parts if not set(parts) & bare else () for key, parts in phrases.items()}

    def _by_place(self, question: ActivityQuestion, text: str) -> Any:
        """Give the answer at a place told ("2", "yang kedua"), where no figure is asked for."""
        beside = set(self.wording.say("answers.words_beside_ordinal").split())
        told = [word for word in words_of(text) if word not in beside]
        if question.measure or len(told) != 1:
            return None
        ordinals = [item.split() for item in self.wording.say("answers.words_ordinal").split("|")]
        for place, answer in enumerate(question.answers):
            names = ordinals[place] if place < len(ordinals) else []
            if told[0] in (str(place + 1), *names):
                return answer
        return None

    def _says(self, turn: TurnInput, key: str) -> bool:
        said = f" {' '.join(words_of(self.normalise(turn.text)))} "
        phrases = self.wording.say(key).split("|")
        return any(f" {' '.join(words_of(self.normalise(phrase)))} " in said for phrase in phrases)

    def _advice(
        self, hit: ActivityHit, turn: TurnInput, state: dict[str, Any], named: Sequence[Permit]
    ) -> General:
        activity = hit.activity
        advice = advise(activity, state["given"])
        permits = self.stories.which.permits(advice.permits)
        section = activity_answer(
            activity, permits, self.wording, says=advice.says, officer=advice.officer
        )
        self._draft.save(turn, state if advice.question else {})
        sections = [section]
        if permits:
            sections.append(Section(provenance_of_all([item for item, _ in permits], self.wording)))
        slots: dict[str, Any] = {"izin": None, "pertanyaan": None}
        first = list({item.code: item for item in [*named, *(item for item, _ in permits)]})
        if first:
            slots["izin"] = first[:1]
        if advice.question is None:
            choices = self._follow_ups(hit, named, permits)
            if advice.officer or not permits:
                choices = (suggestions.officer(self.wording), *choices)
            return General(tuple(sections), choices, slots=slots)
        sections.append(question_section(advice.question, self.wording))
        given = state["given"]
        answers = tuple(
            Choice(
                answer.label,
                WHICH_PERMIT,
                {"kegiatan": activity.key, "jawaban": ",".join([*given, answer.key])},
            )
            for answer in advice.question.answers
        )
        return General(tuple(sections), answers, slots=slots)

    def _maybe(self, near: Sequence[ActivityHit]) -> General:
        choices = tuple(
            Choice(
                sentence(hit.activity.phrases[0]).rstrip("."),
                WHICH_PERMIT,
                {"kegiatan": hit.activity.key},
            )
            for hit in near
        )
        section = Section(self.wording.say("answers.which_maybe"))
        return General(
            (section,),
            (*choices, suggestions.officer(self.wording)),
            slots={"pertanyaan": WHICH_PERMIT},
        )

    def _describe(self, text: str = "") -> General:
        """Ask for the activity; the next message is taken for it unless it is clearly other.

        An activity that was told but is not among ours is said to be unknown.
        """
        told = bool(text and self.stories.telling(text))
        key = "answers.which_unknown" if told else "answers.which_describe"
        section = Section(self.wording.say(key))
        return General(
            (section,), (suggestions.officer(self.wording),), slots={"pertanyaan": WHICH_PERMIT}
        )

    def _activities(self, hits: Sequence[ActivityHit], named: Sequence[Permit]) -> General:
        sections: list[Section] = []
        permits: dict[str, Permit] = {}
        for hit in hits:
            new = [pair for pair in hit.permits if pair[0].code not in permits]
            permits.update({permit.code: permit for permit, _ in hit.permits})
            if new:
                sections.append(activity_answer(hit.activity, new, self.wording, among_others=True))
        return self._with_source(sections, list(permits.values()), named)

    def _with_source(
        self, sections: list[Section], permits: Sequence[Permit], named: Sequence[Permit]
    ) -> General:
        """Close with the sources; a follow-up ("syaratnya?") means the permit that was named."""
        sections.append(Section(provenance_of_all(permits, self.wording)))
        ordered = list({permit.code: permit for permit in [*named, *permits]}.values())
        return General(
            tuple(sections),
            self._questions_on(ordered),
            slots={"izin": [ordered[0].code], "pertanyaan": None},
        )

    def _follow_ups(
        self,
        hit: ActivityHit,
        named: Sequence[Permit],
        permits: Sequence[tuple[Permit, str]] | None = None,
    ) -> tuple[Choice, ...]:
        needed = [permit for permit, _ in (hit.permits if permits is None else permits)]
        return self._questions_on(list({item.code: item for item in [*named, *needed]}.values()))

    def _questions_on(self, permits: Sequence[Permit]) -> tuple[Choice, ...]:
        choices = [
            suggestions.ask("tanya_syarat", permit, self.wording, named=True)
            for permit in permits[:4]
        ]
        if permits:
            choices.append(suggestions.ask("tanya_biaya", permits[0], self.wording, named=True))
        return tuple(choices)


def _figures(turn: TurnInput, measure: str | None = None) -> dict[str, float]:
    """Give the figures of a message by entity; a bare number is what was asked for."""
    found = {name: turn.value(name) for name in MEASURES}
    if measure and found[measure] is None:
        found[measure] = next(
            (turn.value(name) for name in BARE_FIGURES if turn.value(name) is not None), None
        )
    return {name: float(value) for name, value in found.items() if value is not None}


def _entity(entities: Sequence[Entity], name: str) -> Any:
    return next((item.value for item in entities if item.name == name), None)
