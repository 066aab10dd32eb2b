"""Alarms on a complaint's page: the gravest of each promise, and all of them noted at once."""

from __future__ import annotations

from datetime import UTC, datetime

from izin.accounts import Role
from izin.storage.postgres.complaint_alarms import PostgresComplaintAlarms
from tests.console.conftest import RunningConsole
from tests.console.filed import fields_of, filed


def test_a_page_shows_the_gravest_alarm_of_each_promise(console: RunningConsole) -> None:
    late = filed(console, ago=60)
    PostgresComplaintAlarms(console.engine).raise_due(datetime.now(UTC))
    path = f"/pengaduan/{late.ticket}"
    with console.client(Role.SUPERVISOR) as supervisor:
        page = supervisor.get(path).text
        assert "100% waktu tanggapan pertama" in page
        assert "100% waktu penyelesaian" in page
        assert "50% waktu" not in page
        last = page.split('name="alarm" value="', 1)[1].split('"', 1)[0]
        noted = supervisor.post(f"{path}/peringatan", data={**fields_of(page), "alarm": last})
        assert noted.status_code == 303
        assert "sudah terpakai" not in supervisor.get(path).text
