"""An abstract reply as Telegram Bot API calls, within Telegram's limits.

Limits: core.telegram.org/bots/api (sendMessage, sendPhoto, InlineKeyboardButton). The
number of buttons of one message and the width of a button are not documented there; the
figures here are what the apps were seen to show.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from izin.rendering.marked_text import MarkedText, is_blank, one_line, shorten, units
from izin.rendering.options import (
    LimitExceeded,
    Option,
    as_text,
    body,
    check_media,
    describe_media,
    is_web_address,
    label,
    links,
    sentences,
    tappable,
)
from izin.rendering.shape import RenderedChoice, RenderedMessage
from izin.replies import Reply, ReplyMedia

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_DATA_LIMIT_BYTES = 64
BUTTON_TITLE_LIMIT = 40
BUTTONS_PER_MESSAGE = 100
_SIDE_BY_SIDE = 16  # two buttons share a row when both titles are at most this wide
_FILE_METHODS = {"photo": "sendPhoto", "document": "sendDocument"}
_TAG = re.compile(r"</?b>")


def render_telegram(reply: Reply, choice_ids: Sequence[str]) -> tuple[RenderedMessage, ...]:
    """Give the Bot API calls that say ``reply``, in order; none when it is silent.

    Files carry our media id in ``media``; the sender puts the content in their place.

    Args:
        reply: What to say.
        choice_ids: Opaque ids, one for each of the reply's choices (unused for web
            addresses), at most 64 bytes each.

    Raises:
        InvalidInput: Ids do not match the choices, or there is nothing to show.
    """
    if reply.silent:
        return ()
    pairs = tappable(reply, choice_ids, CALLBACK_DATA_LIMIT_BYTES)
    options, full_titles = label(pairs, BUTTON_TITLE_LIMIT)
    addresses = links(reply)
    text = body(reply, needs_text=bool(options or addresses or reply.ask_contact))
    text = text.joined(full_titles)
    for title, url in addresses:
        if not is_web_address(url) or units(title) > BUTTON_TITLE_LIMIT or is_blank(title):
            text = text.joined(as_text(title, url))
    pages = _pages(options, addresses)
    files = [check_media(item) for item in reply.media]
    captioned = len(files) == 1 and files[0].kind in _FILE_METHODS and len(pages) <= 1
    if captioned and not reply.ask_contact and 0 < units(text.plain) <= CAPTION_LIMIT:
        return (_file(files[0], text, pages[0] if pages else ()),)
    messages = [_file(item, _title(item), ()) for item in files]
    if text.plain:
        messages += _texts(text, pages, ask_contact=reply.ask_contact)
    return tuple(messages)


def check_limits(message: RenderedMessage) -> None:
    """Raise if Telegram would refuse the message.

    Raises:
        LimitExceeded: ``field`` names the part at fault.
    """
    payload = message.payload
    if message.method == "sendMessage":
        _check_text(payload["text"], TEXT_LIMIT, "text", empty=False)
    elif message.method in _FILE_METHODS.values():
        _check_text(payload.get("caption", ""), CAPTION_LIMIT, "caption", empty=True)
        if not (message.media or {}).get("media_id"):
            raise LimitExceeded("a file without media id", field="media")
    elif message.method == "sendLocation":
        if not (-90 <= payload["latitude"] <= 90 and -180 <= payload["longitude"] <= 180):
            raise LimitExceeded("outside the globe", field="location")
    else:
        raise LimitExceeded(f"unknown method {message.method}", field="method")
    _check_markup(payload.get("reply_markup"))


Button = Mapping[str, Any]


def _pages(
    options: Sequence[Option], addresses: Sequence[tuple[str, str]]
) -> list[tuple[tuple[Button, Option | None], ...]]:
    buttons: list[tuple[Button, Option | None]] = [
        ({"text": option.label, "callback_data": option.id}, option) for option in options
    ]
    buttons += [
        ({"text": shorten(title, BUTTON_TITLE_LIMIT), "url": url}, None)
        for title, url in addresses
        if is_web_address(url) and not is_blank(title)
    ]
    return [
        tuple(buttons[first : first + BUTTONS_PER_MESSAGE])
        for first in range(0, len(buttons), BUTTONS_PER_MESSAGE)
    ]


def _texts(
    text: MarkedText,
    pages: Sequence[tuple[tuple[Button, Option | None], ...]],
    *,
    ask_contact: bool,
) -> list[RenderedMessage]:
    parts = text.split(TEXT_LIMIT, lambda part: units(part.plain))
    messages = [_message(part) for part in parts[:-1]]
    if not pages:
        keyboard = _contact_keyboard() if ask_contact else None
        return [*messages, _message(parts[-1], keyboard=keyboard)]
    messages.append(_message(parts[-1], pages[0]))
    total, first = sum(map(len, pages)), len(pages[0]) + 1
    for page in pages[1:]:
        heading = sentences().say(
            "gateway.list.page", first=first, last=first + len(page) - 1, total=total
        )
        messages.append(_message(MarkedText(heading), page))
        first += len(page)
    if ask_contact:  # one message holds one keyboard only
        asking = MarkedText(sentences().say("gateway.contact.ask"))
        messages.append(_message(asking, keyboard=_contact_keyboard()))
    return messages


def _message(
    text: MarkedText,
    buttons: Sequence[tuple[Button, Option | None]] = (),
    keyboard: Mapping[str, Any] | None = None,
) -> RenderedMessage:
    payload: dict[str, Any] = {
        "text": _to_html(text),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    markup = keyboard or _inline_keyboard(buttons)
    if markup:
        payload["reply_markup"] = markup
    return RenderedMessage("sendMessage", payload, text.plain, _choices(buttons))


def _file(
    item: ReplyMedia, caption: MarkedText, buttons: Sequence[tuple[Button, Option | None]]
) -> RenderedMessage:
    if item.kind == "location":
        latitude, longitude = item.location or (0.0, 0.0)
        place = {"latitude": latitude, "longitude": longitude}
        return RenderedMessage("sendLocation", place, "", media=describe_media(item))
    payload: dict[str, Any] = {}
    if caption.plain:
        payload = {"caption": _to_html(caption), "parse_mode": "HTML"}
    markup = _inline_keyboard(buttons)
    if markup:
        payload["reply_markup"] = markup
    return RenderedMessage(
        _FILE_METHODS[item.kind], payload, caption.plain, _choices(buttons), describe_media(item)
    )


def _title(item: ReplyMedia) -> MarkedText:
    return MarkedText(shorten(one_line(item.title or ""), CAPTION_LIMIT))


def _choices(buttons: Sequence[tuple[Button, Option | None]]) -> tuple[RenderedChoice, ...]:
    return tuple(
        RenderedChoice(option.id, option.label, option.description)
        for _, option in buttons
        if option is not None
    )


def _to_html(text: MarkedText) -> str:
    return text.render(
        lambda bold: f"<b>{html.escape(bold, quote=False)}</b>",
        lambda plain: html.escape(plain, quote=False),
    )


def _inline_keyboard(
    buttons: Sequence[tuple[Button, Option | None]],
) -> dict[str, Any] | None:
    rows: list[list[Button]] = []
    for button, _ in buttons:
        narrow = units(button["text"]) <= _SIDE_BY_SIDE
        beside = rows and len(rows[-1]) == 1 and units(rows[-1][0]["text"]) <= _SIDE_BY_SIDE
        if narrow and beside:
            rows[-1].append(button)
        else:
            rows.append([button])
    return {"inline_keyboard": rows} if rows else None


def _contact_keyboard() -> dict[str, Any]:
    button = {"text": sentences().say("gateway.contact.button"), "request_contact": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}


def _check_text(markup: str, limit: int, field: str, *, empty: bool) -> None:
    without_tags = _TAG.sub("", markup)
    if "<" in without_tags or ">" in without_tags:
        raise LimitExceeded("unescaped markup", field=field)
    if markup.count("<b>") != markup.count("</b>"):
        raise LimitExceeded("unbalanced bold", field=field)
    plain = html.unescape(without_tags)
    if units(plain) > limit:
        raise LimitExceeded(f"{units(plain)} characters, at most {limit}", field=field)
    if not empty and is_blank(plain):
        raise LimitExceeded("empty text", field=field)


def _check_markup(markup: Mapping[str, Any] | None) -> None:
    rows = (markup or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_PER_MESSAGE:
        raise LimitExceeded(f"{len(buttons)} buttons", field="reply_markup")
    for button in buttons:
        if is_blank(button["text"]) or units(button["text"]) > BUTTON_TITLE_LIMIT:
            raise LimitExceeded("a button without a readable title", field="reply_markup")
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT_BYTES:
            raise LimitExceeded("callback_data is 1-64 bytes", field="callback_data")
        if (data is None) == (button.get("url") is None):
            raise LimitExceeded("a button does exactly one thing", field="reply_markup")
