"""Training examples and regression cases, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.learning import RegressionCase, Source, TrainingExample, text_key
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.content import content_revisions
from izin.storage.tables.learning import regression_cases, training_examples
from izin.storage.text import storable

SUBJECT = "learning"


class PostgresLearning:
    """``izin.ports.learning.Learning`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def examples(self) -> Sequence[TrainingExample]:
        """Give the active examples in the order they were added."""
        own = training_examples.c
        query = select(training_examples).where(own.active).order_by(own.seq)
        with transaction(self._engine) as connection:
            return [_example(row) for row in connection.execute(query)]

    def cases(self) -> Sequence[RegressionCase]:
        """Give the active regression cases in the order they were added."""
        own = regression_cases.c
        query = select(regression_cases).where(own.active).order_by(own.seq)
        with transaction(self._engine) as connection:
            return [_case(row) for row in connection.execute(query)]

    def revision(self) -> int:
        """Give a number that changes whenever an example or case does."""
        query = select(content_revisions.c.revision).where(content_revisions.c.subject == SUBJECT)
        with transaction(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def list_examples(
        self, *, intent: str = "", words: str = "", active: bool | None = None, after: int = 0,
        limit: int = 50,
    ) -> Sequence[TrainingExample]:  # fmt: skip
        """Give examples, newest first."""
        query = _listed(training_examples, intent, words, active).offset(after).limit(limit)
        with transaction(self._engine) as connection:
            return [_example(row) for row in connection.execute(query)]

    def list_cases(
        self, *, intent: str = "", words: str = "", active: bool | None = None, after: int = 0,
        limit: int = 50,
    ) -> Sequence[RegressionCase]:  # fmt: skip
        """Give regression cases, newest first."""
        query = _listed(regression_cases, intent, words, active).offset(after).limit(limit)
        with transaction(self._engine) as connection:
            return [_case(row) for row in connection.execute(query)]

    def add_example(self, example: TrainingExample, decision: str | None = None) -> bool:
        """Add one, or switch on the equal one that is there."""
        statement = upsert(training_examples).values(
            id=example.id, key=text_key(example.text), active=example.active,
            trained_at=example.trained_at, **_shared(example, decision),
        )  # fmt: skip
        own = training_examples.c
        with transaction(self._engine) as connection:
            added = connection.execute(
                statement.on_conflict_do_nothing(index_elements=["intent", "key"]).returning(own.id)
            ).scalar()
            if added is None:
                connection.execute(
                    update(training_examples)
                    .where(own.intent == example.intent, own.key == text_key(example.text))
                    .values(active=True)
                )
        return added is not None

    def add_case(self, case: RegressionCase, decision: str | None = None) -> bool:
        """Add one, in place of what the equal sentence expected before."""
        key, own = text_key(case.text), regression_cases.c
        expected = (case.intent, case.permit, case.faq)
        with transaction(self._engine) as connection:
            known = connection.execute(
                select(regression_cases).where(own.key == key, own.active).with_for_update()
            ).first()
            if known is not None and (known.intent, known.permit, known.faq) == expected:
                return False
            if known is not None:
                _switch(connection, regression_cases, known.id, False)
            added = connection.execute(
                upsert(regression_cases)
                .values(
                    id=case.id, key=key, faq=case.faq, active=case.active,
                    replaces=known.id if known is not None else None, **_shared(case, decision),
                )
                .on_conflict_do_nothing()
                .returning(own.id)
            ).scalar()  # fmt: skip
        return added is not None

    def switch_example(self, example_id: str, active: bool) -> TrainingExample:
        """Switch one on or off."""
        with transaction(self._engine) as connection:
            return _example(_switch(connection, training_examples, example_id, active))

    def switch_case(self, case_id: str, active: bool) -> RegressionCase:
        """Switch one on or off."""
        with transaction(self._engine) as connection:
            return _case(_switch(connection, regression_cases, case_id, active))

    def note_trained(self, example_ids: Sequence[str], now: datetime) -> None:
        """Remember that a training took these."""
        own = training_examples.c
        known = [item for item in example_ids if is_id(item)]
        with transaction(self._engine) as connection:
            connection.execute(
                update(training_examples)
                .where(own.id.in_(known), own.trained_at.is_(None))
                .values(trained_at=now)
            )


def _listed(table: Table, intent: str, words: str, active: bool | None) -> Select[Any]:
    query = select(table).order_by(table.c.seq.desc())
    if intent:
        query = query.where(table.c.intent == intent)
    if active is not None:
        query = query.where(table.c.active.is_(active))
    for word in text_key(words).split():
        query = query.where(table.c.key.contains(word, autoescape=True))
    return query


def _switch(connection: Connection, table: Table, item_id: str, active: bool) -> Row[Any]:
    if not is_id(item_id):
        raise NotFound(f"{table.name} {item_id!r}")
    if active and table is regression_cases:
        equal = select(table.c.key).where(table.c.id == item_id).scalar_subquery()
        other = select(func.count()).where(
            table.c.key == equal, table.c.active, table.c.id != item_id
        )
        if connection.execute(other).scalar():
            raise Conflict("an equal sentence is asked already")
    row = connection.execute(
        update(table).where(table.c.id == item_id).values(active=active).returning(*table.c)
    ).first()
    if row is None:
        raise NotFound(f"{table.name} {item_id!r}")
    return row


def _shared(item: TrainingExample | RegressionCase, decision: str | None) -> dict[str, Any]:
    return {
        "text": storable(item.text),
        "intent": item.intent,
        "permit": item.permit,
        "source": item.source.value,
        "added_by": item.added_by,
        "added_at": item.added_at,
        "decision_id": decision,
    }


def _example(row: Row[Any]) -> TrainingExample:
    return TrainingExample(
        id=row.id, text=row.text, intent=row.intent, added_by=row.added_by,
        added_at=row.added_at, permit=row.permit, active=row.active,
        source=Source(row.source), trained_at=row.trained_at,
    )  # fmt: skip


def _case(row: Row[Any]) -> RegressionCase:
    return RegressionCase(
        id=row.id, text=row.text, intent=row.intent, permit=row.permit, faq=row.faq,
        added_by=row.added_by, added_at=row.added_at, active=row.active,
        source=Source(row.source),
    )  # fmt: skip
