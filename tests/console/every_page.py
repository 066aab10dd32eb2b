"""Walks all pages of a console in real Chromium and says what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from console.door import COOKIE
from console.main import rooms
from console.routes import BY_KEY, PUBLIC, access_of
from izin.accounts import GRANTS, Role
from tests.browsers import window
from tests.console.conftest import RunningConsole

STREAMS = frozenset({"/langsung"})
"""Answers that do not end."""

_ORDER = (Role.SUPERVISOR, Role.OFFICER, Role.ADMIN, Role.SEALED_OFFICER, Role.EDITOR,
          Role.INSPECTORATE)  # fmt: skip
"""Whoever comes first looks at a page that several may see."""

_LOOK = """() => ({
  width: document.documentElement.scrollWidth - window.innerWidth,
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  main: document.querySelectorAll('main').length,
})"""


@dataclass(frozen=True, slots=True)
class Stop:
    """One address of the walk.

    Attributes:
        route: Path of the route, with its parameters' names.
        path: The address asked for.
        role: Who asks; None is nobody signed in.
        name: Names the picture.
    """

    route: str
    path: str
    role: Role | None
    name: str


def routes(console: RunningConsole) -> list[APIRoute]:
    """Give every route that answers GET, save those of programs."""
    return [
        route
        for router in rooms(console.house, console.engine)
        for route in router.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and route.path not in STREAMS
        and access_of(route.endpoint) != BY_KEY
    ]


def role_for(route: APIRoute) -> Role | None:
    """Give who looks at a page."""
    access = access_of(route.endpoint)
    if access == PUBLIC:
        return None
    return next(role for role in _ORDER if access in GRANTS[role])


def stops(
    console: RunningConsole,
    samples: Mapping[str, Mapping[str, str]],
    variants: Mapping[str, Iterable[str]],
) -> list[Stop]:
    """Give the addresses of all routes whose parameters have a sample, variants too."""
    found = []
    for route in routes(console):
        if "{" in route.path and route.path not in samples:
            continue
        pattern = route.path.replace(":path}", "}")
        path, role = pattern.format(**samples.get(route.path, {})), role_for(route)
        found.append(Stop(route.path, path, role, picture_name(route.path)))
        for query in variants.get(route.path, ()):
            name = picture_name(f"{route.path} {query}")
            found.append(Stop(route.path, f"{path}?{query}", role, name))
    return found


def missing_samples(console: RunningConsole, samples: Mapping[str, object]) -> list[str]:
    """Give the routes with parameters that no sample fills, and samples without a route."""
    known = {route.path for route in routes(console)}
    wanted = {path for path in known if "{" in path}
    return sorted((wanted - set(samples)) | (set(samples) - known))


def picture_name(path: str) -> str:
    """Give ``percakapan-conversation_id`` for ``/percakapan/{conversation_id}``."""
    return re.sub(r"[^a-z0-9_]+", "-", path.lower()).strip("-") or "beranda"


class Walk:
    """One walk over pages in windows of one size, with one window for each role."""

    def __init__(
        self,
        console: RunningConsole,
        browser: Browser,
        size: tuple[int, int],
        *,
        script: bool = True,
        axe: bool = True,
    ) -> None:
        self._axe = axe
        self._console = console
        self._browser = browser
        self._size = size
        self._script = script
        self._contexts: dict[Role | None, BrowserContext] = {}
        self._pages: dict[Role | None, Page] = {}
        self._said: list[str] = []
        self.problems: list[str] = []

    def close(self) -> None:
        """Close the windows."""
        for context in self._contexts.values():
            context.close()

    def _page(self, role: Role | None) -> Page:
        if role not in self._pages:
            context = window(self._browser, self._size, java_script_enabled=self._script)
            if role is not None:
                secret = self._console.secret(self._console.account(role, name=f"Uji {role}"))
                context.add_cookies(
                    [{"name": COOKIE, "value": secret, "url": self._console.url}]
                )  # fmt: skip
            page = context.new_page()
            page.on("console", self._heard)
            page.on("pageerror", lambda error: self._said.append(str(error)))
            self._contexts[role], self._pages[role] = context, page
        return self._pages[role]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._said.append(message.text)

    def look(self, stop: Stop, folder: Path | None = None) -> None:
        """Open a page; what is wrong with it joins ``problems``."""
        page = self._page(stop.role)
        self._said.clear()
        answer = page.goto(self._console.url + stop.path, wait_until="load")
        wrong = [] if answer and answer.status == 200 else [f"answers {answer and answer.status}"]
        wrong += [f"the browser complains: {said}" for said in self._said]
        wrong += self._seen(page) if self._script else _without_script(page)
        if folder is not None:
            size = "phone" if self._size[0] < 600 else "desktop"
            page.screenshot(path=folder / f"{stop.name}-{size}.png", full_page=True)
        self.problems += [f"{stop.path} at {self._size[0]} px: {item}" for item in wrong]

    def _seen(self, page: Page) -> list[str]:
        seen, wrong = page.evaluate(_LOOK), []
        if seen["width"] > 0:
            wrong.append(f"is {seen['width']} px too wide")
        if seen["headings"] != 1:
            wrong.append(f"has {seen['headings']} h1")
        if seen["lang"] != "id" or seen["main"] != 1 or not page.title().strip():
            wrong.append(f"has lang {seen['lang']!r}, {seen['main']} main, {page.title()!r}")
        return wrong + (_findings(page) if self._axe else [])


def _findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"axe {item['id']} ({item['impact']}): {item['nodes'][0]['html'][:150]}"
        f" … {len(item['nodes'])}"
        for item in found
        if item["impact"] in ("serious", "critical")
    ]


def _without_script(page: Page) -> list[str]:
    wrong = [] if page.locator("main h1").count() == 1 else ["has no heading without script"]
    if len(page.locator("main").inner_text().split()) < 3:
        wrong.append("says nothing without script")
    return wrong


@contextmanager
def walk(
    console: RunningConsole,
    browser: Browser,
    size: tuple[int, int],
    *,
    script: bool = True,
    axe: bool = True,
) -> Iterator[Walk]:
    """Give a walk whose windows are closed afterwards."""
    walking = Walk(console, browser, size, script=script, axe=axe)
    try:
        yield walking
    finally:
        walking.close()


def pages_and_others(
    console: RunningConsole, wanted: Iterable[Stop]
) -> tuple[list[Stop], dict[str, str]]:
    """Part whole pages from what is none, and give what went wrong by path.

    Pictures, files, pieces of pages and other programs' answers are no pages.
    """
    clients: dict[Role | None, httpx.Client] = {role: console.client(role) for role in Role}
    clients[None] = httpx.Client(base_url=console.url, trust_env=False, timeout=60)
    pages, wrong = [], {}
    try:
        for stop in wanted:
            try:
                answer = clients[stop.role].get(stop.path)
            except httpx.TransportError:  # a page that broke before cost the connection
                answer = clients[stop.role].get(stop.path)
            if answer.status_code in (302, 303):
                continue
            if answer.status_code != 200:
                wrong[stop.path] = f"answers {answer.status_code}"
            elif "<html" in answer.text[:300] and not answer.headers.get("content-disposition"):
                pages.append(stop)
    finally:
        for client in clients.values():
            client.close()
    return pages, wrong
