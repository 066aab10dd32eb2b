"""Talks to the Bot API: messages out, files and updates in."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
import telegram
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.pacing import TELEGRAM_RULES, Pacer
from bot.plain_http import PlainTransport
from bot.received_files import GONE, check_file, file_name, too_big
from bot.telegram.commands import command_menu
from bot.telegram.content import DOWNLOAD_LIMIT_BYTES
from bot.telegram.failures import translate
from bot.telegram.parse import ALLOWED_UPDATES, callback_id
from bot.telegram.request import ClientRequest, ShortCall
from izin.conversations import ChatAddress, InboundMedia
from izin.errors import (
    ChannelLocked,
    DeliveryFailed,
    InvalidInput,
    RejectedMessage,
    RetryLater,
    Undeliverable,
)
from izin.rendering.shape import RenderedMessage
from izin.wording import Wording

log = structlog.get_logger()

API_URL = "https://api.telegram.org"
CALLBACK_TEXT_LIMIT = 200
UPLOAD_LIMITS_BYTES = {"photo": 10_000_000, "document": 50_000_000}

DOWNLOAD_S = 60.0
"""For one whole file of 20 MB at most, however slowly it drips."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

ReadMedia = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Gives content and MIME type of one of our stored files by our media id."""


class TelegramSender:
    """One bot. Every call raises the DeliveryFailed errors of ``izin.errors``.

    A send whose answer was lost is repeated by the outbox and may then show twice:
    Telegram offers no idempotency key.
    """

    def __init__(
        self,
        token: str,
        http: httpx.AsyncClient,
        *,
        api_url: str = API_URL,
        pacer: Pacer | None = None,
        read_media: ReadMedia | None = None,
        calls: PlainTransport | None = None,
    ) -> None:
        """Take the token and an open client; nothing is contacted yet.

        What every turn sends goes by ``calls`` where there is one.

        Raises:
            ChannelLocked: The token is empty.
        """
        if not token:
            raise ChannelLocked("no bot token", code=401)
        self._http = http
        self._request = ClientRequest(http, calls)
        self._base = f"{api_url}/bot{token}"
        self._files = f"{api_url}/file/bot{token}"
        self._bot = telegram.Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._pacer = pacer or Pacer(TELEGRAM_RULES)
        self._read_media = read_media

    async def username(self) -> str:
        """Give the bot's user name without ``@``; proves the token (ChannelLocked if wrong)."""
        async with _translated():
            return (await self._bot.get_me()).username or ""

    async def set_commands(self, wording: Wording) -> None:
        """Show the command menu of ``locales`` in every chat."""
        commands = [telegram.BotCommand(name, text) for name, text in command_menu(wording)]
        async with _translated():
            await self._bot.set_my_commands(commands)

    async def delete_webhook(self) -> None:
        """Let polling begin; updates that wait at Telegram are kept."""
        async with _translated():
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Ask for updates at ``url`` with ``secret`` in the header; waiting ones are kept.

        Raises:
            InvalidInput: The secret is not 1-256 of ``A-Z a-z 0-9 _ -``, as Telegram asks.
        """
        if not _SECRET.fullmatch(secret):
            raise InvalidInput("1-256 of A-Z a-z 0-9 _ -", field="TELEGRAM_WEBHOOK_SECRET")
        async with _translated():
            await self._bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=list(ALLOWED_UPDATES),
                drop_pending_updates=False,
            )

    async def get_updates(self, offset: int | None, timeout_s: int) -> list[dict[str, Any]]:
        """Give waiting updates as Telegram wrote them, after at most ``timeout_s`` seconds.

        Raw, because one update that a library cannot read must not hold back the others.
        ``offset`` confirms every update before it.
        """
        query: dict[str, Any] = {
            "timeout": timeout_s,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        if offset is not None:
            query["offset"] = offset
        async with _translated():
            updates = await self._request.post(
                f"{self._base}/getUpdates?{urlencode(query)}", read_timeout=timeout_s + 5.0
            )
        if not isinstance(updates, list):
            raise RetryLater("getUpdates gave no list", code="network")
        return updates

    async def send(self, address: ChatAddress, message: RenderedMessage) -> str:
        """Send one message and give its id, ``<chat>:<message>``."""
        chat = _chat_id(address)
        fields = await self._fields(address, message)
        await self._pacer.wait(address.chat, group=address.user is not None)
        try:
            async with _translated():
                try:
                    return await self._call(message.method, chat, fields)
                except ChatMigrated as moved:
                    return await self._call(message.method, moved.new_chat_id, fields)
        except RetryLater as error:
            if error.code == 429 and error.after_s:
                self._pacer.pause(address.chat, error.after_s)
            raise

    async def edit(self, address: ChatAddress, external_id: str, message: RenderedMessage) -> None:
        """Put a text message in the place of one sent before (a menu that turns a page)."""
        chat = _chat_id(address)
        async with _translated():
            try:
                await self._bot.edit_message_text(
                    chat_id=chat,
                    message_id=int(external_id.rpartition(":")[2]),
                    **_typed(message.payload),
                )
            except BadRequest as error:
                if "message is not modified" not in error.message.lower():
                    raise

    async def typing(self, address: ChatAddress, external_id: str) -> None:
        """Show "typing" for up to 5 s; a failure is only logged."""
        if address.namespace != "live":
            return
        try:
            await self._short("sendChatAction", chat_id=_chat_id(address), action="typing")
        except (TelegramError, DeliveryFailed) as error:
            log.info("typing_not_shown", channel="telegram", reason=type(error).__name__)

    async def answer_callback(self, external_id: str, text: str = "") -> None:
        """End the waiting sign on a tapped button; never raises, as the turn matters more.

        ``external_id`` is the message's; anything that was no button is left alone.
        """
        query_id = callback_id(external_id)
        if query_id is None:
            return
        try:
            await self._bot.answer_callback_query(query_id, text[:CALLBACK_TEXT_LIMIT] or None)
        except TelegramError as error:  # a button of long ago: "query is too old"
            log.info("callback_not_answered", reason=type(error).__name__)

    async def fetch_media(self, media: InboundMedia) -> tuple[bytes, str, str]:
        """Give content, MIME type (by content) and a harmless name of a citizen's file.

        Raises:
            RejectedMessage: Over 20 MB, gone, or of a type we do not take.
            RetryLater: Telegram does not answer.
        """
        if (media.size_bytes or 0) > DOWNLOAD_LIMIT_BYTES:
            raise too_big(media.size_bytes or 0, DOWNLOAD_LIMIT_BYTES)
        try:
            async with _translated():
                found = await self._bot.get_file(media.platform_id)
        except RejectedMessage as error:
            if "too big" in str(error).lower():
                raise too_big(media.size_bytes or 0, DOWNLOAD_LIMIT_BYTES) from error
            raise RejectedMessage("Telegram has no such file", code=GONE) from error
        if not found.file_path:
            raise RejectedMessage("Telegram gave no path", code=GONE)
        content = await self._download(found.file_path)
        mime_type = check_file(media, content, DOWNLOAD_LIMIT_BYTES)
        return content, mime_type, file_name(media, mime_type)

    async def _download(self, url: str) -> bytes:
        content = bytearray()
        # A path that names another host is none of Telegram's; the address holds the token.
        if not url.startswith(f"{self._files}/"):
            raise RejectedMessage("Telegram gave no path", code=GONE)
        try:
            async with (
                asyncio.timeout(DOWNLOAD_S),
                self._http.stream(
                    "GET", url, headers={"Accept-Encoding": "identity"}, follow_redirects=False
                ) as response,
            ):
                if response.status_code >= 500 or response.status_code == 429:
                    raise RetryLater("Telegram does not answer", code=response.status_code)
                if response.status_code != 200:
                    raise RejectedMessage("the file is gone", code=GONE)
                async for chunk in response.aiter_raw():
                    content += chunk
                    if len(content) > DOWNLOAD_LIMIT_BYTES:
                        raise too_big(len(content), DOWNLOAD_LIMIT_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise RetryLater("Telegram does not answer", code="network") from error
        return bytes(content)

    async def _fields(self, address: ChatAddress, message: RenderedMessage) -> dict[str, Any]:
        fields = dict(message.payload)
        if address.user is not None and "keyboard" in (fields.get("reply_markup") or {}):
            del fields["reply_markup"]  # a number can be asked for in private chats only
        media = message.media or {}
        kind = str(media.get("kind"))
        if kind in UPLOAD_LIMITS_BYTES:
            if self._read_media is None:
                raise RejectedMessage("this sender cannot read stored files", code="no_media")
            content, mime_type = await self._read_media(str(media["media_id"]))
            if len(content) > UPLOAD_LIMITS_BYTES[kind]:
                raise too_big(len(content), UPLOAD_LIMITS_BYTES[kind])
            name = media.get("title") or f"berkas.{mime_type.rpartition('/')[2]}"
            fields[kind] = telegram.InputFile(content, filename=str(name))
        return fields

    async def _call(self, method: str, chat: int, fields: Mapping[str, Any]) -> str:
        """Send and give the message's id, with that of the chat."""
        if method == "sendMessage":
            # The library's own objects for it cost more than all the rest of a delivery.
            said = await self._short(method, chat_id=chat, **fields)
            return f"{said['chat']['id']}:{said['message_id']}"
        calls: dict[str, Callable[..., Awaitable[telegram.Message]]] = {
            "sendPhoto": self._bot.send_photo,
            "sendDocument": self._bot.send_document,
            "sendLocation": self._bot.send_location,
        }
        if method not in calls:
            raise RejectedMessage(f"unknown method {method}", code="method")
        sent = await calls[method](chat_id=chat, **_typed(fields))
        return f"{sent.chat.id}:{sent.message_id}"

    async def _short(self, method: str, **fields: Any) -> Any:
        return await self._request.post(f"{self._base}/{method}", ShortCall(fields))


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except TelegramError as error:
        raise translate(error) from error


def _chat_id(address: ChatAddress) -> int:
    """Give the number to send to, only of a live Telegram chat."""
    if address.namespace != "live" or address.channel != "telegram":
        raise DeliveryFailed("not a live Telegram chat", code="namespace")
    try:
        return int(address.chat)
    except ValueError as error:
        raise Undeliverable("a chat id is a number", code="chat_id") from error


def _typed(payload: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(payload)
    if "link_preview_options" in fields:
        fields["link_preview_options"] = telegram.LinkPreviewOptions(
            **fields["link_preview_options"]
        )
    return fields
