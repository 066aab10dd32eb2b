"""An abstract reply as WhatsApp Cloud API messages, within ``whatsapp_limits``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from izin.errors import InvalidInput
from izin.rendering.marked_text import MarkedText, is_blank, one_line, shorten, units
from izin.rendering.options import (
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
from izin.rendering.whatsapp_limits import (
    BUTTON_TITLE_LIMIT,
    BUTTONS_LIMIT,
    CAPTION_LIMIT,
    FILE_NAME_LIMIT,
    INTERACTIVE_BODY_LIMIT,
    ROW_DESCRIPTION_LIMIT,
    ROW_ID_LIMIT,
    ROW_TITLE_LIMIT,
    ROWS_LIMIT,
    TEMPLATE_PARAMETER_LIMIT,
    TEXT_LIMIT,
)
from izin.replies import Choice, Reply, ReplyMedia

_FILE_TYPES = {"photo": "image", "document": "document"}


def render_whatsapp(reply: Reply, choice_ids: Sequence[str]) -> tuple[RenderedMessage, ...]:
    """Give the Cloud API messages that say ``reply``, in order; none when it is silent.

    Up to 3 choices are reply buttons, up to 10 a list, more are pages of lists. A request
    for the contact shows nothing: WhatsApp tells the number already. Files carry our media
    id in ``media``; the sender uploads them and puts the platform's id in.

    Args:
        reply: What to say.
        choice_ids: Opaque ids, one for each of the reply's choices (unused for web
            addresses), at most 200 bytes each.

    Raises:
        InvalidInput: Ids do not match the choices, or there is nothing to show.
    """
    if reply.silent:
        return ()
    pairs = tappable(reply, choice_ids, ROW_ID_LIMIT)
    kind, options, full_titles = _labelled(pairs)
    addresses = links(reply)
    text = body(reply, needs_text=bool(options or addresses)).joined(full_titles)
    button = _url_button(options, addresses)
    if button is None:
        for title, url in addresses:
            text = text.joined(as_text(title, url))
    files = [check_media(item) for item in reply.media]
    captioned = len(files) == 1 and files[0].kind in _FILE_TYPES and _size(text) <= CAPTION_LIMIT
    if captioned and not options and button is None:
        return (_file(files[0], text if text.plain else MarkedText(_caption(files[0]))),)
    messages = [_file(item, MarkedText(_caption(item))) for item in files]
    if not text.plain:
        return tuple(messages)
    if button is None and not options:
        return (*messages, *(_text(part) for part in text.split(TEXT_LIMIT, _size)))
    head, tail = _head_and_tail(text)
    messages += [_text(part) for part in head]
    if button is not None:
        messages.append(_interactive("cta_url", tail, button))
    elif kind == "button":
        messages.append(_buttons(tail, options))
    else:
        messages += _lists(tail, options)
    return tuple(messages)


def render_template(
    name: str, parameters: Sequence[str] = (), language: str = "id"
) -> RenderedMessage:
    """Give an approved template, the only thing that may go out when the window is closed.

    Parameters are made one line, as Meta refuses line breaks and tabs in them.

    Raises:
        InvalidInput: A parameter is blank.
    """
    values = [shorten(one_line(value), TEMPLATE_PARAMETER_LIMIT) for value in parameters]
    if any(is_blank(value) for value in values):
        raise InvalidInput("a template parameter is blank", field="parameters")
    template: dict[str, Any] = {"name": name, "language": {"code": language}}
    if values:
        filled = [{"type": "text", "text": value} for value in values]
        template["components"] = [{"type": "body", "parameters": filled}]
    return RenderedMessage(
        "template", {"type": "template", "template": template}, " · ".join(values)
    )


def _labelled(pairs: Sequence[tuple[str, Choice]]) -> tuple[str, list[Option], MarkedText]:
    """Choose buttons or a list; a list only where it saves titles from being cut."""
    rows = label(pairs, ROW_TITLE_LIMIT)
    if len(pairs) > BUTTONS_LIMIT:
        return ("list", *rows)
    buttons = label(pairs, BUTTON_TITLE_LIMIT)
    if buttons[1].plain and not rows[1].plain:
        return ("list", *rows)
    return ("button", *buttons)


def _url_button(
    options: Sequence[Option], addresses: Sequence[tuple[str, str]]
) -> dict[str, Any] | None:
    """Give the one web button a message may have, if the address fits one."""
    if options or len(addresses) != 1:
        return None
    title, url = addresses[0]
    if not is_web_address(url) or is_blank(title) or units(title) > BUTTON_TITLE_LIMIT:
        return None
    return {"name": "cta_url", "parameters": {"display_text": title, "url": url}}


def _to_whatsapp(text: MarkedText) -> str:
    """Put asterisks where WhatsApp would show bold; elsewhere they would be seen as such.

    Bold never spans lines, never touches white space inside or a letter outside.
    """
    ranges = []
    for start, end in text.bold:
        at = start
        for line in text.plain[start:end].split("\n"):
            first = at + len(line) - len(line.lstrip())
            last = at + len(line.rstrip())
            at += len(line) + 1
            before = text.plain[first - 1 : first] if first else ""
            after = text.plain[last : last + 1]
            touches = before.isalnum() or after.isalnum() or "*" in before + line + after
            if first < last and not touches:
                ranges.append((first, last))
    return MarkedText(text.plain, tuple(ranges)).render(lambda bold: f"*{bold}*")


def _size(text: MarkedText) -> int:
    return units(_to_whatsapp(text))


def _head_and_tail(text: MarkedText) -> tuple[list[MarkedText], MarkedText]:
    """Give what goes out before, and the end that fits an interactive message."""
    before, tail = text.split_tail(INTERACTIVE_BODY_LIMIT, _size)
    if is_blank(tail.plain):  # nothing but invisible characters at the end
        parts = text.split(INTERACTIVE_BODY_LIMIT, _size)
        return parts[:-1], parts[-1]
    if is_blank(before.plain):
        return [], tail
    return before.split(TEXT_LIMIT, _size), tail


def _text(text: MarkedText) -> RenderedMessage:
    content = {"body": _to_whatsapp(text), "preview_url": False}
    return RenderedMessage("text", {"type": "text", "text": content}, text.plain)


def _interactive(
    kind: str,
    text: MarkedText,
    action: Mapping[str, Any],
    choices: tuple[RenderedChoice, ...] = (),
) -> RenderedMessage:
    content = {"type": kind, "body": {"text": _to_whatsapp(text)}, "action": action}
    payload = {"type": "interactive", "interactive": content}
    return RenderedMessage("interactive", payload, text.plain, choices)


def _buttons(text: MarkedText, options: Sequence[Option]) -> RenderedMessage:
    buttons = [
        {"type": "reply", "reply": {"id": option.id, "title": option.label}} for option in options
    ]
    shown = tuple(RenderedChoice(option.id, option.label) for option in options)
    return _interactive("button", text, {"buttons": buttons}, shown)


def _lists(text: MarkedText, options: Sequence[Option]) -> list[RenderedMessage]:
    messages = []
    for first in range(0, len(options), ROWS_LIMIT):
        page = options[first : first + ROWS_LIMIT]
        heading = text
        if first:
            heading = MarkedText(
                sentences().say(
                    "gateway.list.page",
                    first=first + 1,
                    last=first + len(page),
                    total=len(options),
                )
            )
        rows, shown = [], []
        for option in page:
            row = {"id": option.id, "title": option.label}
            description = shorten(option.description or "", ROW_DESCRIPTION_LIMIT)
            if description:
                row["description"] = description
            rows.append(row)
            shown.append(RenderedChoice(option.id, option.label, description or None))
        action = {"button": sentences().say("gateway.list.button"), "sections": [{"rows": rows}]}
        messages.append(_interactive("list", heading, action, tuple(shown)))
    return messages


def _file(item: ReplyMedia, caption: MarkedText) -> RenderedMessage:
    content: dict[str, Any] = {}
    if item.kind == "location":
        latitude, longitude = item.location or (0.0, 0.0)
        content = {"latitude": latitude, "longitude": longitude}
        if caption.plain:
            content["name"] = caption.plain
        payload = {"type": "location", "location": content}
        return RenderedMessage("location", payload, caption.plain, media=describe_media(item))
    kind = _FILE_TYPES[item.kind]
    if caption.plain:
        content["caption"] = _to_whatsapp(caption)
    if item.kind == "document" and item.title:
        content["filename"] = shorten(one_line(item.title), FILE_NAME_LIMIT)
    payload = {"type": kind, kind: content}
    return RenderedMessage(kind, payload, caption.plain, media=describe_media(item))


def _caption(item: ReplyMedia) -> str:
    return shorten(one_line(item.title or ""), CAPTION_LIMIT)
