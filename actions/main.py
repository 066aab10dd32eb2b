"""Starts the action server: ``python -m actions.main``."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from sqlalchemy import Engine
from tanya_language import Lexicon, Normaliser, TextIndex

from actions.registry import Parts, Threads, build_executor
from actions.server import application
from izin.errors import InvalidInput, TanyaError
from izin.settings import LOOPBACK, Settings
from izin.storage.postgres import engine as storage_engine
from izin.storage.postgres import health
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.escalations import PostgresEscalations, PostgresNotices
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.proof import PostgresProofLedger
from izin.storage.registry import open_registry
from izin.storage.vault import Vault
from izin.usecases.check_status import CheckStatus
from izin.usecases.file_complaint import FileComplaint
from izin.usecases.live_names import LiveNames
from izin.usecases.recent_pace import RecentPace
from izin.usecases.track_complaint import TrackComplaint
from izin.wording import Wording

log = structlog.get_logger()

LEXICON_FOLDER = Path(__file__).resolve().parent.parent / "data" / "lexicon"
POOL_SIZE = 8
"""Connections kept: answers are served from memory, so few threads hold one at a time."""


class SystemClock:
    """Tells the real time."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


def build_parts(settings: Settings, engine: Engine) -> Parts:
    """Join every port of the actions to PostgreSQL and the permit registry.

    Raises:
        InvalidInput: ``PERMIT_DATABASE_URL`` or ``TANYA_SEAL_KEY`` cannot be used.
        NotFound: The database holds no office yet.
        StorageUnavailable: The database cannot be reached.
    """
    wording = Wording()
    normaliser = Normaliser(Lexicon.load(LEXICON_FOLDER))

    def normalise(text: str) -> str:
        return normaliser.normalise(text).text

    catalogue, office = PostgresCatalogue(engine), PostgresOfficeBook(engine)
    vault = Vault(settings.seal_key)
    drafts, complaints = PostgresDrafts(engine), PostgresComplaints(engine, vault)
    registry = open_registry(settings, SystemClock(), office.office().zone)
    return Parts(
        catalogue=catalogue,
        office=office,
        faq=PostgresFaqBook(engine),
        drafts=drafts,
        escalations=PostgresEscalations(engine),
        names=LiveNames(catalogue, normaliser),
        make_index=partial(TextIndex, normaliser=normaliser),
        normalise=normalise,
        wording=wording,
        complaint=FileComplaint(
            catalogue, office, complaints, drafts, wording,
            normalise=normalise,
        ),
        status=CheckStatus(
            registry, catalogue, office, PostgresProofLedger(engine), drafts,
            PostgresNotices(engine), wording,
        ),
        track_complaint=TrackComplaint(catalogue, office, complaints, wording),
        pace=RecentPace(registry, office),
    )  # fmt: skip


def main() -> int:
    """Serve until stopped; gives the exit status."""
    configure_logging()
    try:
        settings = Settings.from_environment()
        if not settings.demo and not settings.actions_secret:
            raise InvalidInput("TANYA_ACTIONS_SECRET is not set", field="TANYA_ACTIONS_SECRET")
        engine = storage_engine.create(settings.database_url, POOL_SIZE)
        parts = build_parts(settings, engine)
    except TanyaError as error:
        log.error("actions_not_started", error=type(error).__name__, reason=str(error))
        return 1
    threads = Threads.open()
    app = application(
        build_executor(parts, threads), settings.actions_secret, partial(health.ping, engine)
    )
    log.info("actions_started", port=settings.actions_port)
    try:
        uvicorn.run(
            app, host=LOOPBACK, port=settings.actions_port, log_config=None, access_log=False
        )
    finally:
        threads.close()
        engine.dispose()
    return 0


def configure_logging() -> None:
    """Write one line per event to standard error; libraries from warning up."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
