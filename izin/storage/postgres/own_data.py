"""What is kept about one chat, counted and copied, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Table,
    delete,
    func,
    select,
    update,
)

from izin.errors import NotFound
from izin.privacy import KeptData
from izin.storage.documents import plain
from izin.storage.postgres import identifiers
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.postgres.erasure import earlier_chats_of
from izin.storage.tables import metadata
from izin.storage.tables.conversations import (
    conversations,
    drafts,
    media_files,
    outbox,
    turns,
)
from izin.storage.tables.privacy import expiring_files, privacy_consents, privacy_requests


class PostgresOwnData:
    """``izin.ports.OwnData`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def kept(self, conversation_id: str) -> KeptData:
        """Count what is kept."""
        with transaction(self._engine) as connection:
            chat, mine = _chat(connection, conversation_id)
            oldest = connection.execute(
                select(func.min(turns.c.office_now)).where(turns.c.conversation_id.in_(mine))
            ).scalar()
            counts = {name: _count(connection, table, mine) for name, table in _counted().items()}
            counts["berkas"] = len(_files(connection, mine))
            counts["isian"] = len(_unfinished(connection, mine))
        return KeptData(
            channel=chat["channel"],
            since=chat["created_at"],
            phone=chat["verified_phone"],
            counts=counts,
            oldest_message_at=oldest,
        )

    def copy(self, conversation_id: str) -> Mapping[str, Any]:
        """Give messages, answers and all else that is kept, in JSON's own types."""
        with transaction(self._engine) as connection:
            chat, mine = _chat(connection, conversation_id)
            document = {
                "percakapan": {
                    "kanal": chat["channel"],
                    "sejak": chat["created_at"],
                    "nomor_telepon_terbukti": chat["verified_phone"],
                },
                "pesan": _messages(connection, mine),
                "jawaban": _answers(connection, mine),
                "berkas": _files(connection, mine),
                "isian_belum_selesai": _unfinished(connection, mine),
                "permintaan_data": _requests(connection, mine),
                "persetujuan": _consents(connection, mine),
            }
            for name, table in _further().items():
                document[name] = _rows(connection, table, mine)
        return dict(plain(document))

    def forget_phone(self, conversation_id: str) -> bool:
        """Forget the proven phone."""
        with transaction(self._engine) as connection:
            changed = connection.execute(
                update(conversations)
                .where(
                    conversations.c.id == conversation_id,
                    conversations.c.verified_phone.is_not(None),
                )
                .values(**identifiers.phone_columns(connection, None))
            ).rowcount
        return bool(changed)

    def end_subscriptions(self, conversation_id: str) -> int:
        """End every subscription to notices, with the notices that still wait."""
        subscriptions, notices = map(metadata.tables.get, ("subscriptions", "notices"))
        ended = 0
        with transaction(self._engine) as connection:
            if subscriptions is not None:
                mine = subscriptions.c.conversation_id == conversation_id
                ended = connection.execute(delete(subscriptions).where(mine)).rowcount
            if notices is not None:
                waiting = notices.c.state.in_(("waiting", "held", "unreachable"))
                connection.execute(
                    delete(notices).where(notices.c.conversation_id == conversation_id, waiting)
                )
        return ended


def _counted() -> dict[str, Table]:
    return {"pesan": turns, "balasan": outbox, "permintaan": privacy_requests, **_further()}


def _further() -> dict[str, Table]:
    """Give the subjects that other parts of the house keep, by the name citizens read."""
    named = {
        "langganan": "subscriptions",
        "penilaian": "ratings",
        "survei": "survey_responses",
    }
    return {
        name: metadata.tables[table] for name, table in named.items() if table in metadata.tables
    }


def _chat(connection: Connection, conversation_id: str) -> tuple[RowMapping, list[str]]:
    """Give the chat's row, and its id with those of chats that became it."""
    if is_id(conversation_id):
        row = (
            connection.execute(select(conversations).where(conversations.c.id == conversation_id))
            .mappings()
            .first()
        )
        if row is not None:
            return row, [str(row["id"]), *earlier_chats_of(connection, conversation_id)]
    raise NotFound(f"conversation {conversation_id!r}")


def _count(connection: Connection, table: Table, mine: Sequence[str]) -> int:
    query = select(func.count()).select_from(table).where(table.c.conversation_id.in_(mine))
    if "stopped_at" in table.c:
        query = query.where(table.c.stopped_at.is_(None))
    return int(connection.execute(query).scalar_one())


def _messages(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(turns.c.office_now, turns.c.message, turns.c.choice)
        .where(turns.c.conversation_id.in_(mine))
        .order_by(turns.c.seq)
    ).all()
    return [
        {
            "waktu": row.office_now,
            "jenis": row.message["kind"],
            "teks": row.message["text"],
            "pilihan": row.choice["title"] if row.choice else None,
            "lokasi": row.message.get("location"),
        }
        for row in rows
    ]


def _answers(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(outbox.c.created_at, outbox.c.reply)
        .where(outbox.c.conversation_id.in_(mine))
        .order_by(outbox.c.seq)
    ).all()
    return [
        {
            "waktu": row.created_at,
            "teks": row.reply.get("text") or "",
            "pilihan": [choice["title"] for choice in row.reply.get("choices") or ()],
        }
        for row in rows
    ]


def _files(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    ours = select(expiring_files.c.media_id)
    rows = connection.execute(
        select(media_files)
        .where(media_files.c.conversation_id.in_(mine), media_files.c.id.not_in(ours))
        .order_by(media_files.c.created_at)
    ).all()
    return [
        {
            "waktu": row.created_at,
            "jenis": row.kind,
            "nama": row.file_name,
            "ukuran_byte": row.size_bytes,
        }
        for row in rows
    ]


def _unfinished(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(drafts).where(drafts.c.conversation_id.in_(mine)).order_by(drafts.c.kind)
    ).all()
    return [
        {"jenis": row.kind, "diubah": row.updated_at, "isi": row.document["now"]}
        for row in rows
        if row.document.get("now")  # what is left is bookkeeping of finished tasks
    ]


def _requests(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(privacy_requests)
        .where(privacy_requests.c.conversation_id.in_(mine))
        .order_by(privacy_requests.c.requested_at)
    ).all()
    return [
        {
            "tiket": row.ticket,
            "jenis": row.kind,
            "keadaan": row.state,
            "diminta": row.requested_at,
            "tenggat": row.due_at,
            "selesai": row.finished_at,
        }
        for row in rows
    ]


def _consents(connection: Connection, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(privacy_consents)
        .where(privacy_consents.c.conversation_id.in_(mine))
        .order_by(privacy_consents.c.id)
    ).all()
    return [
        {
            "tujuan": row.purpose,
            "diizinkan": row.given,
            "versi_pemberitahuan": row.version,
            "waktu": row.at,
        }
        for row in rows
    ]


_INTERNAL = frozenset(
    {
        "id", "conversation_id", "key", "turn_id", "snapshot", "changed_at", "version",
        "followed_turn", "stopped_turn",
    }
)  # fmt: skip


def _rows(connection: Connection, table: Table, mine: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(table.c.conversation_id.in_(mine))).mappings()
    return [
        {name: _json(value) for name, value in row.items() if name not in _INTERNAL} for row in rows
    ]


def _json(value: Any) -> Any:
    known = value is None or isinstance(value, str | bool | int | float | list | tuple | dict)
    return value if known or hasattr(value, "isoformat") else str(value)
