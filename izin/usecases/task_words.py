"""What a citizen says to go back to a task, or to begin everything anew."""

from __future__ import annotations

from collections.abc import Sequence

from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import fold

LONGEST_RESUME_WORDS = 8
"""A longer message tells something new, whatever words it holds."""

_NEW_BUSINESS = ("nomor_permohonan", "tiket", "nik", "izin")
"""Who names one of these asks about it, and does not only want to go back."""


class TaskWords:
    """Reads those wishes by small word lists, which stand with the sentences."""

    def __init__(self, wording: Wording) -> None:
        """Take the wording."""
        self._wording = wording
        self._reset = self._phrases("flow.words_reset")
        self._resume = self._phrases("flow.words_resume")
        self._alone = self._phrases("flow.words_resume_alone")
        self._fillers = set(wording.say("flow.words_filler").split())

    def begins_anew(self, turn: TurnInput) -> bool:
        """Say whether the message is nothing but the wish to forget all."""
        return self._bare(turn.text) in self._reset

    def goes_back(self, turn: TurnInput) -> bool:
        """Say whether the message is nothing but the wish to go on with the last task."""
        bare = self._bare(turn.text)
        left = f" {bare} "
        for phrase in sorted(self._alone, key=len, reverse=True):
            left = left.replace(f" {phrase} ", " ")  # "terusin yang tadi" is two of them
        return bool(bare) and not left.strip()

    def goes_back_to(self, turn: TurnInput, kinds: Sequence[str]) -> str | None:
        """Give the task among ``kinds`` that the message names to go back to."""
        said = fold(turn.text)
        if not said or len(said.split()) > LONGEST_RESUME_WORDS:
            return None
        if any(turn.value(name) is not None for name in _NEW_BUSINESS):
            return None
        if not any(f" {phrase} " in f" {said} " for phrase in self._resume):
            return None
        words = set(said.split())
        for kind in kinds:
            key = f"flow.words_task_{kind}"
            if self._wording.has(key) and words & set(self._wording.say(key).split()):
                return kind
        return None

    def _bare(self, text: str) -> str:
        words = fold(text).split()
        if not words or len(words) > LONGEST_RESUME_WORDS:
            return ""
        return " ".join(word for word in words if word not in self._fillers) or " ".join(words)

    def _phrases(self, key: str) -> frozenset[str]:
        return frozenset(part.strip() for part in self._wording.say(key).split("|"))
