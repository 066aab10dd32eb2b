"""Who an office is, as `tanya init` asks: each answer checked, then written as seed files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from izin.errors import InvalidInput
from izin.examples import without_marked_parts
from izin.office_periods import WEEKDAYS
from izin.storage.seed_shapes.office import OfficeFile
from izin.storage.seed_shapes.privacy import PrivacyFile

OFFICE, PRIVACY = "office.yml", "privacy.yml"
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_LONGEST = 300
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,24}|\(0[0-9]{2,3}\) ?[0-9][0-9 -]{4,18}")
_EMAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_SPAN = re.compile(r"(\d{1,2})[.:](\d\d)\s*-\s*(\d{1,2})[.:](\d\d)")
_PLACEHOLDER = re.compile(r"\.\.\.|\bcontoh\b|\.example\b|0{6}|000-000", re.IGNORECASE)
"""What the fictional office and the sample answers are made of."""

Answer = Any


class AnswerWrong(Exception):
    """An answer cannot be used; ``reason`` ends the id of its sentence, ``ops.init.wrong.…``."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked.

    Attributes:
        name: key in a file of answers; its sentence is ``ops.init.ask.<name>``.
        read: turns what was typed into the answer.
        needed: False when it may be left empty.
        default: taken for an empty answer.
    """

    name: str
    read: Callable[[str, Answer], Answer]
    needed: bool = True
    default: str = ""


def _text(name: str, given: Answer) -> str:
    said = " ".join(str(given).split())
    if not said:
        raise AnswerWrong(name, "empty")
    if len(said) > _LONGEST or not said.isprintable():
        raise AnswerWrong(name, "long")
    if _PLACEHOLDER.search(said):
        raise AnswerWrong(name, "example")
    return said


def _zone(name: str, given: Answer) -> str:
    said = _text(name, given)
    found = ZONES.get(said.upper(), said)
    if found not in ZONES.values():
        raise AnswerWrong(name, "zone")
    return found


def _phone(name: str, given: Answer) -> str:
    said = _text(name, given)
    if not _PHONE.fullmatch(said):
        raise AnswerWrong(name, "phone")
    return said


def _email(name: str, given: Answer) -> str:
    said = _text(name, given)
    if not _EMAIL.fullmatch(said):
        raise AnswerWrong(name, "email")
    return said


def _web(name: str, given: Answer) -> str:
    said = _text(name, given).rstrip("/")
    address = urlsplit(said)
    if address.scheme not in ("http", "https") or not address.hostname or " " in said:
        raise AnswerWrong(name, "web")
    return said


def _https(name: str, given: Answer) -> str:
    said = _web(name, given)
    if urlsplit(said).scheme != "https" or urlsplit(said).path:
        raise AnswerWrong(name, "https")
    return said


def _hours(name: str, given: Answer) -> dict[str, list[str]]:
    """Read ``senin-kamis 08.00-15.00; jumat 08.00-11.00``, or the same as a mapping."""
    if isinstance(given, Mapping):
        parts = [(str(days), str(spans)) for days, spans in given.items()]
    else:
        split = (part.strip().partition(" ") for part in str(given).split(";") if part.strip())
        parts = [(days, spans) for days, _, spans in split]
    found: dict[str, list[str]] = {}
    for days, spans in parts:
        opened = [_span(name, one) for one in spans.split(",")]
        for day in _days(name, days):
            if day in found:
                raise AnswerWrong(name, "hours")
            found[day] = list(opened)
    if not found:
        raise AnswerWrong(name, "empty")
    return {day: found[day] for day in WEEKDAYS if day in found}


def _days(name: str, text: str) -> list[str]:
    first, _, last = text.strip().casefold().partition("-")
    if first not in WEEKDAYS or (last and last not in WEEKDAYS):
        raise AnswerWrong(name, "hours")
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < begin:
        raise AnswerWrong(name, "hours")
    return list(WEEKDAYS[begin : end + 1])


def _span(name: str, text: str) -> str:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise AnswerWrong(name, "hours")
    start, end = f"{int(match[1]):02}:{match[2]}", f"{int(match[3]):02}:{match[4]}"
    if start >= end or end > "23:59" or match[2] >= "60" or match[4] >= "60":
        raise AnswerWrong(name, "hours")
    return f"{start}-{end}"


QUESTIONS = (
    Question("agency", _text),
    Question("short_name", _text),
    Question("regency", _text),
    Question("timezone", _zone, default="WIB"),
    Question("address", _text),
    Question("phone", _phone),
    Question("whatsapp", _phone, needed=False),
    Question("email", _email),
    Question("website", _web, needed=False),
    Question("privacy_email", _email, needed=False),
    Question("hours", _hours),
    Question("public_url", _https, needed=False),
    Question("console_url", _https, needed=False),
)


def read_answer(question: Question, given: Answer) -> Answer:
    """The answer, None when it may be left empty and is.

    Raises:
        AnswerWrong: it cannot be used.
    """
    if given is None or given == "":
        if question.needed and not question.default:
            raise AnswerWrong(question.name, "empty")
        given = question.default
    return question.read(question.name, given) if given else None


def read_answers(file: Path) -> tuple[dict[str, Answer], list[AnswerWrong]]:
    """The answers of a file, and everything wrong with it at once."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        return {}, [AnswerWrong(str(file), "no_file")]
    except (UnicodeDecodeError, yaml.YAMLError):
        return {}, [AnswerWrong(file.name, "file")]
    if not isinstance(raw, Mapping):
        return {}, [AnswerWrong(file.name, "file")]
    known = {question.name for question in QUESTIONS}
    wrong = [AnswerWrong(str(name), "unknown") for name in raw if name not in known]
    answers: dict[str, Answer] = {}
    for question in QUESTIONS:
        try:
            answers[question.name] = read_answer(question, raw.get(question.name))
        except AnswerWrong as error:
            wrong.append(error)
    return answers, wrong


def office_files(answers: Mapping[str, Answer], data: Path, today: date) -> dict[str, str]:
    """The text of the office's seed files by their names.

    What holds in every regency (objections by law, national complaint channels) is taken from
    the release; nothing of the fictional office is.

    Raises:
        InvalidInput: the answers make no office.
    """
    release = yaml.safe_load((data / "office" / OFFICE).read_text("utf-8"))
    details = {
        name: value
        for name, value in without_marked_parts(release["details"]).items()
        if not name.startswith("hours_")
    }
    office = {
        "compiled": today, "fictional": False,
        **{name: answers[name] for name in ("agency", "short_name", "regency", "timezone",
                                            "address", "phone", "whatsapp", "email", "website")},
        "location": None, "hours_inferred": False, "opening_hours": answers["hours"],
        "special_hours": [], "sources": [], "details": details,
    }  # fmt: skip
    mail = answers.get("privacy_email") or answers["email"]
    names = (
        (f"{release['agency']}, badan publik", f"{answers['agency']}, badan publik"),
        (release["short_name"], answers["short_name"]),
        ("Jalan Contoh Nomor 1", answers["address"]),
        ("pdp@dpmptsp.contoh.example", mail),
    )
    notice = yaml.safe_load((data / "office" / PRIVACY).read_text("utf-8"))
    for section in notice["sections"]:
        for old, new in names:
            section["text"] = section["text"].replace(str(old), str(new))
    try:
        OfficeFile.model_validate(office)
        PrivacyFile.model_validate(notice)
    except ValidationError as error:
        raise InvalidInput(f"no office: {error}", field="office") from error
    return {OFFICE: _yaml(office), PRIVACY: _yaml(notice)}


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=98)
