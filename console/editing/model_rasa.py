"""Which language model each Rasa process has now."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

_TIMEOUT_S = 1.5


@dataclass(frozen=True, slots=True)
class RasaProcess:
    """One Rasa process: its address, and the id of its model; None when it does not answer."""

    name: str
    model_id: str | None


class RasaProcesses:
    """The Rasa processes of the house.

    Args:
        addresses: Their addresses.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = tuple(addresses)

    def now(self) -> tuple[RasaProcess, ...]:
        """Ask every process which model it has; takes as long as the slowest."""
        with ThreadPoolExecutor(len(self._addresses) or 1) as threads:
            return tuple(threads.map(_asked, self._addresses))


def _asked(address: str) -> RasaProcess:
    name = urlsplit(address).netloc or address
    try:
        answer = httpx.get(f"{address}/readyz", timeout=_TIMEOUT_S, trust_env=False)
        found = answer.json().get("model_id") if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, AttributeError):
        return RasaProcess(name, None)
    return RasaProcess(name, str(found) if found else None)
