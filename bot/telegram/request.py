"""python-telegram-bot's transport over an httpx client that the gateway owns."""

from __future__ import annotations

from typing import Any

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

UPLOAD_TIMEOUT_S = 30.0


class ClientRequest(BaseRequest):
    """Sends Bot API calls through ``http``; opening and closing it is the owner's work."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Take the client; its own time-outs apply where a call names none."""
        self._http = http

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
