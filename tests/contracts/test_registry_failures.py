"""What the registry does when the office's database does not do what it should."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from izin.applications import Status
from izin.errors import InvalidInput, RegistryUnavailable
from izin.storage.registry.engine import registry_engine, registry_url
from izin.storage.registry.sql import SqlRegistry
from tests.contracts.registry_samples import ZONE, StandingClock

NUMBER = "503/0123/PBG/2026"
SLOW = {
    "postgresql": "(SELECT 1 FROM pg_sleep(30))",
    "mariadb": "SLEEP(30)",
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n)",
}


@pytest.fixture(
    params=["postgresql", pytest.param("mariadb", marks=pytest.mark.needs_mariadb), "sqlite"]
)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Give name and URL of an office's database with minimal views, required columns only."""
    url = {
        "postgresql": lambda: request.getfixturevalue("empty_database_url"),
        "mariadb": lambda: request.getfixturevalue("mariadb_url"),
        "sqlite": lambda: f"sqlite:///{tmp_path / 'kantor pusat.db'}",
    }[request.param]()
    moment = "TEXT" if request.param == "sqlite" else "TIMESTAMP NULL"
    if request.param == "mariadb":
        moment = "DATETIME"
    with _writing(url) as engine, engine.begin() as connection:
        for name, columns in {
            "tanya_applications": "permit_code VARCHAR(20), status VARCHAR(40), "
            f"stage VARCHAR(40), unit VARCHAR(40), submitted_at {moment}, phone VARCHAR(40), "
            "nik_last4 VARCHAR(40)",
            "tanya_stage_history": "status VARCHAR(40), stage VARCHAR(40), unit VARCHAR(40), "
            f"entered_at {moment}, left_at {moment}",
            "tanya_missing_documents": "document_name VARCHAR(40)",
            "tanya_issued_permits": "permit_number VARCHAR(40), issued_on DATE, valid_until DATE",
        }.items():
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
            connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
            connection.execute(
                text(f"CREATE TABLE {name} (application_number VARCHAR(40), {columns})")
            )
        connection.execute(text("DROP TABLE IF EXISTS tanya_status_map"))
    _insert(url, "tanya_applications", NUMBER, "PBG", "DITERIMA", "Cek", "DPU",
            "2026-11-02 09:30:00", "0812 3456", "3399010101010101")  # fmt: skip
    return request.param, url


@contextmanager
def _writing(url: str) -> Iterator[Engine]:
    engine = create_engine(registry_url(url))
    yield engine
    engine.dispose()


def _run(url: str, *statements: str) -> None:
    with _writing(url) as engine, engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _insert(url: str, table: str, *values: str | None) -> None:
    names = [f"v{index}" for index in range(len(values))]
    with _writing(url) as engine, engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO {table} VALUES ({', '.join(f':{name}' for name in names)})"),
            dict(zip(names, values, strict=True)),
        )


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def open_registry(clock: StandingClock) -> Iterator[Callable[..., SqlRegistry]]:
    opened: list[SqlRegistry] = []

    def open_one(url: str, **options: Any) -> SqlRegistry:
        opened.append(SqlRegistry(url, clock, ZONE, **options))
        return opened[-1]

    yield open_one
    for registry in opened:
        registry.close()


def seconds_of(call: Callable[[], object]) -> float:
    start = time.monotonic()
    with pytest.raises(RegistryUnavailable) as caught:
        call()
    assert caught.value.__cause__ is not None
    return time.monotonic() - start


