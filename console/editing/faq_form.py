"""The form of a question with its answer: what was typed, and the document it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FIELDS = ("question", "answer", "topic", "variants", "permits", "sources", "checked_on",
          "valid_from", "valid_until")  # fmt: skip
DAYS = ("checked_on", "valid_from", "valid_until")
_LISTS = ("variants", "permits", "sources")
_LONGEST = 60_000
_LONGEST_KEY = 60


@dataclass(slots=True)
class FaqForm:
    """What stands in the fields: text as typed, ``live`` and ``inferred`` as ticked."""

    texts: dict[str, str]
    live: bool = True
    inferred: bool = False

    def text(self, name: str) -> str:
        """Give what stands in a field."""
        return self.texts.get(name, "")

    def wrong_days(self) -> list[str]:
        """Give the names of the fields whose day cannot be read."""
        return [name for name in DAYS if _day(self.text(name)) is None and self._must(name)]

    def _must(self, name: str) -> bool:
        return bool(self.text(name).strip()) or name == "checked_on"

    def document(self, key: str) -> Mapping[str, Any]:
        """Give the document that the form makes; days that cannot be read are left out."""
        known: dict[str, Any] = {"key": key, "inferred": self.inferred}
        for name in FIELDS:
            text = self.text(name)
            if name in DAYS:
                day = _day(text)
                known[name] = day.isoformat() if day else None
            elif name in _LISTS:
                known[name] = _lines(text, split=name == "permits")
            else:
                known[name] = _tidy(text)
        known["topic"] = "_".join(re.findall(r"\w+", known["topic"].casefold()))
        known["permits"] = [code.upper() for code in known["permits"]]
        return known


def typed(fields: Mapping[str, str]) -> FaqForm:
    """Give the form as somebody sent it."""
    texts = {name: fields.get(name, "").replace("\r\n", "\n")[:_LONGEST] for name in FIELDS}
    return FaqForm(texts, bool(fields.get("live")), bool(fields.get("inferred")))


def of_document(document: Mapping[str, Any], live: bool) -> FaqForm:
    """Give the form of a document."""
    texts = {}
    for name in FIELDS:
        value = document.get(name)
        texts[name] = "" if value is None else "\n".join(value) if name in _LISTS else str(value)
    texts["permits"] = ", ".join(document.get("permits") or ())
    texts["topic"] = texts["topic"].replace("_", " ")
    return FaqForm(texts, live, bool(document.get("inferred")))


def empty(today: date) -> FaqForm:
    """Give the form of a new answer."""
    return FaqForm({**dict.fromkeys(FIELDS, ""), "checked_on": today.isoformat()})


def key_of(question: str) -> str:
    """Give a key made of a question's words; "" when it has none."""
    words = re.findall(r"[a-z0-9]+", question.casefold())
    return "_".join(words)[:_LONGEST_KEY].strip("_")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _lines(text: str, *, split: bool) -> list[str]:
    parts = re.split(r"[\n,;]+" if split else r"\n+", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
