"""The ports of the conversation side, and what tests look up behind them.

Tests share one database per module: they take ids, chats and phones that nobody else has.
"""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from izin.conversations import ChatAddress, InboundMessage
from izin.following import NoticeKind, Template
from izin.office import Calendar, Holiday, Office, OfficeHours
from izin.ports import (
    AnonymousMail,
    ComplaintDesk,
    Complaints,
    Drafts,
    Escalations,
    Following,
    Inbox,
    MailRoom,
    MediaStore,
    Notices,
    Officers,
    Outbox,
    ProofLedger,
    Ratings,
    Surveys,
)
from izin.ports.complaint_work import ComplaintAlarms, ComplaintWork
from izin.ports.units import Units
from izin.replies import Reply
from izin.storage.memory.complaint_desk import MemoryComplaintDesk
from izin.storage.memory.complaint_work import MemoryComplaintWork
from izin.storage.memory.complaints import MemoryComplaints
from izin.storage.memory.conversations import ConversationData, Job
from izin.storage.memory.drafts import MemoryDrafts
from izin.storage.memory.escalations import MemoryEscalations
from izin.storage.memory.following import MemoryFollowing
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.media import MemoryMediaStore
from izin.storage.memory.notices import MemoryNotices
from izin.storage.memory.officers import MemoryOfficers
from izin.storage.memory.outbox import MemoryOutbox
from izin.storage.memory.proof import MemoryProofLedger
from izin.storage.memory.satisfaction import MemoryRatings, MemorySurveys
from izin.storage.memory.sealed_mail import MemoryMail
from izin.storage.memory.units import MemoryUnits
from izin.storage.postgres.complaint_alarms import PostgresComplaintAlarms
from izin.storage.postgres.complaint_desk import PostgresComplaintDesk
from izin.storage.postgres.complaint_work import PostgresComplaintWork
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.engine import create
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.following import PostgresFollowing
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.media import FolderMediaStore, read_file
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office_rows import insert_office, read_office
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.postgres.outbox import PostgresOutbox
from izin.storage.postgres.proof import PostgresProofLedger
from izin.storage.postgres.queue import MAIL_TASK
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from izin.storage.postgres.sealed_mail import PostgresAnonymousMail, PostgresMailRoom
from izin.storage.postgres.term_rows import insert_flat
from izin.storage.postgres.units import PostgresUnits
from izin.storage.tables.content import holidays
from izin.storage.tables.conversations import review_items
from izin.storage.vault import Vault

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TEMPLATES = {NoticeKind.RETURNED: Template("berkas_kurang")}
_numbers = itertools.count(os.getpid() * 1000)


@dataclass(slots=True)
class Ports:
    """One storage, seen through its ports.

    ``jobs`` gives the queued jobs of a lock, ``opened`` the (key, reason) of a conversation's
    escalations, ``reviews`` the payloads kept, ``hold`` gives a conversation to an officer,
    ``said`` gives what was queued for a conversation, ``keep_office`` stores the office once,
    ``owner_of_file`` the conversation a file leads to, ``evidence`` a sealed file and
    ``mail_queue`` the ids of queued answers to sealed complaints.
    """

    kind: str
    inbox: Inbox
    outbox: Outbox
    drafts: Drafts
    complaints: Complaints
    escalations: Escalations
    following: Following
    notices: Notices
    officers: Officers
    ratings: Ratings
    surveys: Surveys
    proof: ProofLedger
    media: MediaStore
    jobs: Callable[[str], list[Job]]
    opened: Callable[[str], list[tuple[str, str]]]
    reviews: Callable[[str], list[bytes]]
    hold: Callable[[str], None]
    owner_of_file: Callable[[str], str | None]
    evidence: Callable[[str], bytes]
    mail: AnonymousMail
    mail_room: MailRoom
    desk: ComplaintDesk
    mail_queue: Callable[[], list[str]]
    units: Units
    work: ComplaintWork
    alarms: ComplaintAlarms
    said: Callable[[str], list[Reply]]
    keep_office: Callable[[Office, tuple[Holiday, ...]], None]
    close: Callable[[], None] = lambda: None


def memory_ports() -> Ports:
    """Give the ports in memory."""
    data = ConversationData()
    mail = MemoryMail(data)
    work = MemoryComplaintWork(data)

    def hold(conversation_id: str) -> None:
        data.conversations[conversation_id] = replace(
            data.conversations[conversation_id], held_by_officer=True
        )

    return Ports(
        kind="memory",
        inbox=MemoryInbox(data),
        outbox=MemoryOutbox(data),
        drafts=MemoryDrafts(),
        complaints=MemoryComplaints(data),
        escalations=MemoryEscalations(data),
        following=MemoryFollowing(data, TEMPLATES),
        notices=MemoryNotices(data, TEMPLATES),
        officers=MemoryOfficers(data),
        ratings=MemoryRatings(data),
        surveys=MemorySurveys(data),
        proof=MemoryProofLedger(),
        media=MemoryMediaStore(data),
        jobs=lambda lock: [job for job in data.jobs if job.lock == lock],
        opened=lambda conversation_id: [
            (item.key, item.reason)
            for item in data.escalations.values()
            if item.conversation_id == conversation_id
        ],
        reviews=lambda channel: [
            item.payload for item in data.review_items if item.channel == channel
        ],
        hold=hold,
        owner_of_file=lambda media_id: data.media[media_id].conversation_id,
        evidence=lambda media_id: data.sealed_media[media_id].content,
        mail=mail,
        mail_room=mail,
        desk=MemoryComplaintDesk(data),
        mail_queue=lambda: [job.arguments["mail_id"] for job in data.jobs if job.task == MAIL_TASK],
        units=MemoryUnits(),
        work=work,
        alarms=work,
        said=lambda conversation_id: [
            Reply.from_json(item.reply)
            for item in data.outbox.values()
            if item.conversation_id == conversation_id
        ],
        keep_office=lambda office, holidays: setattr(
            data, "office_hours", OfficeHours(office, Calendar(holidays))
        ),
    )


