"""Starts the console: ``python -m console.main``."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine

from console import app as web
from console.complaint_parts import Told, complaint_steps
from console.door import Door
from console.editing.learning_desk import LearningDesk
from console.editing.tryout_sandbox import SharedSandbox
from console.figure_parts import report_figures
from console.health_view import HealthView
from console.house import House
from console.live_hub import is_serving
from console.pages import Pages
from console.people import named
from console.programs import CHECKOUT, Programs
from console.rooms import (
    accounts,
    alarms,
    audit,
    canned,
    catalogue,
    complaint_export,
    complaints,
    content,
    content_files,
    conversation,
    exports,
    faq,
    figures,
    files,
    health,
    inbox,
    insight,
    integration,
    learning,
    live,
    models,
    office_content,
    open311,
    own_account,
    own_chat,
    privacy,
    report,
    sealed,
    sign_in,
    static,
    tryout,
    units,
)
from console.sign_in_parts import sign_in_parts
from izin.audit_chain import Chain
from izin.content_checks import CHECKS
from izin.errors import DataLocked, InvalidInput
from izin.health_words import HealthWords
from izin.logs import configure_logging
from izin.ports import OfficeBook
from izin.settings import Settings
from izin.storage.postgres import data_keys
from izin.storage.postgres import engine as storage_engine
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from izin.storage.postgres.audit import PostgresAuditLog
from izin.storage.postgres.canned_replies import PostgresCannedReplies
from izin.storage.postgres.case_file import PostgresCaseFile
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.catalogue_history import PostgresCatalogueHistory
from izin.storage.postgres.complaint_desk import PostgresComplaintDesk
from izin.storage.postgres.complaint_export import PostgresComplaintExport
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.content_imports import PostgresContentImports
from izin.storage.postgres.content_overview import PostgresContentOverview
from izin.storage.postgres.conversation_room import PostgresConversationRoom
from izin.storage.postgres.desk import PostgresDesk
from izin.storage.postgres.desk_presence import PostgresPresence
from izin.storage.postgres.desk_queues import PostgresDeskQueues
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.faq_shelf import PostgresFaqShelf
from izin.storage.postgres.integration import PostgresApiKeys, PostgresWebhooks
from izin.storage.postgres.journeys import PostgresSavedJourneys
from izin.storage.postgres.learning import PostgresLearning
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.postgres.media import FolderMediaStore
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.postgres.privacy_desk import PostgresPrivacyDesk
from izin.storage.postgres.public_complaints import PostgresPublicComplaints
from izin.storage.postgres.units import PostgresUnits
from izin.storage.registry import open_registry
from izin.storage.supervisor_file import read_supervisor
from izin.usecases.edit_content import EditContent
from izin.usecases.link_officer_chat import LinkOfficerChat
from izin.wording import Wording

log = structlog.get_logger()


def now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


ZONE_KEPT_S = 60.0


class OfficeZone:
    """Gives the office's time zone, asked for once a minute: a page writes many moments."""

    def __init__(self, office: OfficeBook) -> None:
        """Take the office's book."""
        self._office = office
        self._kept: tuple[float, ZoneInfo] | None = None

    def __call__(self) -> ZoneInfo:
        """Give the zone."""
        kept, moment = self._kept, time.monotonic()
        if kept is None or moment - kept[0] > ZONE_KEPT_S:
            kept = self._kept = (moment, self._office.office().zone)
        return kept[1]


class Now:
    """Tells the time of a clock that is a function."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Take the clock."""
        self._clock = clock

    def now(self) -> datetime:
        """Give the present moment."""
        return self._clock()


