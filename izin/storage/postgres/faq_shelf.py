"""Questions and answers as editors look for them, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from izin.ports.faq_shelf import FaqLine, FaqWanted
from izin.storage.postgres.engine import transaction

_OPEN = ("draft", "review", "scheduled")
_OPENED = """left join content_versions opened on opened.kind = 'faq'
        and opened.key = entry.key and opened.state in ('draft', 'review', 'scheduled')"""

# What was begun and never published stands in versions alone, and comes last.
_EVERY = """
    select entry.key, entry.question, entry.topic, entry.checked_on, entry.published as live,
        cardinality(entry.sources) as sources, cardinality(entry.variants) as variants,
        coalesce(opened.state, '') as open_state, entry.valid_from, entry.valid_until,
        0 as later, entry.position
    from faq_entries entry
    opened_versions
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
""".replace("opened_versions", _OPENED)

# What is in force is read a page at a time: the keys of a page first, by the index of their order.
_PAGE = """
    select entry.key, entry.question, entry.topic, entry.checked_on, entry.published as live,
        cardinality(entry.sources) as sources, cardinality(entry.variants) as variants,
        coalesce(opened.state, '') as open_state, entry.valid_from, entry.valid_until
    from (
        select entry.key, entry.position from {entries}
        order by entry.position, entry.key limit :count offset :start
    ) page
    join faq_entries entry on entry.key = page.key
    opened_versions
    order by entry.position, entry.key
""".replace("opened_versions", _OPENED)
_COUNT = "select count(*) from {entries}"
_BEGUN = """
    select found.* from (every_entry) found where later = 1 {rules}
    order by key limit :count offset :start
""".replace("every_entry", _EVERY)
_COUNT_BEGUN = """
    select count(*) from (every_entry) found where later = 1 {rules}
""".replace("every_entry", _EVERY)
_NAMED = """
    select found.* from (every_entry) found
    where key = any(cast(:keys as text[])) {rules}
    order by array_position(cast(:keys as text[]), key)
""".replace("every_entry", _EVERY)

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
        """Take the engine of our own database; every call is one transaction."""
        self._engine = engine

    def lines(self, wanted: FaqWanted, start: int, count: int) -> tuple[Sequence[FaqLine], int]:
        """Give a page of lines, and how many there are."""
        asked: dict[str, Any] = {
            "topic": wanted.topic, "state": wanted.state, "before": wanted.checked_before,
            "start": start, "count": count,
        }  # fmt: skip
        with transaction(self._engine) as connection:
            if wanted.keys is not None:
                asked["keys"] = list(wanted.keys)
                found = _rows(connection, _NAMED.format(rules=_line_rules(wanted)), asked)
                return [_line(row) for row in found[start : start + count]], len(found)
            entries = _entries(wanted)
            known = _number(connection, _COUNT.format(entries=entries), asked)
            begun = 0
            if wanted.state not in ("on", "off"):
                begun = _number(connection, _COUNT_BEGUN.format(rules=_line_rules(wanted)), asked)
            rows: list[Any] = []
            if start < known:
                rows += _rows(connection, _PAGE.format(entries=entries), asked)
            if begun and start + count > known:
                asked |= {"start": max(0, start - known), "count": count - len(rows)}
                rows += _rows(connection, _BEGUN.format(rules=_line_rules(wanted)), asked)
        return [_line(row) for row in rows], known + begun

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


def _entries(wanted: FaqWanted) -> str:
    """Give what is in force and wanted, as the rows of ``entry``."""
    rules = {
        "entry.topic = :topic": bool(wanted.topic),
        "entry.published": wanted.state == "on",
        "not entry.published": wanted.state == "off",
        "opened.state = :state": wanted.state in _OPEN,
        "entry.checked_on < :before": wanted.checked_before is not None,
        "cardinality(entry.sources) = 0": wanted.without_source,
    }
    chosen = [rule for rule, given in rules.items() if given]
    opened = _OPENED if wanted.state in _OPEN else ""
    return f"faq_entries entry {opened}" + (f" where {' and '.join(chosen)}" if chosen else "")


def _line_rules(wanted: FaqWanted) -> str:
    """Give the same as further conditions on lines."""
    rules = {
        "topic = :topic": bool(wanted.topic),
        "live": wanted.state == "on",
        "not live and later = 0": wanted.state == "off",
        "open_state = :state": wanted.state in _OPEN,
        "checked_on < :before": wanted.checked_before is not None,
        "sources = 0": wanted.without_source,
    }
    return "".join(f" and {rule}" for rule, given in rules.items() if given)


def _rows(connection: Connection, query: str, asked: Mapping[str, Any]) -> Sequence[Any]:
    return connection.execute(text(query), asked).all()


def _number(connection: Connection, query: str, asked: Mapping[str, Any]) -> int:
    return int(connection.execute(text(query), asked).scalar_one())


def _line(row: Any) -> FaqLine:
    return FaqLine(
        row.key, row.question, row.topic, row.checked_on, row.live, row.sources,
        row.variants, row.open_state, row.valid_from, row.valid_until,
    )  # fmt: skip
