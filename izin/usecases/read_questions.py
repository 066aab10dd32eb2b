"""What a message asks, about which permits: follow-ups and bare names filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.ports import Catalogue
from izin.usecases.dialogue import Entity, Question, TurnInput
from izin.usecases.permit_names import alternatives, legacy_name, matching_term
from izin.wording import Wording
from izin.words import fold, words_of

PERMIT_QUESTIONS = frozenset(
    {
        "tanya_syarat",
        "tanya_biaya",
        "tanya_lama_proses",
        "tanya_prosedur",
        "tanya_masa_berlaku",
        "tanya_perpanjangan",
        "tanya_dasar_hukum",
        "hitung_biaya",
    }
)
"""Intents that need a permit to be answered."""

OVERVIEW = "mulai"
"""A permit was named and nothing asked: say what it is and offer the questions."""

WHICH_PERMIT = "tanya_izin_apa"

UNSURE = frozenset({"nlu_fallback", "tanya_faq", "di_luar_topik"})
"""What an answer to our own question is often taken for, as it is no question itself."""

SHORT_MESSAGE_WORDS = 3

SIZES = frozenset({"luas", "ukuran", "lantai"})
BESIDE_CALCULATION = ("tanya_syarat", "tanya_lama_proses", "tanya_prosedur")
FIGURES = frozenset({"luas", "ukuran", "lantai", "jumlah", "lama", "uang"})


class PermitNames(Protocol):
    """Finds permit names in a text by the live catalogue."""

    def find(self, text: str, today: date) -> Sequence[Entity]:
        """Give ``izin`` entities in ``text``, with candidates where a name is ambiguous."""
        ...

    def quantities(self, text: str) -> Sequence[Entity]:
        """Give the sizes, amounts and times in ``text``."""
        ...


class Continuation(Protocol):
    """Says which permit's calculation a message goes on with."""

    def continued(self, turn: TurnInput) -> str | None:
        """Give the permit's code, or None when the message is about something else."""
        ...

    def guess_codes(self, text: str, entities: Sequence[Entity]) -> list[str]:
        """Give the codes of the permits whose calculation the words point to."""
        ...


@dataclass(frozen=True, slots=True)
class Mention:
    """A permit named in the message (or kept from before: then ``raw`` is empty).

    ``also`` holds the codes that the same name could mean besides.
    """

    permit: Permit
    raw: str = ""
    legacy: LegacyName | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that means several permits, or none of the catalogue's own."""

    permits: tuple[Permit, ...]
    term: AmbiguousTerm | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with the permits it is about."""

    intent: str
    mentions: tuple[Mention, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    entities: tuple[Entity, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message read: its questions, and a name in it that was abolished."""

    asks: tuple[Ask, ...]
    abolished: LegacyName | None = None


