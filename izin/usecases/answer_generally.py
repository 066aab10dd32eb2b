"""Answers what is not about one permit: the office, which permit, FAQ, and being lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from izin.answers import suggestions
from izin.answers.faq import faq_answer, faq_choices
from izin.answers.section import Section
from izin.faq import FaqEntry
from izin.ports import OfficeBook
from izin.replies import Choice
from izin.usecases.activity_stories import nearest
from izin.usecases.advise_permit import AdvisePermit
from izin.usecases.answer_office import General, answer_office
from izin.usecases.dialogue import TurnInput
from izin.usecases.grave_matters import GraveMatters
from izin.usecases.lost import LostCount
from izin.usecases.read_questions import PERMIT_QUESTIONS, UNSURE, WHICH_PERMIT, Ask
from izin.usecases.search_faq import FaqHit, SearchFaq
from izin.wording import Wording
from izin.words import parts_of, words_of

OFFERED_INTENTS = 3

_NEVER_OFFERED = frozenset(
    {
        "nlu_fallback", "di_luar_topik", "tanya_faq", "setuju", "tolak", "batal", "koreksi",
        "sapa", "terima_kasih", "pamit", "bot_identitas", "kasar",
    }
)  # fmt: skip
"""Small talk and answers are nothing to choose from when asked "what did you mean?"."""

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


MOST_AGENCIES = 3
OTHER_AGENCIES = "instansi_lain"
"""Topic of the FAQ entries that name who is responsible for what is not ours."""


ASKED = {"tanya_faq": 0.4, "nlu_fallback": 0.4, "di_luar_topik": 0.5, "": 0.45, "named": 0.75}
"""By intent, any other intent, and any question that names a permit of ours."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a text must be (0 to 1, cosine of the n-gram index).

    Measured on the training examples: of questions for the FAQ half reach 0.56 and three
    quarters 0.44; of out-of-scope messages 5 % exceed 0.56, some with a near word ("perpanjang
    SIM") 0.7.

    Attributes:
        answer: Answered at once when a question for the FAQ was understood.
        unsure: Answered at once when nothing was understood.
        offer: Offered as a button.
        out_of_scope: Answered although the message was understood as out of scope.
        asked: By what a message was understood as: its telling words are so much those of an
            entry that it asks for it; measured in docs/benchmarks/faq.md.
        besides: As ``asked``, of what is left without permit names and plain questions.
        agency: Sent to the agency that is responsible, once understood as out of scope; small
            talk stays below 0.3.
    """

    answer: float = 0.45
    unsure: float = 0.55
    offer: float = 0.3
    out_of_scope: float = 0.8
    agency: float = 0.42
    asked: Mapping[str, float] = field(default_factory=lambda: dict(ASKED))
    besides: float = 0.25


class AnswerGenerally:
    """Answers the intents that need no permit."""

    def __init__(
        self,
        office: OfficeBook,
        faq: SearchFaq,
        advise: AdvisePermit,
        lost: LostCount,
        wording: Wording,
        grave: GraveMatters,
        nearness: Nearness | None = None,
    ) -> None:
        """Take the content, the searches, the lost count, the wording and thresholds."""
        self._grave = grave
        self._office = office
        self._faq = faq
        self._advise = advise
        self._lost = lost
        self._wording = wording
        self._near = nearness or Nearness()

    def answer(self, ask: Ask, turn: TurnInput, *, alone: bool) -> General:
        """Give the answer; ``alone`` says that nothing else of the message was answered."""
        if ask.intent == "tanya_kontak_jam_lokasi":
            return answer_office(ask, turn, self._office, self._wording)
        if ask.intent == WHICH_PERMIT:
            return self._advise.general(ask, turn)
        if ask.intent in _OWN_ACTION:
            return self._own_action(ask.intent)
        if ask.intent not in ("tanya_faq", "di_luar_topik", "nlu_fallback") and not alone:
            return General(())
        return self._searched(ask, turn, alone=alone)

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
        if urgent := self._grave.help_for(text, ask.intent):
            return urgent
        same = self._faq.search(text)
        hits = self._unhidden(same, text)
        agency = self._agency(hits, text) if ask.intent == "di_luar_topik" else None
        if agency and not self._grave.hides(agency.entry, text):
            return self._agency_answer(agency, text)
        if published := self._published(ask, turn, same):
            return published
        needed = {
            "di_luar_topik": self._near.out_of_scope,
            "nlu_fallback": self._near.unsure,
        }.get(ask.intent, self._near.answer)
        if hits and hits[0].score >= needed:
            if hits[0].entry.topic == OTHER_AGENCIES:
                return self._agency_answer(hits[0], text)
            return self._faq_answer(hits, text)
        if instead := self._grave.instead(text, ask.intent):
            return instead
        if ask.intent in ("di_luar_topik", "tanya_faq") and ask.mentions:
            return General(())  # a permit of ours was named: its overview says more than this
        if ask.intent == "di_luar_topik":
            return self._out_of_scope(turn, alone=alone)
        activities = self._advise.stories.search(text, 1)
        if activities and activities[0].score >= self._near.unsure:
            return self._advise.about(activities[0], turn, [])
        if not alone:
            return General(())
        return self._lost_answer(ask, turn, hits)

    def _agency(self, hits: Sequence[FaqHit], text: str) -> FaqHit | None:
        """Give the entry that names who is responsible for what is not ours.

        A word that no other entry knows (NPWP, PBB, tera) tells more than a middling likeness.
        """
        near = [
            hit
            for hit in hits
            if hit.entry.topic == OTHER_AGENCIES and hit.score >= self._near.agency
        ]
        if near and near[0].score >= self._near.unsure:
            return near[0]
        told = self._faq.by_own_words(text, OTHER_AGENCIES)
        return FaqHit(told, self._near.agency) if told else next(iter(near), None)

    def agency_for(self, text: str) -> General | None:
        """Give who is responsible for what is surely not ours, or None.

        Asked before a question without a permit ("berapa biaya bikin paspor") is met with
        "for which permit?". The words of every such question ("biaya", "perpanjang") point to
        nobody.
        """
        telling = self._telling(text)
        hits, named = self._faq.search(text, 1), self._faq.search(telling, 1) if telling else ()
        sure = hits and hits[0].entry.topic == OTHER_AGENCIES
        if not sure or hits[0].score < self._near.unsure:
            return None
        meant = named and named[0].entry == hits[0].entry and named[0].score >= self._near.offer
        return self._agency_answer(hits[0], text) if meant else None

    def published(self, ask: Ask, turn: TurnInput) -> General | None:
        """Give the published answer that a message plainly asks for, or None.

        The model cannot know what was published after its training, so what it took the message
        for only decides how plain that must be.
        """
        text = ask.text or turn.text
        if urgent := self._grave.help_for(text, ask.intent):
            return urgent
        return self._published(ask, turn, self._faq.search(text))

    def _published(self, ask: Ask, turn: TurnInput, same: Sequence[FaqHit]) -> General | None:
        text = ask.text or turn.text
        hits = self._unhidden(same if self._is_same(same) else self._faq.asked(text), text)
        named = bool(ask.doubts) or any(mention.raw for mention in ask.mentions)
        kind = "named" if named else ask.intent if ask.intent in self._near.asked else ""
        if not hits or hits[0].score < self._near.asked[kind]:
            return None
        if ask.intent not in UNSURE and not self._is_told_besides(hits[0], ask, turn):
            return None
        if hits[0].entry.topic == OTHER_AGENCIES:
            return None if named else self._agency_answer(hits[0], text)
        return self._faq_answer(hits, text)

    def rescue(self, text: str) -> General | None:
        """Give where somebody finds help who speaks of ending his life, else None."""
        return self._grave.rescue(text)

    def _unhidden(self, hits: Sequence[FaqHit], text: str) -> Sequence[FaqHit]:
        """Give no entries when the nearest would hide that somebody speaks of extortion."""
        return () if hits and self._grave.hides(hits[0].entry, text) else hits

    def _is_told_besides(self, hit: FaqHit, ask: Ask, turn: TurnInput) -> bool:
        """Say whether an entry is asked for by more than a permit's name and a plain question.

        "Gratis?" and "masih berlaku, IMB lama saya?" are about a permit, "almt kntr dmn" about
        the office, whatever entry has the same words.
        """
        plain = set(self._wording.say("answers.words_plain_question").split())
        for entity in turn.entities:
            plain |= set(words_of(entity.raw)) if entity.name == "izin" else set()
        text = ask.text or turn.text
        rest = " ".join(word for word in words_of(text) if word not in plain)
        hits = self._faq.asked(rest)
        return any(one.entry == hit.entry and one.score >= self._near.besides for one in hits)

    def is_published(self, text: str) -> bool:
        """Say whether the FAQ surely has this very question."""
        return self._is_same(self._faq.search(text, 1))

    def _is_same(self, hits: Sequence[FaqHit]) -> bool:
        return bool(hits) and hits[0].score >= self._near.out_of_scope

    def activity_for(self, ask: Ask, turn: TurnInput) -> General | None:
        """Give the advice on the activity that a question tells of, or None if it tells none."""
        everyday = set(self._wording.say("answers.words_any_permit").split())
        told = self._advise.stories.told(ask.text or turn.text)
        telling = " ".join(word for word in words_of(told) if word not in everyday)
        best = nearest(self._advise.stories.search(telling), set()) if telling else None
        if best is None:
            return None
        advice = self._advise.about(best, turn, [])
        return replace(advice, opens="izin_apa" if self._advise.is_open(turn) else None)

    def _agency_answer(self, hit: FaqHit, text: str) -> General:
        """Name the agencies, and lead back to what this office does."""
        office, wording = self._office.office(), self._wording
        entries = self._agencies_named(hit.entry, text)
        sections = [faq_answer(entry, office, wording) for entry in entries]
        sections.append(Section(wording.say("flow.what_we_do")))
        ours = ("tanya_izin_apa", "tanya_syarat", "cek_status", "minta_petugas")
        choices = tuple(suggestions.menu_choice(name, wording) for name in ours)
        return General(tuple(sections), choices, faq=hit.entry.key)

    def _agencies_named(self, first: FaqEntry, text: str) -> Sequence[FaqEntry]:
        """Give the entries of all agencies that a text names apart ("ktp sama paspor di mana")."""
        joiners = self._wording.say("answers.words_joiner").split()
        parts = parts_of(text, joiners)
        if len(parts) < 2:
            return (first,)
        named = [self._agency_of_part(part) for part in parts]
        found = {entry.key: entry for entry in named if entry is not None}
        return list(found.values())[:MOST_AGENCIES] if first.key in found else (first,)

    def _agency_of_part(self, part: str) -> FaqEntry | None:
        """Give the entry of the agency that a part of a text surely names, or None."""
        if own := self._faq.by_own_words(part, OTHER_AGENCIES):
            return own
        hits = self._faq.search(self._telling(part), 1)
        sure = hits and hits[0].entry.topic == OTHER_AGENCIES
        return hits[0].entry if sure and hits[0].score >= self._near.unsure else None

    def _telling(self, text: str) -> str:
        """Give a text without the words of every question ("biaya", "perpanjang")."""
        everyday = set(self._wording.say("answers.words_any_permit").split())
        everyday |= set(self._wording.say("answers.words_filler").split())
        return " ".join(word for word in words_of(text) if word not in everyday)

    def _out_of_scope(self, turn: TurnInput, *, alone: bool) -> General:
        if alone and self._lost.count(turn) > 1:
            return self._offer_officer()
        section = Section(self._wording.say("answers.out_of_scope"))
        return General((section,), suggestions.menu(self._wording)[:5])

    def _offer_officer(self) -> General:
        section = Section(self._wording.say("answers.lost_again"))
        menu = suggestions.menu(self._wording, {"minta_petugas"})[:4]
        return General((section,), (suggestions.officer(self._wording), *menu))

    def _faq_answer(self, hits: Sequence[FaqHit], text: str = "") -> General:
        section = faq_answer(hits[0].entry, self._office.office(), self._wording)
        others = [hit.entry for hit in hits[1:] if hit.score >= self._near.offer]
        complaint = self._grave.beside(text) if text else ()
        choices = (*complaint, *faq_choices(others), suggestions.officer(self._wording))
        return General((section,), choices, faq=hits[0].entry.key)

    def _lost_answer(self, ask: Ask, turn: TurnInput, hits: Sequence[FaqHit]) -> General:
        wording = self._wording
        if self._lost.count(turn) > 1:
            return self._offer_officer()
        near = faq_choices([hit.entry for hit in hits if hit.score >= self._near.answer])
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
