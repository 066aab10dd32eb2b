"""What becomes due with time is done once, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from izin.complaints import (
    Complaint,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import DueDate
from izin.replies import Choice, Reply
from izin.storage.postgres import due
from izin.storage.postgres.engine import create
from tests.contracts.conversation_ports import Ports, fresh, message, postgres_ports

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ports(database_url: str, tmp_path: Path) -> Iterator[Ports]:
    made = postgres_ports(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def run(database_url: str):  # type: ignore[no-untyped-def]
    engine = create(database_url, pool_size=4)
    jobs = due.bound_jobs(engine)
    yield lambda now: {name: job(now) for name, job in jobs.items()}
    engine.dispose()


@pytest.fixture
def here(ports: Ports) -> str:
    return ports.inbox.receive(message(), NOW).conversation_id


def file(ports: Ports, here: str, **changes) -> Complaint:  # type: ignore[no-untyped-def]
    values = {
        "ticket": fresh("ADU"),
        "category": "SIKAP",
        "class_code": "TIDAK_BERKADAR",
        "story": "x",
        "place": "y",
        "confidentiality": Confidentiality.NORMAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": NOW,
        "deadlines": Deadlines(DueDate(NOW.date() + 3 * DAY), DueDate(date(2030, 1, 1))),
        "owner": "z",
        "conversation_id": here,
    }
    return ports.complaints.file(Complaint(**{**values, **changes}), fresh("turn"), "file")  # type: ignore[arg-type]


def events(ports: Ports, complaint: Complaint) -> list[str]:
    found = ports.complaints.find(complaint.ticket)
    assert found is not None
    return [event.kind for event in found.events]


def test_a_first_response_that_is_late_is_noted_and_opened_once(ports: Ports, run, here) -> None:  # type: ignore[no-untyped-def]
    late = file(ports, here)
    run(NOW + 2 * DAY)
    assert events(ports, late) == []
    for _ in range(3):
        run(NOW + 5 * DAY)
    assert events(ports, late) == ["first_response_overdue"]
    assert ports.opened(here) == [(f"complaint_overdue:{late.ticket}", "complaint_overdue")]


def test_two_gateways_that_ask_at_once_note_it_once(ports: Ports, run, here) -> None:  # type: ignore[no-untyped-def]
    late = [file(ports, here) for _ in range(10)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(run, [NOW + 5 * DAY] * 8))
    assert [events(ports, item) for item in late] == [["first_response_overdue"]] * 10


def test_an_answered_complaint_is_not_late_and_an_anonymous_one_opens_no_chat(  # type: ignore[no-untyped-def]
    ports: Ports, run, here
) -> None:
    answered = file(ports, here, state=ComplaintState.RESOLVED)
    anonymous = file(ports, here, confidentiality=Confidentiality.ANONYMOUS)
    run(NOW + 5 * DAY)
    assert events(ports, answered) == []
    assert events(ports, anonymous) == ["first_response_overdue"]
    assert ports.opened(here) == []


def test_old_buttons_are_forgotten_and_newer_ones_kept(ports: Ports, run, here) -> None:  # type: ignore[no-untyped-def]
    received = ports.inbox.receive(message(), NOW)
    ports.inbox.answer(received.turn_id, [Reply("?", (Choice("Ya", "setuju"),))], {})
    assert run(NOW + 29 * DAY)["forget_old_choices"] == 0
    assert run(NOW + 31 * DAY)["forget_old_choices"] == 1


def test_finished_drafts_go_within_hours_and_unfinished_within_days(  # type: ignore[no-untyped-def]
    ports: Ports, run, here
) -> None:
    ports.drafts.put(here, "status", {"turn": "t", "before": {"n": 1}, "now": {}})
    ports.drafts.put(here, "pengaduan", {"turn": "t", "before": {}, "now": {"n": 1}})
    run(NOW + timedelta(hours=2))
    assert ports.drafts.get(here, "status") is None
    assert ports.drafts.get(here, "pengaduan") is not None
    run(NOW + 8 * DAY)
    assert ports.drafts.get(here, "pengaduan") is None


def test_wrong_proofs_are_forgotten_when_they_decide_nothing_any_more(  # type: ignore[no-untyped-def]
    ports: Ports, run, here
) -> None:
    for _ in range(5):
        ports.proof.record_failure("503/1", here, fresh("turn"), NOW)
    run(NOW + timedelta(hours=23))
    assert ports.proof.is_locked("503/1", here, NOW + timedelta(hours=23))
    assert run(NOW + 3 * DAY)["forget_old_proofs"] == 7


def test_an_unfinished_draft_is_as_old_as_its_turn_by_the_offices_clock(  # type: ignore[no-untyped-def]
    ports: Ports, run
) -> None:
    later = NOW + 30 * DAY
    received = ports.inbox.receive(message(), later)
    document = {"turn": received.turn_id, "now": {"story": "x"}}
    ports.drafts.put(received.conversation_id, "pengaduan", document)
    run(later + timedelta(hours=2))
    assert ports.drafts.get(received.conversation_id, "pengaduan") == document
    run(later + 8 * DAY)
    assert ports.drafts.get(received.conversation_id, "pengaduan") is None
