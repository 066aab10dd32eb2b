"""What only a key outside the database can open or recognise.

The key is kept apart from the database and its backups (``TANYA_SEAL_KEY``, else a file of
the office's machine). Whoever holds the database alone can neither tell which chat filed an
anonymous complaint nor which turn of it did. Losing the key loses those links, never a
complaint.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from izin.errors import InvalidInput, NotFound

SHORTEST_KEY = 32
"""Characters: 24 random bytes in base64, far beyond guessing."""


class Vault:
    """Marks that can be compared and texts that can be opened with the key only."""

    def __init__(self, key: str, variable: str = "TANYA_SEAL_KEY") -> None:
        """Take the key, and the variable it was read from.

        Raises:
            InvalidInput: It is missing or too short.
        """
        if len(key) < SHORTEST_KEY:
            raise InvalidInput(
                f"{variable} must have at least {SHORTEST_KEY} characters", field=variable
            )
        self._marking = _derived(key, b"mark")
        self._box = Fernet(base64.urlsafe_b64encode(_derived(key, b"box")))

    def mark(self, *parts: str) -> str:
        """Give the same 64 hexadecimal digits for the same parts, unlike any other's.

        Lengths are part of it, so that ("ab", "c") and ("a", "bc") differ.
        """
        framed = b"".join(len(raw := part.encode()).to_bytes(4, "big") + raw for part in parts)
        return hmac.new(self._marking, framed, hashlib.sha256).hexdigest()

    def lock(self, text: str) -> str:
        """Give ``text`` encrypted, differently each time, as URL-safe letters.

        The moment of encryption that the format carries is set to zero: it would tell when
        an anonymous complaint was filed.
        """
        return self._box.encrypt_at_time(text.encode(), 0).decode()

    def unlock(self, locked: str) -> str:
        """Give what :meth:`lock` was given.

        Raises:
            NotFound: It was locked with another key, or is damaged.
        """
        try:
            return self._box.decrypt(locked.encode()).decode()
        except InvalidToken as error:
            raise NotFound("locked with another key") from error


def _derived(key: str, purpose: bytes) -> bytes:
    return hmac.new(key.encode(), b"tanya-izin:" + purpose, hashlib.sha256).digest()
