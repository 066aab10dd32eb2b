"""Notices what no published answer may stand in for: extortion, danger, a life in despair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from izin.answers import suggestions
from izin.answers.section import Section
from izin.complaints import ComplaintCategory
from izin.faq import FaqEntry
from izin.ports import Catalogue
from izin.replies import Choice, Reply
from izin.usecases.answer_office import General
from izin.usecases.complaint_reading import Normalise, guess_category
from izin.usecases.dialogue import TurnInput
from izin.usecases.read_questions import UNSURE
from izin.wording import Wording
from izin.words import fold

_NOT_A_PERMIT = UNSURE | {"tanya_kontak_jam_lokasi"}
"""What "anak saya kejepit di kantor" is taken for; words of danger belong to permits as well."""

_TELLS = _NOT_A_PERMIT | {
    "lapor_pengaduan", "cek_pengaduan", "minta_petugas", "kasar", "menu_bantuan", "sapa", "koreksi",
}  # fmt: skip
"""What somebody in danger or under threat is taken for; "runtuh" in these is no permit's word."""

_COMPLAINS = frozenset({"lapor_pengaduan", "cek_pengaduan"})
_COMPLAINT_FORM = "form_pengaduan"
_EMERGENCY_NUMBER = "112"
_PART = re.compile(r"[.,;:!?\n]+")


@lru_cache(maxsize=16)
def _phrases(wording: Wording, key: str) -> Sequence[str]:
    """Give a list's phrases; kept, as every message is compared with them."""
    return tuple(fold(one) for one in wording.say(key).split(","))


