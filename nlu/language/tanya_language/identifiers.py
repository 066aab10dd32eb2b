"""Numbers that identify: applications, tickets, NIB, NIK, telephones."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from lokal import parse_nik, parse_phone
from rapidfuzz.distance import OSA

_SPOKEN_SLASH = r"(?:\s*(?:/|\\|-|\.|_|garis miring|slash|garing|strip|per)\s*|\s+)"
_APPLICATION = (
    r"(?<![\w/])(?:(?P<prefix>5[0o]3)" + _SPOKEN_SLASH + r")?"
    r"(?P<serial>[0-9ol]{1,6})" + _SPOKEN_SLASH + r"(?P<code>%s[a-z][a-z_]{1,14})"
    r"(?:" + _SPOKEN_SLASH + r"(?P<year>(?:19|20)\d{2}|\d{2}))?(?![\w/])"
)
_BUILDING = re.compile(
    r"(?<!\w)(?:sk-?)?(?P<kind>pbg|slf|imb|sbkbg|rtb)[\s/.-]{0,3}(?P<area>\d{6})[\s/.-]{0,3}"
    r"(?P<day>\d{8})(?:[\s/.-]{0,3}(?P<serial>\d{1,3}))?(?!\w)"
)
_TICKET = re.compile(
    r"(?<!\w)(?:(?P<prefix>adu)(?P<s1>[\s_-]{0,3}))?"
    r"(?P<body>[0-9a-z]{4})(?P<s2>[\s_-]{0,3})(?P<tail>[0-9a-z]{2})(?!\w)"
)
_TICKET_CUES = ("tiket", "ticket", "aduan", "laporan")
_DIGITS = re.compile(r"(?<![\w.,/-])\+?\(?\d[\d\s().-]{5,24}\d(?![\w/])")
_NIK_CUES = ("nik", "ktp", "kependudukan")
_NIB_CUES = ("nib", "induk berusaha")
_OTHER_CUES = ("rekening", "rek ", "npwp", "kartu", "kk ", "bpjs")
_CUE_WIDTH = 24
_AREA_CODES = ("02", "03", "04", "05", "06", "07", "09")


@dataclass(frozen=True, slots=True)
class IdentifierFound:
    """An identifier at ``[start, end)`` of the folded text, in its normal form."""

    entity: str
    value: str
    start: int
    end: int
    confidence: float


class IdentifierGrammar:
    """Reads identifiers, mending what people get wrong when they copy them."""

    def __init__(self, codes: Collection[str]) -> None:
        """``codes`` are the permit codes an application number may hold."""
        self._codes = tuple(sorted(codes))
        self._flat = {code.replace("_", "").lower(): code for code in codes}
        parted = (code.lower().replace("_", "[ _-]?") for code in self._codes if "_" in code)
        spaced = "".join(f"{code}|" for code in sorted(parted, key=len, reverse=True))
        self._application = re.compile(_APPLICATION % spaced)

    def find(self, text: str, today: date) -> list[IdentifierFound]:
        """Return the identifiers of folded ``text`` without overlaps, in order.

        A missing office prefix is filled in and a missing year is taken for the current one, at
        lower confidence.
        """
        if not any(character.isdigit() for character in text):
            return _tickets(text)  # one in six tickets holds letters alone
        found: list[IdentifierFound] = []
        for reading in (
            self._building(text),
            self._applications(text, today),
            _tickets(text),
            _long_numbers(text),
        ):
            for item in reading:
                if not any(item.start < other.end and other.start < item.end for other in found):
                    found.append(item)
        return sorted(found, key=lambda item: item.start)

    def _building(self, text: str) -> list[IdentifierFound]:
        found = []
        for match in _BUILDING.finditer(text):
            serial = match["serial"] or "01"
            value = f"{match['kind'].upper()}-{match['area']}-{match['day']}-{int(serial):02d}"
            confidence = 0.97 if match["serial"] else 0.7
            found.append(
                IdentifierFound("nomor_permohonan", value, match.start(), match.end(), confidence)
            )
        return found

    def _applications(self, text: str, today: date) -> list[IdentifierFound]:
        found = []
        for match in self._application.finditer(text):
            code, distance = self._code(match["code"])
            parts = bool(match["prefix"]) + bool(match["year"])
            slashed = "/" in match.group() or "garis miring" in match.group()
            if not code or (parts == 0 and not slashed) or (distance and not match["prefix"]):
                continue
            if parts == 1 and not match["prefix"] and not slashed and len(match["serial"]) < 3:
                continue
            year = match["year"] or str(today.year)
            year = year if len(year) == 4 else f"{today.year // 100}{year}"
            serial = match["serial"].replace("o", "0").replace("l", "1")
            value = f"503/{int(serial):04d}/{code}/{year}"
            confidence = 0.98 if parts == 2 and not distance else 0.75
            found.append(
                IdentifierFound("nomor_permohonan", value, match.start(), match.end(), confidence)
            )
        return found

    def _code(self, written: str) -> tuple[str, int]:
        flat = re.sub(r"[\s_-]", "", written)
        if flat in self._flat:
            return self._flat[flat], 0
        if len(flat) < 3:
            return "", 0
        close = [known for known in self._flat if OSA.distance(flat, known, score_cutoff=1) <= 1]
        return (self._flat[close[0]], 1) if len(close) == 1 else ("", 0)


def _tickets(text: str) -> list[IdentifierFound]:
    found = []
    for match in _TICKET.finditer(text):
        payload = match["body"] + match["tail"]
        prefix = match["prefix"]
        digits = any(character.isdigit() for character in payload)
        if prefix:
            certain = digits or ("-" in match["s1"] and "-" in match["s2"])
        else:
            before = text[max(0, match.start() - _CUE_WIDTH) : match.start()]
            cued = any(cue in before for cue in _TICKET_CUES)
            certain = digits and "-" in match["s2"] and (cued or not payload.isdigit())
        if not certain:
            continue
        start = match.start("prefix") if prefix else match.start("body")
        value = f"ADU-{match['body']}-{match['tail']}".upper()
        found.append(IdentifierFound("tiket", value, start, match.end(), 0.97))
    return found


def _long_numbers(text: str) -> list[IdentifierFound]:
    found = []
    for match in _DIGITS.finditer(text):
        written = match.group()
        digits = re.sub(r"\D", "", written)
        before = text[max(0, match.start() - _CUE_WIDTH) : match.start()]
        kind = _kind_of(digits, written, before)
        if kind == "telepon":
            phone = parse_phone(written.strip())
            if phone.valid and phone.e164:
                found.append(_number(kind, phone.e164, match, 0.95))
        elif kind:
            sure = kind != "nik" or parse_nik(digits).valid
            found.append(_number(kind, digits, match, 0.95 if sure else 0.7))
    return found


def _kind_of(digits: str, written: str, before: str) -> str:
    if any(cue in before for cue in _OTHER_CUES) and not any(cue in before for cue in _NIK_CUES):
        return ""
    if len(digits) == 16 and not written.startswith("+"):
        return "nik"
    if len(digits) == 13 and any(cue in before for cue in _NIB_CUES):
        return "nib"
    mobile = digits.startswith(("08", "628")) and 10 <= len(digits) <= 14
    fixed = digits.startswith(_AREA_CODES) and 9 <= len(digits) <= 12
    spoken = digits.startswith("8") and 10 <= len(digits) <= 12
    if mobile or spoken or (fixed and ("-" in written or "(" in written)):
        return "telepon"
    return "nib" if len(digits) == 13 and not written.startswith("+") else ""


def _number(kind: str, value: str, match: re.Match[str], confidence: float) -> IdentifierFound:
    return IdentifierFound(kind, value, match.start(), match.end(), confidence)
