"""Calls to the action server: five seconds at most, over kept connections.

Stock Rasa waits 300 s and opens a session and a connection for every call.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

DEFAULT_URL = "http://127.0.0.1:5055/webhook"
# A citizen waits for this; the registry itself is cut off at 2 s inside the action.
TIMEOUT_S = 5.0
# Below the action server's own 5 s, so that we never write on a connection it is closing.
KEEP_ALIVE_S = 3.0


class ActionEndpoint(EndpointConfig):
    """The action server at ``url``, asked with a bearer secret when one is set.

    A call that finds its kept connection cut is made once more: actions carry the turn's
    id and write nothing twice.
    """

    def __init__(self, url: str = DEFAULT_URL, secret: str = "", timeout_s: float = TIMEOUT_S):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        super().__init__(url, headers=headers)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None

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
        kwargs.pop("timeout", None)  # Rasa passes its own 300 s
        deadline = asyncio.get_running_loop().time() + (self._timeout.total or TIMEOUT_S)
        try:
            return await self._call(method, kwargs, compress)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise  # nobody listens: a second call would find the same
            async with asyncio.timeout_at(deadline):
                return await self._call(method, kwargs, compress)

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, kwargs: dict[str, Any], compress: bool) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self.headers,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_S, limit=0),
            )
        async with self._session.request(method, self.url, compress=compress, **kwargs) as response:
            if response.status >= 400:
                raise ClientResponseError(
                    response.status, response.reason or "", (await response.read()).decode()
                )
            return await response.json()
