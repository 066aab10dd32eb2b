"""Calls to addresses that somebody else named: to the public internet only, as it was checked.

A name is resolved once and every address it gives must be public; the connection then goes to the
address that was checked, so that a second answer of the name's server changes nothing, while TLS
still asks the host for a certificate of its name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence, Set

import httpx

from izin.errors import InvalidInput
from izin.integration import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Give the addresses of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(item[4][0]) for item in found]


async def public_address(
    host: str, port: int, resolve: Resolve = resolve, allowed: Set[str] = frozenset()
) -> str:
    """Give an address of a name, all of whose addresses are public.

    Args:
        allowed: Addresses that are taken though they are not public; of tests alone.

    Raises:
        InvalidInput: One is not, or there is none.
        OSError: The name is not known.
    """
    found = await resolve(host, port)
    if not found or any(item not in allowed and not is_public(item) for item in found):
        raise InvalidInput("the name leads to no public address", field="url")
    return found[0]


class PublicTransport(httpx.AsyncBaseTransport):
    """Sends requests to public addresses only, each to the address that was checked."""

    def __init__(
        self,
        resolve: Resolve = resolve,
        *,
        allowed: Set[str] = frozenset(),
        under: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take how names are resolved; ``allowed`` as in :func:`public_address`."""
        self._resolve = resolve
        self._allowed = allowed
        self._under = under or httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.ConnectError: The name leads to no public address, or to none.
        """
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            address = await public_address(host, port, self._resolve, self._allowed)
        except (InvalidInput, OSError, UnicodeError) as error:
            raise httpx.ConnectError("no public address", request=request) from error
        # The Host header was written when the request was built, from its name.
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._under.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._under.aclose()
