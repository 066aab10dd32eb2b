"""Which passwords are good enough, after NIST SP 800-63B revision 4, section 3.1.1.

Length counts, not kinds of characters; what everybody tries first is refused. The list of
common passwords is short on purpose and is matched in its variations (case, digits and marks
around it, letters written as digits, repetitions), since twelve characters already keep out
almost everything on the long lists.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from importlib.resources import files

SHORTEST = 12
LONGEST = 256
"""Far beyond any phrase; longer ones only keep the processor busy."""

_ENOUGH_BESIDE = 8
"""Characters that must remain when the person's own name or login is taken out."""

_DISTINCT = 5
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_AS_LETTERS = str.maketrans("@4301!5$7", "aaeoiisst")
_TEMPORARY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def normalised(password: str) -> str:
    """Give the form that is hashed: the same whatever keyboard composed its characters."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, login: str, name: str) -> str | None:
    """Say why a password is refused: ``short``, ``long``, ``own_name``, ``common``; else None.

    Args:
        password: As typed.
        login: The account's login.
        name: The person's name.
    """
    password = normalised(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    lower = password.casefold()
    if _hangs_on_own_name(lower, login, name):
        return "own_name"
    return "common" if _is_common(lower) else None


def temporary_password() -> str:
    """Give a password to be read out and typed once: 79 bits, no letter like another."""
    groups = ("".join(secrets.choice(_TEMPORARY_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _hangs_on_own_name(password: str, login: str, name: str) -> bool:
    remaining = password
    for word in (login, *name.split()):
        if len(word) >= 4:
            remaining = remaining.replace(word.casefold(), "")
    return remaining != password and len(remaining) < _ENOUGH_BESIDE


def _is_common(password: str) -> bool:
    if len(set(password)) < _DISTINCT:
        return True
    bare = "".join(letter for letter in password if letter.isalnum())
    if any(bare and (bare in run or bare[::-1] in run) for run in _RUNS):
        return True
    letters = password.translate(_AS_LETTERS)
    forms = {password, bare, letters, _unit(bare), _unit(password)}
    forms |= {_core(form) for form in set(forms)}
    forms |= {_unit(_core(form)) for form in set(forms)}
    words = _common_words()
    return any(form in words for form in forms) or _made_of(_core(letters), words)


def _core(text: str) -> str:
    """Give a text without digits and marks around it."""
    return text.strip("0123456789 !@#$%^&*()-_=+.,;:?/\\|'\"<>[]{}~`")


def _unit(text: str) -> str:
    """Give what a text repeats (``rahasia`` of ``rahasiarahasia``), or the text."""
    for size in range(1, len(text) // 2 + 1):
        times, rest = divmod(len(text), size)
        if text[:size] * times + text[:rest] * (rest > 0) == text:
            return text[:size]
    return text


def _made_of(text: str, words: frozenset[str]) -> bool:
    """Say whether a text is just two common words."""
    return any(text[:cut] in words and text[cut:] in words for cut in range(3, len(text) - 2))


@cache
def _common_words() -> frozenset[str]:
    text = (files("izin") / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))
