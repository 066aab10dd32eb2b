"""Where a call comes from, and how many calls of one place are answered in a minute."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address

UNKNOWN = "-"
MOST_ADDRESSES = 20_000
"""Kept in memory, about 4 MB; when more come, those that called longest ago are forgotten."""


def client_address(peer: str, forwarded: Iterable[str], proxies: int) -> str:
    """Give the network address a call comes from; ``-`` when nobody can say.

    Only as many entries of X-Forwarded-For are believed as there are proxies of ours: what
    stands before them, anybody can write. Of IPv6 the network counts, since one subscriber has
    all addresses of it.

    Args:
        peer: Who is connected.
        forwarded: Every X-Forwarded-For header, in their order.
        proxies: How many proxies of ours stand in a row before the process.
    """
    if proxies:
        told = ",".join(forwarded).split(",")
        if len(told) >= proxies:
            peer = told[-proxies].strip()
    try:
        address = ip_address(peer)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


class AddressLimit:
    """Lets each address do something so often a minute, all at once or evenly.

    Counts in this process alone; as many processes as there are give as many times the limit.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_ADDRESSES,
    ) -> None:
        """Take the limit, a clock in seconds, and how many addresses are remembered."""
        self._per_minute = per_minute
        self._clock = clock
        self._most = most
        self._free_at: dict[str, float] = {}
        """By address: when all it did is paid for, at one a minute's share each."""
        self._lock = threading.Lock()

    def count(self, address: str) -> int:
        """Count a call; gives the seconds to wait, 0 when it is within the limit."""
        now, share = self._clock(), 60.0 / self._per_minute
        with self._lock:
            paid = max(self._free_at.pop(address, now), now) + share
            late = paid - now > 60.0 + share / 2
            self._free_at[address] = paid - share if late else paid
            while len(self._free_at) > self._most:
                del self._free_at[next(iter(self._free_at))]
        return math.ceil(paid - now - 60.0) if late else 0

    def wait_s(self, address: str) -> int:
        """Give the seconds until the next call of an address is within the limit; counts none."""
        now, share = self._clock(), 60.0 / self._per_minute
        with self._lock:
            ahead = max(self._free_at.get(address, now), now) + share - now - 60.0
        return math.ceil(ahead) if ahead > share / 2 else 0
