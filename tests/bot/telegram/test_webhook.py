"""Telegram's webhook: fact 4 of the channel, and the bad input of the gateway."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from bot.telegram.webhook import PATH, SECRET_HEADER, router, verify_telegram
from izin.errors import StorageUnavailable
from tests.fakes.serving import serve
from tests.timing import quickest

SECRET = "rahasia-contoh_1"


class Door:
    """Stores messages as the gateway would, once."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.kept: list[tuple[bytes, str]] = []
        self.down = 0

    async def receive(self, message) -> None:
        if self.down:
            self.down -= 1
            raise StorageUnavailable("down")
        self.messages.setdefault(message.external_id, message.text)

    async def review(self, payload: bytes, reason: str) -> None:
        self.kept.append((payload, reason))


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def app(door, fake_telegram):
    application = FastAPI()
    application.include_router(router(door.receive, SECRET, fake_telegram.username, door.review))
    return application


@pytest.fixture
def client(app):
    with serve(app) as base, httpx.Client(base_url=base, trust_env=False) as client:
        yield client


def update(fake_telegram, text: str = "halo"):
    return fake_telegram.message(42, text=text)


@pytest.mark.parametrize(("header", "status"), [(None, 401), ("keliru", 403), ("é", 403)])
def test_without_the_right_secret_nothing_is_stored(client, door, fake_telegram, header, status):
    """Fact 4."""
    headers = {} if header is None else {SECRET_HEADER: header.encode()}
    answer = client.post(PATH, json=update(fake_telegram), headers=headers)
    assert answer.status_code == status
    assert (door.messages, door.kept) == ({}, [])


def test_an_empty_secret_opens_nothing():
    assert not verify_telegram("", "")
    assert not verify_telegram(None, "x")
    assert verify_telegram("x", "x")


def test_a_verified_update_is_stored_before_200(client, door, fake_telegram):
    answer = client.post(PATH, json=update(fake_telegram), headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 200
    assert list(door.messages.values()) == ["halo"]


def test_while_the_database_is_down_nothing_is_acknowledged(client, door, fake_telegram):
    door.down = 1
    answer = client.post(PATH, json=update(fake_telegram), headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 503
    assert door.kept == []


@pytest.mark.parametrize("body", [b"", b"bukan json", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_400(client, door, body):
    answer = client.post(PATH, content=body, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 400
    assert door.kept == []


def test_a_body_over_3_mb_is_413_even_when_its_length_is_not_declared(client, door):
    def chunks():
        for _ in range(4):
            yield b" " * 1_000_000

    for content in (b" " * 3_200_000, chunks()):
        answer = client.post(PATH, content=content, headers={SECRET_HEADER: SECRET})
        assert answer.status_code == 413


@pytest.mark.parametrize("shape", [[], "x", 1, {}, {"update_id": 1, "message": 5}])
def test_an_unknown_shape_is_kept_for_review_and_not_sent_again(client, door, shape):
    answer = client.post(PATH, json=shape, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 200
    assert len(door.kept) == 1


def test_updates_over_http_arrive_once_whatever_the_order(app, door, fake_telegram):
    """Fact 4, and duplicates answered twice: the platform repeats, the id stays."""
    with serve(app) as base:
        fake_telegram.webhook = {"url": base + PATH, "secret": SECRET}
        for text in ("satu", "dua", "tiga"):
            fake_telegram.say(42, text)
        assert set(fake_telegram.deliver(twice=True, newest_first=True)) == {200}
    assert sorted(door.messages.values()) == ["dua", "satu", "tiga"]
    assert fake_telegram.pending == []


def test_what_was_not_acknowledged_is_delivered_again(app, door, fake_telegram):
    """Fact 4: anything but 2xx is repeated."""
    with serve(app) as base:
        fake_telegram.webhook = {"url": base + PATH, "secret": SECRET}
        fake_telegram.say(42, "halo")
        door.down = 1
        assert fake_telegram.deliver() == [503]
        assert fake_telegram.deliver(secret="keliru") == [403]
        assert door.messages == {}
        assert fake_telegram.deliver() == [200]
    assert list(door.messages.values()) == ["halo"]


def test_the_answer_comes_well_under_a_second(client, fake_telegram):
    headers = {SECRET_HEADER: SECRET}

    def post() -> None:
        client.post(PATH, json=update(fake_telegram), headers=headers)

    assert quickest(post, 0.25) < 0.25
