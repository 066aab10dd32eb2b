"""Everything that must be done before the processes start: schema, seed, demo, model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ops.nlu_training import ensure_model
from ops.settings import OpsSettings

Say = Callable[..., None]
"""Says the sentence of an id with its parameters."""


def migrate(database_url: str) -> None:
    """Bring the database to the newest schema."""
    from izin.storage.migrate import upgrade

    upgrade(database_url)


def seed(settings: OpsSettings, database_url: str, say: Say) -> None:
    """Seed catalogue, office and FAQ once, and tell what a newer release offers differently."""
    from izin.storage.seed import seed_all

    report = seed_all(database_url, settings.data)
    if report.added:
        say("ops.seed.added", count=len(report.added))
    if report.drafts:
        say("ops.seed.drafts", count=len(report.drafts))
    if report.differences:
        say("ops.seed.differences", count=len(report.differences))


def load_demo(settings: OpsSettings, database_url: str) -> None:
    """Fill the demo registry, unless the office's own registry is connected."""
    from ops import demo

    if not settings.permit_database_url:
        demo.load(database_url)


def train(settings: OpsSettings, database_url: str, say: Say, *, force: bool = False) -> Path:
    """The model that fits the database's content; trained when there is none, or by `force`."""
    from izin.storage.postgres.catalogue import PostgresCatalogue
    from izin.storage.postgres.engine import create
    from izin.storage.postgres.office import PostgresOfficeBook
    from ops.gazetteer import gazetteer_snapshot

    engine = create(database_url, pool_size=1)
    try:
        gazetteer = gazetteer_snapshot(
            PostgresCatalogue(engine),
            PostgresOfficeBook(engine),
            settings.data / "lexicon" / "professions.yml",
        )
    finally:
        engine.dispose()
    return ensure_model(settings, gazetteer, force=force, on_start=lambda: say("ops.train.started"))


def prepare(settings: OpsSettings, database_url: str, say: Say) -> Path:
    """Do all of it; returns the model's archive."""
    migrate(database_url)
    seed(settings, database_url, say)
    if settings.demo:
        load_demo(settings, database_url)
    return train(settings, database_url, say)
