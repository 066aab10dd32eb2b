"""Phone numbers as platforms tell them, made one shape."""

from __future__ import annotations

import re

from lokal.phone import normalize_phone

_DIGITS = re.compile(r"[1-9][0-9]{6,14}")


def from_platform(number: str | None) -> str | None:
    """Give ``+62…`` (or another country's ``+…``) for a platform's number, else None.

    Platforms tell numbers with the country code and often without ``+``. The plus is put
    in front before any Indonesian rule is applied: read as written at home, a Japanese
    ``81…`` would become somebody's Indonesian mobile number.
    """
    if not number:
        return None
    digits = re.sub(r"[\s().-]", "", number).removeprefix("+")
    if not _DIGITS.fullmatch(digits):
        return None
    if not digits.startswith("62"):
        return f"+{digits}"
    return normalize_phone(f"+{digits}")
