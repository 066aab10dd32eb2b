"""Errors of the Cloud API as ours, by error class.

Source: developers.facebook.com, WhatsApp Business Platform, Cloud API error codes. The
same codes arrive in failed receipts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izin.errors import (
    ChannelLocked,
    DeliveryFailed,
    RejectedMessage,
    RetryLater,
    Undeliverable,
    WindowClosed,
)

PAIR_PAUSE_S = 6.0  # a message each 6 s to one citizen
QUOTA_PAUSE_S = 60.0
HELD_BACK_PAUSE_S = 3600.0  # Meta asks for growing pauses, never for quick tries

RETRY = {
    1: None, 2: None,  # Graph: unknown or temporary trouble
    4: QUOTA_PAUSE_S, 80007: QUOTA_PAUSE_S,  # calls of the app, of the account
    130429: 1.0,  # throughput of the number
    131056: PAIR_PAUSE_S,
    131016: None, 131000: None, 131057: QUOTA_PAUSE_S,
    131049: HELD_BACK_PAUSE_S,  # held back for the sake of the citizen's inbox
}  # fmt: skip
LOCKED = frozenset(
    {0, 3, 10, 190, 368, 131005, 131031, 131037, 131042, 131044, 131045, 131048, 130497, 133010}
    | set(range(200, 300))
)
"""Token, permission, payment, lock, spam restriction: somebody of the office must act."""
UNDELIVERABLE = frozenset({131026, 131021, 131030, 131050, 131062, 130472, 137000})
WINDOW = 131047
REJECTED = frozenset(
    {100, 131008, 131009, 131051, 131052, 131053, 135000} | set(range(132000, 133000))
)


def error_of(code: int, message: str = "", after_s: float | None = None) -> DeliveryFailed | None:
    """Give our error for a code of the platform; None for a code we do not know.

    Args:
        code: The platform's error code.
        message: Its own words, kept for the log.
        after_s: A pause the platform asked for, if it did.
    """
    words = message or f"WhatsApp error {code}"
    if code == WINDOW:
        return WindowClosed(words, code)
    if code in RETRY:
        return RetryLater(words, code, after_s if after_s is not None else RETRY[code])
    if code in LOCKED:
        return ChannelLocked(words, code)
    if code in UNDELIVERABLE:
        return Undeliverable(words, code)
    if code in REJECTED:
        return RejectedMessage(words, code)
    return None


def error_of_response(status: int, document: Any, retry_after: str | None) -> DeliveryFailed:
    """Give our error for an HTTP answer that is no success."""
    error = document.get("error") if isinstance(document, Mapping) else None
    after_s = float(retry_after) if retry_after and retry_after.isdigit() else None
    words = f"HTTP {status}"
    code: int | None = None
    if isinstance(error, Mapping) and isinstance(error.get("code"), int):
        code = int(error["code"])
        details = error.get("error_data")
        detail = details.get("details") if isinstance(details, Mapping) else None
        words = str(detail or error.get("message") or words)[:300]
        known = error_of(code, words, after_s)
        if known is not None:
            return known
    if status == 429 or status >= 500:
        return RetryLater(words, code or status, after_s)
    if status in (401, 403):
        return ChannelLocked(words, code or status)
    return RejectedMessage(words, code or status)
