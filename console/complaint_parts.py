"""Joins what the rooms of complaints work with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from izin.ports import Catalogue, Notices, OfficeBook
from izin.ports.units import Units
from izin.settings import Settings
from izin.storage.postgres.complaint_work import PostgresComplaintWork
from izin.storage.postgres.sealed_mail import PostgresAnonymousMail
from izin.usecases.tell_complainant import TellComplainant
from izin.usecases.work_complaint import WorkComplaint
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class Told:
    """The ports through which steps are taken and complainants told of them."""

    units: Units
    catalogue: Catalogue
    office: OfficeBook
    notices: Notices
    wording: Wording


def complaint_steps(settings: Settings, engine: Engine, told: Told) -> WorkComplaint:
    """Give the use case of officers' steps."""
    mail = PostgresAnonymousMail(engine)
    tell = TellComplainant(told.notices, mail, told.office, told.wording, settings.quiet_hours)
    return WorkComplaint(
        PostgresComplaintWork(engine), told.units, told.catalogue, told.office, tell
    )
