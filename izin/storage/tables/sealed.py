"""What belongs to sealed complaints besides the complaint: evidence, mail, traces to remove.

Everything lies in the schema ``sealed``. Nothing in it names a chat and an anonymous ticket
together in a form that can be read without the vault's key.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata
from izin.storage.tables.complaints import SEALED_SCHEMA
from izin.storage.tables.encrypted import EncryptedDocument

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)
_TICKET = f"{SEALED_SCHEMA}.complaints.ticket"


def _ticket(primary_key: bool = False) -> Column[str]:
    return Column(
        "ticket",
        Text,
        ForeignKey(_TICKET, ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
        index=not primary_key,
    )


sealed_media = Table(
    "media_files",
    metadata,
    Column("id", _uuid, primary_key=True),
    _ticket(),
    Column("kind", Text, nullable=False),
    Column("mime_type", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    schema=SEALED_SCHEMA,
)
"""Evidence; a file named here is found by no other way than the complaint desk's."""

mailboxes = Table(
    "complaint_mailboxes",
    metadata,
    _ticket(primary_key=True),
    Column("locked_conversation", Text, nullable=False),
    schema=SEALED_SCHEMA,
)
"""Where answers to an anonymous complaint go, readable by the delivery worker alone."""

mail = Table(
    "mail",
    metadata,
    Column("id", _uuid, primary_key=True),
    _ticket(),
    Column("key", Text, nullable=False, unique=True),
    Column("reply", EncryptedDocument("sealed/mail/reply"), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_parts", Integer, nullable=False, server_default="0"),
    Column("queued_at", _moment, nullable=False),
    Column("accepted_at", _moment),
    Column("error", Text),
    Column("error_code", Text),
    schema=SEALED_SCHEMA,
)
"""Messages to anonymous complainants, addressed by ticket."""

sealing_turns = Table(
    "sealing_turns",
    metadata,
    Column("turn_id", _uuid, primary_key=True),
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("anonymous", Boolean, nullable=False, server_default="false"),
    schema=SEALED_SCHEMA,
)
"""Turns whose words still have to be taken out of the readable history."""

sealing_progress = Table(
    "sealing_progress",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    schema=SEALED_SCHEMA,
)
"""How far turns and outbox were looked through for tickets of sealed complaints."""

earlier_chats = Table(
    "earlier_chats",
    metadata,
    Column("conversation_id", _uuid, primary_key=True),
    Column("became", _uuid, nullable=False, index=True),
    schema=SEALED_SCHEMA,
)
"""Conversations that were joined to an older one of the same citizen."""

readings = Table(
    "readings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("ticket", Text, nullable=False, index=True),
    Column("reader", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", _moment, nullable=False, server_default=func.now()),
    schema=SEALED_SCHEMA,
)
"""Who opened which sealed complaint or file."""
