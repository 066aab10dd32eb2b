"""Reads a typed correction of a complaint: "tempatnya salah, di kecamatan", "hapus nomornya"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from izin.usecases.complaint_facts import LONGEST_PLACE, State
from izin.usecases.complaint_intake import LONGEST_NUMBER, LONGEST_WHEN, Intake
from izin.usecases.complaint_reading import (
    began_on,
    day_of,
    has_words,
    place_with,
    spoken_place,
)
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import fold

PARTS = ("number", "confidentiality", "place", "when", "media", "permit", "category", "story")
"""In the order tried: "nomor" before all, as "nomor izinnya" is the number."""

MOST_WORDS = 15
FEW_WORDS = 8
"""Up to here a date or place at the summary corrects it; a longer text tells more."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One part to change; ``value`` is empty when it only says what is wrong."""

    part: str
    delete: bool
    value: str


def read_correction(turn: TurnInput, wording: Wording, always: bool) -> Correction | None:
    """Give the correction a message asks for, or None.

    ``always``: the summary is shown, so a date or place alone is one; otherwise the message
    has to say that something is wrong.
    """
    text = turn.text.strip()
    if not text or "?" in text or len(text.split()) > MOST_WORDS:
        return None
    delete = has_words(text, wording.say("complaint.words_delete"))
    wrong = has_words(text, wording.say("complaint.words_wrong"))
    if not always and turn.intent != "koreksi":
        return None  # a story may well say that something was wrong
    named = next((part for part in PARTS if _names(text, part, wording)), None)
    bare = always and len(text.split()) <= 2  # "tempat", typed instead of tapped
    if named and (delete or wrong or bare or turn.intent == "koreksi"):
        return Correction(named, delete and not wrong, _value(text, named, wording))
    tells = turn.intent == "lapor_pengaduan" and not wrong  # more of the story
    if not tells and len(text.split()) <= FEW_WORDS:
        if turn.values("nomor_permohonan"):
            return Correction("number", False, str(turn.value("nomor_permohonan")))
        if turn.values("tanggal") or has_words(text, wording.say("complaint.words_months")):
            return Correction("when", False, text)
        place = spoken_place(text, wording) or spoken_place(f"di {text}", wording)
        if place or turn.values("tempat"):
            return Correction("place", False, place or str(turn.value("tempat")))
    return None


def apply_correction(correction: Correction, turn: TurnInput, state: State, intake: Intake) -> None:
    """Change the draft; a part without a new value is asked again, a deleted one never."""
    part, value = correction.part, correction.value
    known = str(state.get("place") or "")
    forget(part, state)
    if correction.delete and part not in ("story", "category", "confidentiality"):
        intake.skip(state, part)
    elif part == "place" and value:
        place = spoken_place(f"di {value}", intake.wording) or value
        if not has_words(turn.text, intake.wording.say("complaint.words_part_place")):
            place = place_with(known, place, intake.wording)
        state["place"] = place[:LONGEST_PLACE]
    elif part == "number" and (turn.value("nomor_permohonan") or _has_digit(value)):
        state["number"] = str(turn.value("nomor_permohonan") or value.upper())[:LONGEST_NUMBER]
    elif part == "when" and (day := day_of(turn, intake.today(turn), intake.wording)):
        state["day"] = day.isoformat()
    elif part == "when" and (began := began_on(turn, intake.today(turn), intake.wording)):
        state |= {"day": began.isoformat(), "since": True}
    elif part == "when" and has_words(value, intake.wording.say("complaint.words_time")):
        state["when"] = value[:LONGEST_WHEN]
    elif part == "category" and (guessed := intake.guess(value)):
        state["category"] = guessed.code
    elif part == "permit" and turn.value("izin"):
        state["permit"] = str(turn.value("izin"))
    elif part == "confidentiality":
        state["asking"] = part
        intake.take(turn, state)


def forget(part: str, state: State) -> None:
    """Take a part out of the draft, so that it is asked again."""
    for key in {"when": ("day", "when", "since"), "media": ("media",)}.get(part, (part,)):
        state.pop(key, None)
    state["skipped"] = [item for item in state.get("skipped", []) if item != part]
    state["twice"] = [item for item in state.get("twice", []) if item != part]


def _names(text: str, part: str, wording: Wording) -> bool:
    words = wording.say(f"complaint.words_part_{part}").split()
    return has_words(text, " ".join([*words, *(f"{word}nya" for word in words)]))


def _value(text: str, part: str, wording: Wording) -> str:
    """Give what is left behind the part's name and the words that say it is wrong."""
    after = re.split(rf"(?<!\w)(?:{wording.say('complaint.words_but')})(?!\w)", text, flags=re.I)
    own = wording.say(f"complaint.words_part_{part}").split()
    filler = {*own, *(f"{word}nya" for word in own),
              *wording.say("complaint.words_wrong").replace("|", " ").split(),
              *wording.say("complaint.words_delete").replace("|", " ").split(),
              *wording.say("complaint.words_correcting").split()}  # fmt: skip
    words = after[-1].split()
    while words and fold(words[0]) in {*filler, ""}:
        words.pop(0)
    return " ".join(words).strip(" .,;:")


def _has_digit(value: str) -> bool:
    return any(letter.isdigit() for letter in value)
