"""What `tanya webhook check` finds on the way from Telegram and Meta to our gateway."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from ops import doctor_addresses
from ops.doctor_addresses import Row
from ops.doctor_channels import telegram, whatsapp

PUBLIC = "TANYA_PUBLIC_URL"
TELEGRAM_PATH, WHATSAPP_PATH = "/webhooks/telegram", "/webhooks/whatsapp"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query")
"""As the gateway asks for them at its start."""

_TELEGRAM_PORTS = (443, 80, 88, 8443)  # core.telegram.org/bots/webhooks
_NO_JSON = b"-"
"""Passes the check of the secret and is then refused: nothing is stored by asking."""
_REFUSED_BY_US = re.compile(r"\b(401|403)\b")
_TIMEOUT_S = 8.0


def client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """The client all checks share; a transport replaces the network."""
    return httpx.Client(timeout=_TIMEOUT_S, transport=transport)


def examine(env: Mapping[str, str], http: httpx.Client) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding, from the outside in."""
    public = env.get(PUBLIC, "").strip().rstrip("/")
    has = {"telegram": bool(env.get("TELEGRAM_TOKEN", "").strip()),
           "whatsapp": bool(env.get("WHATSAPP_TOKEN", "").strip())}  # fmt: skip
    if not any(has.values()):
        yield ("fail", "webhook.no_channel", {})
        return
    if not public:
        yield ("fail" if has["whatsapp"] else "ok", "webhook.no_address", {})
    else:
        yield from address(public)
    if has["telegram"]:
        yield from _telegram(env, http, public)
    if has["whatsapp"]:
        yield from _whatsapp(env, http, public)


def address(public: str) -> Iterator[Row]:
    """What is found at the public address itself."""
    yield doctor_addresses.examine_one(PUBLIC, public)
    if doctor_addresses.is_private(public):
        yield ("warn", "webhook.private", {"host": urlsplit(public).hostname or ""})


def _telegram(env: Mapping[str, str], http: httpx.Client, public: str) -> Iterator[Row]:
    token = telegram(env, http)
    yield token
    if token[0] != "ok" or not public:
        return
    if (urlsplit(public).port or 443) not in _TELEGRAM_PORTS:
        yield ("fail", "webhook.telegram_port", {"url": public})
    header = {"X-Telegram-Bot-Api-Secret-Token": env.get("TELEGRAM_WEBHOOK_SECRET", "")}
    yield _door("Telegram", _status(http, "POST", public + TELEGRAM_PATH, header))
    info = _answer(http, bot_address(env, "getWebhookInfo"), {})
    if info is None:
        yield ("warn", "telegram.unreachable", {})
        return
    yield from _registered(info, public + TELEGRAM_PATH)


def _registered(info: Mapping[str, Any], ours: str) -> Iterator[Row]:
    url = str(info.get("url") or "")
    if not url:
        yield ("fail", "webhook.not_registered", {})
        return
    if url != ours:
        yield ("fail", "webhook.other_address", {"url": url, "ours": ours})
        return
    yield ("ok", "webhook.registered", {"count": int(info.get("pending_update_count") or 0)})
    said = str(info.get("last_error_message") or "")
    if not said:
        return
    if _REFUSED_BY_US.search(said):
        yield ("fail", "webhook.secret_changed", {"said": said})
    elif "ssl" in said.lower() or "certificate" in said.lower():
        yield ("fail", "webhook.telegram_tls", {"said": said})
    else:
        yield ("warn", "webhook.telegram_error", {"said": said})


def _whatsapp(env: Mapping[str, str], http: httpx.Client, public: str) -> Iterator[Row]:
    token = whatsapp(env, http)
    yield token
    if not public or token[1] == "whatsapp.incomplete":
        return
    word = "tanya-izin-1"
    query = {"hub.mode": "subscribe", "hub.challenge": word,
             "hub.verify_token": env.get("WHATSAPP_VERIFY_TOKEN", "")}  # fmt: skip
    try:
        echoed = http.get(public + WHATSAPP_PATH, params=query)
    except httpx.HTTPError:
        yield ("fail", "webhook.silent", {"channel": "WhatsApp"})
        return
    if echoed.status_code == 200 and echoed.text == word:
        yield ("ok", "webhook.verified", {})
    elif echoed.status_code == 403:
        yield ("fail", "webhook.verify_differs", {})
    else:
        yield _door("WhatsApp", echoed.status_code)
        return
    secret = env.get("WHATSAPP_APP_SECRET", "").encode()
    signature = "sha256=" + hmac.new(secret, _NO_JSON, hashlib.sha256).hexdigest()
    status = _status(http, "POST", public + WHATSAPP_PATH, {"X-Hub-Signature-256": signature})
    yield _door("WhatsApp", status)


def _door(channel: str, status: int | None) -> Row:
    """What the answer to a call with our secret and no content says."""
    known: dict[str, object] = {"channel": channel}
    if status == 400:
        return ("ok", "webhook.door", known)
    if status is None:
        return ("fail", "webhook.silent", known)
    if status in (401, 403):
        return ("fail", "webhook.door_refuses", known)
    if status in (404, 405):
        return ("fail", "webhook.not_passed_on", {**known, "status": status})
    if status in (502, 503, 504):
        return ("fail", "webhook.gateway_away", {**known, "status": status})
    return ("fail", "webhook.strange", {**known, "status": status})


def register_telegram(env: Mapping[str, str], http: httpx.Client) -> Row:
    """Tell Telegram our address and secret; waiting messages are kept."""
    ours = env.get(PUBLIC, "").strip().rstrip("/") + TELEGRAM_PATH
    given = {
        "url": ours,
        "secret_token": env.get("TELEGRAM_WEBHOOK_SECRET", ""),
        "allowed_updates": json.dumps(ALLOWED_UPDATES),
        "drop_pending_updates": "false",
    }
    try:
        answer = http.post(bot_address(env, "setWebhook"), data=given)
        said = answer.json()
    except (httpx.HTTPError, ValueError):
        return ("warn", "telegram.unreachable", {})
    if answer.status_code == 200 and said.get("ok"):
        return ("ok", "webhook.set", {"url": ours})
    if answer.status_code in (401, 404):
        return ("fail", "telegram.refused", {})
    return ("fail", "webhook.telegram_says", {"said": str(said.get("description") or "")})


def bot_address(env: Mapping[str, str], method: str) -> str:
    """Address of a method of the Bot API; it holds the token and must not be shown."""
    api = (env.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")
    return f"{api}/bot{env.get('TELEGRAM_TOKEN', '').strip()}/{method}"


def _answer(http: httpx.Client, url: str, data: Mapping[str, str]) -> Mapping[str, Any] | None:
    try:
        found = http.post(url, data=dict(data)).json().get("result")
    except (httpx.HTTPError, ValueError, AttributeError):
        return None
    return found if isinstance(found, Mapping) else None


def _status(http: httpx.Client, method: str, url: str, headers: Mapping[str, str]) -> int | None:
    try:
        return http.request(method, url, content=_NO_JSON, headers=dict(headers)).status_code
    except (httpx.HTTPError, ValueError):
        return None
