"""Everything that must be done before the processes start: schema, seed, demo, model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy.exc import OperationalError

from izin.errors import StorageUnavailable
from izin.ports import Catalogue, OfficeBook
from izin.ports.models import LanguageModels
from izin.storage.migrate import upgrade
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.data_keys import prove
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.role_grants import grant_again
from izin.storage.seed import seed_all
from ops import demo, demo_desk, demo_officers
from ops.errors import DemoInProduction
from ops.gazetteer import gazetteer_snapshot
from ops.house_model import house_model
from ops.known_schema import require_known_schema
from ops.production import refuse_demo
from ops.settings import OpsSettings

Say = Callable[..., None]
"""Says the sentence of an id with its parameters."""


def migrate(database_url: str) -> None:
    """Bring the database to the newest schema.

    Raises:
        SchemaNewer: a newer version of this product brought it further already.
        StorageUnavailable: the database does not answer.
    """
    try:
        require_known_schema(database_url)
        upgrade(database_url)
        grant_again(database_url)  # new tables belong to no process before
    except (OperationalError, psycopg.OperationalError) as error:
        raise StorageUnavailable("our database does not answer") from error


def prove_keys(database_url: str) -> None:
    """Note the key that encrypts from now on, or refuse a database of other keys.

    Raises:
        DataLocked: ``TANYA_DATA_KEY`` does not open this database.
    """
    engine = create(database_url, pool_size=1)
    try:
        prove(engine)
    finally:
        engine.dispose()


def seed(settings: OpsSettings, database_url: str, say: Say) -> None:
    """Seed catalogue, office and FAQ once, and tell what a newer release offers differently."""
    report = seed_all(database_url, settings.data, settings.office_folder)
    if report.added:
        say("ops.seed.added", count=len(report.added))
    brought = [item for item in report.drafts if item not in report.unconfirmed]
    if brought:
        say("ops.seed.drafts", count=len(brought))
    if report.differences:
        say("ops.seed.differences", count=len(report.differences))
    if report.unconfirmed:
        say("ops.seed.unconfirmed", count=len(report.unconfirmed))


def load_demo(settings: OpsSettings, database_url: str, *, again: bool = False) -> None:
    """Make the demo officers, and fill the demo registry unless the office's own is connected.

    Args:
        settings: tells whether a registry of the office's own is connected.
        database_url: our own database, which then holds the demo registry.
        again: make it anew, dated relative to today.
    """
    if settings.home:
        raise DemoInProduction("demo data asked for", what="switch")
    if settings.demo:
        demo_officers.load(database_url, settings.data, demo=True)
    if settings.permit_database_url:
        return
    with _books(database_url) as (_, office, _):
        today = datetime.now(office.office().zone).date()
    demo.load(database_url, today, again=again, data_folder=settings.data)


def train(settings: OpsSettings, database_url: str, say: Say, *, force: bool = False) -> Path:
    """The model to start with; trained when the published one does not fit, or by `force`."""
    with _books(database_url) as (catalogue, office, models):
        gazetteer = gazetteer_snapshot(
            catalogue, office, settings.data / "lexicon" / "professions.yml"
        )
        return house_model(
            settings, models, gazetteer, force=force, on_start=lambda: say("ops.train.started")
        )


@contextmanager
def _books(database_url: str) -> Iterator[tuple[Catalogue, OfficeBook, LanguageModels]]:
    engine = create(database_url, pool_size=1)
    try:
        yield PostgresCatalogue(engine), PostgresOfficeBook(engine), PostgresLanguageModels(engine)
    finally:
        engine.dispose()


def prepare(settings: OpsSettings, database_url: str, say: Say) -> Path:
    """Do all of it; returns the model's archive.

    Raises:
        DemoInProduction: a production installation was given the demo's database.
    """
    refuse_demo(settings, database_url)
    migrate(database_url)
    prove_keys(database_url)
    seed(settings, database_url, say)
    if settings.demo:
        load_demo(settings, database_url)
        if settings.demo_desk:
            demo_desk.load(database_url, datetime.now(UTC), settings.data)
    return train(settings, database_url, say)
