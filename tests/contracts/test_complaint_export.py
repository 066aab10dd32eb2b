"""Complaints for other systems, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from izin.complaint_states import ComplaintState
from izin.complaints import ComplaintEvent, Confidentiality
from izin.ports.complaint_export import ComplaintExport
from izin.storage.memory.complaint_export import MemoryComplaintExport
from izin.storage.postgres.complaint_export import PostgresComplaintExport
from izin.storage.postgres.engine import create
from tests.contracts.conversation_ports import NOW, Ports, fresh, message
from tests.contracts.test_complaints import complaint

DAY = timedelta(days=1)


@pytest.fixture
def export(ports: Ports, request: pytest.FixtureRequest) -> Iterator[ComplaintExport]:
    if ports.kind == "memory":
        yield MemoryComplaintExport(ports.inbox.data)  # type: ignore[attr-defined]
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=1)
    yield PostgresComplaintExport(engine)
    engine.dispose()


def test_rows_hold_ordinary_real_complaints_of_the_span_with_their_latest_answer(
    export: ComplaintExport, ports: Ports
) -> None:
    begin = NOW - 900 * DAY
    here = ports.inbox.receive(message(channel="whatsapp"), NOW).conversation_id
    played = ports.inbox.receive(message(namespace="simulator"), NOW).conversation_id
    made = []
    for day, place, level, events in (
        (2, here, Confidentiality.NORMAL, ("received",)),
        (1, here, Confidentiality.NORMAL, ("received", "answered", "assigned")),
        (3, here, Confidentiality.CONFIDENTIAL, ("received",)),
        (4, played, Confidentiality.NORMAL, ("received",)),
        (40, here, Confidentiality.NORMAL, ("received",)),
    ):
        at = begin + day * DAY
        item = complaint(place, confidentiality=level, media_ids=(), filed_at=at)
        told = tuple(ComplaintEvent(at + n * DAY, kind, kind) for n, kind in enumerate(events))
        made.append(ports.complaints.file(replace(item, events=told), fresh("turn"), "file").ticket)
    rows = export.rows(begin, begin + 30 * DAY)
    assert [row.ticket for row in rows] == [made[1], made[0]]
    first = rows[0]
    assert (first.channel, first.state) == ("whatsapp", ComplaintState.RECEIVED)
    assert (first.followed_at, first.follow_up) == (begin + 2 * DAY, "answered")
    assert (rows[1].followed_at, rows[1].follow_up) == (None, "")
    rest = export.rows(begin, begin + 30 * DAY, after=(first.filed_at, first.ticket), limit=1)
    assert [row.ticket for row in rest] == [made[0]]
    assert list(export.rows(begin, begin + 30 * DAY, unit="LAIN")) == []
