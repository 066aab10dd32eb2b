"""Language models, on PostgreSQL."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, text, update

from izin.errors import Conflict, NotFound
from izin.language_models import (
    KEPT_ARCHIVES,
    KEPT_CANDIDATES,
    LanguageModel,
    ModelState,
    NewModel,
    Origin,
    Report,
    Scores,
    Taught,
)
from izin.storage.documents import plain
from izin.storage.model_reports import read_reason, read_report, read_scores
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.models import language_models

_row = language_models.c
_SHOWN = select(
    _row.id, _row.number, _row.rasa_id, _row.sha256, _row.size, _row.release, _row.origin,
    _row.state, _row.scores, _row.verdict, _row.created_at, _row.trained_by, _row.published_at,
    _row.published_by, _row.override, _row.archive.is_not(None).label("kept"),
    func.jsonb_array_length(_row.examples).label("examples"),
)  # fmt: skip
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('tanya.language_models'))")


class PostgresLanguageModels:
    """``izin.ports.models.LanguageModels`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def models(self, *, after: int = 0, limit: int = 50) -> Sequence[LanguageModel]:
        """Give the models, newest first."""
        query = _SHOWN.order_by(_row.number.desc()).offset(after).limit(limit)
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(query)]

    def model(self, model_id: str) -> LanguageModel:
        """Give one."""
        return _read(self._one(_SHOWN, model_id))

    def published(self) -> LanguageModel | None:
        """Give the one citizens are understood with."""
        query = _SHOWN.where(_row.state == ModelState.PUBLISHED)
        with transaction(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _read(row)

    def archive(self, model_id: str) -> bytes:
        """Give the file that Rasa loads."""
        found = self._one(select(_row.archive), model_id).archive
        if found is None:
            raise NotFound(f"archive of the language model {model_id!r}")
        return bytes(found)

    def taught(self, model_id: str) -> Taught:
        """Give what a model learned beside the release's files."""
        row = self._one(select(_row.examples, _row.gazetteer), model_id)
        return Taught([(text, intent) for text, intent in row.examples], row.gazetteer)

    def report(self, model_id: str) -> Report | None:
        """Give what was found when it was judged."""
        return read_report(self._one(select(_row.report), model_id).report)

    def add(
        self, model: NewModel, now: datetime, *, account_id: str | None = None,
        scores: Scores | None = None,
    ) -> LanguageModel:  # fmt: skip
        """Store a model."""
        reasons = model.report.reasons if model.report else ()
        known = model.report.after if model.report else scores
        values = {
            "id": str(uuid.uuid4()),
            "rasa_id": model.rasa_id,
            "sha256": hashlib.sha256(model.archive).hexdigest(),
            "size": len(model.archive),
            "archive": model.archive,
            "release": model.release,
            "origin": model.origin.value,
            "state": (ModelState.REFUSED if reasons else ModelState.TRAINED).value,
            "examples": [list(pair) for pair in model.taught.examples],
            "gazetteer": plain(model.taught.gazetteer),
            "verdict": plain(list(reasons)),
            "created_at": now,
            "trained_by": account_id,
        }
        if model.report is not None:
            values["report"] = plain(model.report)
        if known is not None:
            values["scores"] = plain(known)
        with transaction(self._engine) as connection:
            connection.execute(_ONE_AT_A_TIME)
            number = connection.execute(select(func.coalesce(func.max(_row.number), 0) + 1))
            connection.execute(
                language_models.insert().values(**values, number=number.scalar_one())
            )
            _forget_archives(connection)
        return self.model(values["id"])

    def note_scores(self, model_id: str, scores: Scores) -> None:
        """Remember how well a model understands, if nothing was known of it."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(language_models)
                .where(_row.id == model_id, _row.scores.is_(None))
                .values(scores=plain(scores))
            )

    def publish(
        self, model_id: str, now: datetime, *, account_id: str | None = None, override: str = ""
    ) -> None:
        """Make it the published one."""
        if not is_id(model_id):
            raise NotFound(f"language model {model_id!r}")
        with transaction(self._engine) as connection:
            connection.execute(_ONE_AT_A_TIME)
            row = connection.execute(_SHOWN.where(_row.id == model_id)).first()
            if row is None or not row.kept:
                raise NotFound(f"archive of the language model {model_id!r}")
            if row.state == ModelState.PUBLISHED:
                raise Conflict("the model is published already")
            connection.execute(
                update(language_models)
                .where(_row.state == ModelState.PUBLISHED)
                .values(state=ModelState.REPLACED.value)
            )
            connection.execute(
                update(language_models)
                .where(_row.id == model_id)
                .values(
                    state=ModelState.PUBLISHED.value, published_at=now, published_by=account_id,
                    override=override,
                )
            )  # fmt: skip
            _forget_archives(connection)

    def _one(self, query: Any, model_id: str) -> Row[Any]:
        if is_id(model_id):
            with transaction(self._engine) as connection:
                row: Row[Any] | None = connection.execute(query.where(_row.id == model_id)).first()
            if row is not None:
                return row
        raise NotFound(f"language model {model_id!r}")


def _forget_archives(connection: Connection) -> None:
    for states, kept in (
        ((ModelState.REPLACED,), KEPT_ARCHIVES),
        ((ModelState.TRAINED, ModelState.REFUSED), KEPT_CANDIDATES),
    ):
        old = (
            select(_row.id)
            .where(_row.state.in_([state.value for state in states]), _row.archive.is_not(None))
            .order_by(func.coalesce(_row.published_at, _row.created_at).desc(), _row.number.desc())
            .offset(kept)
        )
        connection.execute(update(language_models).where(_row.id.in_(old)).values(archive=None))


def _read(row: Row[Any]) -> LanguageModel:
    return LanguageModel(
        id=row.id,
        number=row.number,
        rasa_id=row.rasa_id,
        sha256=row.sha256,
        size=row.size,
        kept=row.kept,
        release=row.release,
        origin=Origin(row.origin),
        state=ModelState(row.state),
        examples=row.examples,
        scores=read_scores(row.scores),
        created_at=row.created_at,
        trained_by=row.trained_by,
        published_at=row.published_at,
        published_by=row.published_by,
        override=row.override,
        verdict=[read_reason(item) for item in row.verdict],
    )
