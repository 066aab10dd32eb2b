"""What `tanya doctor` finds about the tokens of Telegram and WhatsApp; never prints one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import httpx

Row = tuple[Literal["ok", "warn", "fail"], str, dict[str, object]]

_TELEGRAM_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{30,}")
_WHATSAPP_VARIABLES = (
    "WHATSAPP_TOKEN",
    "WHATSAPP_PHONE_ID",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
)
_TIMEOUT_S = 5.0


def examine(env: Mapping[str, str], transport: httpx.BaseTransport | None = None) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on the channels.

    Args:
        env: holds the tokens and, for tests and proxies, other addresses of the platforms.
        transport: replaces the network.
    """
    with httpx.Client(timeout=_TIMEOUT_S, transport=transport) as client:
        yield telegram(env, client)
        yield whatsapp(env, client)


def telegram(env: Mapping[str, str], client: httpx.Client) -> Row:
    """The finding on the token of Telegram."""
    token = env.get("TELEGRAM_TOKEN", "").strip()
    if not token:
        return ("ok", "telegram.off", {})
    if not _TELEGRAM_TOKEN.fullmatch(token):
        return ("fail", "telegram.malformed", {})
    api = env.get("TELEGRAM_API", "https://api.telegram.org").rstrip("/")
    status = _status(client, f"{api}/bot{token}/getMe", {})
    if status == 200:
        return ("ok", "telegram.ok", {})
    if status in (401, 404):
        return ("fail", "telegram.refused", {})
    return ("warn", "telegram.unreachable", {})


def whatsapp(env: Mapping[str, str], client: httpx.Client) -> Row:
    """The finding on the settings of WhatsApp."""
    missing = [name for name in _WHATSAPP_VARIABLES if not env.get(name, "").strip()]
    # The word for verifying is drawn by `tanya init`, so alone it says nothing.
    if {*_WHATSAPP_VARIABLES} - {*missing} <= {"WHATSAPP_VERIFY_TOKEN"}:
        return ("ok", "whatsapp.off", {})
    if missing:
        return ("fail", "whatsapp.incomplete", {"missing": ", ".join(missing)})
    api = env.get("WHATSAPP_API", "https://graph.facebook.com/v23.0").rstrip("/")
    bearer = {"Authorization": f"Bearer {env['WHATSAPP_TOKEN'].strip()}"}
    status = _status(client, f"{api}/{env['WHATSAPP_PHONE_ID'].strip()}", bearer)
    if status == 200:
        return ("ok", "whatsapp.ok", {})
    if status in (400, 401, 403, 404):
        return ("fail", "whatsapp.refused", {})
    return ("warn", "whatsapp.unreachable", {})


def _status(client: httpx.Client, url: str, headers: Mapping[str, str]) -> int | None:
    try:
        return client.get(url, headers=dict(headers)).status_code
    except httpx.HTTPError:
        return None
