"""The watch over real parts: PostgreSQL, a strict Telegram, and parts that can be away."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from prometheus_client import generate_latest
from sqlalchemy import text

from bot.health_probes import OutsideLook
from bot.jobs.health import HealthJobs, Refusals, disks
from bot.main import Gateway
from izin.accounts import Account, Role
from izin.conversations import ChatAddress
from izin.health import GATEWAY, Check, State
from izin.health_facts import Certificate
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.house_facts import REFUSED
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.storage.seed import seed_all
from ops.settings import CHECKOUT
from tests.bot.gateway.test_routes import gateway
from tests.contracts.conversation_ports import message
from tests.fakes.serving import serve
from tests.fakes.telegram import TOKEN, FakeTelegram

pytestmark = pytest.mark.anyio
ADMIN_CHAT = 4711


class Parts:
    """Rasa, action server and whoever takes alarms elsewhere, at one address."""

    def __init__(self) -> None:
        self.registry = self.connected = True
        self.alarms: list[dict[str, str]] = []
        self.app = FastAPI(openapi_url=None)

        @self.app.get("/readyz")
        def ready() -> dict[str, str]:
            return {"model_id": "m1"}

        @self.app.get("/registry")
        def registry() -> dict[str, bool]:
            return {"reachable": self.registry} if self.connected else {"connected": False}

        @self.app.post("/alarm")
        async def alarm(request: Request) -> dict[str, str]:
            self.alarms.append(await request.json())
            return {}


@pytest.fixture
def parts() -> Iterator[tuple[Parts, str]]:
    made = Parts()
    with serve(made.app) as url:
        yield made, url


class House:
    """A gateway's watch with a clock of its own, and an admin who linked a chat."""

    def __init__(self, made: Gateway) -> None:
        self.gateway, self.engine = made, made.engine
        self.now = datetime.now(UTC)
        self.refusals = Refusals()
        self.jobs = HealthJobs(
            made.settings, made.engine, made.wording, made.channels.channels, made.metrics,
            self.refusals, lambda: self.now,
        )  # fmt: skip
        self._link_admin()

    def run(self, statement: str, **given: Any) -> list[Any]:
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), given)
            return list(found) if found.returns_rows else []

    async def minutes(self, many: int) -> None:
        for _ in range(many):
            await self.jobs.beat()
            await self.jobs.look()
            for row in self.run("select id from outbox where state = 'waiting' order by seq"):
                await self.gateway.deliverer.deliver(str(row.id))
            self.now += timedelta(minutes=1)

    def _link_admin(self) -> None:
        admin = Account(str(uuid.uuid4()), "budi", "Budi", frozenset({Role.ADMIN}))
        PostgresAccounts(self.engine).add(admin, "x", self.now)
        address = ChatAddress("telegram", str(ADMIN_CHAT))
        chat = self.gateway.inbox.receive(
            replace(message(), address=address), self.now
        ).conversation_id
        self.run("update turns set state = 'answered'")
        self.run("insert into procrastinate_workers default values")
        chats = PostgresOfficerChats(self.engine)
        chats.begin(admin.id, "kode", self.now + timedelta(minutes=1))
        assert chats.redeem("kode", chat, self.now) == admin.id


@pytest.fixture
async def house(
    database_url: str, tmp_path: Path, fake_telegram: FakeTelegram, parts: tuple[Parts, str]
) -> AsyncIterator[House]:
    seed_all(database_url, CHECKOUT / "data")
    fake_telegram.citizen(ADMIN_CHAT)
    fake_telegram.paced = False
    made = gateway(
        tmp_path, database_url=database_url, public_url="", whatsapp_token="",
        telegram_token=TOKEN, telegram_api=fake_telegram.url, rasa_processes=(parts[1],),
        actions_servers=(parts[1],), alarm_url=f"{parts[1]}/alarm", quiet_hours=None, demo=True,
        var_folder=str(tmp_path),
    )  # fmt: skip
    found = House(made)
    yield found
    found.jobs.close()
    made.health.close()
    for close in made.channels.closers:
        await close()
    await made.rasa.close()
    made.engine.dispose()


def told(fake: FakeTelegram) -> list[str]:
    return [item["text"] for item in fake.sent if item["chat"]["id"] == ADMIN_CHAT]


