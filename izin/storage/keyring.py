"""Encrypts what lies in the database and on disk, and finds it again by keyed marks.

The keys come from the environment (``TANYA_DATA_KEY``, newest first) and lie neither in the
database nor in its backups. Everything is written with the newest; the others still open what
was written with them, until ``tanya keys rotate`` has written it anew. Whoever holds database
and disk alone reads neither addresses nor sealed complaints nor files.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from izin.errors import DataLocked, InvalidInput

VARIABLE = "TANYA_DATA_KEY"
SHORTEST_KEY = 32
"""Characters: 24 random bytes in base64, far beyond guessing."""

LOCKED = "enc1:"
"""Begins every encrypted text: ``enc1:<key id>:<nonce and ciphertext in base64>``."""

MARKED = "h1"
"""Begins every mark: ``h1<key id><32 hexadecimal digits>``, letters and digits only."""

DIALOGUE_PHONE = "dialogue/verified_phone"
"""The proven phone on its way through Rasa, which keeps what passes."""

FILE_HEAD = b"TNZ1"
"""Begins every encrypted file; the key's id, nonce and ciphertext follow."""

_ID_LETTERS = 8
_NONCE_BYTES = 12
_MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class _Key:
    """One key, derived once: deriving costs more than using it."""

    id: str
    box: AESGCM
    marking: bytes
    purposes: dict[str, bytes] = field(default_factory=dict)

    def mark(self, purpose: str, value: str) -> str:
        own = self.purposes.get(purpose)
        if own is None:
            own = self.purposes[purpose] = _derived(self.marking, purpose)
        # Keyed BLAKE2b (RFC 7693): half the time of an HMAC, which every message would pay.
        digits = hashlib.blake2b(value.encode(), key=own, digest_size=_MARK_BYTES).hexdigest()
        return f"{MARKED}{self.id}{digits}"


class Keyring:
    """The keys of a process: the first writes, all of them read."""

    def __init__(self, keys: str, variable: str = VARIABLE) -> None:
        """Take the keys, separated by commas, and the variable they were read from.

        Raises:
            InvalidInput: None is given, or one is too short or given twice.
        """
        given = [key for key in re.split(r"[\s,]+", keys) if key]
        if not given:
            raise InvalidInput(f"{variable} is not set", field=variable)
        if any(len(key) < SHORTEST_KEY for key in given):
            raise InvalidInput(
                f"each key of {variable} must have at least {SHORTEST_KEY} characters",
                field=variable,
            )
        if len(set(given)) < len(given):
            raise InvalidInput(f"{variable} holds the same key twice", field=variable)
        self._keys = {key.id: key for key in map(_key, given)}
        self._first = next(iter(self._keys.values()))

    @property
    def current(self) -> str:
        """Give the id of the key that writes."""
        return self._first.id

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of all keys, newest first; an id tells nothing of its key."""
        return tuple(self._keys)

    def lock(self, purpose: str, text: str) -> str:
        """Give ``text`` encrypted for one purpose, differently each time."""
        return f"{LOCKED}{self._first.id}:{_letters(_sealed(self._first, purpose, text.encode()))}"

    def unlock(self, purpose: str, text: str) -> str:
        """Give what :meth:`lock` was given for the same purpose; other texts as they are.

        Raises:
            DataLocked: No key of ours opens it, or it was changed or taken from elsewhere.
        """
        if not text.startswith(LOCKED):
            return text
        key_id, _, body = text.removeprefix(LOCKED).partition(":")
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError) as error:
            raise DataLocked(f"damaged: {purpose}") from error
        return self._opened(key_id, purpose, raw).decode()

    def lock_bytes(self, purpose: str, content: bytes) -> bytes:
        """Give the content of a file encrypted for one purpose."""
        return FILE_HEAD + self._first.id.encode() + _sealed(self._first, purpose, content)

    def unlock_bytes(self, purpose: str, content: bytes) -> bytes:
        """Give what :meth:`lock_bytes` was given; contents that were never locked as they are.

        Raises:
            DataLocked: No key of ours opens it, or it was changed or taken from elsewhere.
        """
        key_id = locked_with(content)
        if key_id is None:
            return content
        return self._opened(key_id, purpose, content[len(FILE_HEAD) + _ID_LETTERS :])

    def mark(self, purpose: str, value: str) -> str:
        """Give the mark by which ``value`` is found again; the same for the same purpose."""
        return self._first.mark(purpose, value)

    def marks(self, purpose: str, value: str) -> list[str]:
        """Give the mark of every key: rows may still bear an older key's."""
        return [key.mark(purpose, value) for key in self._keys.values()]

    def _opened(self, key_id: str, purpose: str, raw: bytes) -> bytes:
        key = self._keys.get(key_id)
        if key is None:
            raise DataLocked(f"{VARIABLE} lacks key {key_id}: {purpose}")
        try:
            return key.box.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise DataLocked(f"damaged: {purpose}") from error


def of_process() -> Keyring | None:
    """Give the keys of this process' environment, None if there are none.

    Raises:
        InvalidInput: ``TANYA_DATA_KEY`` holds no usable key.
    """
    keys = os.environ.get(VARIABLE, "").strip()
    return _ring(keys) if keys else None


def locked_for(purpose: str, text: str | None) -> str | None:
    """Give a text encrypted with this process' keys; as it is without keys, or when empty."""
    keyring = of_process()
    return keyring.lock(purpose, text) if keyring and text else text


def opened(purpose: str, text: str | None) -> str | None:
    """Give what :func:`locked_for` was given; other texts as they are.

    Raises:
        DataLocked: No key of this process opens it.
    """
    if text is None or not text.startswith(LOCKED):
        return text
    keyring = of_process()
    if keyring is None:
        raise DataLocked(f"{VARIABLE} is not set, and {purpose} is encrypted")
    return keyring.unlock(purpose, text)


@lru_cache(maxsize=4)
def _ring(keys: str) -> Keyring:
    return Keyring(keys)


def locked_with(content: bytes) -> str | None:
    """Give the id of the key that a file was encrypted with, None for a plain one."""
    if not content.startswith(FILE_HEAD):
        return None
    return content[len(FILE_HEAD) : len(FILE_HEAD) + _ID_LETTERS].decode("ascii", "replace")


def _key(secret: str) -> _Key:
    raw = secret.encode()
    return _Key(
        id=_derived(raw, "id").hex()[:_ID_LETTERS],
        box=AESGCM(_derived(raw, "box")),
        marking=_derived(raw, "mark"),
    )


def _sealed(key: _Key, purpose: str, content: bytes) -> bytes:
    # Random nonces of 96 bits: safe for 2**32 texts of one key, decades of a large office.
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.box.encrypt(nonce, content, purpose.encode())


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, b"tanya-izin:data:" + purpose.encode(), hashlib.sha256)
