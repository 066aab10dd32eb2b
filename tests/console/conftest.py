"""A running console over a real database with the office's content, and people who sign in.

`console`: the running console (HTTP on a free port), one database per test module.
`console.client(roles…)`: an httpx client signed in as a new account with these roles.
`browser`, `console.page(browser, roles…)`: the same in real Chromium.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import APIRouter
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, event, text

from console import app as web
from console.door import COOKIE, Door
from console.house import House
from console.main import join, rooms
from izin.accounts import Account, Role
from izin.settings import Settings
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.engine import create
from izin.storage.seed import seed_all
from izin.usecases.kept_reports import KeptReports
from ops.settings import CHECKOUT
from tests.browsers import CHROMIUM, launched, window
from tests.console.fake_sandbox import FakeSandbox

DESKTOP, PHONE = (1280, 900), (360, 740)
PASSWORD = "kopi-tubruk-di-teras"
PASSWORD_HASH = Argon2Hashes().hash(PASSWORD)


@dataclass
class RunningConsole:
    """A console that serves on `url`; `house` and `engine` are its inside, for tests to look at.

    `at` moves its clock: None is the real time.
    """

    url: str
    house: House
    engine: Engine
    clock: dict[str, datetime | None] = field(default_factory=dict)
    app: Any = None

    def at(self, moment: datetime | None) -> None:
        """Set the console's clock; None lets it go with the real time again."""
        self.clock["now"] = moment

    def account(self, *roles: Role, unit: str | None = None, name: str = "") -> Account:
        """Give a new account with these roles."""
        account = Account(
            id=str(uuid.uuid4()),
            login=f"u{uuid.uuid4().hex[:10]}",
            name=name or f"Uji {uuid.uuid4().hex[:4]}",
            roles=frozenset(roles),
            unit=unit,
        )
        self.house.accounts.add(account, PASSWORD_HASH, datetime.now(UTC))
        return account

    def secret(self, account: Account) -> str:
        """Give the cookie's secret of a new session of an account."""
        return self.house.signing.begin(account)[1]

    def client(self, *roles: Role, account: Account | None = None) -> httpx.Client:
        """Give a client signed in as an account (a new one with these roles)."""
        secret = self.secret(account or self.account(*roles))
        return httpx.Client(base_url=self.url, cookies={COOKIE: secret}, trust_env=False,
                            timeout=60)  # fmt: skip

    @contextmanager
    def page(
        self,
        browser: Browser,
        *roles: Role,
        account: Account | None = None,
        size: tuple[int, int] = DESKTOP,
        script: bool = True,
        refusals: bool = False,
    ) -> Iterator[Page]:
        """Open a browser page signed in so; nothing may be complained of, nor overflow.

        With ``refusals`` the browser may note that a form of this test was refused.
        """
        context = window(browser, size, java_script_enabled=script)
        secret = self.secret(account or self.account(*roles))
        context.add_cookies([{"name": COOKIE, "value": secret, "url": self.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
            refused = "Failed to load resource: the server responded with a status of 4"
            if refusals:
                complaints = [item for item in complaints if not item.startswith(refused)]
            assert complaints == []
            if script:
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        finally:
            context.close()

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Run a statement on its database and give the rows, if it gives any."""
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), parameters)
            return list(found) if found.returns_rows else []


def csrf_of(page: str) -> str:
    """Give the token of the forms on a page."""
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def _refuse(*_: object) -> None:
    raise psycopg.OperationalError("this test module is over")


@contextmanager
def running(database_url: str, media: Path, *more: APIRouter) -> Iterator[RunningConsole]:
    """Run a console over a migrated database, with `more` routes beside its own."""
    seed_all(database_url, CHECKOUT / "data")
    settings = Settings(
        database_url=database_url, media_folder=str(media), demo=True,
        audit_key="a" * 32, seal_key="k" * 32, console_key="c" * 32,
    )  # fmt: skip
    engine = create(database_url, pool_size=6)
    clock: dict[str, datetime | None] = {}
    house = join(settings, engine, lambda: clock.get("now") or datetime.now(UTC))
    fresh = replace(house.figures, kept=KeptReports(lambda: 0.0))  # a test's clock stands still
    house = replace(house, figures=fresh)
    house.sandbox.make = FakeSandbox  # type: ignore[assignment]  # a whole house is for few tests
    door = Door(house.sessions, house.clock, settings)
    app = web.build([*rooms(house, engine), *more], door, house.pages)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the console did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield RunningConsole(f"http://127.0.0.1:{port}", house, engine, clock, app)
    finally:
        server.should_exit = True
        thread.join(10)
        house.registry.close()
        # A thread of the server may still be at work: a pool that was disposed of meanwhile
        # would forget its connection open, so it may finish but open none any more.
        event.listen(engine, "do_connect", _refuse)
        deadline = time.monotonic() + 10
        while engine.pool.checkedout() and time.monotonic() < deadline:
            time.sleep(0.01)
        engine.dispose()


@pytest.fixture(scope="module")
def console(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running console over this module's own database."""
    with running(module_database_url, tmp_path_factory.mktemp("media")) as console:
        yield console


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window; a module long, as it keeps an event loop running."""
    if CHROMIUM is None:
        pytest.skip("run: apt-get install -y chromium")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder every page is pictured in."""
    folder = CHECKOUT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
