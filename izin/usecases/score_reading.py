"""Reads scores that citizens give in digits, words or stars."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from izin.usecases.dialogue import TurnInput

Normalise = Callable[[str], str]
"""Gives a text in standard words ("jelek banget" becomes "buruk sangat")."""

_NUMBERS = {"nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6,
            "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10}  # fmt: skip
_WORD = re.compile(r"\w+")
_SAID = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
_OUT_OF = re.compile(rf"(?<![\w/-])({_SAID})\s*(?:dari|/|per|skala)\s*(?:5|lima)(?![\w/-])")
_MEASURED = re.compile(
    rf"(?<!\w)(?:{_SAID})\s*(?:hari|minggu|bulan|tahun|jam|menit|kali|x|orang|lantai|meter|m2?"
    rf"|juta|ribu|rb|jt|persen)(?!\w)|(?<!\w)(?:loket|meja|lantai|tanggal|tgl|pukul|jam|hari|rt|rw)"
    rf"\s+(?:{_SAID})(?!\w)"
)
"""Times, amounts and counters, in standard words."""
_LONG_NUMBER = re.compile(r"\d{4,}")
_STAR = "⭐"
MOST_WORDS = 6
"""A longer text may hold some number or word that is no score."""


def names_case(turn: TurnInput) -> bool:
    """Say whether the turn names a complaint or an application, whose figures are no score."""
    return bool(turn.value("tiket") or turn.value("nomor_permohonan"))


def number_in(turn: TurnInput, normalise: Normalise) -> int | None:
    """Give the number that the turn names as a score, in or out of range, or None.

    "4 dari 5" is a four; "2 bulan belum selesai" and "loket 3" name none.
    """
    if names_case(turn) and turn.value("nilai") is None:
        return None
    if out_of := _OUT_OF.search(turn.text.casefold()):
        return int(out_of[1]) if out_of[1].isdecimal() else _NUMBERS[out_of[1]]
    if _LONG_NUMBER.search(turn.text):
        return None  # "2222" is no 2: in standard words repeated figures become one
    value = turn.value("nilai")
    if value is not None:
        return int(value)
    if _STAR in turn.text:
        return turn.text.count(_STAR)
    words = _WORD.findall(normalise(turn.text).casefold())
    if len(words) > MOST_WORDS:
        return None
    words = _WORD.findall(_MEASURED.sub(" ", " ".join(words)))
    named = [int(word) if word.isdecimal() else _NUMBERS.get(word) for word in words]
    found = [number for number in named if number is not None and number < 1000]
    return found[-1] if found else None


def word_score(text: str, normalise: Normalise, words: Mapping[int, str]) -> int | None:
    """Give the score whose phrase the short text is, or None.

    ``words`` holds each score's phrases, divided by ``|``; the longest phrase wins, so that
    "tidak baik" is not "baik".
    """
    said = _WORD.findall(normalise(text).casefold())
    if not said or len(said) > MOST_WORDS:
        return None
    line = f" {' '.join(said)} "
    matches = [
        (len(phrase), score)
        for score, phrases in words.items()
        for phrase in (part.strip() for part in phrases.split("|"))
        if f" {phrase} " in line
    ]
    return max(matches)[1] if matches else None
