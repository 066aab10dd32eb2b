"""Calls to the action servers: some seconds at most, over kept connections.

Stock Rasa waits 300 s and opens a session and a connection for every call.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu.components.plain_http import PlainClient

DEFAULT_URL = "http://127.0.0.1:5055/webhook"
# A citizen waits for this; the registry itself is cut off at 2 s inside the action.
TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 1.0
# How long one that failed is asked last, where there are several.
AWAY_S = 5.0
# Shares of the time-out: when a silent server is left for the next one, and when the call ends.
FIRST_SHARE, LAST_SHARE = 0.6, 1.4
UNAVAILABLE = 503
# Below the action server's own 5 s, so that we never write on a connection it is closing.
KEEP_ALIVE_S = 3.0


def is_away(error: BaseException | None) -> bool:
    """Whether a call failed as nobody listens or the server's own database is away.

    Rasa wraps what :meth:`ActionEndpoint.request` raises, so the errors behind one count too.
    """
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ServerTimeoutError):
            return True
        if isinstance(error, ClientResponseError):
            return bool(error.status == UNAVAILABLE)
        error = error.__cause__ or error.__context__
    return False


@dataclass(slots=True)
class _Server:
    """One action server: how many calls it holds, and until when it is asked last."""

    client: PlainClient
    calls: int = 0
    away_until: float = 0.0


class ActionEndpoint(EndpointConfig):
    """The action server at ``url``, asked with a bearer secret when one is set.

    Several addresses, separated by commas, share the calls: the one with the fewest is asked,
    one that does not answer is passed over. A call that finds its kept connection cut is made
    once more: actions carry the turn's id and write nothing twice.
    """

    def __init__(self, url: str = DEFAULT_URL, secret: str = "", timeout_s: float = TIMEOUT_S):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        urls = [part.strip() for part in url.split(",") if part.strip()]
        super().__init__(urls[0], headers=headers)
        self._servers = [
            _Server(PlainClient(part, headers, CONNECT_TIMEOUT_S, KEEP_ALIVE_S)) for part in urls
        ]
        self._timeout_s = timeout_s

    @classmethod
    def from_environment(cls) -> ActionEndpoint:
        """The endpoint of TANYA_ACTIONS_URL with TANYA_ACTIONS_SECRET."""
        return cls(
            os.environ.get("TANYA_ACTIONS_URL") or DEFAULT_URL,
            os.environ.get("TANYA_ACTIONS_SECRET", ""),
        )

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The JSON answer of the action server.

        Raises:
            ClientResponseError: Status 400 or above (400 is a rejected action).
            aiohttp.ClientError: It cannot be reached or does not answer JSON.
            asyncio.TimeoutError: It took longer than the time-out.
        """
        body = json.dumps(kwargs["json"]).encode()
        now = asyncio.get_running_loop().time()
        order = sorted(self._servers, key=lambda server: (server.away_until > now, server.calls))
        *others, last = order
        for server in others:
            until = min(
                now + self._timeout_s * LAST_SHARE,
                asyncio.get_running_loop().time() + self._timeout_s * FIRST_SHARE,
            )
            with suppress(aiohttp.ClientConnectionError, TimeoutError):
                return await self._asked(server, until, body)
        until = now + self._timeout_s * (LAST_SHARE if others else 1.0)
        return await self._asked(last, until, body)

    async def _asked(self, server: _Server, until: float, body: bytes) -> Any:
        server.calls += 1
        try:
            async with asyncio.timeout_at(until):
                try:
                    status, answer = await server.client.post(body)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                    if isinstance(error, aiohttp.ClientConnectorError):
                        raise
                    status, answer = await server.client.post(body)
        except (aiohttp.ClientConnectionError, TimeoutError):
            server.away_until = asyncio.get_running_loop().time() + AWAY_S
            raise
        finally:
            server.calls -= 1
        if status >= 400:
            raise ClientResponseError(status, "", answer.decode(errors="replace"))
        try:
            return json.loads(answer)
        except ValueError as error:
            raise aiohttp.ClientPayloadError("an answer in no JSON") from error

    async def close(self) -> None:
        """Close the kept connections."""
        for server in self._servers:
            server.client.close()
