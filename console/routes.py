"""Routes that cannot exist without saying who may use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from izin.accounts import Permission

PUBLIC = "public"
"""A route for whoever comes: signing in, static files, health."""

BY_KEY = "by_key"
"""A route for programs, which itself checks an API key of ours."""

Access = Permission | str


class Routes:
    """Collects a room's routes; ``router`` goes into the application.

    Args:
        prefix: Begins every path of the room.
    """

    def __init__(self, prefix: str = "") -> None:
        self.router = APIRouter(prefix=prefix)

    def get(self, path: str, access: Access, **options: Any) -> Callable[..., Any]:
        """Serve GET for whoever has ``access``."""
        return self._route(path, ["GET"], access, options)

    def post(
        self, path: str, access: Access, *, files: bool = False, **options: Any
    ) -> Callable[..., Any]:
        """Serve POST for whoever has ``access``; the form must carry the session's token.

        With ``files`` the form may hold a file, and the endpoint looks whether it was cut.
        """
        route = self._route(path, ["POST"], access, options)

        def add(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            endpoint.takes_files = files  # type: ignore[attr-defined]
            return route(endpoint)

        return add if files else route

    def _route(
        self, path: str, methods: list[str], access: Access, options: dict[str, Any]
    ) -> Callable[..., Any]:
        def add(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            options.setdefault("response_model", None)
            self.router.add_api_route(path, endpoint, methods=methods, **options)
            route = self.router.routes[-1]
            if not isinstance(route, APIRoute):
                raise TypeError(f"{path} is no API route")
            allow(route.endpoint, access)
            return endpoint

        return add


def allow(endpoint: Callable[..., Any], access: Access) -> None:
    """Write down on an endpoint who may use it.

    Raises:
        ValueError: The endpoint serves another access already.
    """
    if getattr(endpoint, "access", access) != access:
        raise ValueError(f"{endpoint} has another access already")
    endpoint.access = access  # type: ignore[attr-defined]


def takes_files(endpoint: Callable[..., Any]) -> bool:
    """Say whether forms for an endpoint may hold files."""
    return getattr(endpoint, "takes_files", False)


def access_of(endpoint: Callable[..., Any]) -> Access | None:
    """Give who may use an endpoint; None when nobody said so, and then nobody may."""
    return getattr(endpoint, "access", None)
