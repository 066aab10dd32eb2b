"""Notices on their way to a strict fake WhatsApp: template, window, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.gateway.channels import Channels
from bot.gateway.delivery import Deliverer
from bot.gateway.metrics import Metrics
from bot.gateway.watch import Watch
from bot.whatsapp.sender import WhatsAppSender
from izin.conversations import ChatAddress, InboundMessage
from izin.following import Notice, NoticeKind, Template
from izin.rendering.telegram import render_telegram
from izin.rendering.whatsapp import render_whatsapp
from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.notices import MemoryNotices
from izin.storage.memory.outbox import MemoryOutbox
from tests.fakes.meta import Citizen, FakeMeta

pytestmark = pytest.mark.anyio

ANI = Citizen()
TEMPLATES = {NoticeKind.RETURNED: Template("berkas_kurang")}
TWO_DAYS = timedelta(days=2)


@dataclass
class House:
    """A gateway's way out, and one citizen who wrote a while ago."""

    meta: FakeMeta
    data: ConversationData
    deliverer: Deliverer
    notices: MemoryNotices
    inbox: MemoryInbox

    def hears(self, ago: timedelta) -> str:
        """Let the citizen have written some time ago; gives the conversation."""
        now = datetime.now(UTC)
        message = InboundMessage(
            ChatAddress("whatsapp", ANI.wa_id), f"m-{len(self.data.turns)}", "text", now, "halo"
        )
        self.meta.last_inbound[ANI.wa_id] = (now - ago).timestamp()
        return self.inbox.receive(message, now - ago).conversation_id

    def push(self, conversation_id: str, kind: NoticeKind = NoticeKind.RETURNED) -> None:
        """Make a notice now."""
        self.notices.push(
            Notice(
                conversation_id, f"n-{len(self.data.notices)}", kind, Reply("Berkas kurang:\nKTP"),
                ("503/0123", "KTP; denah"), late_intro="Sementara itu ada kabar:",
            ),
            datetime.now(UTC),
        )  # fmt: skip

    async def deliver(self) -> list[dict[str, Any]]:
        """Deliver all that waits; gives what the platform has taken so far."""
        for message_id, message in list(self.data.outbox.items()):
            if message.state == "waiting":
                await self.deliverer.deliver(message_id)
        return self.meta.sent


@pytest.fixture
async def house(fake_meta: FakeMeta, anyio_backend: str) -> AsyncIterator[House]:
    data = ConversationData()
    async with httpx.AsyncClient(trust_env=False, timeout=20.0) as http:
        sender = WhatsAppSender(fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url)
        renderers = {"telegram": render_telegram, "whatsapp": render_whatsapp}
        channels = Channels(renderers, {"whatsapp": sender})
        deliverer = Deliverer(MemoryOutbox(data), channels, Metrics(), Watch(), TEMPLATES)
        yield House(fake_meta, data, deliverer, MemoryNotices(data, TEMPLATES), MemoryInbox(data))


async def test_within_the_window_a_notice_is_an_ordinary_message(house: House) -> None:
    house.push(house.hears(timedelta(hours=1)))
    [sent] = await house.deliver()
    assert sent["type"] == "text" and "KTP" in sent["text"]["body"]


async def test_outside_the_window_it_is_the_template_of_its_kind(house: House) -> None:
    house.meta.templates["berkas_kurang", "id"] = 2
    house.push(house.hears(TWO_DAYS))
    [sent] = await house.deliver()
    assert sent["template"]["name"] == "berkas_kurang"
    values = [item["text"] for item in sent["template"]["components"][0]["parameters"]]
    assert values == ["503/0123", "KTP; denah"]
    assert not house.data.escalations


async def test_a_kind_without_template_is_told_first_when_the_citizen_writes(house: House) -> None:
    here = house.hears(TWO_DAYS)
    house.push(here, NoticeKind.STAGE)
    assert await house.deliver() == []
    house.hears(timedelta(0))
    [sent] = await house.deliver()
    assert sent["text"]["body"].startswith("Sementara itu ada kabar:")
    assert len(await house.deliver()) == 1


@pytest.mark.parametrize(
    "approved", [{}, {("berkas_kurang", "en"): 2}, {("berkas_kurang", "id"): 3}]
)
async def test_a_template_meta_does_not_take_is_not_lost(
    house: House, approved: dict[tuple[str, str], int]
) -> None:
    house.meta.templates.update(approved)
    house.push(house.hears(TWO_DAYS))
    assert await house.deliver() == []
    assert not house.data.escalations
    house.hears(timedelta(0))
    [sent] = await house.deliver()
    assert "KTP" in sent["text"]["body"]


async def test_a_window_that_meta_calls_closed_before_we_do_gets_the_template(
    house: House,
) -> None:
    house.meta.templates["berkas_kurang", "id"] = 2
    house.push(house.hears(timedelta(hours=23, minutes=59)))
    house.meta.last_inbound[ANI.wa_id] -= 600
    [sent] = await house.deliver()
    assert sent["type"] == "template"


async def test_a_window_that_closes_before_a_notice_without_template_goes_out_loses_nothing(
    house: House,
) -> None:
    house.push(house.hears(timedelta(hours=23, minutes=59)), NoticeKind.STAGE)
    house.meta.last_inbound[ANI.wa_id] -= 600
    assert await house.deliver() == []
    assert not house.data.escalations
    house.hears(timedelta(0))
    [sent] = await house.deliver()
    assert "KTP" in sent["text"]["body"]


async def test_a_late_answer_still_goes_to_an_officer(house: House) -> None:
    here = house.hears(TWO_DAYS)
    [turn_id] = house.data.turns
    house.inbox.answer(turn_id, [Reply("jawaban terlambat")], {})
    await house.deliver()
    assert [item.conversation_id for item in house.data.escalations.values()] == [here]
