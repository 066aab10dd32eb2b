"""Reading a webhook's body without trusting its size."""

from __future__ import annotations

from fastapi import Request

BODY_LIMIT_BYTES = 3 * 1024 * 1024
"""Meta's largest webhook; Telegram's are far smaller."""


async def read_body(request: Request, limit_bytes: int = BODY_LIMIT_BYTES) -> bytes | None:
    """Give the raw body, or None as soon as it is known to pass ``limit_bytes``."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit_bytes:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
