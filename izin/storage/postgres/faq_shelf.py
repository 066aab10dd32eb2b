"""Questions and answers as editors look for them, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, text

from izin.ports.faq_shelf import FaqLine, FaqWanted
from izin.storage.postgres.engine import transaction

# What was begun and never published stands in versions alone, and comes last.
_EVERY = """
    select entry.key, entry.question, entry.topic, entry.checked_on, entry.published as live,
        cardinality(entry.sources) as sources, cardinality(entry.variants) as variants,
        coalesce(opened.state, '') as open_state, entry.valid_from, entry.valid_until,
        0 as later, entry.position
    from faq_entries entry
    left join content_versions opened on opened.kind = 'faq' and opened.key = entry.key
        and opened.state in ('draft', 'review', 'scheduled')
    union all
    select begun.key, begun.document ->> 'question', begun.document ->> 'topic',
        (begun.document ->> 'checked_on')::date, false,
        jsonb_array_length(coalesce(begun.document -> 'sources', '[]')),
        jsonb_array_length(coalesce(begun.document -> 'variants', '[]')),
        begun.state, (begun.document ->> 'valid_from')::date,
        (begun.document ->> 'valid_until')::date, 1, 0
    from content_versions begun
    where begun.kind = 'faq' and begun.state in ('draft', 'review', 'scheduled')
        and not exists (select from faq_entries entry where entry.key = begun.key)
"""

_LINES = text(
    """
    select found.*, count(*) over () as total from (every_entry) found
    where (:topic = '' or topic = :topic)
        and (:state = '' or open_state = :state or (:state = 'on' and live)
             or (:state = 'off' and not live and later = 0))
        and (cast(:before as date) is null or checked_on < cast(:before as date))
        and (not :without_source or sources = 0)
        and (cast(:keys as text[]) is null or key = any(cast(:keys as text[])))
    order by array_position(cast(:keys as text[]), key), later, position, key
    limit :count offset :start
    """.replace("every_entry", _EVERY)
)

_TOPICS = text("select topic, count(*) from faq_entries group by topic order by topic")

_TEXTS = text(
    """
    select entry.key, entry.question, entry.variants from faq_entries entry
    union all
    select begun.key, begun.question, '{}'::text[] from (every_entry) begun where later = 1
    """.replace("every_entry", _EVERY)
)

# A draft changes no entry, so it has no revision of its own.
_REVISION = text("""
    select revision * 1000000 + (
        select count(*) + coalesce(sum(edits), 0) from content_versions
        where kind = 'faq' and state in ('draft', 'review', 'scheduled')
    )
    from content_revisions where subject = 'faq'
""")


class PostgresFaqShelf:
    """The port ``FaqShelf``."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine of our own database; every call is one statement."""
        self._engine = engine

    def lines(self, wanted: FaqWanted, start: int, count: int) -> tuple[Sequence[FaqLine], int]:
        """Give a page of lines, and how many there are."""
        asked = {
            "topic": wanted.topic, "state": wanted.state, "before": wanted.checked_before,
            "without_source": wanted.without_source, "start": start, "count": count,
            "keys": None if wanted.keys is None else list(wanted.keys),
        }  # fmt: skip
        with transaction(self._engine) as connection:
            rows = connection.execute(_LINES, asked).all()
        lines = [
            FaqLine(
                row.key, row.question, row.topic, row.checked_on, row.live, row.sources,
                row.variants, row.open_state, row.valid_from, row.valid_until,
            )
            for row in rows
        ]  # fmt: skip
        return lines, int(rows[0].total) if rows else 0

    def topics(self) -> Sequence[tuple[str, int]]:
        """Give the topics with the number of their entries."""
        with transaction(self._engine) as connection:
            return [(str(topic), int(count)) for topic, count in connection.execute(_TOPICS)]

    def texts(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Give each entry's key with its question and variants."""
        with transaction(self._engine) as connection:
            return [
                (str(key), (str(question), *variants))
                for key, question, variants in connection.execute(_TEXTS)
            ]

    def revision(self) -> int:
        """Give a number that changes with what ``texts`` gives."""
        with transaction(self._engine) as connection:
            return int(connection.execute(_REVISION).scalar_one())
