"""WhatsApp's webhook over HTTP: facts 10-12 and 14, and the bad input of the gateway."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from bot.whatsapp.webhook import PATH, challenge, router, sign, verify_whatsapp
from izin.errors import StorageUnavailable
from tests.fakes.meta import Citizen
from tests.fakes.serving import serve
from tests.timing import quickest

ANI = Citizen("6281200000001", "ID.1000000000000001")
BUDI = Citizen("6281200000002", "ID.2000000000000002", shows_number=False)


class Door:
    """Stores as the gateway would, once; fails for texts that say so."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.receipts: list[tuple[str, str]] = []
        self.kept: list[tuple[bytes, str]] = []
        self.stored: list[str] = []
        self.down = 0

    async def receive(self, message) -> None:
        if message.text == "meledak":
            raise ZeroDivisionError
        if message.text == "basis data padam" and self.down:
            self.down -= 1
            raise StorageUnavailable("down")
        self.stored.append(message.external_id)
        self.messages.setdefault(message.external_id, message.text)

    async def receipt(self, receipt) -> None:
        self.receipts.append((receipt.external_id, receipt.status))

    async def review(self, payload: bytes, reason: str) -> None:
        self.kept.append((payload, reason))

    def texts(self) -> list[str]:
        return list(self.messages.values())


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def meta(door, fake_meta):
    """Give the fake, subscribed to a webhook of ours."""
    app = FastAPI()
    app.include_router(
        router(
            door.receive, door.receipt, door.review,
            fake_meta.app_secret, fake_meta.verify_token, fake_meta.phone_id,
        )
    )  # fmt: skip
    with serve(app) as base:
        fake_meta.webhook = base + PATH
        yield fake_meta


# Fact 10: challenge and signature


def test_the_challenge_is_echoed_for_the_right_word_only(meta):
    """Fact 10."""
    answer = meta.subscribe(meta.webhook)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    refused = meta.subscribe(meta.webhook, "keliru")
    assert (refused.status_code, refused.text) == (403, "")


def test_an_empty_word_never_opens_the_challenge():
    """Fact 10."""
    params = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    assert challenge(params, "") is None
    assert challenge({**params, "hub.verify_token": "x", "hub.mode": "lain"}, "x") is None


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        ("", 401), ("sha256=", 403), ("keliru", 403), ("sha256=" + "0" * 64, 403),
        ("sha1=" + "0" * 40, 403),
    ],
)  # fmt: skip
def test_without_the_right_signature_nothing_is_stored(meta, door, signature, status):
    """Fact 10."""
    meta.say(ANI, "halo")
    body = meta.body(meta.queued)
    assert meta.post(body, signature).status_code == status
    assert (door.messages, door.kept) == ({}, [])


def test_the_signature_is_of_the_raw_body_not_of_its_meaning(meta, door):
    """Fact 10."""
    meta.say(ANI, "halo é 😀")
    raw = meta.body(meta.queued)
    respelled = json.dumps(json.loads(raw)).encode()
    assert respelled != raw
    assert meta.post(respelled, sign(raw, meta.app_secret)).status_code == 403
    assert meta.post(raw, sign(raw, meta.app_secret)).status_code == 200
    assert door.texts() == ["halo é 😀"]


def test_an_empty_app_secret_verifies_nothing():
    """Fact 10."""
    assert not verify_whatsapp(b"x", sign(b"x", ""), "")
    assert verify_whatsapp(b"x", sign(b"x", "k"), "k")


# Facts 11 and 12: batches, duplicates, order


def test_every_item_of_a_batch_is_stored(meta, door):
    """Fact 11, and the failure "only the first of a batch handled"."""
    for who, text in ((ANI, "satu"), (BUDI, "dua"), (ANI, "tiga")):
        meta.say(who, text)
    meta.receipt("wamid.x", "delivered")
    assert meta.deliver(batch=True) == [200]
    assert door.texts() == ["satu", "dua", "tiga"]
    assert door.receipts == [("wamid.x", "delivered")]


