"""Answers information questions: several in one message, follow-ups, names old and new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from izin.answers import suggestions
from izin.answers.overview import legacy_line
from izin.answers.sources import provenance
from izin.permits import Permit
from izin.ports import Catalogue, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.answer_generally import AnswerGenerally
from izin.usecases.answer_office import General
from izin.usecases.answer_permit import AnswerPermit
from izin.usecases.calculate_fee import TASK as CALCULATION
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.permit_names import former_name
from izin.usecases.read_questions import (
    OVERVIEW,
    PERMIT_QUESTIONS,
    WHICH_PERMIT,
    Ask,
    Doubt,
    Mention,
    Reading,
    ReadQuestions,
)
from izin.wording import Wording
from izin.words import words_of

MOST_CHOICES = 10
OUT_OF_SCOPE = "di_luar_topik"
OFFICE = "tanya_kontak_jam_lokasi"
ASKED_BESIDE = 0.05
"""A question this likely behind "out of scope" was asked about the permit that was named."""

MOST_ANSWERS = 6
"""Questions times permits answered in one message; beyond that nobody reads it on a phone."""


@dataclass(slots=True)
class Composition:
    """The answer while it is put together; ``said`` keeps lines from being said twice."""

    parts: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    others: list[Choice] = field(default_factory=list)
    media: list[Any] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    answered: list[tuple[str, Permit]] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    unknown: bool = False
    question: str = ""
    opens: str | None = None
    faq: str = ""


class AnswerQuestions:
    """Puts one reply together for everything a message asks."""

    def __init__(
        self,
        reader: ReadQuestions,
        permits: AnswerPermit,
        general: AnswerGenerally,
        catalogue: Catalogue,
        office: OfficeBook,
        wording: Wording,
    ) -> None:
        """Take the reader, the answerers of permit and other questions, and the content."""
        self._reader = reader
        self._permits = permits
        self._general = general
        self._catalogue = catalogue
        self._office = office
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give one reply to all questions of the turn, and the slots to keep."""
        reading = self._reader.read(turn)
        draft = Composition()
        if reading.abolished is not None:
            line = legacy_line(reading.abolished, self._wording)
            draft.said.add(line)
            draft.parts.append(line)
        for ask in self._by_permit(reading):
            self._take(ask, turn, draft)
        self._close_permit(draft)
        return self._finish(draft)

    def names_alone(self, turn: TurnInput) -> bool:
        """Say whether a message is nothing but a name that may mean several permits."""
        return self._reader.ambiguous_alone(turn.text) is not None

    def _by_permit(self, reading: Reading) -> list[Ask]:
        """Turn two questions on two permits into one run per permit, capped in number."""
        asks: list[Ask] = []
        order: list[str] = []
        for ask in reading.asks:
            if ask.intent not in (*PERMIT_QUESTIONS, OVERVIEW) or not ask.mentions:
                asks.append(ask)
                continue
            ask = self._without_uses(ask)
            for mention in ask.mentions:
                if mention.permit.code not in order:
                    order.append(mention.permit.code)
            doubts = ask.doubts
            for mention in ask.mentions:
                asks.append(Ask(ask.intent, (mention,), (), ask.entities, ask.text))
            if doubts:
                asks.append(Ask(ask.intent, (), doubts, ask.entities, ask.text))

        def place(ask: Ask) -> int:
            code = ask.mentions[0].permit.code if ask.mentions else None
            return order.index(code) if code in order else len(order)

        return sorted(asks, key=place)[:MOST_ANSWERS]

    def _without_uses(self, ask: Ask) -> Ask:
        """Leave out permits whose name only tells what a building is for."""
        if ask.intent != "hitung_biaya" or len(ask.mentions) < 2:
            return ask
        kept = self._permits.payable([(item.permit, item.raw) for item in ask.mentions])
        return replace(ask, mentions=tuple(item for item in ask.mentions if item.permit in kept))

    def _take(self, ask: Ask, turn: TurnInput, draft: Composition) -> None:
        permit_question = ask.intent in PERMIT_QUESTIONS or ask.intent == OVERVIEW
        if self._is_published(ask, turn, draft):
            return
        if permit_question and self._is_elsewhere(ask, turn, draft):
            return
        if ask.intent == OVERVIEW and not ask.mentions and not ask.doubts:
            return
        if permit_question and ask.mentions:
            self._about(ask, ask.mentions[0], turn, draft)
        elif permit_question and ask.doubts:
            self._close_permit(draft)
            for doubt in ask.doubts:
                self._ask_which(ask.intent, doubt, draft)
        elif ask.intent in PERMIT_QUESTIONS:
            self._close_permit(draft)
            self._missing_permit(ask, turn, draft)
        else:
            self._close_permit(draft)
            self._generally(ask, turn, draft)

    def _is_published(self, ask: Ask, turn: TurnInput, draft: Composition) -> bool:
        """Answer "bisa titip anak selama antre?", whatever it was understood as."""
        if ask.intent not in (*PERMIT_QUESTIONS, WHICH_PERMIT, OFFICE):
            return False
        found = self._general.published(ask, turn)
        if found is not None:
            self._close_permit(draft)
            self._add(found, draft)
        return found is not None

    def _is_elsewhere(self, ask: Ask, turn: TurnInput, draft: Composition) -> bool:
        """Answer "berapa biaya bikin paspor": no permit of ours is named, and none is meant."""
        if ask.doubts or any(mention.raw for mention in ask.mentions):
            return False
        agency = self._general.agency_for(ask.text or turn.text)
        if agency is None:
            return False
        self._close_permit(draft)
        self._add(agency, draft)
        return True

    def _add(self, answer: General, draft: Composition) -> None:
        draft.parts += [section.text for section in answer.sections]
        draft.choices += answer.choices
        draft.media += answer.media
        draft.slots.update(answer.slots)
        draft.faq = draft.faq or answer.faq
        draft.unknown = draft.unknown or any(item.unknown for item in answer.sections)

    def _about(self, ask: Ask, mention: Mention, turn: TurnInput, draft: Composition) -> None:
        permit = mention.permit
        if ask.intent == "hitung_biaya" and not mention.raw and not permit.fee.calculator:
            # Figures given for something else than the permit talked about before.
            codes = self._permits.guess_calculations(ask.text or turn.text, ask.entities)
            permit = (self._catalogue.permit(codes[0]) if codes else None) or permit
        if draft.answered and draft.answered[-1][1].code != permit.code:
            self._close_permit(draft)
        self._say_old_name(mention, draft)
        if ask.intent == "hitung_biaya":
            self._calculate(permit, ask, turn, draft)
        else:
            section, choices = self._permits.answer(ask.intent, permit, turn, ask.entities)
            draft.parts.append(section.text)
            draft.choices += choices
            draft.unknown = draft.unknown or section.unknown
            draft.answered.append((ask.intent, permit))
        self._keep(draft, ask.intent, permit)
        self._offer_other_meanings(mention, ask.intent, draft)

    def _calculate(self, permit: Permit, ask: Ask, turn: TurnInput, draft: Composition) -> None:
        """Put the result in its place; an open question waits for the end of the message."""
        worked = self._permits.calculate(permit, turn, ask.entities)
        if worked.section.text:
            draft.parts.append(worked.section.text)
        if worked.factual and worked.section.text:
            draft.answered += [(ask.intent, permit), ("tanya_biaya", permit)]
        draft.unknown = draft.unknown or worked.section.unknown
        draft.choices += worked.choices
        if worked.question:
            draft.question = worked.question
            draft.opens = CALCULATION
        elif worked.choices:
            done = {ask.intent, "tanya_biaya"}
            draft.others += suggestions.next_questions([permit], done, self._wording)[:3]

    def _say_old_name(self, mention: Mention, draft: Composition) -> None:
        line = None
        if mention.legacy is not None:
            line = legacy_line(mention.legacy, self._wording)
        elif mention.raw:
            former = former_name(mention.raw, mention.permit)
            if former:
                line = self._wording.say(
                    "answers.legacy", old=former, now=mention.permit.short_name
                )
        if line and line not in draft.said:
            draft.said.add(line)
            draft.parts.append(line)

    def _offer_other_meanings(self, mention: Mention, intent: str, draft: Composition) -> None:
        """An old name that also means another permit (SIUP perikanan) keeps that one tappable."""
        for code in mention.also:
            other = self._catalogue.permit(code)
            if other:
                draft.others += suggestions.pick_permit([other], intent, self._wording)

    def _keep(self, draft: Composition, intent: str, permit: Permit) -> None:
        codes = list(draft.slots.get("izin") or [])
        if permit.code not in codes:
            codes.append(permit.code)
        draft.slots["izin"] = codes
        if intent != OVERVIEW:
            draft.slots["pertanyaan"] = intent

    def _close_permit(self, draft: Composition) -> None:
        """Say once, after the last section on a permit, where it all comes from."""
        if not draft.answered:
            return
        permit = draft.answered[-1][1]
        line = provenance(permit, self._office.office(), self._wording)
        key = f"{permit.code} {line}"
        if key not in draft.said:
            draft.said.add(key)
            draft.parts.append(line)

    def _ask_which(self, intent: str, doubt: Doubt, draft: Composition) -> None:
        say = self._wording.say
        if doubt.term is not None and doubt.term.ask.endswith("?"):
            draft.parts.append(
                say("answers.which_meant", term=doubt.term.term, question=doubt.term.ask)
            )
        else:
            draft.parts.append(say("answers.which_of"))
        draft.choices += suggestions.pick_permit(doubt.permits, intent, self._wording)
        if len(doubt.permits) < 2:
            draft.choices.append(suggestions.menu_choice("tanya_izin_apa", self._wording))
        self._remember_question(intent, draft)

    def _missing_permit(self, ask: Ask, turn: TurnInput, draft: Composition) -> None:
        codes: list[str] = []
        if ask.intent == "hitung_biaya":
            codes = self._permits.guess_calculations(ask.text or turn.text, ask.entities)
        guessed = [permit for code in codes if (permit := self._catalogue.permit(code))]
        for permit in guessed:
            self._about(ask, Mention(permit), turn, draft)
        if guessed or self._by_activity(ask, turn, draft):
            return
        question = self._wording.say(f"answers.choice_{ask.intent}")
        draft.parts.append(self._wording.say("answers.which_permit", question=question))
        permits = list(self._catalogue.permits())
        if ask.intent == "hitung_biaya":
            offered: Sequence[Permit] = [item for item in permits if item.fee.calculator]
        else:
            offered = suggestions.popular(permits)
        draft.choices += suggestions.pick_permit(offered, ask.intent, self._wording)
        self._remember_question(ask.intent, draft)

    def _by_activity(self, ask: Ask, turn: TurnInput, draft: Composition) -> bool:
        """Answer "mau bangun ruko, syaratnya apa?": the activity told names the permit."""
        codes = [str(code) for code in draft.slots.get("izin") or ()]
        text = ask.text or turn.text
        if not codes and set(words_of(text)) & set(
            self._wording.say("answers.words_build").split()
        ):
            codes = self._permits.guess_calculations(text, ask.entities)
        if not codes and (advice := self._general.activity_for(ask, turn)) is not None:
            draft.parts += [section.text for section in advice.sections]
            draft.slots.update(advice.slots)
            codes = [str(code) for code in advice.slots.get("izin") or ()]
            if advice.opens:
                draft.choices += advice.choices
                draft.opens = advice.opens
                return True
        permits = [permit for code in codes if (permit := self._catalogue.permit(code))]
        for permit in permits[:1]:
            self._about(ask, Mention(permit), turn, draft)
        return bool(permits)

    def _remember_question(self, intent: str, draft: Composition) -> None:
        draft.slots["izin"] = draft.slots.get("izin")
        if intent != OVERVIEW:
            draft.slots["pertanyaan"] = intent

    def _generally(self, ask: Ask, turn: TurnInput, draft: Composition) -> None:
        if self._is_only_named(ask, turn, draft):
            for mention in ask.mentions:
                self._about(replace(ask, intent=OVERVIEW), mention, turn, draft)
            for doubt in () if ask.mentions else ask.doubts:
                self._ask_which(OVERVIEW, doubt, draft)
            return
        answer = self._general.answer(ask, turn, alone=not draft.parts)
        if not answer.sections and ask.mentions and not draft.answered:
            for mention in ask.mentions:
                self._about(replace(ask, intent=OVERVIEW), mention, turn, draft)
            return
        self._add(answer, draft)
        if ask.intent == OUT_OF_SCOPE:
            self._beside_out_of_scope(ask, turn, draft)

    def _is_only_named(self, ask: Ask, turn: TurnInput, draft: Composition) -> bool:
        """Say whether an old or ambiguous name is all that was understood of a message."""
        if ask.intent != "nlu_fallback" or draft.parts:
            return False
        old = any(mention.raw and mention.legacy for mention in ask.mentions)
        unclear = bool(ask.doubts) and not ask.mentions
        return (old or unclear) and not self._general.is_published(ask.text or turn.text)

    def _beside_out_of_scope(self, ask: Ask, turn: TurnInput, draft: Composition) -> None:
        """Answer on our permit that is named beside another agency's business."""
        likely = (name for name, confidence in turn.ranking if confidence >= ASKED_BESIDE)
        intent = next((name for name in likely if name in PERMIT_QUESTIONS), OVERVIEW)
        for mention in ask.mentions:
            if mention.raw and not draft.answered:
                self._about(replace(ask, intent=intent), mention, turn, draft)

    def _finish(self, draft: Composition) -> Answer:
        permits = list({permit.code: permit for _, permit in draft.answered}.values())
        asked = {intent for intent, _ in draft.answered}
        choices = list(draft.choices)
        if draft.unknown:
            choices.append(suggestions.officer(self._wording))
        if not draft.choices:
            following = suggestions.next_questions(permits, asked, self._wording)
            room = suggestions.MOST_CHOICES - len(choices) - len(draft.others)
            choices += following[: max(room, 0)]
        choices += draft.others
        distinct: dict[str, Choice] = {}
        for choice in choices:
            distinct.setdefault(choice.title, choice)
        reply = Reply(
            text="\n\n".join(part for part in (*draft.parts, draft.question) if part),
            choices=tuple(list(distinct.values())[:MOST_CHOICES]),
            media=tuple(draft.media),
            faq=draft.faq,
        )
        return Answer((reply,), draft.slots, draft.opens)
