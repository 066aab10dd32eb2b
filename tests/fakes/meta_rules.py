"""What the Cloud API refuses, enforced by the fake one.

Written apart from the product's own checks, so that a mistake in one shows in the other.
Source: developers.facebook.com, Cloud API messages reference and error codes.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any

HTTP_STATUS = {
    0: 401, 190: 401, 10: 403, 368: 403, 131031: 403, 4: 429, 80007: 429, 130429: 429,
    131048: 429, 131056: 429, 131000: 500, 131016: 503,
}  # fmt: skip

TOP = {"messaging_product", "recipient_type", "to", "recipient", "type", "context"}
TYPES = {"text", "interactive", "image", "document", "location", "template"}

Templates = dict[tuple[str, str], int]
"""Approved templates: how many body parameters each (name, language) has."""


class GraphError(Exception):
    """An answer with an ``error`` object."""

    def __init__(self, code: int, details: str, status: int | None = None) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.status = status or HTTP_STATUS.get(code, 400)

    def document(self) -> dict[str, Any]:
        """Give the body."""
        return {
            "error": {
                "message": f"(#{self.code}) {self.details}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "contoh",
            }
        }


def length(text: str) -> int:
    """Give the length by the strictest reading, UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _need(content: dict[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
    if key not in content:
        raise GraphError(131008, f"Required parameter {key} is missing")
    if not isinstance(content[key], kind):
        raise GraphError(131009, f"Parameter {key} has a wrong type")
    return content[key]


def _only(content: dict[str, Any], allowed: set[str]) -> None:
    unknown = set(content) - allowed
    if unknown:
        raise GraphError(100, f"Unexpected key {sorted(unknown)}")


def _text(content: dict[str, Any], key: str, most: int) -> str:
    text = _need(content, key, str)
    if not any(c.isprintable() and not c.isspace() for c in text) or length(text) > most:
        raise GraphError(131009, f"{key} must have between 1 and {most} characters")
    return text


def check_message(body: dict[str, Any], uploads: set[str], templates: Templates) -> str:
    """Give the type of a message the Cloud API would take; GraphError otherwise."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required")
    if ("to" in body) == ("recipient" in body):
        raise GraphError(100, "Exactly one of to and recipient is required")
    if "to" in body and not re.fullmatch(r"\+?[1-9][0-9]{5,19}", str(body["to"])):
        raise GraphError(131009, "to is no phone number")
    if "recipient" in body and not re.fullmatch(r"[A-Z]{2}\.[\w.]{1,128}", str(body["recipient"])):
        raise GraphError(131009, "recipient is no business-scoped user id")
    kind = body.get("type", "text")
    if kind not in TYPES:
        raise GraphError(131051, f"Unsupported message type {kind}")
    _only(body, TOP | {kind})
    content = _need(body, kind, dict)
    if kind == "text":
        _only(content, {"body", "preview_url"})
        _text(content, "body", 4096)
    elif kind == "interactive":
        _interactive(content)
    elif kind in ("image", "document"):
        _only(content, {"id", "caption", "filename"} if kind == "document" else {"id", "caption"})
        if _need(content, "id", str) not in uploads:
            raise GraphError(131053, "Media upload error: unknown media id")
        if "caption" in content:
            _text(content, "caption", 1024)
    elif kind == "location":
        _only(content, {"latitude", "longitude", "name", "address"})
        if abs(_need(content, "latitude", (int, float))) > 90 or abs(content["longitude"]) > 180:
            raise GraphError(131009, "outside the globe")
    else:
        _template(content, templates)
    return str(kind)


def _interactive(content: dict[str, Any]) -> None:
    _only(content, {"type", "header", "body", "footer", "action"})
    kind = _need(content, "type", str)
    _text(_need(content, "body", dict), "text", 1024)
    for part in ("header", "footer"):
        if part in content:
            _text(content[part], "text", 60)
    action = _need(content, "action", dict)
    if kind == "button":
        _only(action, {"buttons"})
        replies = []
        for button in _need(action, "buttons", list):
            if button.get("type") != "reply":
                raise GraphError(131009, "a button must be of type reply")
            replies.append(_need(button, "reply", dict))
        _options(replies, 3, 20, 256, {"id", "title"})
    elif kind == "list":
        _only(action, {"button", "sections"})
        _text(action, "button", 20)
        sections = _need(action, "sections", list)
        if not 1 <= len(sections) <= 10:
            raise GraphError(131009, "1 to 10 sections")
        if len(sections) > 1:
            for section in sections:
                _text(section, "title", 24)
        rows = [row for section in sections for row in _need(section, "rows", list)]
        _options(rows, 10, 24, 200, {"id", "title", "description"})
        for row in rows:
            if "description" in row:
                _text(row, "description", 72)
    elif kind == "cta_url":
        parameters = _need(action, "parameters", dict)
        _text(parameters, "display_text", 20)
        if not re.match(r"https?://[^\s/]+", _need(parameters, "url", str)):
            raise GraphError(131009, "url is invalid")
    else:
        raise GraphError(131009, f"unknown interactive type {kind}")


def _options(
    options: list[dict[str, Any]], most: int, title: int, identity: int, keys: set[str]
) -> None:
    if not 1 <= len(options) <= most:
        raise GraphError(131009, f"1 to {most} options are allowed")
    for option in options:
        _only(option, keys)
        _text(option, "title", title)
        _text(option, "id", identity)
    for key in ("id", "title"):
        if len({option[key] for option in options}) < len(options):
            raise GraphError(131009, f"duplicate {key}")


def _template(content: dict[str, Any], templates: Templates) -> None:
    _only(content, {"name", "language", "components"})
    name = _need(content, "name", str)
    language = _need(content, "language", dict)
    _only(language, {"code", "policy"})
    code = _need(language, "code", str)
    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise GraphError(100, "name must be lower case letters, digits and underscores")
    if (name, code) not in templates:
        raise GraphError(132001, "Template name does not exist in the translation")
    parameters = []
    for part in content.get("components", []):
        _only(part, {"type", "parameters", "sub_type", "index"})
        if _need(part, "type", str) != "body":
            raise GraphError(132012, "This template has a body alone")
        parameters += _need(part, "parameters", list)
    if len(parameters) != templates[name, code]:
        raise GraphError(132000, "Number of parameters does not match")
    for parameter in parameters:
        _only(parameter, {"type", "text"})
        if parameter.get("type") != "text":
            raise GraphError(132012, "Parameter format does not match")
        if re.search(r"[\n\t]| {5}", _text(parameter, "text", 1024)):
            raise GraphError(132012, "Parameter has new-line, tab or too many spaces")


class Throughput:
    """80 messages a second for the number; to one citizen 10 at once, then 1 each 6 s.

    Meta does not document the burst exactly; ten is stricter than what was reported.
    """

    PAIR_BURST = 10
    PAIR_S = 60.0

    def __init__(self) -> None:
        """Begin with an empty record."""
        self.overall: deque[float] = deque(maxlen=200)
        self.pairs: dict[str, tuple[float, float]] = {}

    def check(self, chat: str, now: float) -> None:
        """Count a message or raise 130429 or 131056."""
        if sum(now - moment < 0.95 for moment in self.overall) >= 80:
            raise GraphError(130429, "Cloud API message throughput has been reached")
        level, last = self.pairs.get(chat, (0.0, now))
        level = max(0.0, level - (now - last) * self.PAIR_BURST / self.PAIR_S)
        if level + 1 > self.PAIR_BURST + 0.1:
            raise GraphError(131056, "Too many messages to the same phone number")
        self.pairs[chat] = (level + 1, now)
        self.overall.append(now)