def test_only_the_required_columns_are_enough(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    found = open_registry(office[1]).find(NUMBER)
    assert found is not None
    assert found.status is Status.RECEIVED
    # Written without a zone, it is the office's local time.
    assert found.submitted_at == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
    assert found.changed_at == found.submitted_at
    assert (found.sla_working_days, found.amount_due_rupiah, found.note) == (None, None, None)
    assert found.nik_last4 == "0101"


def test_without_changed_at_the_newest_stage_tells_when_it_changed(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _insert(office[1], "tanya_stage_history", NUMBER, "DITERIMA", "Cek", "DPU",
            "2026-11-05 10:00:00", None)  # fmt: skip
    found = open_registry(office[1]).find(NUMBER)
    assert found is not None
    assert found.changed_at == datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


def test_a_registry_is_never_written_to(office: tuple[str, str]) -> None:
    engine = registry_engine(office[1], 2.0, 1)
    with engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM tanya_applications"))
    engine.dispose()
    with _writing(office[1]) as writing, writing.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM tanya_applications")).scalar_one()
    assert count == 1


def test_a_hanging_query_is_given_up_after_the_time_out(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    name, url = office
    _run(
        url,
        "ALTER TABLE tanya_applications RENAME TO permohonan",
        f"CREATE VIEW tanya_applications AS SELECT permohonan.*, {SLOW[name]} AS slow "
        "FROM permohonan",
    )
    registry = open_registry(url, timeout_s=0.5)
    elapsed = seconds_of(lambda: registry.find(NUMBER))
    _run(url, "DROP VIEW tanya_applications", "ALTER TABLE permohonan RENAME TO tanya_applications")
    assert elapsed < 20
    # The thread of the slow query came back: four at once would else be used up.
    for _ in range(6):
        assert registry.find(NUMBER) is not None


@pytest.mark.parametrize(
    "view",
    [
        "tanya_applications",
        "tanya_stage_history",
        "tanya_missing_documents",
        "tanya_issued_permits",
    ],
)
def test_a_missing_view_is_told_as_unavailable(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry], view: str
) -> None:
    _run(office[1], f"DROP TABLE {view}")
    registry = open_registry(office[1], timeout_s=60.0)
    assert seconds_of(lambda: registry.find(NUMBER)) < 20


def test_an_unknown_status_is_an_error_that_names_it(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(office[1], "UPDATE tanya_applications SET status = 'Di meja Pak Kadin'")
    with pytest.raises(RegistryUnavailable) as caught:
        open_registry(office[1]).find(NUMBER)
    assert isinstance(caught.value.__cause__, InvalidInput)
    assert "Di meja Pak Kadin" in str(caught.value.__cause__)


def test_the_status_map_translates_the_offices_own_words(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(
        office[1],
        "UPDATE tanya_applications SET status = 'Di meja  Pak Kadin'",
        "CREATE TABLE tanya_status_map (code VARCHAR(40), status VARCHAR(40))",
        "INSERT INTO tanya_status_map VALUES ('DI MEJA PAK KADIN', 'VERIFIKASI_AKHIR')",
    )
    found = open_registry(office[1]).find(NUMBER)
    assert found is not None
    assert found.status is Status.FINAL_CHECK


@pytest.mark.parametrize("column", ["submitted_at", "status", "stage", "unit", "permit_code"])
def test_an_empty_required_value_is_an_error_and_never_guessed(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry], column: str
) -> None:
    _run(office[1], f"UPDATE tanya_applications SET {column} = NULL")
    with pytest.raises(RegistryUnavailable) as caught:
        open_registry(office[1]).find(NUMBER)
    assert isinstance(caught.value.__cause__, InvalidInput)
    assert caught.value.__cause__.field == column


def test_two_applications_with_one_number_are_an_error(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(office[1], "INSERT INTO tanya_applications SELECT * FROM tanya_applications")
    with pytest.raises(RegistryUnavailable) as caught:
        open_registry(office[1]).find(NUMBER)
    assert isinstance(caught.value.__cause__, InvalidInput)


def test_unreadable_data_does_not_open_the_circuit(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(office[1], "UPDATE tanya_applications SET status = 'entah'")
    registry = open_registry(office[1])
    for _ in range(5):
        with pytest.raises(RegistryUnavailable, match="unreadable"):
            registry.find(NUMBER)
    registry.ping()


def test_a_time_that_is_no_time_is_an_error(
    tmp_path: Path, open_registry: Callable[..., SqlRegistry]
) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    columns = "application_number, permit_code, status, stage, unit, submitted_at, phone, nik_last4"
    _run(
        url,
        f"CREATE TABLE tanya_applications ({columns})",
        "INSERT INTO tanya_applications VALUES "
        f"('{NUMBER}', 'PBG', 'DITERIMA', 'Cek', 'DPU', 'kemarin', NULL, NULL)",
        "CREATE TABLE tanya_stage_history (application_number)",
        "CREATE TABLE tanya_missing_documents (application_number)",
        "CREATE TABLE tanya_issued_permits (application_number)",
    )
    with pytest.raises(RegistryUnavailable) as caught:
        open_registry(url).find(NUMBER)
    assert isinstance(caught.value.__cause__, InvalidInput)
    assert caught.value.__cause__.field == "submitted_at"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb"])
def test_a_server_that_never_answers_costs_the_time_out_and_no_more(
    silent_port: int, open_registry: Callable[..., SqlRegistry], scheme: str
) -> None:
    registry = open_registry(f"{scheme}://u:rahasia@127.0.0.1:{silent_port}/x", timeout_s=0.5)
    assert seconds_of(registry.ping) < 20


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb"])
def test_a_refused_connection_is_told_at_once(
    open_registry: Callable[..., SqlRegistry], scheme: str
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    registry = open_registry(f"{scheme}://u:rahasia@127.0.0.1:{port}/x", timeout_s=60.0)
    assert seconds_of(registry.ping) < 20


def test_a_missing_sqlite_file_is_not_created(
    tmp_path: Path, open_registry: Callable[..., SqlRegistry]
) -> None:
    path = tmp_path / "salah ketik.db"
    seconds_of(open_registry(f"sqlite:///{path}").ping)
    assert not path.exists()


@pytest.mark.parametrize("url", ["", "bukan url", "tidakada://x/y", "oracle://u:rahasia@h/db"])
def test_an_unusable_url_is_told_at_once_without_its_password(
    clock: StandingClock, url: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        SqlRegistry(url, clock, ZONE)
    assert caught.value.field == "PERMIT_DATABASE_URL"
    assert "rahasia" not in repr(caught.value)


def test_after_three_failures_it_is_left_alone_for_ten_seconds_and_then_tried_once(
    office: tuple[str, str], clock: StandingClock, open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(office[1], "ALTER TABLE tanya_applications RENAME TO gone")
    registry = open_registry(office[1])
    for _ in range(3):
        with pytest.raises(RegistryUnavailable, match="does not answer"):
            registry.ping()
    _run(office[1], "ALTER TABLE gone RENAME TO tanya_applications")
    with pytest.raises(RegistryUnavailable, match="rests"):
        registry.ping()
    clock.pass_by(9.9)
    with pytest.raises(RegistryUnavailable, match="rests"):
        registry.ping()
    clock.pass_by(0.2)
    registry.ping()
    registry.ping()


def test_the_database_is_asked_again_after_it_was_restarted(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    name, url = office
    registry = open_registry(url)
    registry.ping()
    if name == "postgresql":
        with _writing(url) as engine, engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    registry.ping()


def test_dates_of_an_issued_permit_are_taken_as_they_are(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _insert(office[1], "tanya_issued_permits", NUMBER, "SK-1", "2026-11-02", None)
    found = open_registry(office[1]).find(NUMBER)
    assert found is not None
    assert found.issued is not None
    assert (found.issued.issued_on, found.issued.valid_until) == (date(2026, 11, 2), None)


def test_an_examination_of_good_views_finds_only_what_is_recommended(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    findings = open_registry(office[1]).examine({"PBG"})
    assert findings.usable
    assert "tanya_applications.changed_at" in findings.absent_columns
    assert findings.unknown_permits == ()


def test_an_examination_names_views_and_columns_that_are_missing(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _run(
        office[1],
        "DROP TABLE tanya_stage_history",
        "CREATE TABLE tanya_stage_history (application_number VARCHAR(40), status VARCHAR(40))",
    )
    findings = open_registry(office[1]).examine({"PBG"})
    assert "tanya_stage_history.entered_at" in findings.missing_columns
    _run(office[1], "DROP TABLE tanya_issued_permits")
    findings = open_registry(office[1]).examine({"PBG"})
    assert findings.missing_views == ("tanya_issued_permits",)
    assert not findings.usable


def test_an_examination_names_unknown_words_and_counts_unreadable_rows(
    office: tuple[str, str], open_registry: Callable[..., SqlRegistry]
) -> None:
    _insert(office[1], "tanya_applications", "2", "IMB", "Di meja", "Cek", "DPU",
            "2026-11-02 09:30:00", None, None)  # fmt: skip
    _insert(office[1], "tanya_applications", "3", "PBG", "TERBIT", None, "DPU",
            "2026-11-02 09:30:00", None, None)  # fmt: skip
    findings = open_registry(office[1]).examine({"PBG"})
    assert findings.unknown_statuses == ("Di meja",)
    assert findings.unknown_permits == ("IMB",)
    assert findings.unreadable_columns == {"tanya_applications.stage": 1}
    assert not findings.usable
