"""A plain GET to a process of ours: short wait, never through a proxy."""

from __future__ import annotations

import http.client

_MOST_BYTES = 100_000


def http_get(host: str, port: int, path: str, timeout_s: float = 4.0) -> tuple[int | None, str]:
    """HTTP status and body (at most 100 kB); status None when nobody answers in time."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None, ""
    finally:
        connection.close()
