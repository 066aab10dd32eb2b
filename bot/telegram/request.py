"""python-telegram-bot's transport over an httpx client that the gateway owns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.plain_http import PlainTransport

UPLOAD_TIMEOUT_S = 30.0


_FORM = {"content-type": "application/x-www-form-urlencoded"}


class ShortCall(RequestData):
    """The fields of a call without files, as they are sent."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """Take the fields by name; what is no text is sent as JSON."""
        super().__init__()
        self._fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
            if value is not None
        }

    @property
    def json_parameters(self) -> dict[str, str]:
        """Give the fields."""
        return self._fields


class ClientRequest(BaseRequest):
    """Sends Bot API calls through ``http``; opening and closing it is the owner's work.

    A :class:`ShortCall` goes by ``calls`` where there is one: most calls of a turn do, and
    httpx's client takes twice the CPU time for each.
    """

    def __init__(self, http: httpx.AsyncClient, calls: PlainTransport | None = None) -> None:
        """Take the client; its own time-outs apply where a call names none."""
        self._http = http
        self._calls = calls

    @property
    def read_timeout(self) -> float | None:
        """Give the client's read time-out in seconds."""
        return self._http.timeout.read

    async def initialize(self) -> None:
        """Do nothing: the client is open."""

    async def shutdown(self) -> None:
        """Do nothing: the owner closes the client."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Give status code and body.

        Raises:
            TimedOut: No answer in time; whether Telegram acted is unknown.
            NetworkError: The connection failed.
        """
        if self._calls is not None and isinstance(request_data, ShortCall):
            return await self._short(self._calls, url, request_data)
        files = request_data.multipart_data if request_data else None
        default = self._http.timeout

        def chosen(value: Any, fallback: float | None) -> float | None:
            return fallback if value is BaseRequest.DEFAULT_NONE else value

        timeout = httpx.Timeout(
            connect=chosen(connect_timeout, default.connect),
            read=chosen(read_timeout, UPLOAD_TIMEOUT_S if files else default.read),
            write=chosen(write_timeout, UPLOAD_TIMEOUT_S if files else default.write),
            pool=chosen(pool_timeout, default.pool),
        )
        try:
            response = await self._http.request(
                method,
                url,
                timeout=timeout,
                data=request_data.json_parameters if request_data else None,
                files=files or None,
            )
        except httpx.TimeoutException as error:
            raise TimedOut from error
        except httpx.HTTPError as error:
            # The address holds the bot's token, so only the class goes into the message.
            raise NetworkError(type(error).__name__) from error
        return response.status_code, response.content

    async def _short(
        self, calls: PlainTransport, url: str, request_data: ShortCall
    ) -> tuple[int, bytes]:
        default, body = self._http.timeout, urlencode(request_data.json_parameters).encode()
        try:
            answer = await calls.post(
                url, body, _FORM, connect_s=default.connect, read_s=default.read
            )
        except httpx.TimeoutException as error:
            raise TimedOut from error
        except httpx.HTTPError as error:
            raise NetworkError(type(error).__name__) from error
        return answer.status, answer.content
