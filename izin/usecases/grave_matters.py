"""Notices what no published answer may stand in for: extortion, danger, a life in despair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from izin.answers import suggestions
from izin.answers.section import Section
from izin.complaints import ComplaintCategory
from izin.faq import FaqEntry
from izin.ports import Catalogue
from izin.replies import Choice
from izin.usecases.answer_office import General
from izin.usecases.complaint_reading import Normalise, guess_category
from izin.usecases.read_questions import UNSURE
from izin.wording import Wording
from izin.words import fold

_NOT_A_PERMIT = UNSURE | {"tanya_kontak_jam_lokasi"}
"""What "anak saya kejepit di kantor" is taken for; words of danger belong to permits as well."""


@dataclass(frozen=True, slots=True)
class GraveMatters:
    """Reads messages by the catalogue's words for complaints and the wording's for danger."""

    catalogue: Catalogue
    wording: Wording
    normalise: Normalise

    def rescue(self, text: str) -> General | None:
        """Give where somebody finds help who speaks of ending his life, else None."""
        if not self._says(text, "answers.words_own_life"):
            return None
        section = Section(self.wording.say("answers.own_life"))
        return General((section,), (suggestions.officer(self.wording),))

    def help_for(self, text: str, intent: str) -> General | None:
        """Give what somebody in danger needs before anything else, else None."""
        if (rescue := self.rescue(text)) is not None:
            return rescue
        if intent not in _NOT_A_PERMIT or not self._says(text, "answers.words_danger"):
            return None
        return General((Section(self.wording.say("answers.danger")),), self._choices())

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

    def _says(self, text: str, words: str) -> bool:
        said = [f" {fold(one)} " for one in (text, self.normalise(text))]
        phrases = [f" {fold(one)} " for one in self.wording.say(words).split(",")]
        return any(phrase in one for phrase in phrases for one in said)

    def _choices(self) -> tuple[Choice, ...]:
        complaint = suggestions.menu_choice("lapor_pengaduan", self.wording)
        return (complaint, suggestions.officer(self.wording))
