"""How long somebody waits after attempts that failed, and whom a stranger can make wait.

An attempt is counted under several keys at once. A browser that signed in before is counted
under its own key alone, so that nobody else's failures reach it (OWASP's device cookies); any
other one under login with address, under the address, and, gently, under the login: many
addresses together guess a login at most once a minute, and its owner waits no longer than that
even in a strange browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures older than this no longer count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Pauses that double.

    Attributes:
        free: Failures without a pause.
        most_s: The longest pause, in seconds.
        first_s: The pause after the first failure that is not free.
    """

    free: int
    most_s: int
    first_s: int = 5

    def pause(self, failures: int) -> timedelta:
        """Give the pause after so many failures."""
        if failures < self.free:
            return timedelta(0)
        doubled = min(failures - self.free, 20)
        return timedelta(seconds=min(self.first_s * 2**doubled, self.most_s))


@dataclass(frozen=True, slots=True)
class Counted:
    """A key under which attempts are counted, with its limit."""

    key: str
    limit: Limit


_HERE = Limit(free=5, most_s=900)
_LOGIN = Limit(free=20, most_s=60)
_ADDRESS = Limit(free=30, most_s=900)


def sign_in_keys(login: str, address: str, known_device: str = "") -> Sequence[Counted]:
    """Give what an attempt to sign in counts under.

    Args:
        login: As typed, in lower case.
        address: The network address it comes from.
        known_device: Mark of a browser this login signed in with before, if it proved to be one.
    """
    if known_device:
        return (Counted(f"device:{known_device}", _HERE),)
    return (
        Counted(f"pair:{address}:{login}", _HERE),
        Counted(f"address:{address}", _ADDRESS),
        Counted(f"login:{login}", _LOGIN),
    )


def shared_keys(keys: Sequence[Counted]) -> list[str]:
    """Give those keys that colleagues share; one success takes back only its own attempt."""
    return [item.key for item in keys if item.key.startswith("address:")]


def own_key(account_id: str, what: str) -> Counted:
    """Give what attempts at an account's second factor or own password count under."""
    return Counted(f"{what}:{account_id}", _HERE)
