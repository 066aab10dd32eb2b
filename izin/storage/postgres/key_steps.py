"""What is encrypted, table by table, and how a row of it is written anew.

Each step walks its table by its primary key. A row is fresh when all it holds was written with
the newest key; the others are read with whatever key opens them and written back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, and_, cast, func, or_, type_coerce

from izin.storage.keyring import FILE_HEAD, LOCKED, MARKED, Keyring
from izin.storage.postgres import identifiers
from izin.storage.tables.complaints import (
    sealed_additions,
    sealed_complaints,
    sealed_events,
    sealed_notes,
)
from izin.storage.tables.conversations import (
    chat_aliases,
    conversations,
    media_files,
    receipts,
    review_items,
    sent_parts,
    turns,
)
from izin.storage.tables.encrypted import (
    HIDDEN,
    EncryptedBytes,
    EncryptedDocument,
    EncryptedText,
    MessageDocument,
)
from izin.storage.tables.privacy import privacy_requests
from izin.storage.tables.sealed import mail

Row = Mapping[str, Any]
Marks = Callable[[Keyring, Row], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class KeyStep:
    """One table to be written anew.

    Attributes:
        table: The table; its encrypted columns are known by their types.
        marks: Gives the marks of a row as it was read, None where it bears none.
        marked: Columns that must bear a mark of the newest key where they hold anything.
        once: Columns whose mark stays as it is: what was marked is stored nowhere.
        twin: Gives marks of its own to a row whose mark another row bears already.
        takes_place: The primary key changes, so the row is put in anew and the old one goes.
    """

    table: Table
    marks: Marks | None = None
    marked: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    twin: Marks | None = None
    takes_place: bool = False

    @property
    def name(self) -> str:
        """Give the table's name with its schema."""
        return self.table.fullname

    @property
    def encrypted(self) -> list[Column[Any]]:
        """Give the encrypted columns."""
        return [column for column in self.table.c if isinstance(column.type, _TYPES)]

    def stale(self, key_id: str) -> ColumnElement[bool]:
        """Give the condition on rows that are not all fresh."""
        conditions = [_stale(column, key_id) for column in self.encrypted]
        for name in self.marked:
            conditions.append(~_begins(self.table.c[name], f"{MARKED}{key_id}"))
        for name in self.once:
            conditions.append(~_begins(self.table.c[name], MARKED))
        if self.table is conversations:  # plain phones have no mark at all yet
            phone = type_coerce(conversations.c.verified_phone, Text)
            conditions.append(and_(phone.is_not(None), conversations.c.phone_mark.is_(None)))
            conditions.append(conversations.c.chat_mark.is_(None))
        return or_(*conditions)

    def values(self, keyring: Keyring, row: Row) -> dict[str, Any]:
        """Give the columns of a row to be written, as they were meant."""
        values = {column.name: row[column.name] for column in self.encrypted}
        return {**values, **(self.marks(keyring, row) if self.marks else {})}


_TYPES = (EncryptedText, EncryptedBytes, EncryptedDocument, MessageDocument)


def _begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    return func.coalesce(func.starts_with(column, beginning), True)


def _stale(column: Column[Any], key_id: str) -> ColumnElement[bool]:
    begins = f"{LOCKED}{key_id}:"
    if isinstance(column.type, EncryptedBytes):
        head = FILE_HEAD + key_id.encode()
        fresh = func.substr(column, 1, len(head)) == head
        return and_(func.length(column) > 0, ~fresh)
    if isinstance(column.type, MessageDocument):
        hidden = column[HIDDEN].astext
        return ~func.coalesce(func.starts_with(hidden, begins), False)
    if isinstance(column.type, EncryptedDocument):
        written = cast(column, Text)
        fresh = func.starts_with(written, f'"{begins}')
        return and_(written.not_in(("{}", "[]", "null", '""')), ~fresh)
    plain = type_coerce(column, Text)
    return and_(plain != "", ~func.starts_with(plain, begins))


def _of_conversation(keyring: Keyring, row: Row) -> dict[str, Any]:
    chat = {"chat_mark": keyring.mark(identifiers.CHAT, row["chat"])}
    return {**chat, **identifiers.phone_marks(keyring, row["verified_phone"])}


def _of_alias(keyring: Keyring, row: Row) -> dict[str, Any]:
    alias = row["locked_alias"] or row["alias"]
    if alias.startswith(MARKED):
        return {}  # of a key before last, whose alias is lost; the chat writes it anew
    return {"alias": keyring.mark(identifiers.ALIAS, alias), "locked_alias": alias}


def _of_turn(keyring: Keyring, row: Row) -> dict[str, Any]:
    external_id = row["message"].get("external_id") or row["external_id"]
    if external_id.startswith(MARKED):
        return {}
    return {"external_id": keyring.mark(identifiers.PLATFORM_ID, external_id)}


def _twin_of_turn(keyring: Keyring, row: Row) -> dict[str, Any]:
    return {"external_id": keyring.mark(identifiers.PLATFORM_ID, f"twin of {row['id']}")}


def _of_platform(keyring: Keyring, row: Row) -> dict[str, Any]:
    if row["external_id"].startswith(MARKED):
        return {}
    return {"external_id": keyring.mark(identifiers.PLATFORM_ID, row["external_id"])}


def _of_file(keyring: Keyring, row: Row) -> dict[str, Any]:
    if row["sha256"].startswith(MARKED):
        return {}
    return {"sha256": keyring.mark(identifiers.DIGEST, row["sha256"])}


STEPS = (
    KeyStep(sealed_complaints),
    KeyStep(sealed_events),
    KeyStep(sealed_additions),
    KeyStep(sealed_notes),
    KeyStep(mail),
    KeyStep(conversations, _of_conversation, marked=("chat_mark", "phone_mark")),
    KeyStep(chat_aliases, _of_alias, marked=("alias",), takes_place=True),
    KeyStep(privacy_requests),
    KeyStep(review_items),
    KeyStep(media_files, _of_file, once=("sha256",)),
    KeyStep(turns, _of_turn, marked=("external_id",), twin=_twin_of_turn),
    KeyStep(sent_parts, _of_platform, once=("external_id",)),
    KeyStep(receipts, _of_platform, once=("external_id",), takes_place=True),
)
"""The most delicate first: a run that is broken off has done those."""
