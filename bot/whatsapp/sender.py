"""Talks to the WhatsApp Cloud API: messages out, files in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from bot.pacing import WHATSAPP_RULES, Pacer
from bot.plain_http import PlainTransport
from bot.public_addresses import PublicTransport
from bot.received_files import GONE, check_file, file_name, too_big
from bot.whatsapp.failures import error_of_response
from bot.whatsapp.identity import is_bsuid
from izin.conversations import ChatAddress, InboundMedia
from izin.errors import ChannelLocked, DeliveryFailed, RejectedMessage, RetryLater
from izin.rendering.shape import RenderedMessage

log = structlog.get_logger()

API_URL = "https://graph.facebook.com/v23.0"
WINDOW = timedelta(hours=24)
LIMITS_BYTES = {
    "photo": 5_000_000,
    "voice": 16_000_000,
    "video": 16_000_000,
    "document": 100_000_000,
    "sticker": 500_000,
}
"""Largest files by kind, in and out (Cloud API, supported media types)."""

FILE_HOSTS = ("fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net")
"""Domains of Meta's that a look-up names for a file; the bearer goes to no other host."""

DOWNLOAD_S = 120.0
"""For one whole file, however slowly it drips: 100 MB at 7 Mbit/s."""

_UPLOADED_AS = {"application/json": "text/plain"}
"""WhatsApp takes texts, PDF and office files as documents; the file's name keeps its ending."""

ReadMedia = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Gives content and MIME type of one of our stored files by our media id."""


def window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Say whether free messages may go out: 24 h from the citizen's last message.

    The platform may still answer 131047; it has the last word.
    """
    return last_inbound_at is not None and now - last_inbound_at < WINDOW


