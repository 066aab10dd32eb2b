"""Personal data hidden before a text reaches a log or a page."""

from __future__ import annotations

import re
from typing import get_args

from lokal import Samaran
from lokal.samaran import PiiType

_TYPES = (
    "NIK",
    "KK",
    "NPWP",
    "PASSPORT",
    "SIM",
    "NIP",
    "BPJS",
    "PHONE",
    "EMAIL",
    "BANK_ACCOUNT",
    "CARD",
)
_LABELS = frozenset(get_args(PiiType))
_NUMBERED = re.compile(r"\[([A-Z_]+)_\d+\]")
# Application numbers and tickets are no personal data and staff need them.
_KEPT = re.compile(
    r"(?i)(?<!\w)(?:(?:sk-)?(?:pbg|slf|imb|sbkbg|rtb)[ /.-]?\d{6}[ /.-]?\d{8}(?:[ /.-]?\d{1,3})?"
    r"|503\s?[/-]\s?\d{1,6}\s?[/-]\s?[a-z_]+\s?[/-]\s?\d{2,4}|adu-[0-9a-z]{4}-[0-9a-z]{2})(?!\w)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LONG_DIGITS = re.compile(r"(?<![\d/])\d(?:[ .-]?\d){8,24}(?!\d)")


def mask_personal_data(text: str) -> str:
    """Return ``text`` with personal numbers and addresses replaced by names of their kind.

    Hidden are NIK, family card, NPWP, passport, driving licence, NIP, BPJS, telephone, e-mail,
    bank account and card numbers ("[NIK]", "[PHONE]"), and any other run of nine or more digits
    ("[NUMBER]"). Application numbers and tickets stay. Never raises; linear time.
    """
    parts: list[str] = []
    last = 0
    for kept in _KEPT.finditer(text):
        parts.append(_masked(text[last : kept.start()]))
        parts.append(kept.group())
        last = kept.end()
    parts.append(_masked(text[last:]))
    return "".join(parts)


def _masked(text: str) -> str:
    if not text:
        return text
    hidden = Samaran(types=_TYPES).mask(text).text  # type: ignore[arg-type]
    hidden = _NUMBERED.sub(
        lambda match: f"[{match[1]}]" if match[1] in _LABELS else match[0], hidden
    )
    return _LONG_DIGITS.sub("[NUMBER]", _EMAIL.sub("[EMAIL]", hidden))
