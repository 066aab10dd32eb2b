"""Whether words in a group are meant for the bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words_to_bot(message: Mapping[str, Any], text: str, bot_username: str) -> str | None:
    """Give the words without the mention, or None if a group message is not for us.

    For us are commands, messages that mention the bot and answers to the bot's messages
    (the same rule as Telegram's privacy mode, which an office may have switched off).
    """
    if text.startswith("/"):
        return text
    name = bot_username.casefold()
    entities = message.get("entities") or message.get("caption_entities") or ()
    for entity in entities:
        if _names_bot(entity, text, name):
            before, after = _around(text, entity)
            return f"{before.rstrip()} {after.lstrip(' ,:')}".strip()
    answered = message.get("reply_to_message") or {}
    author = (answered.get("from") or {}).get("username")
    if name and isinstance(author, str) and author.casefold() == name:
        return text
    return None


def _names_bot(entity: Mapping[str, Any], text: str, name: str) -> bool:
    if not name:
        return False
    if entity.get("type") == "mention":
        encoded = text.encode("utf-16-le", "surrogatepass")
        start = entity["offset"] * 2
        mention = encoded[start : start + entity["length"] * 2].decode("utf-16-le", "replace")
        return mention.casefold() == f"@{name}"
    if entity.get("type") == "text_mention":
        return str((entity.get("user") or {}).get("username", "")).casefold() == name
    return False


def _around(text: str, entity: Mapping[str, Any]) -> tuple[str, str]:
    # Telegram counts entity offsets in UTF-16 code units.
    encoded = text.encode("utf-16-le", "surrogatepass")
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return (
        encoded[:start].decode("utf-16-le", "replace"),
        encoded[end:].decode("utf-16-le", "replace"),
    )
