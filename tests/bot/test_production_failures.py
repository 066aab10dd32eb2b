"""Seven failures seen in production elsewhere, each over HTTP through our own gateway parts.

Both platforms are the strict fakes; stores are the ones in memory, which pass the same
contract tests as PostgreSQL; an echo stands where Rasa would answer.
"""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from bot.gateway.channels import Channels
from bot.gateway.delivery import Deliverer, TryAgain
from bot.gateway.metrics import Metrics
from bot.gateway.receiving import Receiver
from bot.gateway.watch import Watch
from bot.telegram import webhook as telegram_webhook
from bot.telegram.sender import TelegramSender
from bot.whatsapp import webhook as whatsapp_webhook
from bot.whatsapp.sender import WhatsAppSender
from izin.rendering.telegram import render_telegram
from izin.rendering.whatsapp import render_whatsapp
from izin.replies import Choice, Reply
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.outbox import MemoryOutbox
from tests.fakes.faults import Fault
from tests.fakes.meta import Citizen
from tests.fakes.serving import serve

pytestmark = pytest.mark.anyio

ANI = Citizen("6281200000001", "ID.1000000000000001")
BUDI = Citizen("6281200000002", "ID.2000000000000002", shows_number=False)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)
SECRET = "rahasia-contoh"
RETRY = Choice("Coba lagi", "tanya_biaya", {"izin": "PBG"})


class Gateway:
    """Webhooks in, an echo in the middle, deliveries out."""

    def __init__(self, fake_meta, fake_telegram, http: httpx.AsyncClient) -> None:
        self.data = ConversationData()
        self.inbox, self.outbox = MemoryInbox(self.data), MemoryOutbox(self.data)
        self.receiver = Receiver(self.inbox, self.outbox)
        self.whatsapp = WhatsAppSender(
            fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url
        )
        telegram = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url)
        channels = Channels(
            {"telegram": render_telegram, "whatsapp": render_whatsapp},
            {"telegram": telegram, "whatsapp": self.whatsapp},
        )
        self.deliverer = Deliverer(self.outbox, channels, Metrics(), Watch())
        self.application = FastAPI()
        self.application.include_router(
            whatsapp_webhook.router(
                self.receiver.receive, self.receiver.receipt, self._review,
                fake_meta.app_secret, fake_meta.verify_token, fake_meta.phone_id,
            )
        )  # fmt: skip
        self.application.include_router(
            telegram_webhook.router(
                self.receiver.receive, SECRET, fake_telegram.username, self._review
            )
        )

    async def _review(self, payload: bytes, reason: str) -> None:
        await self.receiver.review("uji", payload, reason)

    def turns(self) -> list[str]:
        """Give the words of every stored turn, oldest first."""
        return [turn.message.text for turn in self.data.turns.values()]

    def answer(self) -> list[str]:
        """Answer what waits; gives the outbox ids."""
        ids: list[str] = []
        for turn in list(self.data.turns.values()):
            if turn.state == "queued":
                said = turn.choice["title"] if turn.choice else turn.message.text
                reply = Reply(f"Jawaban: {said}", (RETRY,))
                ids += self.inbox.answer(turn.id, [reply], {})
        return ids

    async def work(self) -> None:
        """Answer and deliver everything, as often as the platform asks for it."""
        for message_id in self.answer():
            while True:
                try:
                    await self.deliverer.deliver(message_id)
                    break
                except TryAgain:
                    await asyncio.sleep(0.01)

    def statuses(self) -> list[str]:
        """Give the furthest status of every part that a platform took."""
        return [part.status for part in self.data.parts.values()]


@pytest.fixture
async def gateway(fake_meta, fake_telegram, anyio_backend):
    fake_telegram.paced = False
    async with httpx.AsyncClient(trust_env=False, timeout=20.0) as http:
        built = Gateway(fake_meta, fake_telegram, http)
        with serve(built.application) as base:
            fake_meta.webhook = base + whatsapp_webhook.PATH
            fake_telegram.webhook = {"url": base + telegram_webhook.PATH, "secret": SECRET}
            yield built


def bodies(fake_meta) -> list[str]:
    return [sent["interactive"]["body"]["text"] for sent in fake_meta.sent]


async def test_every_message_of_a_batch_is_answered(gateway, fake_meta):
    """Failure 1: only the first of a batch handled."""
    for text in ("satu", "dua", "tiga"):
        fake_meta.say(ANI, text)
    assert fake_meta.deliver(batch=True) == [200]
    await gateway.work()
    assert bodies(fake_meta) == ["Jawaban: satu", "Jawaban: dua", "Jawaban: tiga"]


async def test_a_citizen_without_a_phone_number_is_answered(gateway, fake_meta):
    """Failure 2: users without a phone number dropped."""
    fake_meta.say(BUDI, "halo")
    fake_meta.deliver()
    await gateway.work()
    assert [sent["recipient"] for sent in fake_meta.sent] == ["ID.2000000000000002"]


async def test_number_and_bsuid_of_one_citizen_are_one_conversation(gateway, fake_meta):
    """Fact 13: first known by number alone, later by both, then by the BSUID alone."""
    for who in (Citizen(ANI.wa_id, None), ANI, Citizen(ANI.wa_id, ANI.bsuid, shows_number=False)):
        fake_meta.say(who, "halo")
    fake_meta.deliver()
    assert len({turn.conversation_id for turn in gateway.data.turns.values()}) == 1
    await gateway.work()
    assert {sent.get("recipient") for sent in fake_meta.sent} == {ANI.bsuid}


