"""Two gateways, two workers, three Rasas, two action servers and two consoles as one office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

import httpx
import psycopg
import pytest

from tests.fakes.meta import Citizen, FakeMeta
from tests.fakes.telegram import FakeTelegram
from tests.journeys.fleet import (
    ACTIONS,
    CONSOLES,
    GATEWAYS,
    MACHINES,
    RASAS,
    START_S,
    WORKERS,
    Fleet,
    until,
)

pytestmark = pytest.mark.timeout(START_S + 240)

PATIENCE_S = 90.0
"""A killed worker's conversations wait up to 25 s, on a busy machine longer."""

_numbers = count(6280000950001)


class Office:
    """The fleet with its platforms, and citizens who count what they hear."""

    def __init__(self, fleet: Fleet, telegram: FakeTelegram, meta: FakeMeta) -> None:
        self.fleet = fleet
        self.telegram = telegram
        self.meta = meta
        self._turn = count()
        self.asked: list[Citizen] = []
        self.chats: list[int] = []
        self.disturbed: set[str] = set()
        self.calm: set[str] = set()

    @property
    def wanted(self) -> set[str]:
        """Everybody who asked."""
        return {who.wa_id for who in self.asked} | {str(chat) for chat in self.chats}

    def disturb(self) -> None:
        """A worker ends now: a reply it has just handed over and not noted may come again."""
        self.disturbed |= self.wanted - self.calm

    def make_whole(self) -> None:
        """Start and connect whatever is not, so that each test begins with all machines."""
        for name, machine in self.fleet.machines.items():
            if machine.process is None:
                self.fleet.start(name)
            if machine.door.is_cut:
                self.fleet.put_back(name)
        for name in MACHINES:
            self.fleet.wait_ready(name)
        self.calm = set(self.heard())

    def ask_many(self, number: int) -> None:
        """Let new citizens ask, on both platforms; no gateway is anybody's own."""
        for place in range(number):
            if place % 3 == 2:
                chat = next(_numbers) % 10_000_000_000
                self.telegram.say(chat, "biaya slf")
                self.chats.append(chat)
            else:
                who = Citizen(str(next(_numbers)), None)
                self.meta.say(who, "biaya slf")
                self.asked.append(who)
                self.deliver()

    def deliver(self) -> None:
        """Bring what waits to the next gateway; one that is away is passed over, as by a proxy."""
        for _ in range(len(GATEWAYS)):
            name = GATEWAYS[next(self._turn) % len(GATEWAYS)]
            self.meta.webhook = self.fleet.url(name, "/webhooks/whatsapp")
            try:
                self.meta.deliver()
            except httpx.HTTPError:
                continue
            if not self.meta.queued:
                return

    def heard(self) -> Counter[str]:
        """Count the answers with a fee that reached each citizen."""
        whatsapp = (str(item.get("to", "")).lstrip("+") for item in self.meta.sent
                    if "Rp0" in str(item))  # fmt: skip
        telegram = (str(item["chat"]["id"]) for item in self.telegram.sent if "Rp0" in item["text"])
        return Counter([*whatsapp, *telegram])

    def everybody_is_answered_once(self) -> None:
        """Wait until all who asked were answered, and check that nobody was twice."""
        wanted = self.wanted

        def done() -> bool:
            self.deliver()
            return wanted <= self.heard().keys()

        until(done, PATIENCE_S)
        heard = self.heard()
        assert wanted <= heard.keys(), self.why()
        assert max(heard[name] for name in wanted) <= 2, heard
        assert {name for name in wanted if heard[name] == 2} <= self.disturbed, heard

    def why(self) -> str:
        """Give what the workers said last."""
        return "\n".join(self.fleet.log(name)[-1500:] for name in WORKERS)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Everything, started once."""
    with FakeTelegram().running() as telegram, FakeMeta().running() as meta:
        platforms = {
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API": telegram.url,
            "WHATSAPP_TOKEN": meta.token,
            "WHATSAPP_PHONE_ID": meta.phone_id,
            "WHATSAPP_APP_SECRET": meta.app_secret,
            "WHATSAPP_VERIFY_TOKEN": meta.verify_token,
            "WHATSAPP_API": meta.url,
        }
        with Fleet(platforms) as fleet:
            yield Office(fleet, telegram, meta)


@pytest.fixture(autouse=True)
def whole(office: Office) -> None:
    """All machines, whatever the test before left behind."""
    office.make_whole()


def test_any_gateway_takes_any_message_and_one_of_them_polls(office: Office) -> None:
    office.ask_many(9)
    office.everybody_is_answered_once()
    polled = [name for name in GATEWAYS if "telegram_polled_elsewhere" in office.fleet.log(name)]
    assert not polled, "two pollers of one token disturb each other"
    used = [name for name in RASAS if "turn_answered" in office.fleet.log(name)]
    assert len(used) >= 2, "turns are shared"


def test_one_of_each_may_be_killed(office: Office) -> None:
    victims = [names[0] for names in (GATEWAYS, WORKERS, RASAS, ACTIONS, CONSOLES)]
    office.ask_many(6)
    office.disturb()
    for name in victims:
        office.fleet.kill(name)
    office.ask_many(6)
    office.everybody_is_answered_once()


def test_one_of_each_may_be_cut_off(office: Office) -> None:
    victims = [names[1] for names in (GATEWAYS, WORKERS, RASAS, ACTIONS)]
    office.ask_many(6)
    office.disturb()
    for name in victims:
        office.fleet.cut_off(name)
    office.ask_many(6)
    office.everybody_is_answered_once()
    office.make_whole()
    office.ask_many(3)
    office.everybody_is_answered_once()


def test_whoever_signed_in_at_one_console_is_known_at_the_other(office: Office) -> None:
    first, second = (office.fleet.url(name) for name in CONSOLES)
    with httpx.Client(trust_env=False, timeout=30) as browser:
        assert browser.get(f"{second}/pengaduan").headers["location"].startswith("/masuk")
        # The demo officer of data/demo/officers.yaml; a browser says where its form came from.
        given = {"login": "petugas", "password": "petugas-loket-contoh"}
        entered = browser.post(f"{first}/masuk", data=given, headers={"Origin": first})
        assert entered.status_code == 303, entered.text
        assert browser.get(f"{second}/pengaduan").status_code == 200
        assert browser.get(f"{first}/pengaduan").status_code == 200


def test_the_connections_stay_within_the_stated_budget(office: Office) -> None:
    with psycopg.connect(office.fleet.database_url) as connection:
        found = connection.execute(
            "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        ).fetchone()
    assert found is not None
    budget = sum(BUDGET[name.partition("-")[0]] for name in MACHINES)
    assert found[0] <= budget


BUDGET = {"gateway": 24, "worker": 24, "rasa": 8, "actions": 18, "console": 14}
"""Connections a process may open at most; docs/howto/scale-out.md states them."""