@dataclass(frozen=True, slots=True)
class GraveMatters:
    """Reads messages by the catalogue's words for complaints and the wording's for danger."""

    catalogue: Catalogue
    wording: Wording
    normalise: Normalise

    def rescue(self, text: str) -> General | None:
        """Give where somebody finds help who speaks of ending his life, else None."""
        despairs = self._says(text, "answers.words_own_life")
        if not despairs and not self._begins(text, "answers.words_own_life_first"):
            return None
        section = Section(self.wording.say("answers.own_life"))
        return General((section,), (suggestions.officer(self.wording),))

    def help_for(self, text: str, intent: str) -> General | None:
        """Give what somebody in danger needs before anything else, else None."""
        if (rescue := self.rescue(text)) is not None:
            return rescue
        harmless = "answers.words_no_danger"
        if intent not in _NOT_A_PERMIT or not self._says(text, "answers.words_danger", harmless):
            return None
        return General((Section(self.wording.say("answers.danger")),), self._choices())

    def lead(self, turn: TurnInput) -> Reply | None:
        """Give what comes before any answer, whatever was understood; None in ordinary talk.

        Danger to life first, then a threat. Extortion has its own words in the complaint.
        """
        text = turn.text
        if not text:
            return None
        if (rescue := self.rescue(text)) is not None:
            return Reply(rescue.sections[0].text, rescue.choices)
        if self.endangers(text, turn.intent):
            return Reply(self.wording.say("answers.danger"), self._ways_on(turn))
        if turn.intent in _TELLS and self._threatened(text):
            return Reply(self.wording.say("answers.threat"), self._ways_on(turn))
        return None

    def spared(self, turn: TurnInput) -> Reply | None:
        """Give all that is said to somebody in despair whose complaint was begun, else None."""
        rescue = self.rescue(turn.text) if turn.text else None
        if rescue is None:
            return None
        resume = Choice(self.wording.say("complaint.choice.resume"), "lapor_pengaduan",
                        {"langkah": "lanjut"})  # fmt: skip
        return Reply(rescue.sections[0].text, (*rescue.choices, resume))

    def endangers(self, text: str, intent: str) -> bool:
        """Say whether a text tells of danger to somebody's life, now."""
        words = ["answers.words_danger_now"]
        if intent in _TELLS:
            words.append("answers.words_danger")
        return any(self._says(text, key, "answers.words_no_danger") for key in words)

    def before(self, turn: TurnInput, replies: Sequence[Reply]) -> tuple[Reply, ...]:
        """Give the replies with what has to come first, unless they say it themselves."""
        lead = self.lead(turn)
        if lead is None and not any(reply.faq for reply in replies):
            lead = self._extortion_beside(turn)
        if lead is None or any(lead.text in reply.text for reply in replies):
            return tuple(replies)
        told = any(_EMERGENCY_NUMBER in reply.text for reply in replies)
        if told and self.rescue(turn.text) is None:
            return tuple(replies)
        return (lead, *replies)

    def _extortion_beside(self, turn: TurnInput) -> Reply | None:
        """Give the way to report extortion that is told in passing, beside another matter."""
        if not turn.text or turn.intent in _COMPLAINS or turn.open_form == _COMPLAINT_FORM:
            return None
        told = self._category(turn.text)
        if told is None or not told.confidential:
            return None
        return Reply(self.wording.say("answers.perhaps_extortion"), self._choices())

    def hides(self, entry: FaqEntry, text: str) -> bool:
        """Say whether an entry would be told to somebody who speaks of extortion, not of it."""
        told = self._category(text)
        if told is None or not told.confidential:
            return False
        own = (self._category(one) for one in (entry.question, *entry.variants))
        return not any(one is not None and one.confidential for one in own)

    def instead(self, text: str, intent: str) -> General | None:
        """Give the way to report extortion in a message that was not understood, else None."""
        told = self._category(text)
        if told is None or not told.confidential or intent not in UNSURE:
            return None
        section = Section(self.wording.say("answers.perhaps_extortion"))
        return General((section,), self._choices())

    def beside(self, text: str) -> Sequence[Choice]:
        """Give the button of a complaint for an answer to what sounds like one, too."""
        if self._category(text) is None:
            return ()
        return (suggestions.menu_choice("lapor_pengaduan", self.wording),)

    def _category(self, text: str) -> ComplaintCategory | None:
        return guess_category(text, self.catalogue.complaint_categories(), self.normalise)

    def _threatened(self, text: str) -> bool:
        """Say whether a text tells of a threat that is no extortion."""
        if not self._says(text, "answers.words_threat", "answers.words_no_threat"):
            return False
        told = self._category(text)
        return told is None or not told.confidential

    def _says(self, text: str, words: str, harmless: str = "") -> bool:
        """Say whether the text holds one of the phrases, once harmless ones are taken out."""
        said = [self._without(f" {fold(one)} ", harmless) for one in (text, self.normalise(text))]
        return any(f" {phrase} " in one for phrase in self._phrases(words) for one in said)

    def _without(self, said: str, harmless: str) -> str:
        for phrase in self._phrases(harmless) if harmless else ():
            said = said.replace(f" {phrase} ", " , ")
        return said

    def _begins(self, text: str, words: str) -> bool:
        """Say whether a phrase begins the text or a part of it, small words aside."""
        before = set(self.wording.say("answers.words_before_despair").split())
        for part in _PART.split(f"{text}\n{self.normalise(text)}"):
            said = f" {fold(part)} "
            for phrase in self._phrases(words):
                head, found, _ = said.partition(f" {phrase} ")
                if found and (not head.split() or head.split()[-1] in before):
                    return True
        return False

    def _phrases(self, words: str) -> Sequence[str]:
        return _phrases(self.wording, words)

    def _ways_on(self, turn: TurnInput) -> tuple[Choice, ...]:
        complains = turn.open_form or turn.intent == "lapor_pengaduan"
        return (suggestions.officer(self.wording),) if complains else self._choices()

    def _choices(self) -> tuple[Choice, ...]:
        complaint = suggestions.menu_choice("lapor_pengaduan", self.wording)
        return (complaint, suggestions.officer(self.wording))
