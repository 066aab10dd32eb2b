"""An officer's own chat with the bot: linked once by a code, told of dates that come near."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIVES = timedelta(minutes=15)
PREFIX = "petugas_"
"""Begins the parameter of the deep link, ``/start petugas_<code>``."""

_CODE_BYTES = 15


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """The private chat an officer linked."""

    account_id: str
    conversation_id: str
    linked_at: datetime


def new_code() -> str:
    """Give a code of 30 letters and digits that nobody can guess."""
    return secrets.token_hex(_CODE_BYTES)


def hashed(code: str) -> str:
    """Give what is stored of a code."""
    return hashlib.sha256(f"officer-chat:{code}".encode()).hexdigest()
