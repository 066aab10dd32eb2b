"""What a connection does when the other machine falls silent: a cut cable says no goodbye.

Without this a process cut off from its database waits for hours, and the database keeps the
locks of a process that will never come back. On one machine there is nothing to watch.
"""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

ASK_AFTER_S = 10
ASK_EVERY_S = 5
ASK_TIMES = 3
IDLE_IN_TRANSACTION_S = 30
"""No transaction of ours waits for anything but the database."""

_SERVER = {
    "tcp_keepalives_idle": ASK_AFTER_S,
    "tcp_keepalives_interval": ASK_EVERY_S,
    "tcp_keepalives_count": ASK_TIMES,
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_S}s",
}


def watchful(database_url: str) -> dict[str, Any]:
    """Give the connection parameters by which both ends notice a silent peer within 25 s.

    What the URL itself says stays; a connection over a socket of this machine needs none.
    """
    given = conninfo_to_dict(database_url)
    host = str(given.get("host") or given.get("hostaddr") or "")
    if not host or host.startswith(("/", "@")):
        return {}
    client: dict[str, Any] = {
        "keepalives_idle": ASK_AFTER_S,
        "keepalives_interval": ASK_EVERY_S,
        "keepalives_count": ASK_TIMES,
        "tcp_user_timeout": (ASK_AFTER_S + ASK_EVERY_S * ASK_TIMES) * 1000,
    }
    server = " ".join(f"-c {name}={value}" for name, value in _SERVER.items())
    options = f"{server} {given.get('options') or ''}".strip()
    return {name: value for name, value in client.items() if name not in given} | {
        "options": options
    }
