"""Trainings of language models, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.language_models import BROKEN_AFTER, Training, TrainingState, TrainingStep
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.models import model_trainings

_row = model_trainings.c


class PostgresTrainings:
    """``izin.ports.models.Trainings`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def ask(self, account_id: str, key: str, now: datetime) -> Training:
        """Begin a training, once per key."""
        with transaction(self._engine) as connection:
            known = connection.execute(select(model_trainings).where(_row.key == key)).first()
            if known is not None:
                return _read(known)
            connection.execute(
                update(model_trainings)
                .where(
                    _row.state == TrainingState.RUNNING.value, _row.heartbeat < now - BROKEN_AFTER
                )
                .values(state=TrainingState.BROKEN.value, finished_at=_row.heartbeat)
            )
            begun = connection.execute(
                upsert(model_trainings)
                .values(
                    id=str(uuid.uuid4()), key=key, state=TrainingState.RUNNING.value,
                    step=TrainingStep.WAITING.value, asked_by=account_id, asked_at=now,
                    heartbeat=now,
                )
                .on_conflict_do_nothing()
                .returning(*model_trainings.c)
            ).first()  # fmt: skip
        if begun is None:
            raise Conflict("another training runs")
        return _read(begun)

    def claim(self, training_id: str, now: datetime) -> bool:
        """Let a process begin a training that waits."""
        with transaction(self._engine) as connection:
            begun = connection.execute(
                update(model_trainings)
                .where(
                    _row.id == training_id,
                    _row.state == TrainingState.RUNNING.value,
                    _row.step == TrainingStep.WAITING.value,
                )
                .values(step=TrainingStep.COLLECTING.value, heartbeat=now)
            )
        return begun.rowcount == 1

    def training(self, training_id: str) -> Training:
        """Give one."""
        if is_id(training_id):
            query = select(model_trainings).where(_row.id == training_id)
            with transaction(self._engine) as connection:
                row = connection.execute(query).first()
            if row is not None:
                return _read(row)
        raise NotFound(f"training {training_id!r}")

    def latest(self, limit: int = 10) -> Sequence[Training]:
        """Give the latest trainings, newest first."""
        query = select(model_trainings).order_by(_row.asked_at.desc()).limit(limit)
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(query)]

    def alive(self, training_id: str, step: TrainingStep, percent: int, now: datetime) -> bool:
        """Write down a sign of life; False when the training is to stop."""
        with transaction(self._engine) as connection:
            wanted = connection.execute(
                update(model_trainings)
                .where(_row.id == training_id, _row.state == TrainingState.RUNNING.value)
                .values(
                    step=step.value, percent=percent, heartbeat=func.greatest(_row.heartbeat, now)
                )
                .returning(_row.cancelling)
            ).scalar()
        return wanted is False

    def end(
        self, training_id: str, state: TrainingState, now: datetime, *, error: str = "",
        model_id: str | None = None,
    ) -> None:  # fmt: skip
        """Write down how a running training ended."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(model_trainings)
                .where(_row.id == training_id, _row.state == TrainingState.RUNNING.value)
                .values(state=state.value, finished_at=now, error=error, model_id=model_id)
            )

    def cancel(self, training_id: str) -> None:
        """Ask a running training to stop."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(model_trainings)
                .where(_row.id == training_id, _row.state == TrainingState.RUNNING.value)
                .values(cancelling=True)
            )


def _read(row: Row[Any]) -> Training:
    return Training(
        id=row.id,
        state=TrainingState(row.state),
        step=TrainingStep(row.step),
        percent=row.percent,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        heartbeat=row.heartbeat,
        finished_at=row.finished_at,
        error=row.error,
        model_id=row.model_id,
        cancelling=row.cancelling,
    )
