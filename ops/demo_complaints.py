"""Demo complaints, so that nobody tries the complaints' pages on empty lists."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from izin.complaints import (
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    deadlines,
    ticket_number,
)
from izin.conversations import ChatAddress, InboundMessage
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.vault import Vault

_TICKET_LETTERS = 6


def file(engine: Engine, items: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """File each complaint from a chat of its own, in the simulator's namespace."""
    for item in items:
        _file(engine, item, now - timedelta(hours=item["hours_ago"]))


def _file(engine: Engine, item: Mapping[str, Any], at: datetime) -> None:
    inbox, office = PostgresInbox(engine), PostgresOfficeBook(engine)
    catalogue = PostgresCatalogue(engine)
    chat = f"contoh-{item['key']}"
    message = InboundMessage(
        address=ChatAddress(item["channel"], chat, "simulator"),
        external_id=f"{chat}-0",
        kind="text",
        sent_at=at,
        text=item["story"],
        phone=item["phone"],
    )
    received = inbox.receive(message, at, at)
    inbox.verify_phone(received.conversation_id, item["phone"])
    inbox.answer(received.turn_id, [], {})
    category = next(one for one in catalogue.complaint_categories() if one.code == item["category"])
    days = catalogue.complaint_classes()[category.class_code].resolve_working_days
    filed_on = at.astimezone(office.office().zone).date()
    drawn = random.Random(item["key"])  # noqa: S311 - an example's number need not be secret
    complaint = Complaint(
        ticket=ticket_number([drawn.randrange(32) for _ in range(_TICKET_LETTERS)]),
        category=category.code,
        class_code=category.class_code,
        story=item["story"],
        place=item["place"],
        confidentiality=Confidentiality.NORMAL,
        state=ComplaintState.RECEIVED,
        filed_at=at,
        deadlines=deadlines(filed_on, days, office.calendar()),
        owner=category.owner,
        conversation_id=received.conversation_id,
        permit_code=item.get("permit"),
        events=(ComplaintEvent(at, "received"),),
    )
    # The vault seals what is confidential; nothing here is, so its key is used for nothing.
    vault = Vault(secrets.token_urlsafe(32))
    PostgresComplaints(engine, vault).file(complaint, received.turn_id, "file")
