"""A citizen in the simulator, as the journeys drive one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

_NUMBER = re.compile(r"^\d+\. ")


class Unfulfilled(AssertionError):
    """What a journey expects did not come; the message says what came instead."""


def expect(holds: object, why: str) -> None:
    """Go on if something holds.

    Raises:
        Unfulfilled: It does not; the message is ``why``.
    """
    if not holds:
        raise Unfulfilled(why)


@dataclass(frozen=True)
class Said:
    """What came back for one message: its parts joined, everything tappable, and by whom."""

    text: str
    choices: dict[str, str]
    turn_id: str
    handled_by: str
    turn_ms: float
    media: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Said:
        """Read the API's answer."""
        replies = document["replies"]
        return cls(
            text="\n".join(part["text"] for part in replies),
            choices={c["title"]: c["id"] for part in replies for c in part["choices"]},
            turn_id=document["turn_id"],
            handled_by=document.get("handled_by", "bot"),
            turn_ms=document.get("turn_ms", 0.0),
            media=[part["media"] for part in replies if part["media"]],
        )

    def __contains__(self, fact: str) -> bool:
        """Say whether a fact stands in the text, whatever the spacing and the line breaks."""
        return squeeze(fact) in squeeze(self.text)

    def tells(self, facts: Iterable[str]) -> bool:
        """Give True when every fact stands in the text; there must be at least one.

        Raises:
            Unfulfilled: One is missing.
        """
        wanted = list(facts)
        missing = [fact for fact in wanted if fact not in self]
        expect(wanted, "no facts to look for")
        expect(not missing, f"{missing} not in:\n{self.text}")
        return True


def squeeze(text: str) -> str:
    """Give the text with single spaces, in lower case, without a sentence's last full stop."""
    return " ".join(text.split()).casefold().rstrip(".")


class Chat:
    """One citizen's chat with the office."""

    def __init__(
        self, http: httpx.Client, channel: str, phone: str | None = None, name: str | None = None
    ) -> None:
        self.channel = channel
        self.phone = phone
        self.name = name or f"warga-{uuid.uuid4().hex[:12]}"
        self._http = http
        self._last: str | None = None
        self.choices: dict[str, str] = {}
        self._ever: dict[str, str] = {}
        self.silence_expected = False

    def post(self, **content: Any) -> httpx.Response:
        """Send a message and give the raw answer."""
        body: dict[str, Any] = {"channel": self.channel, "chat": self.name, **content}
        if self.phone is not None:
            body.setdefault("phone", self.phone)
        return self._http.post("/simulator/api/turns", json=body)

    def send(self, at: datetime | None = None, **content: Any) -> Said:
        """Send any message and give the answer, which must have come unless silence is due."""
        answer = self.post(**content, **({"at": at.isoformat()} if at else {}))
        expect(answer.status_code == 200, answer.text)
        said = Said.of(answer.json())
        if not self.silence_expected:
            expect(not is_internal(said.text), said.text)
        self.choices = said.choices or self.choices
        self._ever |= said.choices
        return said

    def say(self, text: str, at: datetime | None = None) -> Said:
        """Write a text."""
        return self.send(at, text=text)

    def tap(self, title: str, at: datetime | None = None) -> Said:
        """Tap the last shown choice whose title begins so; older buttons work as well."""
        shown = (*self.choices.items(), *reversed(self._ever.items()))
        found = [key for choice, key in shown if begins(choice, title)]
        expect(found, f"no {title!r} among {list(self._ever)}")
        return self.send(at, choice=found[0])

    def messages(self, after: str | None = None) -> list[dict[str, Any]]:
        """Give everything delivered to this chat, pushed messages too."""
        query = {"channel": self.channel, "chat": self.name}
        if after:
            query["after"] = after
        answer = self._http.get("/simulator/api/messages", params=query)
        expect(answer.status_code == 200, answer.text)
        return list(answer.json()["messages"])


def begins(choice: str, title: str) -> bool:
    """Say whether a choice begins so, whatever a list's numbers and shortening made of it."""
    plain = _NUMBER.sub("", choice)
    if plain.endswith("…"):
        return title.startswith(plain[:-1].rstrip()) or plain.startswith(title)
    return plain.startswith(title)


def is_internal(text: str) -> bool:
    """Say whether a text shows what never may be seen: braces, None, null, ids, bold marks."""
    words = text.replace("(", " ").replace(")", " ").split()
    return (
        any(mark in text for mark in ("{", "}", "[b]", "[/b]"))
        or any(word.strip(".,:;") in ("None", "null", "nan") for word in words)
        or not text.strip()
    )
