"""What officers do with a complaint, from whichever desk; the complainant is told what matters.

Every step takes the reader, the ticket, the version the officer saw, a ``key`` that makes it
happen once, and the present moment. ``NotFound``: the reader may not see it; ``Conflict``:
somebody else was first; ``Refusal``: the rules do not allow it. Run a step within
``one_commit`` together with its audit entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from izin import complaint_rules as rules
from izin.complaint_clock import moved, opened_at, waited_days
from izin.complaint_desk import Reader
from izin.complaint_rules import Correction
from izin.complaint_states import Closing, ClosingReason
from izin.complaint_work import Case, Note, Refusal
from izin.complaints import Complaint, Deadlines, deadlines
from izin.errors import NotFound
from izin.office import OfficeHours
from izin.ports import Catalogue, OfficeBook
from izin.ports.complaint_work import ComplaintWork
from izin.ports.units import Units
from izin.usecases.tell_complainant import TellComplainant

Step = Callable[[Complaint], Complaint]


@dataclass(frozen=True, slots=True)
class WorkComplaint:
    """Every step of an officer; each gives the case after it."""

    work: ComplaintWork
    units: Units
    catalogue: Catalogue
    office: OfficeBook
    tell: TellComplainant

    def verify(self, reader: Reader, ticket: str, version: int, key: str, now: datetime) -> Case:
        """Find a complaint complete and ours (DIVERIFIKASI)."""
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.verified(item, reader.officer, now),
        )  # fmt: skip

    def take(self, reader: Reader, ticket: str, version: int, key: str, now: datetime) -> Case:
        """Become responsible for a complaint."""
        return self.assign(reader, ticket, version, key, reader.officer, now)

    def assign(
        self, reader: Reader, ticket: str, version: int, key: str, officer: str | None,
        now: datetime,
    ) -> Case:  # fmt: skip
        """Make an account (None: nobody) responsible; the caller knows that it may see it."""
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.assigned(item, reader.officer, officer, now),
        )  # fmt: skip

    def correct(
        self, reader: Reader, ticket: str, version: int, key: str, change: Correction, reason: str,
        now: datetime,
    ) -> Case:  # fmt: skip
        """Correct class, category, priority or unit, with the reason.

        A new class brings its own dates, counted from filing. One corrected to ``BERKADAR``
        becomes confidential: for readers without the role it is gone afterwards.
        """
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.corrected(
                item, reader.officer, self._completed(item, change, now), reason, now
            ),
        )  # fmt: skip

    def dispose(
        self, reader: Reader, ticket: str, version: int, key: str, unit: str, reason: str,
        now: datetime,
    ) -> Case:  # fmt: skip
        """Pass a complaint to a unit ("" for the desk) with the reason, and tell its citizen."""
        code, owner = self._unit(unit)
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.disposed(item, reader.officer, code, owner, reason, now),
            lambda item: self.tell.disposed(item, key, now),
        )  # fmt: skip

    def begin(
        self, reader: Reader, ticket: str, version: int, key: str, text: str, now: datetime
    ) -> Case:
        """Begin the follow-up (DITINDAKLANJUTI); ``text`` stays inside the office."""
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.begun(item, reader.officer, text, now),
        )  # fmt: skip

    def answer(
        self, reader: Reader, ticket: str, version: int, key: str, text: str, now: datetime
    ) -> Case:
        """Answer the complainant in the complaint's matter; the first answer keeps its date."""
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.answered(item, reader.officer, text, now),
            lambda item: self.tell.answered(item, text.strip(), key, now),
        )  # fmt: skip

    def ask(
        self, reader: Reader, ticket: str, version: int, key: str, text: str, now: datetime
    ) -> Case:
        """Ask the complainant to complete it within 30 days (MENUNGGU_PELAPOR)."""
        today = now.astimezone(self._hours().zone).date()
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.asked(item, reader.officer, text, today, now),
            lambda item: self.tell.asked(item, text.strip(), key, now),
        )  # fmt: skip

    def resume(self, reader: Reader, ticket: str, version: int, key: str, now: datetime) -> Case:
        """Go on without waiting longer; the dates move by the working days waited."""
        hours = self._hours()
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.resumed(item, reader.officer, now, hours),
        )  # fmt: skip

    def resolve(
        self, reader: Reader, ticket: str, version: int, key: str, result: Closing, now: datetime
    ) -> Case:
        """Tell the result (SELESAI) and ask for a rating; it may still be opened again."""
        hours = self._hours()
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.resolved(item, reader.officer, result, now, hours),
            lambda item: self.tell.ended(item, key, now),
        )  # fmt: skip

    def close(
        self, reader: Reader, ticket: str, version: int, key: str, closing: Closing, now: datetime
    ) -> Case:
        """Close a complaint (DITUTUP) for one of the reasons, and tell its citizen."""
        hours = self._hours()
        if closing.reason is ClosingReason.DUPLICATE and closing.other:
            self._known(reader, closing.other, now)
        told: list[bool] = []

        def step(item: Complaint) -> Complaint:
            told.append(not item.is_open)
            return rules.closed(item, reader.officer, closing, now, hours)

        def say(item: Complaint) -> None:
            if not told[-1]:
                self.tell.ended(item, key, now)

        return self._do(reader, ticket, version, key, now, step, say)

    def reopen(
        self, reader: Reader, ticket: str, version: int, key: str, reason: str, now: datetime
    ) -> Case:
        """Open a closed complaint again for the office, with new dates."""
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.reopened(
                item, reader.officer, reason, self._dates(item.class_code, now), now
            ),
            lambda item: self.tell.reopened(item, key, now),
        )  # fmt: skip

    def link(
        self, reader: Reader, ticket: str, version: int, key: str, other: str, now: datetime
    ) -> Case:
        """Link another complaint that the reader may see and that tells of the same."""
        found = self._known(reader, other, now)
        return self._do(
            reader, ticket, version, key, now,
            lambda item: rules.linked(item, reader.officer, found, now),
        )  # fmt: skip

    def note(self, reader: Reader, ticket: str, key: str, text: str, now: datetime) -> Note:
        """Leave an internal note; nobody has to be first."""
        return self.work.note(reader, ticket, rules.required(text, "text"), key, now)

    def _do(
        self,
        reader: Reader,
        ticket: str,
        version: int,
        key: str,
        now: datetime,
        step: Step,
        say: Callable[[Complaint], object] | None = None,
    ) -> Case:
        case, made = self.work.change(reader, ticket, version, key, step, now)
        if made and say is not None:
            say(case.complaint)
        return case

    def _known(self, reader: Reader, ticket: str, now: datetime) -> str:
        wanted = ticket.strip().upper()
        try:
            # Asked like any reading: a sealed one is recorded, one of another unit is unknown.
            return self.work.case(reader, wanted, now).complaint.ticket
        except NotFound as error:
            raise Refusal("other_unknown", "other") from error

    def _completed(self, item: Complaint, change: Correction, now: datetime) -> Correction:
        classes = self.catalogue.complaint_classes()
        categories = {one.code: one for one in self.catalogue.complaint_categories()}
        if change.class_code is not None and change.class_code not in classes:
            raise Refusal("class_unknown", "class_code")
        if change.category is not None and change.category not in categories:
            raise Refusal("category_unknown", "category")
        wanted = change.class_code or item.class_code
        category = categories.get(change.category or item.category)
        if category is not None and category.confidential:
            wanted = rules.SUPERVISED_CLASS  # extortion stays in no list of everybody
        unit, owner = change.unit, None
        if unit is not None:
            unit, name = self._unit(unit)
            owner = name if (unit or None) != item.unit else None
        dates = item.deadlines
        if wanted != item.class_code and wanted in classes:
            hours = self._hours()
            since = opened_at(item).astimezone(hours.zone).date()
            days = classes[wanted].resolve_working_days
            dates = deadlines(since, days, hours.calendar)
            waited = waited_days(item, hours.calendar, hours.zone)
            dates = moved(dates, waited, hours.calendar, answered=False)
        return replace(
            change,
            class_code=wanted,
            unit=unit,
            owner=owner,
            deadlines=replace(dates, first_response=item.deadlines.first_response),
        )

    def _dates(self, class_code: str, now: datetime) -> Deadlines:
        days = self.catalogue.complaint_classes()[class_code].resolve_working_days
        today = now.astimezone(self._hours().zone).date()
        return deadlines(today, days, self.office.calendar())

    def _unit(self, code: str) -> tuple[str, str]:
        """Give a unit's code ("" for the desk) and its name."""
        if not code:
            return "", self.office.office().agency
        try:
            unit = self.units.unit(code)
        except NotFound as error:
            raise Refusal("unit_unknown", "unit") from error
        if not unit.active:
            raise Refusal("unit_unknown", "unit")
        return "" if unit.desk else unit.code, unit.name

    def _hours(self) -> OfficeHours:
        return OfficeHours(self.office.office(), self.office.calendar())
