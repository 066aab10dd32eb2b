"""Reads a complainant's words: category, story, place, and what is another question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from izin.complaints import ComplaintCategory
from izin.usecases.dialogue import TurnInput

LONGEST_STORY = 8000
"""Characters kept of a story: all that the dialogue is ever given."""

STORY_WORDS = 6
"""From this many words on, the message that opened the complaint already tells it."""

SURE = 0.75
LONG_ANSWER_WORDS = 12
"""A longer text inside the dialogue is an answer, however much it resembles a question."""

_WORD = re.compile(r"\w+")
_NEVER_INTERRUPTS = frozenset(
    {"lapor_pengaduan", "nlu_fallback", "setuju", "tolak", "koreksi", "kirim_berkas",
     "kirim_lokasi", "kasar", "di_luar_topik", "beri_penilaian"}
)  # fmt: skip
_FREE_TEXT_QUESTIONS = frozenset({"story", "category", "place"})
_ALWAYS_INTERRUPTS = frozenset({"minta_petugas", "cek_pengaduan", "menu_bantuan"})


Normalise = Callable[[str], str]
"""Gives a text in standard words ("gak ada kabar" becomes "tidak ada kabar")."""


def guess_category(
    text: str, categories: Sequence[ComplaintCategory], normalise: Normalise
) -> ComplaintCategory | None:
    """Give the category whose phrases the text contains best, or None.

    A phrase counts when all of its words occur; the longest wins. Confidential categories
    (extortion) win over others: missing one of them would endanger somebody.
    """
    words = _words(normalise(text))
    words |= {word.removesuffix("nya") for word in words}  # "antriannya panjang"
    best: tuple[bool, int] = (False, 0)
    found: ComplaintCategory | None = None
    for category in categories:
        for phrase in category.phrases:
            parts = _words(normalise(phrase))
            if parts and parts <= words and (category.confidential, len(parts)) > best:
                best, found = (category.confidential, len(parts)), category
    return found


def story_of(turn: TurnInput) -> str | None:
    """Give the opening message as the story when it tells one, else None."""
    if turn.metadata.get("kind") == "choice" or len(_WORD.findall(turn.text)) < STORY_WORDS:
        return None
    return turn.text.strip()[:LONGEST_STORY]


def place_of(turn: TurnInput, anything: bool) -> str:
    """Give the place a message names: a known one, a location, or (``anything``) its text."""
    named = turn.values("tempat")
    if turn.location:
        return f"{turn.location[0]:.5f}, {turn.location[1]:.5f}"
    if anything and turn.text:
        return turn.text.strip()
    return str(named[-1]) if named else ""


def answers_another_question(turn: TurnInput, asking: str) -> bool:
    """Say whether the message is no answer to ``asking`` but something else altogether."""
    if turn.metadata.get("kind") == "choice" and turn.intent not in _NEVER_INTERRUPTS:
        return True
    if turn.intent in _NEVER_INTERRUPTS or turn.value("kerahasiaan"):
        return False
    if asking == "number" and (turn.value("nomor_permohonan") or turn.intent == "cek_status"):
        return False
    words = len(_WORD.findall(turn.text))
    if turn.intent in _ALWAYS_INTERRUPTS:
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS
    if turn.intent == "cek_status" and turn.value("nomor_permohonan"):
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS
    if asking in _FREE_TEXT_QUESTIONS:
        # "syaratnya berubah terus" is a story, "syarat PBG apa saja?" is a question.
        asks = "?" in turn.text or bool(turn.value("izin"))
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS and asks
    return turn.confidence >= SURE


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
