"""A Telegram update as an inbound message. Pure.

Ids: a message is ``<chat>:<message>`` (message ids are unique only within a chat), an edit
``<chat>:<message>:edit:<update>``, a tapped button ``callback:<callback query>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.phone_numbers import from_platform
from bot.telegram.addressing import words_to_bot
from bot.telegram.commands import default_sentences
from bot.telegram.content import content_of
from izin.conversations import ChatAddress, InboundMessage
from izin.errors import InvalidInput

CALLBACK_PREFIX = "callback:"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query")
"""What we ask Telegram for; anything else that still comes is ignored."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
_DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Ignored:
    """An update that nobody waits to be answered; ``reason`` is for the log."""

    reason: str


def parse_update(
    update: Mapping[str, Any],
    bot_username: str,
    sentences: Mapping[str, str] | None = None,
    received_at: datetime | None = None,
) -> InboundMessage | Ignored:
    """Give the message of an update, or why there is none.

    Args:
        update: One object of getUpdates or of a webhook.
        bot_username: Ours, without ``@``; decides what a group says to us.
        sentences: What each command stands for; the shipped ones by default.
        received_at: Time of a tapped button (Telegram gives none); now by default.

    Raises:
        InvalidInput: Not of the shape that core.telegram.org/bots/api#update gives.
    """
    if not isinstance(update, Mapping) or not _is_id(update.get("update_id")):
        raise InvalidInput("an update without update_id", field="update_id")
    try:
        if "callback_query" in update:
            return _callback(update["callback_query"], received_at or datetime.now(UTC))
        for name in ("message", "edited_message"):
            if name in update:
                message = _message(
                    update[name],
                    bot_username,
                    default_sentences() if sentences is None else sentences,
                )
                if name == "message" or isinstance(message, Ignored):
                    return message
                return _as_edit(message, update)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        # Only the key: an error's other words may quote the citizen's.
        part = str(error) if isinstance(error, KeyError) else ""
        raise InvalidInput(f"malformed update: {type(error).__name__} {part}".strip()) from error
    kinds = sorted(str(key) for key in update if key != "update_id")
    return Ignored(f"update of kind {', '.join(kinds) or 'none'}")


def callback_id(external_id: str) -> str | None:
    """Give the callback query's id if this message was a tapped button."""
    if external_id.startswith(CALLBACK_PREFIX):
        return external_id.removeprefix(CALLBACK_PREFIX)
    return None


def _message(
    message: Mapping[str, Any], bot_username: str, sentences: Mapping[str, str]
) -> InboundMessage | Ignored:
    chat = message["chat"]
    address = _address(chat, message.get("from"))
    if isinstance(address, Ignored):
        return address
    content = content_of(message)
    if content is None:
        return Ignored("service message")
    text = content.text
    if address.user is not None:
        spoken = words_to_bot(message, text, bot_username)
        if spoken is None:
            return Ignored("group talk not addressed to the bot")
        text = spoken
    inbound = InboundMessage(
        address=address,
        external_id=_message_id(message),
        kind=content.kind,
        sent_at=datetime.fromtimestamp(_number(message["date"]), UTC),
        text=text,
        media=content.media,
        location=content.location,
        phone=_own_phone(message, address),
        group=address.user is not None,
        reply_to=_reply_to(message),
    )
    return _with_command(inbound, bot_username, sentences) if content.kind == "text" else inbound


def _callback(query: Mapping[str, Any], received_at: datetime) -> InboundMessage | Ignored:
    message = query.get("message")
    if message is None:
        return Ignored("a button of an inline message")
    address = _address(message["chat"], query["from"])
    if isinstance(address, Ignored):
        return address
    query_id, data = query["id"], query.get("data", "")
    if not isinstance(query_id, str) or not query_id or not isinstance(data, str):
        raise ValueError("callback id and data must be strings")
    return InboundMessage(
        address=address,
        external_id=CALLBACK_PREFIX + query_id,
        kind="choice",
        sent_at=received_at,
        choice_id=data,
        group=address.user is not None,
        reply_to=_message_id(message),
    )


def _as_edit(message: InboundMessage, update: Mapping[str, Any]) -> InboundMessage:
    edited = update["edited_message"]
    moment = edited.get("edit_date", edited["date"])
    return replace(
        message,
        external_id=f"{message.external_id}:edit:{update['update_id']}",
        kind="edited",
        sent_at=datetime.fromtimestamp(_number(moment), UTC),
        reply_to=message.external_id,
    )


def _with_command(
    message: InboundMessage, bot_username: str, sentences: Mapping[str, str]
) -> InboundMessage | Ignored:
    """Turn a command into the sentence it stands for; ``/start`` carries its deep link."""
    match = _COMMAND.fullmatch(message.text)
    if match is None:
        return message
    name, bot, rest = match[1].lower(), match[2], (match[3] or "").strip()
    if bot and bot.casefold() != bot_username.casefold():
        return Ignored("a command for another bot")
    if name == "start":
        if rest and not _DEEP_LINK.fullmatch(rest):
            return replace(message, text=rest)  # somebody typed a question behind /start
        return replace(message, kind="start", text=rest)
    sentence = sentences.get(name)
    return message if sentence is None else replace(message, text=f"{sentence} {rest}".strip())


def _address(chat: Mapping[str, Any], sender: Mapping[str, Any] | None) -> ChatAddress | Ignored:
    if not _is_id(chat["id"]):
        raise ValueError("chat id must be a number")
    if sender is None:
        return Ignored("nobody's message")
    if not _is_id(sender["id"]):
        raise ValueError("user id must be a number")
    if sender.get("is_bot"):
        return Ignored("a bot's message")
    if chat["type"] == "private":
        return ChatAddress("telegram", str(chat["id"]))
    if chat["type"] in ("group", "supergroup"):
        return ChatAddress("telegram", str(chat["id"]), user=str(sender["id"]))
    return Ignored(f"a chat of type {chat['type']}")


def _own_phone(message: Mapping[str, Any], address: ChatAddress) -> str | None:
    """Give the number only if the shared contact is the sender's own (and in private)."""
    contact = message.get("contact")
    if not contact or address.user is not None:
        return None
    if not _is_id(contact.get("user_id")) or contact["user_id"] != message["from"]["id"]:
        return None
    return from_platform(str(contact["phone_number"]))


def _message_id(message: Mapping[str, Any]) -> str:
    if not _is_id(message["message_id"]):
        raise ValueError("message id must be a number")
    return f"{message['chat']['id']}:{message['message_id']}"


def _reply_to(message: Mapping[str, Any]) -> str | None:
    answered = message.get("reply_to_message")
    if not isinstance(answered, Mapping) or not _is_id(answered.get("message_id")):
        return None
    return f"{message['chat']['id']}:{answered['message_id']}"


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> int:
    if not _is_id(value):
        raise ValueError("a date must be a number")
    return int(value)
