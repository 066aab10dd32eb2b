"""Lets programs in by their key, each only so often."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import Request

from console.door import secret_hash
from izin.integration import KEY_PREFIX, ApiKey
from izin.ports import ApiKeys

PER_MINUTE = 120
"""Questions of one key in a minute: a page of 1,000 complaints every half second."""

_LONGEST_KEY = 200
_MINUTE = timedelta(minutes=1)


class KeyDoor:
    """Checks keys; counts their questions in this process."""

    def __init__(
        self, keys: ApiKeys, clock: Callable[[], datetime], per_minute: int = PER_MINUTE
    ) -> None:
        """Take the keys, the clock and how many questions of one key are answered a minute."""
        self._keys = keys
        self._clock = clock
        self._per_minute = per_minute
        self._asked: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def key_of(self, request: Request) -> ApiKey | None:
        """Give the key a request carries as ``api_key`` or ``X-API-Key``, if it opens."""
        given = request.headers.get("x-api-key") or request.query_params.get("api_key", "")
        if not given.startswith(KEY_PREFIX) or len(given) > _LONGEST_KEY:
            return None
        return self._keys.use(secret_hash(given), self._clock())

    def wait_s(self, key: ApiKey) -> int:
        """Give how long a key must wait before its next question; 0 counts this one."""
        now = self._clock()
        with self._lock:
            asked = self._asked.setdefault(key.id, deque())
            while asked and asked[0] <= now - _MINUTE:
                asked.popleft()
            if len(asked) >= self._per_minute:
                return max(1, -((now - asked[0] - _MINUTE) // timedelta(seconds=1)))
            asked.append(now)
        return 0
