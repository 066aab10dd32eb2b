"""The fake Bot API's methods, over the state that tests control."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from tests.fakes import telegram_rules as rules
from tests.fakes.faults import BrokenOff
from tests.fakes.telegram_rules import ApiError, bad

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

PARAMETERS = {
    "getMe": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {"url", "secret_token", "allowed_updates", "drop_pending_updates",
                   "max_connections", "ip_address"},
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "sendMessage": {"chat_id", "text", "parse_mode", "reply_markup", "link_preview_options",
                    "disable_notification", "protect_content", "reply_parameters"},
    "sendPhoto": {"chat_id", "photo", "caption", "parse_mode", "reply_markup"},
    "sendDocument": {"chat_id", "document", "caption", "parse_mode", "reply_markup"},
    "sendLocation": {"chat_id", "latitude", "longitude", "reply_markup"},
    "sendChatAction": {"chat_id", "action"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert", "cache_time"},
    "editMessageText": {"chat_id", "message_id", "text", "parse_mode", "reply_markup",
                        "link_preview_options"},
    "setMyCommands": {"commands"},
    "getFile": {"file_id"},
}  # fmt: skip
UPLOADS = {"photo": 10_000_000, "document": 50_000_000}


def application(fake: FakeTelegram) -> FastAPI:
    """Give the Bot API and its file server."""
    app = FastAPI(openapi_url=None)

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        fault = fake.faults.next(method)
        if fault is not None and fault.kind == "error":
            return JSONResponse(fault.body, fault.status, fault.headers)
        if fault is not None and fault.kind == "garbage":
            return Response("<html>502 Bad Gateway</html>", 200, media_type="text/html")
        if fault is not None and fault.kind == "silence":
            await fake.faults.silence(request)
            return Response(status_code=504)
        try:
            if token != fake.token:
                well_formed = re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{10,}", token)
                raise ApiError(401, "Unauthorized") if well_formed else ApiError(404, "Not Found")
            given = await _parameters(request)
            result = await _run(fake, method, given)
        except ApiError as error:
            answer: dict[str, Any] = {
                "ok": False, "error_code": error.code, "description": error.description,
            }  # fmt: skip
            if error.parameters:
                answer["parameters"] = error.parameters
            return JSONResponse(answer, error.code)
        if fault is not None:  # the answer gets lost
            if isinstance(result, dict) and "chat" in result:
                fake.lost.add(f"{result['chat']['id']}:{result['message_id']}")
            if fault.kind == "dropped":
                return BrokenOff()
            await fake.faults.silence(request)
        return JSONResponse({"ok": True, "result": result})

    @app.get("/file/bot{token}/{path:path}")
    async def download(token: str, path: str) -> Response:
        fault = fake.faults.next("download")
        if fault is not None:
            return JSONResponse(fault.body, fault.status, fault.headers)
        content = fake.paths.get(path)
        if token != fake.token or content is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(content, media_type="application/octet-stream")

    return app


async def _parameters(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    if "application/json" in request.headers.get("content-type", ""):
        body = await request.json()
        return given | {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in body.items()
        }
    async with request.form() as form:
        for name, value in form.items():
            given[name] = value if isinstance(value, str) else await value.read()
    return given


async def _run(fake: FakeTelegram, method: str, given: dict[str, Any]) -> Any:
    if method not in PARAMETERS:
        raise ApiError(404, "Not Found: method not found")
    # An upload is named by "attach://<part>"; the part itself is no parameter.
    attached = {
        value.removeprefix("attach://")
        for value in given.values()
        if isinstance(value, str) and value.startswith("attach://")
    }
    unknown = set(given) - PARAMETERS[method] - attached
    if unknown:
        raise bad(f"unknown parameters {sorted(unknown)}")
    with fake.lock:
        fake.calls.append((method, given))
    if method == "getUpdates":
        return await _get_updates(fake, given)
    with fake.changed:
        result = _METHODS[method](fake, given)
        fake.changed.notify_all()
    return result


async def _get_updates(fake: FakeTelegram, given: dict[str, Any]) -> list[dict[str, Any]]:
    if fake.webhook is not None:
        raise ApiError(
            409, "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )  # fmt: skip
    with fake.lock:
        fake.poll += 1
        mine = fake.poll
        if "offset" in given:
            offset = int(given["offset"])
            fake.pending = [u for u in fake.pending if u["update_id"] >= offset]
    deadline = time.monotonic() + min(int(given.get("timeout", 0)), 50)
    while True:
        with fake.lock:
            if fake.poll != mine:
                raise ApiError(
                    409, "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )  # fmt: skip
            updates = fake.pending[: min(int(given.get("limit", 100)), 100)]
        if updates or time.monotonic() >= deadline or fake.faults.release.is_set():
            return updates
        await asyncio.sleep(0.01)


def _get_me(fake: FakeTelegram, given: dict[str, Any]) -> dict[str, Any]:
    return fake.bot


def _set_webhook(fake: FakeTelegram, given: dict[str, Any]) -> bool:
    rules.check_webhook(given["url"], given.get("secret_token"))
    fake.webhook = {"url": given["url"], "secret": given.get("secret_token")}
    _maybe_drop(fake, given)
    return True


def _delete_webhook(fake: FakeTelegram, given: dict[str, Any]) -> bool:
    fake.webhook = None
    _maybe_drop(fake, given)
    return True


def _maybe_drop(fake: FakeTelegram, given: dict[str, Any]) -> None:
    if given.get("drop_pending_updates") == "true":
        fake.pending.clear()


def _webhook_info(fake: FakeTelegram, given: dict[str, Any]) -> dict[str, Any]:
    url = fake.webhook["url"] if fake.webhook else ""
    return {
        "url": url,
        "has_custom_certificate": False,
        "pending_update_count": len(fake.pending),
    }


def _chat(fake: FakeTelegram, given: dict[str, Any]) -> dict[str, Any]:
    try:
        chat_id = int(given["chat_id"])
    except (KeyError, ValueError):
        raise bad("chat_id is empty") from None
    if chat_id in fake.moved:
        raise ApiError(
            400, "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=fake.moved[chat_id],
        )  # fmt: skip
    if chat_id not in fake.chats:
        raise bad("chat not found")
    if chat_id in fake.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    return fake.chats[chat_id]


def _post(fake: FakeTelegram, given: dict[str, Any], method: str, **content: Any) -> Any:
    chat = _chat(fake, given)
    markup = rules.check_markup(given.get("reply_markup"), private=chat["type"] == "private")
    if fake.paced:
        fake.flood.check(chat["id"], time.monotonic())
    message = {
        "message_id": fake.next_message_id(chat["id"]),
        "from": fake.bot,
        "chat": chat,
        "date": int(time.time()),
        **content,
    }
    fake.sent.append({"method": method, "markup": markup, **message})
    return message


def _send_message(fake: FakeTelegram, given: dict[str, Any]) -> Any:
    text = rules.text_of(given.get("text", ""), given.get("parse_mode"))
    rules.check_text(text)
    return _post(fake, given, "sendMessage", text=text)


def _send_file(kind: str) -> Any:
    def send(fake: FakeTelegram, given: dict[str, Any]) -> Any:
        content = given.get(kind)
        if isinstance(content, str) and content.startswith("attach://"):
            content = given.get(content.removeprefix("attach://"))
        if not isinstance(content, bytes) or not content:
            raise bad(f"there is no {kind} in the request")
        if len(content) > UPLOADS[kind]:
            raise ApiError(413, "Request Entity Too Large")
        caption = rules.text_of(given.get("caption", ""), given.get("parse_mode"))
        if rules.length(caption) > 1024:
            raise bad("message caption is too long")
        file_id = fake.keep_file(content)
        item = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}
        shown: Any = [{**item, "width": 90, "height": 90}] if kind == "photo" else item
        fake.uploads.append(content)
        return _post(fake, given, f"send{kind.title()}", caption=caption, **{kind: shown})

    return send


def _send_location(fake: FakeTelegram, given: dict[str, Any]) -> Any:
    latitude, longitude = float(given["latitude"]), float(given["longitude"])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("wrong latitude or longitude")
    place = {"latitude": latitude, "longitude": longitude}
    return _post(fake, given, "sendLocation", location=place)


def _chat_action(fake: FakeTelegram, given: dict[str, Any]) -> bool:
    chat = _chat(fake, given)
    if given.get("action") not in ("typing", "upload_photo", "upload_document"):
        raise bad("wrong parameter action in request")
    fake.actions.append((chat["id"], given["action"]))
    return True


def _answer_callback(fake: FakeTelegram, given: dict[str, Any]) -> bool:
    if given.get("callback_query_id") not in fake.open_callbacks:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(given.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    fake.open_callbacks.discard(given["callback_query_id"])
    fake.answered_callbacks.append(given["callback_query_id"])
    return True


def _edit(fake: FakeTelegram, given: dict[str, Any]) -> Any:
    chat = _chat(fake, given)
    text = rules.text_of(given.get("text", ""), given.get("parse_mode"))
    rules.check_text(text)
    markup = rules.check_markup(given.get("reply_markup"), private=chat["type"] == "private")
    for message in fake.sent:
        if (message["chat"]["id"], str(message["message_id"])) == (
            chat["id"], given.get("message_id"),
        ):  # fmt: skip
            if (message.get("text"), message["markup"]) == (text, markup):
                raise bad("message is not modified: specified new message content is the same")
            message.update(text=text, markup=markup)
            return {key: message[key] for key in ("message_id", "from", "chat", "date", "text")}
    raise bad("message to edit not found")


def _set_commands(fake: FakeTelegram, given: dict[str, Any]) -> bool:
    fake.commands = rules.check_commands(given["commands"])
    return True


def _get_file(fake: FakeTelegram, given: dict[str, Any]) -> dict[str, Any]:
    file_id = given.get("file_id")
    if file_id not in fake.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    size = fake.files[file_id]
    if size > 20_000_000:
        raise bad("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file_id,
        "file_size": size,
        "file_path": f"documents/{file_id}",
    }


_METHODS = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "sendMessage": _send_message,
    "sendPhoto": _send_file("photo"),
    "sendDocument": _send_file("document"),
    "sendLocation": _send_location,
    "sendChatAction": _chat_action,
    "answerCallbackQuery": _answer_callback,
    "editMessageText": _edit,
    "setMyCommands": _set_commands,
    "getFile": _get_file,
}
