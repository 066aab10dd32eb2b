"""Answers what is not about one permit: the office, which permit, FAQ, and being lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from izin.answers import office_hours, suggestions
from izin.answers.faq import faq_answer, faq_choices
from izin.answers.section import Section
from izin.answers.sources import provenance
from izin.answers.which_permit import activity_answer, named_permits
from izin.ports import OfficeBook
from izin.replies import Choice, ReplyMedia
from izin.usecases.dialogue import TurnInput
from izin.usecases.lost import LostCount
from izin.usecases.permit_names import words_of
from izin.usecases.read_questions import PERMIT_QUESTIONS, Ask
from izin.usecases.search_faq import FaqHit, SearchFaq
from izin.usecases.which_permit import ActivityHit, WhichPermit
from izin.wording import Wording

OFFERED_INTENTS = 3
_NEVER_OFFERED = frozenset(
    {"nlu_fallback", "setuju", "tolak", "batal", "koreksi", "kasar", "di_luar_topik", "tanya_faq"}
)
_OWN_ACTION = frozenset(
    {
        "cek_status",
        "lapor_pengaduan",
        "cek_pengaduan",
        "minta_petugas",
        "beri_penilaian",
        "ubah_langganan",
        "privasi",
    }
)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a text must be (0 to 1, by the index in use).

    Attributes:
        answer: Answered at once.
        offer: Offered as a button.
        out_of_scope: Answered although the message was understood as out of scope.
        activity: Taken for the activity that was described.
    """

    answer: float = 0.45
    offer: float = 0.25
    out_of_scope: float = 0.6
    activity: float = 0.35


@dataclass(frozen=True, slots=True)
class General:
    """An answer's sections with what goes along."""

    sections: tuple[Section, ...]
    choices: tuple[Choice, ...] = ()
    media: tuple[ReplyMedia, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)


