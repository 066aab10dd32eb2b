"""A WhatsApp webhook as messages and receipts. Pure.

One POST may hold several entries, changes, messages and statuses, in any order and more
than once; every item is read apart, so that a broken one never takes others with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.whatsapp.identity import Identity, identify
from bot.whatsapp.messages import moment, read_message
from izin.conversations import DeliveryReceipt, InboundMessage
from izin.errors import InvalidInput

_STATUSES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",  # a voice message that was heard was also seen
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class ParsedWebhook:
    """What one POST held.

    Attributes:
        messages: Citizens' messages, oldest first by the platform's time.
        receipts: What happened to messages of ours.
        unparsed: Items that could not be understood: their JSON and why.
        ignored: Reasons of items that need no answer (reactions, other fields).
    """

    messages: tuple[InboundMessage, ...] = ()
    receipts: tuple[DeliveryReceipt, ...] = ()
    unparsed: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


class NotForUs(Exception):
    """An item that needs no answer."""


def parse_webhook(body: Mapping[str, Any], phone_id: str = "") -> ParsedWebhook:
    """Give everything a webhook held.

    Args:
        body: The JSON of the POST.
        phone_id: Our business number's id; items of other numbers of the same account
            are ignored. Empty takes every number.

    Raises:
        InvalidInput: The body is no WhatsApp webhook at all.
    """
    if not isinstance(body, Mapping) or body.get("object") != "whatsapp_business_account":
        raise InvalidInput("not a WhatsApp webhook", field="object")
    if not isinstance(body.get("entry"), Sequence) or isinstance(body["entry"], str):
        raise InvalidInput("a webhook without entries", field="entry")
    reading = _Reading(phone_id)
    for entry in body["entry"]:
        reading.take(entry, reading.entry)
    reading.messages.sort(key=lambda message: message.sent_at)
    return ParsedWebhook(
        tuple(reading.messages),
        tuple(reading.receipts),
        tuple(reading.unparsed),
        tuple(reading.ignored),
    )


class _Reading:
    """Walks a webhook and keeps what each item gave."""

    def __init__(self, phone_id: str) -> None:
        self._phone_id = phone_id
        self.messages: list[InboundMessage] = []
        self.receipts: list[DeliveryReceipt] = []
        self.unparsed: list[tuple[str, str]] = []
        self.ignored: list[str] = []

    def take(self, item: Any, read: Callable[[Any], None]) -> None:
        """Read one item; whatever is wrong with it stays with it."""
        try:
            read(item)
        except NotForUs as reason:
            self.ignored.append(str(reason))
        except (InvalidInput, KeyError, TypeError, ValueError, AttributeError) as error:
            self._keep(item, error)
        except (OverflowError, OSError, RecursionError) as error:  # dates out of range
            self._keep(item, error)

    def entry(self, entry: Mapping[str, Any]) -> None:
        for change in _list(entry["changes"]):
            self.take(change, self._change)

    def _change(self, change: Mapping[str, Any]) -> None:
        if change["field"] != "messages":
            raise NotForUs(f"field {change['field']}")
        value = change["value"]
        number = (value.get("metadata") or {}).get("phone_number_id")
        if self._phone_id and number != self._phone_id:
            raise NotForUs("another business number")
        contacts = [c for c in _list(value.get("contacts") or []) if isinstance(c, Mapping)]
        for message in _list(value.get("messages") or []):
            self.take(message, lambda item: self._message(item, contacts))
        for status in _list(value.get("statuses") or []):
            self.take(status, self._status)
        for error in _list(value.get("errors") or []):
            self._keep(error, InvalidInput("the platform reports an error"))

    def _message(self, message: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> None:
        if message["type"] in ("reaction", "revoke"):
            raise NotForUs(f"a {message['type']}")
        if message.get("group_id"):
            raise NotForUs("a message of a group")
        if message["type"] == "system":
            # Another number now belongs to the chat: a person decides what that means.
            raise InvalidInput("a citizen's identity changed")
        who: Identity = identify(message, contacts)
        self.messages.append(read_message(message, who))

    def _status(self, status: Mapping[str, Any]) -> None:
        if not isinstance(status["id"], str) or not status["id"]:
            raise ValueError("a status without id")
        name = _STATUSES.get(status["status"])
        if name is None:
            raise InvalidInput(f"unknown status {str(status['status'])[:40]}")
        self.receipts.append(
            DeliveryReceipt(
                channel="whatsapp",
                external_id=status["id"],
                status=name,  # type: ignore[arg-type]
                at=moment(status["timestamp"]),
                error_code=next(_error_codes(status), None),
            )
        )

    def _keep(self, item: Any, error: Exception) -> None:
        # Only a key of ours or our own words: other errors may quote the citizen's.
        known = isinstance(error, InvalidInput | KeyError)
        reason = f"{type(error).__name__} {error}" if known else type(error).__name__
        self.unparsed.append((json.dumps(item, ensure_ascii=False), reason))


def _error_codes(status: Mapping[str, Any]) -> Iterator[str]:
    for error in _list(status.get("errors") or []):
        yield str(error["code"])


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError("expected a list")
    return value
