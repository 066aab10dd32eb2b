"""Starts the action server: ``python -m actions.main``."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

import structlog
import uvicorn
from sqlalchemy import Engine
from tanya_language import Lexicon, Normaliser, TextIndex

from actions.registry import Parts, Threads, build_executor
from actions.server import application
from izin.errors import InvalidInput, TanyaError
from izin.ports import Complaints, Drafts, OfficeBook
from izin.settings import Settings
from izin.storage.postgres import data_keys, health
from izin.storage.postgres import engine as storage_engine
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.following import PostgresFollowing
from izin.storage.postgres.media import FolderMediaStore
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.postgres.one_look import one_look
from izin.storage.postgres.own_data import PostgresOwnData
from izin.storage.postgres.privacy import PostgresPrivacyChoices, PostgresPrivacyRequests
from izin.storage.postgres.proof import PostgresProofLedger
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from izin.storage.registry import open_registry
from izin.storage.vault import Vault
from izin.usecases.answer_abuse import AbuseLimits
from izin.usecases.check_status import CheckStatus
from izin.usecases.complaint_dialogue import ComplaintDialogue, TrackInDialogue
from izin.usecases.copy_own_data import CopyOwnData
from izin.usecases.file_complaint import FileComplaint
from izin.usecases.follow_complaint import FollowComplaint
from izin.usecases.handle_privacy import HandlePrivacy
from izin.usecases.live_names import LiveNames
from izin.usecases.manage_own_data import ManageOwnData
from izin.usecases.privacy_requests import RightsDesk
from izin.usecases.recent_pace import RecentPace
from izin.usecases.subscribe import Subscribe
from izin.wording import Wording

log = structlog.get_logger()

LEXICON_FOLDER = Path(__file__).resolve().parent.parent / "data" / "lexicon"
NORMALISED_KEPT = 2_000
"""Texts kept in standard words: the phrases of all complaints, which each message is compared
with, and the newest messages, each of which is read a dozen times."""

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

    @lru_cache(maxsize=NORMALISED_KEPT)
    def normalise(text: str) -> str:
        return normaliser.normalise(text).text

    catalogue, office = PostgresCatalogue(engine), PostgresOfficeBook(engine)
    vault = Vault(settings.seal_key)
    drafts, complaints = PostgresDrafts(engine), PostgresComplaints(engine, vault)
    registry = open_registry(settings, SystemClock(), office.office().zone)
    pace = RecentPace(registry, office)
    status = CheckStatus(
        registry, catalogue, office, PostgresProofLedger(engine), drafts,
        PostgresNotices(engine, settings.whatsapp_templates), wording,
        normalise=normalise, pace=pace,
    )  # fmt: skip
    escalations = PostgresEscalations(engine)
    complaint = ComplaintDialogue(
        FileComplaint(
            catalogue, office, complaints, drafts, wording,
            normalise=normalise, registry=registry, escalations=escalations,
        ),
        FollowComplaint(catalogue, office, complaints, drafts, escalations, wording),
        drafts, wording,
    )  # fmt: skip
    return Parts(
        catalogue=catalogue,
        office=office,
        faq=PostgresFaqBook(engine),
        drafts=drafts,
        escalations=escalations,
        officers=PostgresOfficers(engine),
        ratings=PostgresRatings(engine),
        surveys=PostgresSurveys(engine),
        names=LiveNames(catalogue, normaliser),
        make_index=partial(
            TextIndex, normaliser=normaliser,
            everyday=wording.say("answers.words_everyday").split(),
        ),
        normalise=normalise,
        wording=wording,
        complaint=complaint,
        privacy=own_data(settings, engine, office, drafts, complaints, wording),
        complaint_dialogue=complaint,
        abuse=AbuseLimits(settings.abuse_per_hour, settings.abuse_silence_min),
        status=status,
        subscribe=Subscribe(
            status, PostgresFollowing(engine, settings.whatsapp_templates), normalise
        ),
        track_complaint=TrackInDialogue(complaint),
        pace=pace,
        ping_registry=registry.ping if settings.registry_connected else None,
    )  # fmt: skip


def own_data(
    settings: Settings, engine: Engine, office: OfficeBook, drafts: Drafts,
    complaints: Complaints, wording: Wording,
) -> HandlePrivacy:  # fmt: skip
    """Give the use cases of a citizen's own data."""
    desk = RightsDesk(
        PostgresPrivacyRequests(engine), PostgresOwnData(engine), PostgresPrivacyChoices(engine),
        complaints, PostgresEscalations(engine),
    )  # fmt: skip
    media = FolderMediaStore(engine, Path(settings.media_folder))
    dialogue = ManageOwnData(desk, office, drafts, PostgresProofLedger(engine), wording)
    return HandlePrivacy(desk, CopyOwnData(desk, media, office, wording), dialogue, office, wording)


def main() -> int:
    """Serve until stopped; gives the exit status."""
    configure_logging()
    try:
        settings = Settings.from_environment()
        if not settings.demo and not settings.actions_secret:
            raise InvalidInput("TANYA_ACTIONS_SECRET is not set", field="TANYA_ACTIONS_SECRET")
        engine = storage_engine.create(settings.database_url, POOL_SIZE)
        data_keys.require_fitting(engine)
        parts = build_parts(settings, engine)
    except TanyaError as error:
        log.error("actions_not_started", error=type(error).__name__, reason=str(error))
        return 1
    threads = Threads.open(look=partial(one_look, engine))
    app = application(
        build_executor(parts, threads), settings.actions_secret, partial(health.ping, engine),
        parts.ping_registry,
    )  # fmt: skip
    log.info("actions_started", port=settings.actions_port)
    try:
        uvicorn.run(
            app,
            host=settings.actions_host,
            port=settings.actions_port,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # Rasa asks directly, and who asked is of no matter
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
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
