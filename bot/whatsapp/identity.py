"""Who wrote on WhatsApp: phone number, business-scoped user id (BSUID), or both.

A citizen who uses a username may hide the number; then only the BSUID is told. The
username itself is no id: it can be given up and taken by somebody else, so it never
joins two conversations.
Source: developers.facebook.com, WhatsApp Business Platform, business-scoped user ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.phone_numbers import from_platform
from izin.conversations import ChatAddress

_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,128}")
_WA_ID = re.compile(r"[1-9][0-9]{5,19}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Stable ids of one citizen.

    Attributes:
        bsuid: ``<country>.<id>``, or None.
        wa_id: The phone number in digits, or None.
    """

    bsuid: str | None
    wa_id: str | None

    @property
    def address(self) -> ChatAddress:
        """Give where answers go: the BSUID where known, else the phone number."""
        return ChatAddress("whatsapp", self.bsuid or self.wa_id or "")

    @property
    def aliases(self) -> tuple[str, ...]:
        """Give every id, the address first."""
        return tuple(known for known in (self.bsuid, self.wa_id) if known)

    @property
    def phone(self) -> str | None:
        """Give the number that WhatsApp itself verified, ``+62…``."""
        return from_platform(self.wa_id)


def is_bsuid(chat: str) -> bool:
    """Say whether a chat id is a BSUID (sent to as ``recipient``), not a number (``to``)."""
    return _BSUID.fullmatch(chat) is not None


def identify(message: Mapping[str, Any], contacts: Sequence[Mapping[str, Any]]) -> Identity:
    """Give who wrote a message, completed from the contacts beside it.

    Raises:
        ValueError: No usable id is told.
    """
    bsuid = _matching(message.get("from_user_id"), _BSUID)
    wa_id = _matching(message.get("from"), _WA_ID)
    if bsuid is None and message.get("from") is not None:
        bsuid = _matching(message.get("from"), _BSUID)
    contact = _contact_of(bsuid, wa_id, contacts)
    bsuid = bsuid or _matching(contact.get("user_id"), _BSUID)
    wa_id = wa_id or _matching(contact.get("wa_id"), _WA_ID)
    if bsuid is None and wa_id is None:
        raise ValueError("a message from nobody")
    return Identity(bsuid, wa_id)


def _contact_of(
    bsuid: str | None, wa_id: str | None, contacts: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    for contact in contacts:
        if bsuid and contact.get("user_id") == bsuid:
            return contact
        if wa_id and contact.get("wa_id") == wa_id:
            return contact
    if bsuid is None and wa_id is None and len(contacts) == 1:
        return contacts[0]
    return {}


def _matching(value: Any, pattern: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None
