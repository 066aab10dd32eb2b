"""Telegram's errors as ours (core.telegram.org/bots/api#making-requests)."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from izin.errors import ChannelLocked, DeliveryFailed, RejectedMessage, RetryLater, Undeliverable

_UNREACHABLE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "topic_closed",
    "chat_restricted",
)


def translate(error: TelegramError) -> DeliveryFailed:
    """Give our error; its ``retry`` and ``after_s`` say whether and when to send again."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return RetryLater("Telegram asks for a pause", code=429, after_s=seconds)
    if isinstance(error, InvalidToken | EndPointNotFound):
        return ChannelLocked("Telegram does not know this bot token", code=401)
    if isinstance(error, Forbidden):
        return Undeliverable("blocked, left or deactivated", code=403)
    if isinstance(error, ChatMigrated):
        return Undeliverable("the group has another id now", code="chat_migrated")
    if isinstance(error, Conflict):
        return RetryLater("another process polls this bot", code=409)
    if isinstance(error, BadRequest):  # a NetworkError in the library's own tree
        words = error.message.lower()
        if any(sign in words for sign in _UNREACHABLE):
            return Undeliverable(error.message, code=400)
        return RejectedMessage(error.message, code=400)
    if isinstance(error, NetworkError):
        return RetryLater("Telegram does not answer", code="network")
    return RetryLater(f"Telegram answered something unreadable ({type(error).__name__})")
