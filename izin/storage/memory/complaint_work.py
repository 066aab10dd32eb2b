"""Officers' work on complaints, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from izin import complaint_clock as clock
from izin import complaint_rules as rules
from izin.complaint_clock import NEVER
from izin.complaint_desk import Reader
from izin.complaint_states import Closing, ClosingReason, ComplaintState
from izin.complaint_work import (
    PAGE,
    Alarm,
    Case,
    Note,
    Order,
    Urgency,
    WorkCounts,
    WorkFilter,
    WorkLine,
    WorkPage,
    cursor,
)
from izin.complaints import Complaint, Confidentiality
from izin.errors import Conflict, NotFound
from izin.storage import complaint_steps as steps
from izin.storage.memory.complaint_desk import MemoryComplaintDesk
from izin.storage.memory.complaints import MemoryComplaints
from izin.storage.memory.conversations import ConversationData
from izin.storage.text import storable

Lines = list[WorkLine]


class MemoryComplaintWork:
    """The ports ``ComplaintWork`` and ``ComplaintAlarms`` over the shared tables."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self._complaints = MemoryComplaints(self.data)
        self.desk = MemoryComplaintDesk(self.data)
        self._notes: dict[str, Note] = {}

    def case(self, reader: Reader, ticket: str, now: datetime) -> Case:
        """Give a complaint with notes and alarms, and record the reading of a sealed one."""
        with self.data.lock:
            return self._case(self.desk.read(reader, ticket, now))

    def change(
        self,
        reader: Reader,
        ticket: str,
        version: int,
        key: str,
        step: Callable[[Complaint], Complaint],
        now: datetime,
    ) -> tuple[Case, bool]:
        """Make a step once per ``key``."""
        with self.data.lock:
            if self.data.complaint_keys.get(f"petugas/{key}") == ticket:
                return self._case(self._visible(reader, ticket)), False
            before = self._visible(reader, ticket)
            if before.version != version:
                raise Conflict(f"{ticket} is at version {before.version}, not {version}")
            after = steps.with_storable_texts(before, step(before))
            after = steps.as_changed(before, after)
            self._complaints.put(before, after)
            self.data.complaint_keys[f"petugas/{key}"] = ticket
            return self._case(after), True

    def note(self, reader: Reader, ticket: str, text: str, key: str, now: datetime) -> Note:
        """Store an internal note once per ``key``."""
        with self.data.lock:
            self._visible(reader, ticket)
            if key not in self._notes:
                self._notes[key] = Note(now, reader.officer, storable(text))
                self.data.complaint_notes.setdefault(ticket, []).append(self._notes[key])
            return self._notes[key]

    def list(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of ordinary complaints of the reader's unit."""
        seen = (item for item in self.data.complaints.values() if reader.may_see(item))
        return self._page(seen, wanted, now, after)

    def list_sealed(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of sealed complaints; none without the role."""
        seen = (item for item in self.data.sealed_complaints.values() if reader.may_see(item))
        return self._page(seen, replace(wanted, channel=None), now, after)

    def counts(self, reader: Reader, now: datetime, soon_until: datetime) -> WorkCounts:
        """Give how many open complaints the reader has to do with."""
        mine = [item for item in self.data.complaints.values() if reader.may_see(item)]
        lines = [self._line(item) for item in mine if item.is_open]
        dues = [line.due_at for line in lines if line.due_at is not None]
        sealed = [item for item in self.data.sealed_complaints.values() if item.is_open]
        return WorkCounts(
            by_state=Counter(line.state for line in lines),
            soon=sum(now < at <= soon_until for at in dues),
            overdue=sum(at <= now for at in dues),
            own=sum(line.officer == reader.officer for line in lines),
            unassigned=sum(line.officer is None for line in lines),
            sealed_open=len(sealed) if reader.sealed_role else None,
        )

    def alarms(self, reader: Reader, *, supervisors: bool, limit: int = 50) -> Sequence[Alarm]:
        """Give alarms of open ordinary complaints nobody took note of, the newest first."""
        seen = [item for item in self.data.complaints.values() if reader.may_see(item)]
        return self._alarms(seen, reader, supervisors, limit)

    def sealed_alarms(self, reader: Reader, limit: int = 50) -> Sequence[Alarm]:
        """Give the same of sealed complaints; none without the role."""
        seen = [item for item in self.data.sealed_complaints.values() if reader.may_see(item)]
        return self._alarms(seen, reader, True, limit)

    def see_alarm(self, reader: Reader, ticket: str, alarm_id: int) -> None:
        """Take note of an alarm and all earlier ones of its complaint."""
        with self.data.lock:
            self._visible(reader, ticket)
            self.data.complaint_alarms[ticket] = [
                replace(one, seen_by=one.seen_by or reader.officer) if one.id <= alarm_id else one
                for one in self.data.complaint_alarms.get(ticket, [])
            ]

    def raise_due(self, now: datetime, limit: int = 200) -> Sequence[tuple[Complaint, Alarm]]:
        """Store every alarm due by ``now`` that is not there yet."""
        raised: list[tuple[Complaint, Alarm]] = []
        with self.data.lock:
            for complaint in self._all():
                kept = self.data.complaint_alarms.setdefault(complaint.ticket, [])
                known = {one.mark.key for one in kept}
                for mark in clock.marks(complaint, self.data.office_hours):
                    if mark.at <= now and mark.key not in known:
                        number = sum(map(len, self.data.complaint_alarms.values())) + 1
                        alarm = Alarm(number, complaint.ticket, mark, now)
                        kept.append(alarm)
                        raised.append((complaint, alarm))
        return raised

    def settled(self, now: datetime, before: datetime) -> Sequence[Complaint]:
        """Close complaints resolved before a moment."""
        done = []
        hours = self.data.office_hours
        with self.data.lock:
            for item in list(self._all()):
                late = item.closed_at is not None and item.closed_at < before
                if hours is None or not late or item.state is not ComplaintState.RESOLVED:
                    continue
                after = rules.closed(item, None, Closing(ClosingReason.RESOLVED), now, hours)
                after = replace(after, version=item.version + 1)
                self._complaints.put(item, after)
                done.append(after)
        return done

    def _all(self) -> Iterator[Complaint]:
        yield from list(self.data.complaints.values())
        yield from list(self.data.sealed_complaints.values())

    def _visible(self, reader: Reader, ticket: str) -> Complaint:
        found = self._complaints.find(ticket)
        if found is None or not reader.may_see(found):
            raise NotFound(f"ticket {ticket}")
        return found

    def _case(self, complaint: Complaint) -> Case:
        return Case(
            complaint,
            clock.due(complaint, self.data.office_hours),
            tuple(self.data.complaint_notes.get(complaint.ticket, ())),
            tuple(self.data.complaint_alarms.get(complaint.ticket, ())),
        )

    def _line(self, item: Complaint) -> WorkLine:
        chat = self.data.conversations.get(item.conversation_id or "")
        sealed = item.confidentiality is not Confidentiality.NORMAL
        return WorkLine(
            ticket=item.ticket,
            category=item.category,
            class_code=item.class_code,
            confidentiality=item.confidentiality,
            state=item.state,
            priority=item.priority,
            unit=item.unit,
            officer=item.officer,
            filed_at=item.filed_at,
            due_at=clock.due(item, self.data.office_hours).next_at,
            first_response_due=item.deadlines.first_response.day,
            decision_due=item.deadlines.decision.day,
            responded=item.responded_at is not None,
            reopened_times=item.reopened_times,
            rating=item.rating,
            channel=None if sealed or chat is None else chat.address.channel,
            version=item.version,
            simulated=not sealed and chat is not None and chat.address.namespace == "simulator",
        )

    def _page(
        self, seen: Iterable[Complaint], wanted: WorkFilter, now: datetime, after: str | None
    ) -> WorkPage:
        lines = [line for line in map(self._line, seen) if _fits(line, wanted, now)]
        lines.sort(key=lambda line: cursor(line, wanted.order))
        if wanted.order is Order.NEWEST:
            lines.reverse()
        if after is not None:
            newest = wanted.order is Order.NEWEST
            lines = [
                line
                for line in lines
                if (cursor(line, wanted.order) < after) == newest
                and cursor(line, wanted.order) != after
            ]
        more = len(lines) > PAGE
        return WorkPage(
            tuple(lines[:PAGE]), cursor(lines[PAGE - 1], wanted.order) if more else None
        )

    def _alarms(
        self, seen: Sequence[Complaint], reader: Reader, supervisors: bool, limit: int
    ) -> Sequence[Alarm]:
        found = [
            alarm
            for item in seen
            if item.is_open
            for alarm in self.data.complaint_alarms.get(item.ticket, ())
            if alarm.seen_by is None
            and (alarm.mark.for_supervisors if supervisors else item.officer == reader.officer)
        ]
        return sorted(found, key=lambda alarm: -alarm.id)[:limit]


def _fits(line: WorkLine, wanted: WorkFilter, now: datetime) -> bool:
    is_open = line.state not in (ComplaintState.RESOLVED, ComplaintState.CLOSED)
    checks = (
        not wanted.states or line.state in wanted.states,
        not wanted.open_only or is_open,
        wanted.class_code in (None, line.class_code),
        wanted.category in (None, line.category),
        wanted.priority in (None, line.priority),
        wanted.unit in (None, line.unit or ""),
        wanted.officer in (None, line.officer or ""),
        wanted.channel in (None, line.channel),
        wanted.filed_from is None or line.filed_at >= wanted.filed_from,
        wanted.filed_until is None or line.filed_at < wanted.filed_until,
    )
    if wanted.urgency is None:
        return all(checks)
    due = line.due_at or NEVER
    if wanted.urgency is Urgency.OVERDUE:
        return all(checks) and due <= now
    return all(checks) and now < due <= (wanted.soon_until or now)
