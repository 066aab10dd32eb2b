"""WhatsApp's limits, and whether the Cloud API would refuse a rendered message.

Limits: developers.facebook.com, WhatsApp Business Platform, Cloud API messages reference
(text, interactive reply buttons, interactive list, CTA URL, media captions, templates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from izin.rendering.marked_text import is_blank, units
from izin.rendering.options import LimitExceeded, is_web_address
from izin.rendering.shape import RenderedMessage

TEXT_LIMIT = 4096
INTERACTIVE_BODY_LIMIT = 1024
CAPTION_LIMIT = 1024
BUTTONS_LIMIT = 3
BUTTON_TITLE_LIMIT = 20
BUTTON_ID_LIMIT = 256
ROWS_LIMIT = 10
ROW_TITLE_LIMIT = 24
ROW_DESCRIPTION_LIMIT = 72
ROW_ID_LIMIT = 200
LIST_BUTTON_LIMIT = 20
TEMPLATE_PARAMETER_LIMIT = 1024
FILE_NAME_LIMIT = 240


def check_limits(message: RenderedMessage) -> None:
    """Raise if the Cloud API would refuse the message.

    Raises:
        LimitExceeded: ``field`` names the part at fault.
    """
    content = message.payload[message.method]
    if message.method == "text":
        _bounded(content["body"], TEXT_LIMIT, "text.body")
    elif message.method == "interactive":
        _check_interactive(content)
    elif message.method in ("image", "document"):
        _bounded(content.get("caption", "-"), CAPTION_LIMIT, "caption")
        if not (message.media or {}).get("media_id"):
            raise LimitExceeded("a file without media id", field="media")
    elif message.method == "location":
        if not (-90 <= content["latitude"] <= 90 and -180 <= content["longitude"] <= 180):
            raise LimitExceeded("outside the globe", field="location")
    elif message.method == "template":
        for component in content.get("components", ()):
            for parameter in component["parameters"]:
                _bounded(parameter["text"], TEMPLATE_PARAMETER_LIMIT, "template.parameter")
    else:
        raise LimitExceeded(f"unknown type {message.method}", field="type")


def _bounded(text: str, limit: int, field: str) -> None:
    if is_blank(text):
        raise LimitExceeded("blank", field=field)
    if units(text) > limit:
        raise LimitExceeded(f"{units(text)} characters, at most {limit}", field=field)


def _check_interactive(content: Mapping[str, Any]) -> None:
    _bounded(content["body"]["text"], INTERACTIVE_BODY_LIMIT, "body")
    action = content["action"]
    if content["type"] == "button":
        replies = [button["reply"] for button in action["buttons"]]
        _check_options(replies, BUTTONS_LIMIT, BUTTON_TITLE_LIMIT, BUTTON_ID_LIMIT)
    elif content["type"] == "list":
        _bounded(action["button"], LIST_BUTTON_LIMIT, "action.button")
        rows = [row for section in action["sections"] for row in section["rows"]]
        _check_options(rows, ROWS_LIMIT, ROW_TITLE_LIMIT, ROW_ID_LIMIT)
        for row in rows:
            _bounded(row.get("description", "-"), ROW_DESCRIPTION_LIMIT, "row.description")
    elif content["type"] == "cta_url":
        _bounded(action["parameters"]["display_text"], BUTTON_TITLE_LIMIT, "display_text")
        if not is_web_address(action["parameters"]["url"]):
            raise LimitExceeded("not a web address", field="url")
    else:
        raise LimitExceeded(f"unknown interactive type {content['type']}", field="type")


def _check_options(
    options: Sequence[Mapping[str, Any]], most: int, title_limit: int, id_limit: int
) -> None:
    if not 1 <= len(options) <= most:
        raise LimitExceeded(f"{len(options)} options, 1 to {most}", field="options")
    for option in options:
        _bounded(option["title"], title_limit, "title")
        _bounded(option["id"], id_limit, "id")
    for part in ("id", "title"):
        if len({option[part] for option in options}) != len(options):
            raise LimitExceeded(f"two options share a {part}", field=part)
