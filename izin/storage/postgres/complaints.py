"""Filed complaints, on PostgreSQL.

Ordinary complaints lie in the default schema; confidential and anonymous ones with all that
belongs to them lie in the schema ``sealed`` (docs/decisions/0006-sealed-complaints.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from izin.complaints import Complaint, Confidentiality, Deadlines
from izin.errors import Conflict, NotFound
from izin.storage import complaint_steps as steps
from izin.storage.postgres import complaint_tightening as tightening
from izin.storage.postgres import sealing
from izin.storage.postgres.complaint_moments import office_hours
from izin.storage.postgres.complaint_rows import read, rewrite, shelf_of, write
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF, SHELVES, Shelf
from izin.storage.tables.sealed import earlier_chats, mailboxes
from izin.storage.vault import Vault

Change = Callable[[Complaint], Complaint]


class PostgresComplaints:
    """``izin.ports.Complaints`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        """Take the engine (every call is one transaction) and the vault of sealed links."""
        self._engine = engine
        self._vault = vault

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one.

        A confidential or anonymous one is sealed in the same transaction: its evidence moves
        and the words of its intake leave the conversation's history.
        """
        stored = steps.as_filed(complaint)
        shelf = SEALED_SHELF if steps.is_sealed(stored.confidentiality) else OPEN_SHELF
        key = self._key(shelf, turn_id, step)
        try:
            with transaction(self._engine) as connection:
                earlier = read(connection, shelf, shelf.complaints.c.key == key)
                if earlier:
                    return earlier[0]
                _claim(connection, stored.ticket)
                if shelf.sealed:
                    mark = self._owner_mark(stored.ticket, complaint.conversation_id or "")
                    write(connection, shelf, stored, key=key, owner_mark=mark)
                    self._seal(connection, complaint, turn_id)
                else:
                    write(connection, shelf, stored, key=key)
                    tightening.remember_intake(connection, complaint, turn_id)
        except IntegrityError as error:
            with transaction(self._engine) as connection:
                earlier = read(connection, shelf, shelf.complaints.c.key == key)
            if earlier:
                return earlier[0]
            raise Conflict(f"ticket {complaint.ticket} is taken") from error
        return stored

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        with transaction(self._engine) as connection:
            for shelf in SHELVES:
                found = read(connection, shelf, shelf.complaints.c.ticket == ticket)
                if found:
                    return found[0]
        return None

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed in a conversation, newest first, never anonymous ones."""
        with transaction(self._engine) as connection:
            found = [
                item
                for shelf in SHELVES
                for item in read(
                    connection, shelf, shelf.complaints.c.conversation_id == conversation_id
                )
            ]
        return sorted(found, key=lambda item: item.filed_at, reverse=True)

    def owned_by(self, ticket: str, conversation_id: str) -> bool:
        """Say whether this chat filed the ticket, also for an anonymous one."""
        with transaction(self._engine) as connection:
            for shelf in SHELVES:
                row = connection.execute(
                    select(shelf.complaints).where(shelf.complaints.c.ticket == ticket)
                ).first()
                if row is None:
                    continue
                if row.confidentiality != Confidentiality.ANONYMOUS.value:
                    return bool(row.conversation_id == conversation_id)
                chats = [conversation_id, *_earlier_chats(connection, conversation_id)]
                return any(self._owner_mark(ticket, chat) == row.owner_mark for chat in chats)
        return False

    def add(
        self,
        ticket: str,
        text: str,
        media_ids: Sequence[str],
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Store what the citizen adds, once."""
        with transaction(self._engine) as connection:
            hours = office_hours(connection)

        def change(item: Complaint) -> Complaint:
            return steps.added(item, text, media_ids, now, hours)

        return self._change(ticket, turn_id, step, change, media_ids)

    def reopen(
        self,
        ticket: str,
        reason: str,
        new_deadlines: Deadlines,
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Open a closed complaint again with new dates, once."""
        return self._change(
            ticket, turn_id, step, lambda item: steps.reopened(item, reason, new_deadlines, now)
        )

    def withdraw(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Close an open complaint for its complainant, once."""
        return self._change(ticket, turn_id, step, lambda item: steps.withdrawn(item, now))

    def rate(
        self, ticket: str, score: int, comment: str, turn_id: str, step: str, now: datetime
    ) -> Complaint:
        """Store a rating with its reason, once."""
        return self._change(
            ticket, turn_id, step, lambda item: steps.rated(item, score, comment, now)
        )

    def make_confidential(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Seal an ordinary complaint with its evidence and what was said about it, once."""
        with transaction(self._engine) as connection:
            shelf = shelf_of(connection, ticket)
            if shelf is None:
                raise NotFound(f"ticket {ticket}")
            before = read(connection, shelf, shelf.complaints.c.ticket == ticket)[0]
            if shelf.sealed:
                return before
            after = steps.as_changed(before, steps.made_confidential(before, now))
            tightening.move_to_sealed(connection, before, after, turn_id, self._vault)
            key = self._key(SEALED_SHELF, turn_id, step)
            connection.execute(insert(SEALED_SHELF.steps).values(key=key, ticket=ticket))
            return after

    def _change(
        self, ticket: str, turn_id: str, step: str, change: Change, media_ids: Sequence[str] = ()
    ) -> Complaint:
        with transaction(self._engine) as connection:
            shelf = shelf_of(connection, ticket)
            if shelf is None:
                raise NotFound(f"ticket {ticket}")
            before = read(connection, shelf, shelf.complaints.c.ticket == ticket)[0]
            key = self._key(shelf, turn_id, step)
            done = select(shelf.steps.c.key).where(shelf.steps.c.key == key)
            if connection.execute(done).first():
                return before
            after = steps.as_changed(before, change(before))
            rewrite(connection, shelf, before, after)
            connection.execute(insert(shelf.steps).values(key=key, ticket=ticket))
            if shelf.sealed:
                anonymous = before.confidentiality is Confidentiality.ANONYMOUS
                sealing.take_evidence(connection, ticket, media_ids)
                about = sealing.turns_about(connection, turn_id, ticket)
                sealing.note_turns(connection, about, anonymous)
            return after

    def _seal(self, connection: Connection, complaint: Complaint, turn_id: str) -> None:
        anonymous = complaint.confidentiality is Confidentiality.ANONYMOUS
        sealing.take_evidence(connection, complaint.ticket, complaint.media_ids)
        here = complaint.conversation_id
        if here is None:
            return
        if anonymous:
            connection.execute(
                insert(mailboxes).values(
                    ticket=complaint.ticket, locked_conversation=self._vault.lock(here)
                )
            )
        turns = [*sealing.intake_turns(connection, here), turn_id]
        sealing.note_turns(connection, turns, anonymous)
        sealing.drop_calls(connection, turns)
        sealing.seal_conversation(connection, here, self._vault)

    def _key(self, shelf: Shelf, turn_id: str, step: str) -> str:
        # A sealed complaint must not name the turn, which names the chat.
        return self._vault.mark("step", turn_id, step) if shelf.sealed else f"{turn_id}:{step}"

    def _owner_mark(self, ticket: str, conversation_id: str) -> str:
        return self._vault.mark("owner", ticket, conversation_id)


def _claim(connection: Connection, ticket: str) -> None:
    """Make sure that no shelf holds the ticket, and that none will before this one does."""
    connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"ticket:{ticket}"}
    )
    for shelf in SHELVES:
        taken = select(shelf.complaints.c.ticket).where(shelf.complaints.c.ticket == ticket)
        if connection.execute(taken).first():
            raise Conflict(f"ticket {ticket} is taken")


def _earlier_chats(connection: Connection, conversation_id: str) -> list[str]:
    rows = connection.execute(
        select(earlier_chats.c.conversation_id).where(earlier_chats.c.became == conversation_id)
    )
    return [str(row.conversation_id) for row in rows]
