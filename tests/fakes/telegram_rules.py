"""What the real Bot API refuses, enforced by the fake one (core.telegram.org/bots/api).

Written apart from the product's own checks, so that a mistake in one shows in the other.
"""

from __future__ import annotations

import html
import json
import re
from collections import deque
from typing import Any

TAGS = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a",
    "blockquote", "tg-spoiler", "tg-emoji", "span",
}  # fmt: skip
BUTTON_ACTIONS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    """Give a 400."""
    return ApiError(400, f"Bad Request: {description}")


def length(text: str) -> int:
    """Give the length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_of(raw: str, parse_mode: str | None) -> str:
    """Give the text after parsing entities; 400 when Telegram could not parse them."""
    if parse_mode is None:
        return raw
    if parse_mode != "HTML":
        raise bad(f"unsupported parse_mode {parse_mode}")
    stack: list[str] = []
    plain = ""
    position = 0
    while position < len(raw):
        if raw[position] != "<":
            end = raw.find("<", position)
            end = len(raw) if end < 0 else end
            plain += html.unescape(raw[position:end])
            position = end
            continue
        match = re.match(r"<(/?)([a-zA-Z-]+)[^<>]*>", raw[position:])
        if not match:
            raise bad(f"can't parse entities: Unsupported start tag at byte offset {position}")
        closing, tag = match[1], match[2].lower()
        if tag not in TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}"')
        if closing:
            if not stack or stack.pop() != tag:
                raise bad("can't parse entities: Unmatched end tag")
        else:
            stack.append(tag)
        position += match.end()
    if stack:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    return plain.strip()


def check_text(text: str) -> None:
    """Raise unless 1-4096 characters."""
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise bad("message text is empty")
    if length(text) > 4096:
        raise bad("message is too long")


def check_markup(raw: str | None, *, private: bool) -> dict[str, Any] | None:
    """Give the parsed keyboard; 400 for what Telegram refuses."""
    if raw is None:
        return None
    try:
        markup = json.loads(raw)
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        if len(buttons) > 100:
            raise bad("REPLY_MARKUP_TOO_LONG")
        for button in buttons:
            _check_inline(button)
    elif "keyboard" in markup:
        for button in (button for row in markup["keyboard"] for button in row):
            text = button if isinstance(button, str) else button.get("text")
            if not text:
                raise bad("keyboard button text must be non-empty")
            if isinstance(button, dict) and button.get("request_contact") and not private:
                raise bad("phone number can be requested in private chats only")
    elif not ({"remove_keyboard", "force_reply"} & set(markup)):
        raise bad("unknown reply markup")
    return markup


def _check_inline(button: dict[str, Any]) -> None:
    if not str(button.get("text", "")).strip():
        raise bad("text buttons are unallowed in the inline keyboard")
    actions = BUTTON_ACTIONS & set(button)
    if len(actions) != 1:
        raise bad("inline keyboard button must have exactly one action")
    if set(button) - actions - {"text", "style", "icon_custom_emoji_id"}:
        raise bad("unknown field of a button")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not re.fullmatch(r"(https?|tg)://\S+\.?\S*", url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_commands(raw: str) -> list[dict[str, str]]:
    """Give the commands; 400 for what BotFather would refuse."""
    commands = json.loads(raw)
    if len(commands) > 100:
        raise bad("too many bot commands specified")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def check_webhook(url: str, secret: str | None) -> None:
    """Raise for an address or secret that Telegram refuses (plain http only on loopback)."""
    if not re.match(r"https://|http://127\.0\.0\.1[:/]", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")


class Flood:
    """Telegram's flood limits: 30 a second in all, 1 a second a chat, 20 a minute a group.

    Some mercy on time (15 %), as messages sent evenly arrive unevenly on a busy machine; none
    on counts.
    """

    def __init__(self) -> None:
        """Begin with an empty record."""
        self.overall: deque[float] = deque()
        self.chats: dict[int, deque[float]] = {}

    def check(self, chat: int, now: float) -> None:
        """Count a message or raise 429 with ``retry_after``."""
        of_chat = self.chats.setdefault(chat, deque())
        rules = [(self.overall, 30, 0.85), (of_chat, 1, 0.85)]
        if chat < 0:
            rules.append((of_chat, 20, 57.0))
        for times, most, window in rules:
            recent = [moment for moment in times if now - moment < window]
            if len(recent) >= most:
                wait = max(1, round(window - (now - recent[0])))
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for times in (self.overall, of_chat):
            times.append(now)
            while times and now - times[0] > 60:
                times.popleft()