class ReadQuestions:
    """Reads a turn against the live catalogue and what was talked about before."""

    def __init__(
        self,
        catalogue: Catalogue,
        names: PermitNames,
        wording: Wording,
        calculation: Continuation | None = None,
    ) -> None:
        """Take the catalogue, the name finder, the wording, and who may go on calculating."""
        self._calculation = calculation
        self._catalogue = catalogue
        self._names = names
        self._wording = wording

    def read(self, turn: TurnInput) -> Reading:
        """Give the questions of a turn."""
        code = self._calculation.continued(turn) if self._calculation else None
        calculated = self._catalogue.permit(code) if code else None
        if calculated is not None:
            own = tuple(turn.entities)
            ask = Ask("hitung_biaya", (Mention(calculated),), (), own, turn.text)
            return Reading((ask, *self._asked_beside([ask], turn)))
        named = self._named(turn)
        if named and turn.text and self._is_bare(turn.text, named):
            intent = str(turn.slots.get("pertanyaan") or OVERVIEW)
            bare = Question(intent, entities=tuple(turn.entities))
            return Reading((self._ask(bare, named, turn),))
        dates = [item for item in turn.entities if item.name == "tanggal"]
        if dates and not named and self._is_bare(turn.text, dates):
            day = Question("tanya_kontak_jam_lokasi", entities=tuple(dates))
            return Reading((self._ask(day, (), turn),))
        questions = self._questions(turn)
        asks = [self._ask(question, named, turn) for question in questions]
        asks += self._asked_beside(asks, turn)
        about_permits = any(
            ask.intent in (*PERMIT_QUESTIONS, WHICH_PERMIT, "nlu_fallback") for ask in asks
        )
        abolished = self._abolished(turn.text) if about_permits else None
        return Reading(tuple(_distinct(asks)), abolished)

    def _questions(self, turn: TurnInput) -> Sequence[Question]:
        found = turn.questions or (Question(turn.intent, entities=tuple(turn.entities)),)
        if len(found) > 1:
            return found
        only = found[0]
        # The input channel may have routed an unsure message as nlu_fallback: that wins.
        intent = turn.intent
        if self._continues_calculation(turn, intent) or _asks_with_size(turn, intent):
            intent = "hitung_biaya"
        elif turn.slots.get("pertanyaan") == WHICH_PERMIT and turn.text and intent in UNSURE:
            intent = WHICH_PERMIT  # the activity that was asked for
        return (replace(only, intent=intent, entities=tuple(turn.entities) or only.entities),)

    def _asked_beside(self, asks: Sequence[Ask], turn: TurnInput) -> list[Ask]:
        """Give what a calculation's message asks besides ("…kena berapa? trs lama prosesnya?").

        A message full of figures is so surely a calculation that a second question in it is
        seldom told apart; its plain words are looked for here.
        """
        sums = [ask for ask in asks if ask.intent == "hitung_biaya"]
        if not sums:
            return []
        mentions = sums[0].mentions
        if not mentions and self._calculation is not None:
            codes = self._calculation.guess_codes(turn.text, turn.entities)
            mentions = tuple(map(Mention, self._kept(codes)))
        whole = Question("hitung_biaya", entities=tuple(turn.entities))
        named = _once([*mentions, *self._ask(whole, self._named(turn), turn).mentions])
        asked = {ask.intent for ask in asks}
        words = f" {fold(turn.text)} "
        besides = []
        for intent in BESIDE_CALCULATION:
            phrases = self._wording.say(f"fees.words_also_{intent}").split(",")
            places = [words.find(f" {fold(phrase)} ") for phrase in phrases]
            if intent not in asked and mentions and max(places) >= 0:
                place = min(one for one in places if one >= 0)
                meant = _named_after(words[place:], named) or mentions
                besides.append(Ask(intent, meant, (), sums[0].entities, sums[0].text))
        phrases = self._wording.say(f"fees.words_also_{WHICH_PERMIT}").split(",")
        if WHICH_PERMIT not in asked and any(f" {fold(phrase)} " in words for phrase in phrases):
            besides.append(Ask(WHICH_PERMIT, (), (), sums[0].entities, turn.text))
        return besides

    def _continues_calculation(self, turn: TurnInput, intent: str) -> bool:
        """Figures alone after a calculation was asked for belong to it."""
        return (
            turn.slots.get("pertanyaan") == "hitung_biaya"
            and intent in (*UNSURE, "tanya_biaya")
            and any(item.name in FIGURES for item in turn.entities)
        )

    def _named(self, turn: TurnInput) -> tuple[Entity, ...]:
        named = tuple(item for item in turn.entities if item.name == "izin")
        if named or not turn.text:
            return named
        today = turn.now.date()
        found = self._found(turn.text, today)
        if found:
            return found
        unclear = self.ambiguous_alone(turn.text)
        if unclear is not None:
            end = len(turn.text)
            return (Entity("izin", None, turn.text, 0, end, candidates=tuple(unclear.codes)),)
        # A profession alone answers the question which practice licence is meant.
        for item in turn.entities:
            meant = not turn.slots.get("izin") or self._is_bare(turn.text, [item])
            if item.name == "profesi" and item.value and meant:
                licence = self._names.find(f"sip {item.value}", today)
                certain = [one for one in licence if one.value]
                if certain:
                    return (replace(certain[-1], raw=item.raw, start=item.start, end=item.end),)
        return ()

    def ambiguous_alone(self, text: str) -> AmbiguousTerm | None:
        """Give the ambiguous name that is the whole message ("SIP"), or None."""
        terms = self._catalogue.ambiguous_terms() if text.strip() else ()
        return matching_term(text, terms)

    def _found(self, text: str, today: date) -> tuple[Entity, ...]:
        """Give names of the live catalogue; a short message may be an everyday word alone.

        "apotek" is a permit's name only beside a word like "izin": as an answer to "which
        permit?" it stands alone, so it is read with that word before it.
        """
        found = tuple(item for item in self._names.find(text, today) if item.name == "izin")
        if found or len(words_of(text)) > SHORT_MESSAGE_WORDS:
            return found
        cue = "izin "
        return tuple(
            replace(item, start=item.start - len(cue), end=item.end - len(cue))
            for item in self._names.find(f"{cue}{text}", today)
            if item.name == "izin" and item.end > len(cue)
        )

    def _ask(self, question: Question, named: tuple[Entity, ...], turn: TurnInput) -> Ask:
        own = tuple(item for item in question.entities if item.name == "izin") or named
        mentions: list[Mention] = []
        doubts: list[Doubt] = []
        for entity in own:
            self._resolve(entity, mentions, doubts)
        if not mentions and not doubts and question.intent in PERMIT_QUESTIONS:
            mentions = [Mention(permit) for permit in self._kept(turn.slots.get("izin"))]
        text = turn.text[question.start : question.end] if question.end else turn.text
        return Ask(question.intent, tuple(_once(mentions)), tuple(doubts), question.entities, text)

    def _resolve(self, entity: Entity, mentions: list[Mention], doubts: list[Doubt]) -> None:
        codes = [str(entity.value)] if entity.value else list(entity.candidates)
        legacy = legacy_name(entity.raw, self._catalogue.legacy_names(), codes)
        also: tuple[str, ...] = ()
        if not entity.value and legacy and legacy.code in codes:
            also = tuple(code for code in codes if code != legacy.code)
            codes = [str(legacy.code)]
        permits = tuple(
            permit for code in codes if (permit := self._catalogue.permit(code)) is not None
        )
        term = matching_term(entity.raw, self._catalogue.ambiguous_terms())
        # One code and a question ("izin usaha": which business?): the name alone decides nothing.
        must_ask = term is not None and term.ask.endswith("?") and legacy is None
        if len(permits) == 1 and not must_ask:
            mentions.append(Mention(permits[0], entity.raw, legacy, also))
        elif (permits or term) and Doubt(permits, term) not in doubts:
            doubts.append(Doubt(permits, term))

    def _kept(self, slot: object) -> list[Permit]:
        codes: Iterable[object] = slot if isinstance(slot, list | tuple) else [slot]
        return [permit for code in codes if code and (permit := self._catalogue.permit(str(code)))]

    def _abolished(self, text: str) -> LegacyName | None:
        words = f" {' '.join(words_of(text))} "
        for legacy in self._catalogue.legacy_names():
            held = any(f" {fold(part)} " in words for part in alternatives(legacy.old))
            if legacy.code is None and held:
                return legacy
        return None

    def _is_bare(self, text: str, named: Sequence[Entity]) -> bool:
        """Say whether nothing but permit names and small words is left."""
        rest = list(text)
        for entity in named:
            for place in range(entity.start, min(entity.end, len(rest))):
                rest[place] = " "
        fillers = set(self._wording.say("answers.words_filler").split())
        return all(word in fillers for word in words_of("".join(rest)))


