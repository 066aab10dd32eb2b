"""Set up and check the second factor: an authenticator app, and codes for when it is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from izin.accounts import Account
from izin.errors import InvalidInput, NotFound
from izin.ports import OneTimeCodes, Safe, SecondFactors

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look like another; ten of them are 49 bits."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The second factor of accounts. Its secrets are stored encrypted for one account each."""

    factors: SecondFactors
    codes: OneTimeCodes
    safe: Safe
    clock: Callable[[], datetime]

    def offer(self, account: Account) -> str:
        """Give a new key for an account, locked; nothing is stored until it is confirmed."""
        return self._lock(account, self.codes.new_secret())

    def key(self, account: Account, offer: str) -> str:
        """Give the key of an offer, to show it.

        Raises:
            InvalidInput: It was not offered to this account.
        """
        secret = self._unlock(account, offer)
        if secret is None:
            raise InvalidInput("not offered to this account", field="offer")
        return secret

    def confirm(self, account: Account, offer: str, code: str) -> Sequence[str] | None:
        """Store an offered key once its first code is right; give the recovery codes.

        None when the code is wrong.

        Raises:
            InvalidInput: The key was not offered to this account.
        """
        step = self.codes.step(self.key(account, offer), code, self.clock())
        if step is None:
            return None
        recovery = _new_codes()
        self.factors.store(account.id, offer, self._marks(account, recovery), step)
        return recovery

    def check(self, account: Account, code: str) -> bool:
        """Say whether it is a code of the app that was not used yet, and use it up."""
        locked = self.factors.locked_secret(account.id)
        secret = self._unlock(account, locked) if locked else None
        if secret is None:
            return False
        step = self.codes.step(secret, code, self.clock())
        return step is not None and self.factors.use_step(account.id, step)

    def check_recovery(self, account: Account, code: str) -> bool:
        """Say whether it is a recovery code that is left, and use it up."""
        return self.factors.use_recovery(account.id, self._mark(account, code))

    def new_recovery(self, account: Account) -> Sequence[str]:
        """Give ten other recovery codes; those left no longer count."""
        recovery = _new_codes()
        self.factors.set_recovery(account.id, self._marks(account, recovery))
        return recovery

    def _marks(self, account: Account, recovery: Sequence[str]) -> list[str]:
        return [self._mark(account, code) for code in recovery]

    def _mark(self, account: Account, code: str) -> str:
        bare = "".join(letter for letter in code.lower() if letter in _LETTERS)
        return self.safe.mark("recovery", account.id, bare)

    def _lock(self, account: Account, secret: str) -> str:
        return self.safe.lock(f"{account.id}:{secret}")

    def _unlock(self, account: Account, locked: str) -> str | None:
        """Give the key; None when it was locked with another key or for another account."""
        try:
            owner, _, secret = self.safe.unlock(locked).partition(":")
        except NotFound:
            return None
        return secret if owner == account.id else None


def _new_codes() -> list[str]:
    def half() -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(5))

    return [f"{half()}-{half()}" for _ in range(RECOVERY_CODES)]