class AnswerGenerally:
    """Answers the intents that need no permit."""

    def __init__(
        self,
        office: OfficeBook,
        faq: SearchFaq,
        which: WhichPermit,
        lost: LostCount,
        wording: Wording,
        nearness: Nearness | None = None,
    ) -> None:
        """Take the content, the searches, the lost count, the wording and thresholds."""
        self._office = office
        self._faq = faq
        self._which = which
        self._lost = lost
        self._wording = wording
        self._near = nearness or Nearness()

    def answer(self, ask: Ask, turn: TurnInput, *, alone: bool) -> General:
        """Give the answer; ``alone`` says that nothing else of the message was answered."""
        if ask.intent == "tanya_kontak_jam_lokasi":
            return self._office_answer(ask, turn)
        if ask.intent == "tanya_izin_apa":
            return self._which_permit(ask, turn)
        if ask.intent in _OWN_ACTION:
            return self._own_action(ask.intent)
        if ask.intent not in ("tanya_faq", "di_luar_topik", "nlu_fallback") and not alone:
            return General(())
        return self._searched(ask, turn, alone=alone)

    def _office_answer(self, ask: Ask, turn: TurnInput) -> General:
        office, wording = self._office.office(), self._wording
        words = set(words_of(ask.text or turn.text))
        day = next(
            (date.fromisoformat(str(item.value)) for item in ask.entities
             if item.name == "tanggal" and item.value), None,
        )  # fmt: skip
        wants_place = bool(words & set(wording.say("answers.words_place").split()))
        wants_counter = bool(words & set(wording.say("answers.words_counter").split()))
        wants_contact = bool(words & set(wording.say("answers.words_contact").split()))
        wants_hours = bool(words & set(wording.say("answers.words_hours").split())) or day
        sections: list[Section] = []
        if wants_hours or not (wants_place or wants_counter or wants_contact):
            calendar = self._office.calendar()
            sections.append(office_hours.opening(office, calendar, turn.now, day, wording))
        if wants_place or wants_contact or not sections:
            sections.append(office_hours.contact(office, wording))
        if wants_counter or (wants_place and not wants_hours):
            mall = office_hours.counters(office, wording)
            if mall:
                sections.append(mall)
        line = office_hours.checked(office, wording)
        if line:
            sections.append(Section(line))
        media: tuple[ReplyMedia, ...] = ()
        if wants_place and office.location:
            media = (ReplyMedia("location", location=office.location, title=office.short_name),)
        return General(
            tuple(sections), suggestions.menu(wording, {"tanya_kontak_jam_lokasi"})[:4], media
        )

    def _which_permit(self, ask: Ask, turn: TurnInput) -> General:
        text = ask.text or turn.text
        hits = self._which.search(text)
        named = [mention.permit for mention in ask.mentions if mention.raw]
        best = self._best_activity(hits, {permit.code for permit in named})
        if best is not None:
            return self._activity(best)
        if named:
            section = named_permits(named, self._wording)
            return self._with_source([section], [(permit, "") for permit in named])
        near = [hit for hit in hits if hit.score >= self._near.offer]
        if near:
            permits = {p.code: p for hit in near for p, _ in hit.permits[:1]}
            choices = suggestions.pick_permit(list(permits.values()), "mulai", self._wording)
            section = Section(self._wording.say("answers.which_maybe"))
            return General((section,), (*choices, suggestions.officer(self._wording)))
        section = Section(self._wording.say("answers.which_describe"))
        return General((section,), (suggestions.officer(self._wording),))

    def _best_activity(self, hits: Sequence[ActivityHit], named: set[str]) -> ActivityHit | None:
        """Give the nearest activity; one that needs a permit named in the message comes first."""
        for hit in hits:
            codes = {permit.code for permit, _ in hit.permits}
            if named & codes and hit.score >= self._near.offer:
                return hit
        if hits and hits[0].score >= self._near.activity and not named:
            return hits[0]
        return None

    def _activity(self, hit: ActivityHit) -> General:
        section = activity_answer(hit.activity, hit.permits, self._wording)
        return self._with_source([section], hit.permits)

    def _with_source(self, sections: list[Section], permits: Sequence[tuple[Any, str]]) -> General:
        first = permits[0][0]
        sections.append(Section(provenance(first, self._office.office(), self._wording)))
        choices = [
            suggestions.ask("tanya_syarat", permit, self._wording, named=True)
            for permit, _ in permits[:4]
        ]
        choices.append(suggestions.ask("tanya_biaya", first, self._wording, named=True))
        return General(
            tuple(sections),
            tuple(choices),
            slots={"izin": [first.code], "pertanyaan": "tanya_syarat"},
        )

    def _own_action(self, intent: str) -> General:
        """A task of its own beside a question: offered, since it takes a turn of its own."""
        choice = suggestions.menu_choice(intent, self._wording)
        line = self._wording.say("answers.own_action", title=choice.title)
        return General((Section(line),), (choice,))

    def _searched(self, ask: Ask, turn: TurnInput, *, alone: bool) -> General:
        tapped = next((item.value for item in ask.entities if item.name == "faq"), None)
        entry = self._faq.entry(str(tapped)) if tapped else None
        if entry is not None:
            return self._faq_answer([FaqHit(entry, 1.0)])
        text = ask.text or turn.text
        hits = self._faq.search(text)
        needed = self._near.out_of_scope if ask.intent == "di_luar_topik" else self._near.answer
        if hits and hits[0].score >= needed:
            return self._faq_answer(hits)
        if ask.intent == "di_luar_topik":
            section = Section(self._wording.say("answers.out_of_scope"))
            return General((section,), suggestions.menu(self._wording)[:5])
        activities = self._which.search(text, 1)
        if activities and activities[0].score >= self._near.answer:
            return self._activity(activities[0])
        if not alone:
            return General(())
        return self._lost_answer(ask, turn, hits)

    def _faq_answer(self, hits: Sequence[FaqHit]) -> General:
        section = faq_answer(hits[0].entry, self._office.office(), self._wording)
        others = [hit.entry for hit in hits[1:] if hit.score >= self._near.offer]
        choices = (*faq_choices(others), suggestions.officer(self._wording))
        return General((section,), choices)

    def _lost_answer(self, ask: Ask, turn: TurnInput, hits: Sequence[FaqHit]) -> General:
        wording = self._wording
        if self._lost.count(turn) > 1:
            section = Section(wording.say("answers.lost_again"))
            return General(
                (section,),
                (suggestions.officer(wording), *suggestions.menu(wording, {"minta_petugas"})[:4]),
            )
        near = faq_choices([hit.entry for hit in hits if hit.score >= self._near.offer])
        guesses = self._guesses(ask, turn)
        if not guesses and not near:
            section = Section(wording.say("answers.lost"))
            return General((section,), suggestions.menu(wording)[:5])
        section = Section(wording.say("answers.unsure"))
        return General((section,), (*guesses, *near, suggestions.officer(wording)))

    def _guesses(self, ask: Ask, turn: TurnInput) -> tuple[Choice, ...]:
        """Give the top three intents as buttons with the permit that was named or kept."""
        code = ask.mentions[0].permit.code if ask.mentions else _kept(turn.slots.get("izin"))
        guesses: list[Choice] = []
        for intent, _ in turn.ranking:
            if intent in _NEVER_OFFERED or len(guesses) == OFFERED_INTENTS:
                continue
            key = f"answers.intent_{intent}"
            if self._wording.has(key):
                entities = {"izin": code} if code and intent in PERMIT_QUESTIONS else {}
                guesses.append(Choice(self._wording.say(key), intent, entities))
        return tuple(guesses)


def _kept(slot: object) -> str | None:
    codes = slot if isinstance(slot, list | tuple) else [slot]
    return next((str(code) for code in codes if code), None)
