"""What a message about personal data asks for, and about whose data."""

from __future__ import annotations

import re
from itertools import pairwise

from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import words_of

STEP = "langkah"
"""The entity by which our own buttons say what they stand for."""

WISHES = ("list", "erase", "correct", "limit", "object", "stop", "copy", "notice")
"""Told by words, the first that fits; a message with none of them wants to see the data."""

BUTTONS = {
    "pemberitahuan": "notice",
    "lihat": "view",
    "salin": "copy",
    "hapus": "erase",
    "perbaiki": "correct",
    "cabut": "stop",
    "batasi": "limit",
    "daftar": "list",
    "izinkan": "allow",
}

_NEAR = 4
"""How many words after "data" may tell whose it is."""

_COMMAND_LIKE = re.compile(r"[{}\[\]<>/\\=;]")
_WHOSE = ("ku", "mu", "ne", "nya", "na", "e")
_RAW_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def words_in(wording: Wording, name: str) -> frozenset[str]:
    """Give the words of one of our small lists."""
    return frozenset(wording.say(f"privacy.words_{name}").split())


def wish_of(turn: TurnInput, wording: Wording) -> str:
    """Give what is wanted: one of ``WISHES``, ``view``, ``allow`` or ``other_person``."""
    tapped = turn.value(STEP)
    if tapped in BUTTONS:
        return BUTTONS[str(tapped)]
    if about_another(turn, wording):
        return "other_person"
    said = words_of(turn.text)
    words = set(said)
    denied = {after for before, after in pairwise(said) if before in words_in(wording, "no")}
    if denied & words_in(wording, "use"):
        return "stop"
    for name in WISHES:
        found = (words - denied) & words_in(wording, name)
        if (
            name == "copy"
            and found <= words_in(wording, "weak")
            and not _speaks_of_data(words, wording)
        ):
            continue
        if found:
            return name
    return "view"


def _speaks_of_data(words: set[str], wording: Wording) -> bool:
    return bool(words & (words_in(wording, "data") | words_in(wording, "own"))) or any(
        word.endswith("ku") for word in words
    )


def about_another(turn: TurnInput, wording: Wording) -> bool:
    """Say whether the data meant is another person's.

    Nothing but this chat's own data is ever given out, whatever this says; it only decides
    whether the citizen is told why.
    """
    raw = _RAW_WORD.findall(turn.text)
    words = [word.casefold() for word in raw]
    own, person = words_in(wording, "own"), words_in(wording, "person")
    title, between = words_in(wording, "title"), words_in(wording, "between")
    shouted = turn.text.isupper()
    told = False
    for place, word in enumerate(words):
        if word not in words_in(wording, "data"):
            continue
        for near in range(place + 1, min(place + 1 + _NEAR, len(words))):
            found = words[near]
            if found in own:
                told = True
                break
            if found in between and found not in title:
                continue
            named = raw[near][:1].isupper() and not raw[near].isupper() and not shouted
            if _stem(found) & person or found in title or named:
                return True
            break
    if told or set(words) & own:
        return False
    if set(words) & words_in(wording, "theirs"):
        return True
    phone = turn.value("telepon")
    if phone and phone != turn.verified_phone:
        return True
    return bool(turn.value("nik")) or any(_stem(word) & person for word in words)


def _stem(word: str) -> set[str]:
    """Give a word with and without the endings that say whose somebody is ("bojoku")."""
    return {word, *(word.removesuffix(ending) for ending in _WHOSE if word.endswith(ending))}


def says_no(turn: TurnInput, wording: Wording) -> bool:
    """Say whether the message drops or refuses what was offered."""
    if turn.intent in ("batal", "tolak"):
        return True
    return bool(set(words_of(turn.text)) & words_in(wording, "no"))


def says_yes(turn: TurnInput, wording: Wording, also: str) -> bool:
    """Say whether the message agrees, by intent or by its words.

    ``also`` names a list whose words mean yes here ("hapus" when asked whether to erase).
    Only a short message of plain words agrees: a story that begins with "ya" does not, nor
    does a text that looks like a command.
    """
    if says_no(turn, wording) or _COMMAND_LIKE.search(turn.text):
        return False
    words = words_of(turn.text)
    if turn.intent == "setuju" and (not words or len(words) <= _NEAR):
        return True
    agreeing = words_in(wording, "yes") | words_in(wording, also)
    return bool(words) and len(words) <= _NEAR and words[0] in agreeing