def _named_after(words: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Give the permit named next after a question's words, or none."""
    places = [words.find(f" {fold(item.raw)} ") if item.raw else -1 for item in mentions]
    following = [place for place in places if place >= 0]
    return (mentions[places.index(min(following))],) if following else ()


def _asks_with_size(turn: TurnInput, intent: str) -> bool:
    """With figures of a building or billboard, "what does it cost" asks for a calculation."""
    return intent == "tanya_biaya" and any(item.name in SIZES for item in turn.entities)


def _once(mentions: Sequence[Mention]) -> list[Mention]:
    kept: dict[str, Mention] = {}
    for mention in mentions:
        kept.setdefault(mention.permit.code, mention)
    return list(kept.values())


def _distinct(asks: Sequence[Ask]) -> list[Ask]:
    """Merge questions with the same intent, so that none is answered twice."""
    merged: dict[str, Ask] = {}
    for ask in asks:
        earlier = merged.get(ask.intent)
        if earlier is None or ask.intent not in PERMIT_QUESTIONS:
            merged.setdefault(ask.intent, ask)
        else:
            merged[ask.intent] = replace(
                earlier,
                mentions=tuple(_once([*earlier.mentions, *ask.mentions])),
                doubts=earlier.doubts
                + tuple(doubt for doubt in ask.doubts if doubt not in earlier.doubts),
                entities=earlier.entities + ask.entities,
            )
    return list(merged.values())