def postgres_ports(database_url: str, folder: Path) -> Ports:
    """Give the ports on PostgreSQL."""
    engine, vault = create(database_url, pool_size=8), Vault("k" * 32)

    def rows(statement: str, **parameters: Any) -> list[Any]:
        with engine.begin() as connection:
            return list(connection.execute(text(statement), parameters))

    def jobs(lock: str) -> list[Job]:
        found = rows(
            "select task_name, queue_name, lock, args::text as args from procrastinate_jobs"
            " where lock = :lock order by id",
            lock=lock,
        )
        return [Job(row.task_name, row.queue_name, row.lock, json.loads(row.args)) for row in found]

    def hold(conversation_id: str) -> None:
        with engine.begin() as connection:
            connection.execute(
                text("update conversations set held_by_officer = true where id = :id"),
                {"id": conversation_id},
            )

    def keep_office(office: Office, closed: tuple[Holiday, ...]) -> None:
        with engine.begin() as connection:
            if read_office(connection) is None:
                insert_office(connection, office)
                for position, holiday in enumerate(closed):
                    insert_flat(connection, holidays, holiday, position, True)

    def reviews(channel: str) -> list[bytes]:
        kept = select(review_items.c.payload).where(review_items.c.channel == channel)
        with engine.connect() as connection:
            return list(connection.execute(kept.order_by(review_items.c.id)).scalars())

    return Ports(
        kind="postgres",
        inbox=PostgresInbox(engine),
        outbox=PostgresOutbox(engine),
        drafts=PostgresDrafts(engine),
        complaints=PostgresComplaints(engine, vault),
        escalations=PostgresEscalations(engine),
        following=PostgresFollowing(engine, TEMPLATES),
        notices=PostgresNotices(engine, TEMPLATES),
        officers=PostgresOfficers(engine),
        ratings=PostgresRatings(engine),
        surveys=PostgresSurveys(engine),
        proof=PostgresProofLedger(engine),
        media=FolderMediaStore(engine, folder / "media"),
        jobs=jobs,
        opened=lambda conversation_id: [
            (row.key, row.reason)
            for row in rows(
                "select key, reason from escalations where conversation_id = :id order by id",
                id=conversation_id,
            )
        ],
        reviews=reviews,
        hold=hold,
        owner_of_file=lambda media_id: (
            rows("select conversation_id::text from media_files where id = :id", id=media_id)[
                0
            ].conversation_id
        ),
        evidence=lambda media_id: read_file(
            engine,
            folder / "media",
            str(rows("select id from sealed.media_files where id = :id", id=media_id)[0].id),
        ),
        mail=PostgresAnonymousMail(engine),
        mail_room=PostgresMailRoom(engine, vault),
        desk=PostgresComplaintDesk(engine, folder / "media"),
        mail_queue=lambda: [
            row.mail_id
            for row in rows(
                "select args->>'mail_id' as mail_id from procrastinate_jobs"
                " where task_name = :task order by id",
                task=MAIL_TASK,
            )
        ],
        units=PostgresUnits(engine),
        work=PostgresComplaintWork(engine),
        alarms=PostgresComplaintAlarms(engine),
        said=lambda conversation_id: [
            Reply.from_json(row.reply)
            for row in rows(
                "select reply from outbox where conversation_id = :id order by seq",
                id=conversation_id,
            )
        ],
        keep_office=keep_office,
        close=engine.dispose,
    )


def fresh(prefix: str = "x") -> str:
    """Give an id nobody else has."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def fresh_phone() -> str:
    """Give a phone nobody else has (no real operator's prefix)."""
    return f"+6200{next(_numbers):010d}"


def message(chat: str | None = None, **changes: Any) -> InboundMessage:
    """Give a typed message of a chat of its own."""
    namespace = changes.pop("namespace", "live")
    channel = changes.pop("channel", "telegram")
    user = changes.pop("user", None)
    values: dict[str, Any] = {
        "address": ChatAddress(channel, chat or fresh("chat"), namespace, user),
        "external_id": fresh("m"),
        "kind": "text",
        "sent_at": NOW,
        "text": "syarat PBG apa saja",
    }
    return InboundMessage(**{**values, **changes})
