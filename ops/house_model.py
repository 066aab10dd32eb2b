"""The model the house starts with: the published one, or one trained anew for this release."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from izin.errors import NotFound, TanyaError
from izin.language_models import LanguageModel, NewModel, Origin, Scores, Taught
from izin.ports.models import LanguageModels
from izin.storage.documents import plain
from izin.storage.model_reports import read_scores
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels
from ops.embedded_postgres import running_dsn
from ops.errors import OpsError, PartMissing
from ops.model_files import kept_archive, rasa_id
from ops.nlu_training import (
    SCORES_ENDING,
    Examples,
    ensure_model,
    known_intents,
    newest_model,
    release_digest,
    use_model,
)
from ops.settings import OpsSettings

logger = structlog.get_logger(__name__)


def house_model(
    settings: OpsSettings,
    models: LanguageModels,
    gazetteer: Mapping[str, Any],
    *,
    force: bool = False,
    on_start: Callable[[], None] = lambda: None,
) -> Path:
    """The archive of the published model; of a new one when that does not fit this release.

    A new one is made of the release's files, the names of the catalogue now, and the examples
    that the published one learned. It is then the published one: the code that runs now cannot
    use any other. A model that no editor trained follows the catalogue's names as well.

    Args:
        settings: where checkout and models lie.
        models: the office's models.
        gazetteer: names exported from the database (see `ops.gazetteer`).
        force: train anew even when the published one fits.
        on_start: called when training begins.

    Raises:
        PartMissing: the Rasa environment is not installed.
        TrainingFailed: the trainer ended with an error.
    """
    release = release_digest(settings.checkout)
    published = models.published()
    if published is not None and not force and _fits(models, published, release, gazetteer):
        try:
            archive = kept_archive(settings, models, published)
        except (NotFound, PartMissing) as error:
            logger.error("published_model_unusable", number=published.number, reason=str(error))
        else:
            use_model(settings, archive)
            return archive
    examples = _learned(settings, models, published)
    trained: list[bool] = []

    def started() -> None:
        trained.append(True)
        on_start()

    archive = ensure_model(settings, gazetteer, examples, force=force, on_start=started)
    measured = _scores(settings, archive, anew=bool(trained))
    _record(models, archive, release, Taught(examples, gazetteer), measured)
    return archive


def live_archive(settings: OpsSettings) -> Path | None:
    """The archive citizens are understood with now; the one used last when nobody can tell.

    A model published in the console is not the one that this machine started with.
    """
    url = settings.database_url or running_dsn(settings.data_root)
    if url:
        engine = create(url, pool_size=1)
        try:
            models = PostgresLanguageModels(engine)
            published = models.published()
            if published is not None:
                return kept_archive(settings, models, published)
        except (TanyaError, OpsError, SQLAlchemyError) as error:
            logger.warning("published_model_unknown", reason=str(error))
        finally:
            engine.dispose()
    return newest_model(settings)


def _fits(
    models: LanguageModels, model: LanguageModel, release: str, gazetteer: Mapping[str, Any]
) -> bool:
    if model.release != release or not model.kept:
        return False
    if model.origin is Origin.TRAINING:
        return True  # what an editor published stays until an editor publishes another
    return plain(models.taught(model.id).gazetteer) == plain(gazetteer)


def _learned(
    settings: OpsSettings, models: LanguageModels, published: LanguageModel | None
) -> Examples:
    if published is None or not published.examples:
        return ()
    known = known_intents(settings.checkout)
    return [pair for pair in models.taught(published.id).examples if pair[1] in known]


def _scores(settings: OpsSettings, archive: Path, *, anew: bool) -> Scores | None:
    """Scores from beside the archive; measured when it was trained just now.

    A start must not wait for them otherwise: the next training measures them.
    """
    beside = archive.with_name(archive.name.replace(".tar.gz", SCORES_ENDING))
    if anew:
        from ops.model_reading import read_model, scores  # numpy, which an ordinary start spares

        measured = scores(read_model(archive), settings.data)
        beside.write_text(json.dumps(plain(measured)), encoding="utf-8")
        return measured
    try:
        return read_scores(json.loads(beside.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        return None


def _record(
    models: LanguageModels, archive: Path, release: str, taught: Taught, measured: Scores | None
) -> None:
    now = datetime.now(UTC)
    model = NewModel(rasa_id(archive), archive.read_bytes(), release, Origin.RELEASE, taught)
    models.publish(models.add(model, now, scores=measured).id, now)
