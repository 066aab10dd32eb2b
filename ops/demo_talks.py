"""Demo talks whose citizens allow them to be reviewed, for the editors' pages on learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from izin.conversations import ChatAddress, InboundMessage
from izin.privacy import PrivacyNotice, Purpose
from izin.replies import Reply
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.privacy import PostgresPrivacyChoices
from izin.storage.postgres.turn_marks import LOST

_STEP = timedelta(minutes=1)
_ANSWER = "Terima kasih, pertanyaan Anda saya catat."
_READ = ("intent", "confidence", "permit", "faq")


def hold(engine: Engine, items: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store each talk as a chat of its own, in the simulator's namespace."""
    version = PrivacyNotice.of(PostgresOfficeBook(engine).office()).version
    for item in items:
        _hold(engine, item, now - timedelta(days=item["days_ago"]), version)


def _hold(engine: Engine, item: Mapping[str, Any], at: datetime, version: str) -> None:
    inbox, drafts = PostgresInbox(engine), PostgresDrafts(engine)
    chat = f"contoh-{item['key']}"
    for number, line in enumerate(item["lines"]):
        address = ChatAddress(item["channel"], chat, "simulator")
        message = InboundMessage(
            address=address, external_id=f"{chat}-{number}", kind="text", sent_at=at,
            text=line["text"],
        )  # fmt: skip
        received = inbox.receive(message, at, at)
        if number == 0:
            PostgresPrivacyChoices(engine).record(
                received.conversation_id, Purpose.REVIEW.value, True, version, at,
                received.turn_id,
            )  # fmt: skip
        if line.get("lost"):
            lost = {"turn_id": received.turn_id, "count": line["lost"]}
            drafts.put(received.conversation_id, LOST, lost)
        read = {name: line[name] for name in _READ if name in line}
        inbox.answer(received.turn_id, [Reply(_ANSWER)], {}, read)
        at += _STEP
