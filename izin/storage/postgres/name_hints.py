"""Messages whose permit turned out later, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, Row, delete, literal, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.name_hints import NameHint
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.learning_turns import allowed_turn, private_turn
from izin.storage.tables.conversations import turns
from izin.storage.tables.figures import figure_progress
from izin.storage.tables.insight import name_hints, refused_names
from izin.storage.text import storable

PROGRESS = "name_hints"
LIVES = timedelta(days=90)
MOST_READ = 500
MOST_TURNS = 1000
"""Turns with a permit that are looked at in one go."""

_LATER = text("""
    select a.id, a.conversation_id, a.message ->> 'text' as said, a.office_now,
           b.understood ->> 'permit' as permit, b.received_at
    from (
        select * from turns
        where received_at > :since and received_at <= :until and understood ->> 'permit' <> ''
        order by received_at limit :limit
    ) b
    left join lateral (
        select * from (
            select * from turns e
            where e.conversation_id = b.conversation_id and e.seq < b.seq
            order by e.seq desc limit 3
        ) e
        where e.office_now > b.office_now - interval '30 minutes'
        and e.message ->> 'kind' = 'text' and e.state = 'answered'
        and coalesce(e.understood ->> 'permit', '') = ''
        and (e.understood ->> 'task') = 'false' and (b.understood ->> 'task') = 'false'
        and (e.understood ->> 'intent' like 'tanya\\_%' or e.understood ->> 'intent' in
            ('nlu_fallback', 'di_luar_topik'))
        and length(e.message ->> 'text') between 3 and 300
        order by e.seq desc limit 1
    ) a on true
    order by b.received_at
""")


class PostgresNameHints:
    """``izin.usecases.hear_names.NameHints``; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine."""
        self._engine = engine

    def heard(self, until: datetime) -> tuple[Sequence[NameHint], datetime | None]:
        """Give the next messages whose permit turned out by a moment, not masked yet.

        Returns:
            The messages, and what to tell ``keep`` of how far was looked; None: nothing new.
        """
        seen = select(figure_progress.c.seen_until).where(figure_progress.c.what == PROGRESS)
        with transaction(self._engine) as connection:
            since = connection.execute(seen).scalar() or until - LIVES
            if since >= until:
                return (), None
            values = {"since": since, "until": until, "limit": MOST_TURNS}
            rows = connection.execute(_LATER, values).all()
        reached = rows[-1].received_at if len(rows) >= MOST_TURNS else until
        return [_hint(row) for row in rows if row.id is not None], reached

    def keep(self, hints: Sequence[NameHint], reached: datetime, now: datetime) -> int:
        """Keep masked messages, and how far was looked; gives how many are new.

        Nothing is kept of whom did not allow messages to be reviewed, nor of sealed matters.
        """
        with transaction(self._engine) as connection:
            kept = 0
            for hint in hints:
                own = select(
                    turns.c.id, literal(storable(hint.text)), literal(hint.permit),
                    turns.c.office_now,
                ).where(
                    turns.c.id == hint.turn_id, turns.c.understood.is_not(None), allowed_turn(),
                    ~private_turn(),
                )  # fmt: skip
                names = ["turn_id", "text", "permit", "said_at"]
                adding = upsert(name_hints).from_select(names, own).on_conflict_do_nothing()
                kept += len(connection.execute(adding.returning(name_hints.c.turn_id)).all())
            progress = {"seen_until": reached, "refreshed_at": now}
            connection.execute(
                upsert(figure_progress)
                .values(what=PROGRESS, **progress)
                .on_conflict_do_update(index_elements=["what"], set_=progress)
            )
        return kept

    def forget(self, before: datetime) -> int:
        """Forget what was said before a moment; gives how much."""
        with transaction(self._engine) as connection:
            return connection.execute(
                delete(name_hints).where(name_hints.c.said_at < before)
            ).rowcount

    def hints(self, namespaces: Collection[str]) -> Sequence[NameHint]:
        """Give what is kept, newest first, at most ``MOST_READ``."""
        query = (
            select(name_hints, turns.c.conversation_id)
            .join(turns, turns.c.id == name_hints.c.turn_id)
            .where(turns.c.namespace.in_(namespaces))
            .order_by(name_hints.c.said_at.desc())
            .limit(MOST_READ)
        )
        with transaction(self._engine) as connection:
            return [
                NameHint(row.turn_id, row.conversation_id, row.text, row.permit, row.said_at)
                for row in connection.execute(query)
            ]

    def refused(self) -> Collection[tuple[str, str]]:
        """Give the (permit, name) that editors refused."""
        with transaction(self._engine) as connection:
            rows = connection.execute(select(refused_names))
            return {(row.permit, row.name) for row in rows}

    def refuse(self, permit: str, name: str) -> None:
        """Remember that a name is none of a permit."""
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(refused_names).values(permit=permit, name=name).on_conflict_do_nothing()
            )


def _hint(row: Row[tuple[str, str, str, datetime, str, datetime]]) -> NameHint:
    return NameHint(str(row.id), str(row.conversation_id), row.said, row.permit, row.office_now)