def join(settings: Settings, engine: Engine, clock: Callable[[], datetime] = now) -> House:
    """Give everything the rooms work with, over one engine."""
    wording, office = Wording(), PostgresOfficeBook(engine)
    presence = PostgresPresence(engine)
    folder = Path(settings.media_folder)
    officers = PostgresOfficers(engine)
    registry = open_registry(settings, Now(clock), office.office().zone)
    audit = PostgresAuditLog(engine, settings.audit_key, settings.audit_months)
    parts = sign_in_parts(settings, engine, audit, clock)
    units, catalogue = PostgresUnits(engine), PostgresCatalogue(engine)
    notices = PostgresNotices(engine, settings.whatsapp_templates)
    content_room = PostgresContentRoom(engine)
    told = Told(units, catalogue, office, notices, wording)
    steps = complaint_steps(settings, engine, told)
    programs = Programs({"DATABASE_URL": settings.database_url})
    health_view = HealthView(
        PostgresAlarmBook(engine), parts.manage.accounts, PostgresOfficerChats(engine),
        HealthWords(wording), clock, partial(named, parts.manage.accounts),
        partial(read_supervisor, Path(settings.var_folder)),
    )  # fmt: skip
    serving = partial(is_serving, presence)
    return House(
        settings=settings,
        wording=wording,
        pages=Pages(wording, OfficeZone(office), serving, health_view.sign),
        health=health_view,
        clock=clock,
        one_commit=partial(storage_engine.one_commit, engine),
        accounts=parts.manage.accounts,
        sessions=parts.manage.sessions,
        signing=parts.signing,
        enter=parts.enter,
        manage_accounts=parts.manage,
        units=units,
        audit=audit,
        officers=officers,
        desk=PostgresDesk(engine),
        presence=presence,
        desk_queues=PostgresDeskQueues(engine),
        room=PostgresConversationRoom(engine),
        canned=PostgresCannedReplies(engine),
        content=content_room,
        edit_content=EditContent(content_room, CHECKS, clock, settings.single_editor),
        notices=notices,
        registry=registry,
        catalogue=catalogue,
        figures=report_figures(settings, engine, office, officers, registry, catalogue),
        office=office,
        complaint_desk=PostgresComplaintDesk(engine, folder),
        complaint_work=steps.work,
        complaint_steps=steps,
        case_file=PostgresCaseFile(engine),
        complaint_export=PostgresComplaintExport(engine),
        privacy_desk=PostgresPrivacyDesk(engine),
        media=FolderMediaStore(engine, folder),
        media_folder=folder,
        api_keys=PostgresApiKeys(engine),
        webhooks=PostgresWebhooks(engine),
        public_complaints=PostgresPublicComplaints(engine),
        derived=Chain(settings.audit_key).derived,
        programs=programs,
        journeys=PostgresSavedJourneys(engine),
        sandbox=SharedSandbox(
            programs, PostgresLanguageModels(engine), CHECKOUT / "var" / "tryout"
        ),
    )


def learning_desk(house: House, engine: Engine) -> LearningDesk:
    """Give what the pages on learning work with."""
    return LearningDesk.over(
        house, PostgresLearning(engine), PostgresListening(engine), PostgresFaqBook(engine)
    )


def rooms(house: House, engine: Engine, learns: LearningDesk | None = None) -> list[APIRouter]:
    """Give every room's routes; a path matches the first room that knows it."""
    learns = learns or learning_desk(house, engine)
    return [
        health.router(engine),
        static.router(),
        sign_in.router(house),
        own_account.router(house),
        own_chat.router(house, LinkOfficerChat(PostgresOfficerChats(engine), house.wording)),
        inbox.router(house),
        live.router(house),
        conversation.router(house),
        files.router(house),
        complaints.router(house),
        sealed.router(house),
        privacy.router(house),
        canned.router(house),
        figures.router(house),
        report.router(house),
        complaint_export.router(house),
        exports.router(house),
        audit.router(house),
        accounts.router(house),
        units.router(house),
        integration.router(house),
        alarms.router(house, PostgresAlarmBook(engine), house.health),
        open311.router(house),
        faq.router(house, PostgresFaqShelf(engine)),
        catalogue.router(house, PostgresCatalogueHistory(engine)),
        office_content.router(house, PostgresFaqShelf(engine)),
        content_files.router(house, PostgresContentImports(engine)),
        learning.router(house, learns),
        models.router(house, engine),
        tryout.router(house),
        insight.router(house, engine),
        content.router(house, PostgresContentOverview(engine), learns.index.warm_beside),
    ]


def application(settings: Settings, engine: Engine) -> FastAPI:
    """Give the console over one engine."""
    house = join(settings, engine)
    door = Door(house.sessions, house.clock, settings)
    learns = learning_desk(house, engine)
    return web.build(rooms(house, engine, learns), door, house.pages)


def main() -> int:
    """Run the console until it is told to stop; gives the exit code."""
    configure_logging()
    try:
        settings = Settings.from_environment()
        engine = storage_engine.create(settings.database_url, pool_size=6)
        data_keys.require_fitting(engine)
        app = application(settings, engine)
    except InvalidInput as error:
        log.error("settings_invalid", field=error.field, reason=str(error))
        return 2
    except DataLocked as error:
        log.error("data_key_unfit", reason=str(error))
        return 2
    config = uvicorn.Config(
        app,
        host=settings.console_host,
        port=settings.console_port,
        log_config=None,
        ws="none",
        access_log=False,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
        server_header=False,
    )
    # What was loaded lives as long as the process: pages need not wait while it is searched.
    gc.collect()
    gc.freeze()
    log.info("console_started", port=settings.console_port)
    uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