async def test_a_stopped_registry_is_told_once_and_once_when_it_is_back(
    house: House, fake_telegram: FakeTelegram, parts: tuple[Parts, str]
) -> None:
    await house.minutes(2)
    assert told(fake_telegram) == []
    parts[0].registry = False
    await house.minutes(25)
    [said] = told(fake_telegram)
    assert "Basis data izin tidak dapat dihubungi" in said
    assert b'tanya_alarm{name="registry"} 2.0' in generate_latest(house.gateway.metrics.registry)
    parts[0].registry = True
    await house.minutes(25)
    assert len(told(fake_telegram)) == 2
    assert "Sudah baik lagi: Basis data izin" in told(fake_telegram)[1]
    assert parts[0].alarms == []
    assert b'tanya_alarm{name="registry"} 0.0' in generate_latest(house.gateway.metrics.registry)


async def test_an_office_that_connected_no_registry_is_not_rung_about_it(
    house: House, fake_telegram: FakeTelegram, parts: tuple[Parts, str]
) -> None:
    parts[0].connected = False
    await house.minutes(8)
    assert told(fake_telegram) == []
    assert house.jobs.book.standings()[Check.REGISTRY].state is State.OFF


async def test_a_revoked_token_goes_the_next_way_and_telegram_tells_that_it_is_over(
    house: House, fake_telegram: FakeTelegram, parts: tuple[Parts, str]
) -> None:
    await house.minutes(1)
    fake_telegram.token = "1234567:dicabut-dan-diganti-yang-baru"
    await house.minutes(10)
    [alarm] = parts[0].alarms
    assert "Telegram menolak token bot" in alarm["text"]
    assert TOKEN not in str(alarm)
    assert told(fake_telegram) == []
    [past] = house.jobs.book.history()
    assert (past.check, past.state, past.told_at is not None) == (
        Check.TELEGRAM, State.FAILED, True,
    )  # fmt: skip
    fake_telegram.token = TOKEN
    await house.minutes(20)
    assert len(parts[0].alarms) == 1
    [said] = told(fake_telegram)
    assert "Sudah baik lagi: Token Telegram" in said


async def test_a_dead_worker_is_told_past_the_queue(
    house: House, fake_telegram: FakeTelegram
) -> None:
    house.run("update procrastinate_workers set last_heartbeat = now() - interval '9 min'")
    house.run("update outbox set state = 'accepted'")
    await house.jobs.look()
    house.now += timedelta(minutes=2)
    await house.jobs.look()
    [said] = told(fake_telegram)
    assert "Pekerja antrean" in said
    assert house.run("select 1 from notices") == []


async def test_refused_webhook_calls_are_counted_for_whoever_watches(house: House) -> None:
    for _ in range(3):
        house.refusals("telegram")
    await house.jobs.beat()
    await house.jobs.beat()
    assert house.jobs.book.counted(f"{REFUSED}telegram", house.now - timedelta(minutes=5)) == 3


async def test_a_gateway_says_what_it_sees_of_its_machine(house: House) -> None:
    await house.jobs.beat()
    [sign] = house.jobs.book.signs()
    assert (sign.kind, sign.at) == (GATEWAY, house.now)
    assert all(item["total"] > item["free"] > 0 for item in sign.document["disks"])
    assert abs(sign.document["clock_offset_s"]) < 5


def test_each_file_system_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    folders = {"data": [tmp_path, tmp_path / "not there"], "backup": [tmp_path / "a"]}
    assert [(item["name"], item["holds"]) for item in disks(folders)] == [(str(tmp_path), "data")]


def test_the_disk_of_the_backups_is_looked_at_too(tmp_path: Path) -> None:
    elsewhere = Path("/proc")  # a file system of its own everywhere
    found = list(disks({"data": [tmp_path], "backup": [elsewhere]}))
    assert [item["holds"] for item in found] == ["data", "backup"]


async def test_a_good_certificate_is_read_once_an_hour_and_a_bad_one_at_every_look(
    tmp_path: Path,
) -> None:
    asked: list[str] = []
    now = datetime.now(UTC)
    shown = {"trusted": True}

    def certificate(host: str, port: int) -> Certificate:
        asked.append(f"{host}:{port}")
        return Certificate(host, now + timedelta(days=90), **shown)

    settings = replace(
        gateway(tmp_path, telegram_token="", whatsapp_token="").settings,
        public_url="https://izin.contoh.example", console_url="https://izin.contoh.example:8443",
    )  # fmt: skip
    look = OutsideLook(settings, certificate=certificate)
    try:
        for minutes in (0, 30, 61):
            found = await asyncio.to_thread(look.look, now + timedelta(minutes=minutes))
            assert [item.host for item in found.certificates] == ["izin.contoh.example"]
        assert asked == ["izin.contoh.example:443"] * 2
        shown["trusted"] = False
        for minutes in (122, 123, 124):
            look.look(now + timedelta(minutes=minutes))
        assert len(asked) == 5
    finally:
        look.close()
