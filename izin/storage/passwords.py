"""Passwords hashed with argon2id."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from izin.passwords import LONGEST, normalised

_AT_ONCE = 2
"""Each takes 64 MiB and all of a core: forty at once would fell a small machine."""


class Argon2Hashes:
    """``izin.ports.PasswordHashes`` with argon2id (RFC 9106, second recommended parameters)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take the parameters; the library's own, today's recommendation, when none are given."""
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(_AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Give what is stored of a password."""
        with self._turn:
            return self._hasher.hash(normalised(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether it is this password."""
        try:
            with self._turn:
                self._hasher.verify(password_hash or self._nobody, normalised(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None and len(password) <= LONGEST

    def outdated(self, password_hash: str) -> bool:
        """Say whether it was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)
