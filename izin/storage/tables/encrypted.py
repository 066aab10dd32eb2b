"""Column types whose values are encrypted on their way in and decrypted on their way out.

The keys are those of ``TANYA_DATA_KEY``. Everybody who opens our database needs them, so each
engine reads them from the environment once, at its first use, unless it was given others: no
command can forget them. An engine without keys reads and writes plain values, and refuses
encrypted ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import operators
from sqlalchemy.sql.type_api import TypeDecorator, TypeEngine

from izin.errors import DataLocked
from izin.storage.keyring import LOCKED, VARIABLE, Keyring, locked_with, of_process

HIDDEN = "hidden"
"""Where a stored message keeps, encrypted, who sent it and with what."""

_HIDDEN_PARTS = (
    "chat", "user", "phone", "aliases", "external_id", "reply_to", "media", "location",
)  # fmt: skip
_ATTRIBUTE = "tanya_keyring"
_FOUND_BY_MARK = frozenset(
    {operators.eq, operators.ne, operators.in_op, operators.not_in_op, operators.like_op}
)


def give_keys(engine: Engine, keyring: Keyring | None) -> None:
    """Let an engine encrypt and decrypt with these keys instead of the environment's."""
    setattr(engine.dialect, _ATTRIBUTE, keyring)


def keyring_of(owner: Engine | Connection | Dialect) -> Keyring | None:
    """Give the keys of an engine, connection or dialect, None if there are none.

    Raises:
        InvalidInput: ``TANYA_DATA_KEY`` holds no usable key.
    """
    dialect = owner if isinstance(owner, Dialect) else owner.dialect
    try:
        found: Keyring | None = getattr(dialect, _ATTRIBUTE)
    except AttributeError:
        found = of_process()
        setattr(dialect, _ATTRIBUTE, found)
    return found


def opened(owner: Engine | Connection | Dialect, purpose: str, text: str | None) -> str | None:
    """Give a value of an encrypted column that was read without its type."""
    if text is None or not text.startswith(LOCKED):
        return text
    return _needed(keyring_of(owner), purpose).unlock(purpose, text)


class _Unequal(TypeDecorator.Comparator[Any]):
    """Refuses comparisons: encrypted twice, the same value differs."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if op in _FOUND_BY_MARK:
            raise TypeError("an encrypted column is found by its mark")
        return super().operate(op, *other, **kwargs)


class EncryptedText(TypeDecorator[str]):
    """Text encrypted for one purpose, mostly ``table/column``; empty ones stay empty."""

    impl = Text
    cache_ok = True
    comparator_factory = _Unequal

    def __init__(self, purpose: str) -> None:
        """Take the purpose: what was locked for another is not opened."""
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Give what is stored."""
        keyring = keyring_of(dialect)
        return keyring.lock(self.purpose, value) if keyring and value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give what was meant."""
        return opened(dialect, self.purpose, value)


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes encrypted for one purpose."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        """Take the purpose: what was locked for another is not opened."""
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Give what is stored."""
        keyring = keyring_of(dialect)
        return keyring.lock_bytes(self.purpose, value) if keyring and value else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Give what was meant."""
        if value is None or locked_with(value) is None:
            return value
        return _needed(keyring_of(dialect), self.purpose).unlock_bytes(self.purpose, value)


class _Document(TypeDecorator[Any]):
    impl = JSONB

    def __init__(self, purpose: str) -> None:
        """Take the purpose: what was locked for another is not opened."""
        super().__init__()
        self.purpose = purpose

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Give the type of what is compared with a part of the document."""
        return self.impl_instance.coerce_compared_value(op, value)


class EncryptedDocument(_Document):
    """A JSON document encrypted as a whole, stored as one JSON string; empty ones stay."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Give what is stored."""
        keyring = keyring_of(dialect)
        if not keyring or not value:
            return value
        return keyring.lock(self.purpose, json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Give what was meant."""
        if not isinstance(value, str) or not value.startswith(LOCKED):
            return value
        return json.loads(opened(dialect, self.purpose, value) or "null")


class MessageDocument(_Document):
    """A citizen's message: its words stay readable for searches, who sent it does not."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Give what is stored."""
        keyring = keyring_of(dialect)
        if not keyring or not isinstance(value, Mapping):
            return value
        hidden = {name: value[name] for name in _HIDDEN_PARTS if name in value}
        kept = {name: part for name, part in value.items() if name not in hidden}
        locked = keyring.lock(self.purpose, json.dumps(hidden, ensure_ascii=False))
        return {**kept, HIDDEN: locked}

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Give what was meant."""
        if not isinstance(value, dict) or HIDDEN not in value:
            return value
        hidden = json.loads(opened(dialect, self.purpose, value.pop(HIDDEN)) or "{}")
        return {**value, **hidden}


def _needed(keyring: Keyring | None, purpose: str) -> Keyring:
    if keyring is None:
        raise DataLocked(f"{VARIABLE} is not set, and {purpose} is encrypted")
    return keyring