def test_a_repeated_post_has_the_same_ids(meta, door):
    """Fact 11, and the failure "duplicates answered twice"."""
    meta.say(ANI, "satu")
    meta.say(ANI, "dua")
    assert meta.deliver(twice=True, newest_first=True) == [200] * 4
    assert len(door.stored) == 4
    assert sorted(door.texts()) == ["dua", "satu"]


def test_a_broken_item_is_kept_and_takes_no_other_with_it(meta, door):
    """Fact 12."""
    meta.say(ANI, "satu")
    meta.queue({"messages": [{"type": "text", "text": {"body": "tanpa pengirim"}}]})
    meta.queue({"statuses": "bukan daftar"})
    meta.say(ANI, "dua")
    assert meta.deliver(batch=True) == [200]
    assert door.texts() == ["satu", "dua"]
    assert len(door.kept) == 2
    assert "tanpa pengirim" in door.kept[0][0].decode()


def test_a_fault_of_ours_with_one_item_takes_no_other_with_it(meta, door):
    """Fact 12."""
    for text in ("satu", "meledak", "dua"):
        meta.say(ANI, text)
    with capture_logs():
        assert meta.deliver(batch=True) == [200]
    assert door.texts() == ["satu", "dua"]
    assert b"meledak" in door.kept[0][0]


def test_while_the_database_is_down_the_batch_comes_again_whole(meta, door):
    """Facts 11 and 12: nothing acknowledged, nothing lost, nothing doubled."""
    for text in ("satu", "basis data padam", "dua"):
        meta.say(ANI, text)
    door.down = 1
    assert meta.deliver(batch=True) == [503]
    assert meta.deliver(batch=True) == [200]
    assert door.texts() == ["satu", "basis data padam", "dua"]
    assert door.kept == []


def test_statuses_arrive_late_twice_and_out_of_order_and_all_are_recorded(meta, door):
    """Fact 14."""
    for status in ("read", "sent", "delivered"):
        meta.receipt("wamid.x", status)
    meta.deliver(twice=True)
    assert [status for _, status in door.receipts] == [
        "read", "read", "sent", "sent", "delivered", "delivered",
    ]  # fmt: skip


# Bad input


@pytest.mark.parametrize("body", [b"", b"bukan json", b"\xff\xfe{", b"[" * 100_000])
def test_signed_bytes_that_are_not_json_are_400(meta, door, body):
    assert meta.post(body).status_code == 400
    assert door.kept == []


@pytest.mark.parametrize("document", [[], 5, {"object": "page", "entry": []}, {"entry": 1}])
def test_a_signed_unknown_shape_is_kept_and_not_sent_again(meta, door, document):
    assert meta.post(json.dumps(document).encode()).status_code == 200
    assert len(door.kept) == 1


def test_a_body_over_3_mb_is_413(meta, door):
    """Fact 11."""
    assert meta.post(b" " * 3_200_000).status_code == 413
    assert door.kept == []


def test_a_full_body_of_3_mb_is_read_whole(meta, door):
    """Fact 11: as large as Meta sends."""
    for _ in range(600):
        meta.say(ANI, "x" * 4000)
    body = meta.body(meta.queued)
    assert 2_400_000 < len(body) < 3 * 1024 * 1024
    assert meta.post(body).status_code == 200
    assert len(door.messages) == 600


def test_the_answer_comes_within_250_ms(meta, door):
    """Fact 11."""
    meta.say(ANI, "pemanasan")
    meta.deliver()

    def batch() -> None:
        for _ in range(20):
            meta.say(ANI, "halo")
        assert meta.deliver(batch=True) == [200]

    assert quickest(batch, 0.25) < 0.25


def test_items_of_another_number_are_not_stored(meta, door):
    item = meta.message(ANI, "text", {"body": "halo"})
    body = meta.body([item]).replace(meta.phone_id.encode(), b"999")
    assert meta.post(body).status_code == 200
    assert (door.messages, door.kept) == ({}, [])