class WhatsAppSender:
    """One business number. Every call raises the DeliveryFailed errors of ``izin.errors``."""

    def __init__(
        self,
        token: str,
        phone_id: str,
        http: httpx.AsyncClient,
        *,
        api_url: str = API_URL,
        pacer: Pacer | None = None,
        read_media: ReadMedia | None = None,
        files: httpx.AsyncClient | None = None,
        calls: PlainTransport | None = None,
    ) -> None:
        """Take the access, the number's id and an open client; nothing is contacted yet.

        ``files`` fetches what lies elsewhere than the API; only public addresses by default.
        What every turn sends goes by ``calls`` where there is one.

        Raises:
            ChannelLocked: Token or number id is empty.
        """
        if not token or not phone_id:
            raise ChannelLocked("no access token or phone number id", code=190)
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._http = http
        self._calls = calls
        self._api = api_url
        self._phone_id = phone_id
        self._pacer = pacer or Pacer(WHATSAPP_RULES)
        self._read_media = read_media
        self._files = files or public_client()

    async def check(self) -> str:
        """Give the number as people see it; proves token and number id."""
        fields = "display_phone_number,verified_name"
        document = await self._get(f"{self._api}/{self._phone_id}?fields={fields}")
        return str(document.get("display_phone_number", ""))

    async def send(self, address: ChatAddress, message: RenderedMessage) -> str:
        """Send one message and give its id (``wamid…``).

        Accepted is not delivered: what became of it arrives as receipts.
        """
        _only_live(address)
        payload = dict(message.payload)
        media = message.media or {}
        await self._pacer.wait(address.chat)
        if media.get("media_id") and message.method in ("image", "document"):
            platform_id = await self._upload(str(media["kind"]), str(media["media_id"]))
            payload[message.method] = {**payload[message.method], "id": platform_id}
        recipient = "recipient" if is_bsuid(address.chat) else "to"
        try:
            document = await self._messages(
                {"recipient_type": "individual", recipient: address.chat, **payload}
            )
        except RetryLater as error:
            if error.code == 131056 and error.after_s:
                self._pacer.pause(address.chat, error.after_s)
            raise
        try:
            return str(document["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise RetryLater("WhatsApp gave no message id", code="shape") from error

    async def typing(self, address: ChatAddress, external_id: str) -> None:
        """Mark the citizen's message read and show "typing" for up to 25 s, in one call.

        A failure is only logged.
        """
        if address.namespace != "live":
            return
        try:
            await self._messages(
                {
                    "status": "read",
                    "message_id": external_id,
                    "typing_indicator": {"type": "text"},
                }
            )
        except DeliveryFailed as error:
            log.info("typing_not_shown", channel="whatsapp", reason=type(error).__name__,
                     code=error.code)  # fmt: skip

    async def fetch_media(self, media: InboundMedia) -> tuple[bytes, str, str]:
        """Give content, MIME type (by content) and a harmless name of a citizen's file.

        The look-up gives an address that lives five minutes, fetched at once with the
        bearer; the look-up's own JSON is never taken for the file.

        Raises:
            RejectedMessage: Over the limit of its kind, gone, or of a type we do not take.
            RetryLater: WhatsApp does not answer, or the address died meanwhile.
        """
        limit = LIMITS_BYTES[media.kind]
        try:
            found = await self._get(f"{self._api}/{quote(media.platform_id, safe='')}")
        except RejectedMessage as error:
            raise RejectedMessage("WhatsApp has no such file", code=GONE) from error
        size, url = found.get("file_size"), found.get("url")
        if isinstance(size, int) and size > limit:
            raise too_big(size, limit)
        if not isinstance(url, str) or not self._is_metas(url):
            raise RetryLater("the media look-up gave no address", code="shape")
        content = await self._download(url, limit)
        mime_type = check_file(media, content, limit)
        return content, mime_type, file_name(media, mime_type)

    def _is_metas(self, url: str) -> bool:
        """Say whether the bearer may be sent there: Meta's file hosts, or where the API is."""
        try:
            place = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        if place.userinfo:
            return False
        known = any(f".{place.host}".endswith(f".{host}") for host in FILE_HOSTS)
        return self._is_api(url) or (known and place.scheme == "https" and place.port is None)

    def _is_api(self, url: str) -> bool:
        return _origin(url) == _origin(self._api)

    async def _messages(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        url = f"{self._api}/{self._phone_id}/messages"
        document = {"messaging_product": "whatsapp", **fields}
        if self._calls is None:
            return await self._call("POST", url, json=document)
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        headers, limits = {**self._bearer, "content-type": "application/json"}, self._http.timeout
        with _named_errors():
            answer = await self._calls.post(
                url, body, headers, connect_s=limits.connect, read_s=limits.read
            )
        return _document(answer.status, answer.content, answer.header("retry-after"))

    async def _get(self, url: str) -> Mapping[str, Any]:
        return await self._call("GET", url)

    async def _upload(self, kind: str, media_id: str) -> str:
        if self._read_media is None:
            raise RejectedMessage("this sender cannot read stored files", code="no_media")
        content, mime_type = await self._read_media(media_id)
        if len(content) > LIMITS_BYTES[kind]:
            raise too_big(len(content), LIMITS_BYTES[kind])
        mime_type = _UPLOADED_AS.get(mime_type, mime_type)
        document = await self._call(
            "POST",
            f"{self._api}/{self._phone_id}/media",
            data={"messaging_product": "whatsapp", "type": mime_type},
            files={"file": ("berkas", content, mime_type)},
        )
        if not isinstance(document.get("id"), str):
            raise RetryLater("the upload gave no id", code="shape")
        return str(document["id"])

    async def _download(self, url: str, limit: int) -> bytes:
        content = bytearray()
        http = self._http if self._is_api(url) else self._files
        # Not packed: of a packed file the size is known only when it fills the memory.
        headers = {**self._bearer, "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(DOWNLOAD_S),
                http.stream("GET", url, headers=headers, follow_redirects=False) as response,
            ):
                if response.status_code != 200:
                    # 404 after five minutes: a new look-up gives a new address.
                    raise RetryLater("the file was not given", code=response.status_code)
                async for chunk in response.aiter_raw():
                    content += chunk
                    if len(content) > limit:
                        raise too_big(len(content), limit)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise RetryLater("WhatsApp does not answer", code="network") from error
        return bytes(content)

    async def _call(self, method: str, url: str, **content: Any) -> Mapping[str, Any]:
        with _named_errors():
            response = await self._http.request(method, url, headers=self._bearer, **content)
        return _document(
            response.status_code, response.content, response.headers.get("retry-after")
        )


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RetryLater(
            f"WhatsApp does not answer ({type(error).__name__})", code="network"
        ) from error


def _document(status: int, content: bytes, retry_after: str | None) -> Mapping[str, Any]:
    """Give what Meta answered, or raise what it means."""
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not 200 <= status < 300:
        raise error_of_response(status, document, retry_after)
    if not isinstance(document, Mapping):
        raise RetryLater("WhatsApp answered no JSON object", code="shape")
    if "error" in document:
        raise error_of_response(status, document, None)
    return document


def public_client() -> httpx.AsyncClient:
    """Give a client that reaches the public internet only."""
    return httpx.AsyncClient(transport=PublicTransport(), trust_env=False)


def _origin(url: str) -> tuple[str, str, int | None]:
    place = httpx.URL(url)
    return place.scheme, place.host, place.port


def _only_live(address: ChatAddress) -> None:
    if address.namespace != "live" or address.channel != "whatsapp":
        raise DeliveryFailed("not a live WhatsApp chat", code="namespace")