async def test_a_duplicate_is_answered_once_on_either_channel(gateway, fake_meta, fake_telegram):
    """Failure 3: duplicates answered twice."""
    fake_meta.say(ANI, "halo")
    fake_telegram.say(42, "hai")
    assert fake_meta.deliver(twice=True) == [200, 200]
    assert fake_telegram.deliver(twice=True) == [200, 200]
    await gateway.work()
    await gateway.work()
    assert bodies(fake_meta) == ["Jawaban: halo"]
    assert [sent["text"] for sent in fake_telegram.sent] == ["Jawaban: hai"]


async def test_a_status_never_goes_backwards(gateway, fake_meta):
    """Failure 4, and fact 14: every one is recorded all the same."""
    fake_meta.say(ANI, "halo")
    fake_meta.deliver()
    await gateway.work()
    message_id = fake_meta.sent[0]["id"]
    for status in ("read", "delivered", "sent", "delivered", "failed"):
        fake_meta.receipt(message_id, status, 131000 if status == "failed" else None)
    assert set(fake_meta.deliver(batch=True)) == {200}
    assert gateway.statuses() == ["read"]
    recorded = gateway.data.receipts[("live", "whatsapp", message_id)]
    assert {receipt.status for receipt in recorded} == {"sent", "delivered", "read", "failed"}


async def test_accepted_is_not_delivered(gateway, fake_meta):
    """Failure 5, and fact 14: only a receipt says so, and a failed one calls an officer."""
    fake_meta.say(ANI, "halo")
    fake_meta.say(ANI, "lagi")
    fake_meta.deliver()
    await gateway.work()
    assert gateway.statuses() == ["accepted", "accepted"]
    fake_meta.receipt(fake_meta.sent[0]["id"], "delivered")
    fake_meta.receipt(fake_meta.sent[1]["id"], "failed", 131047)
    fake_meta.deliver(batch=True)
    assert gateway.statuses() == ["delivered", "failed"]
    assert [item.reason for item in gateway.data.escalations.values()] == ["delivery_failed"]
    assert list(gateway.data.failures.values()) == [("receipt", "131047")]


async def test_a_retry_button_gets_an_answer_on_either_channel(gateway, fake_meta, fake_telegram):
    """Failure 6: a retry button that sends nothing."""
    fake_meta.say(ANI, "halo")
    fake_telegram.say(42, "hai")
    fake_meta.deliver()
    fake_telegram.deliver()
    await gateway.work()
    button = fake_meta.sent[0]["interactive"]["action"]["buttons"][0]["reply"]
    fake_meta.tap(ANI, button["id"], button["title"])
    inline = fake_telegram.sent[0]["markup"]["inline_keyboard"][0][0]
    fake_telegram.tap(fake_telegram.sent[0], inline["callback_data"])
    fake_meta.deliver()
    fake_telegram.deliver()
    await gateway.work()
    assert bodies(fake_meta)[-1] == "Jawaban: Coba lagi"
    assert fake_telegram.sent[-1]["text"] == "Jawaban: Coba lagi"


async def test_a_button_nobody_knows_still_gets_an_answer(gateway, fake_meta):
    """Fact 6 holds here too: the tap is a turn, its choice unknown."""
    fake_meta.tap(ANI, "id-yang-sudah-lama", "Biaya")
    fake_meta.deliver()
    await gateway.work()
    assert bodies(fake_meta) == ["Jawaban: Biaya"]


async def test_the_lookup_of_a_file_is_never_stored_as_the_file(gateway, fake_meta):
    """Failure 7: the media look-up's JSON stored as the file."""
    fake_meta.send_file(ANI, "image", JPEG, "image/jpeg", caption="foto")
    fake_meta.deliver()
    (turn,) = gateway.data.turns.values()
    content, mime_type, _ = await gateway.whatsapp.fetch_media(turn.message.media[0])
    assert (content, mime_type) == (JPEG, "image/jpeg")


async def test_a_delivery_that_met_trouble_is_sent_once_when_it_passes(gateway, fake_meta):
    """Fact 18: retried by class, and never doubled."""
    fake_meta.say(ANI, "halo")
    fake_meta.deliver()
    fake_meta.fail("messages", 131016, times=2)
    fake_meta.faults.order("messages", Fault("garbage"))
    await gateway.work()
    assert bodies(fake_meta) == ["Jawaban: halo"]


async def test_a_receipt_that_overtakes_its_message_is_not_lost(gateway, fake_meta):
    """Fact 14: late, twice, out of order, and sometimes too early."""
    fake_meta.say(ANI, "halo")
    fake_meta.deliver()
    (message_id,) = gateway.answer()
    accept = gateway.outbox.part_accepted

    def slowly(*arguments) -> None:
        fake_meta.receipt(fake_meta.sent[0]["id"], "read")
        assert fake_meta.deliver() == [200]
        accept(*arguments)

    gateway.outbox.part_accepted = slowly
    await gateway.deliverer.deliver(message_id)
    assert gateway.statuses() == ["read"]
