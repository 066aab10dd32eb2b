"""The doctor checks the audit log with the key kept on the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from izin.audit import TERMINAL, AuditEntry
from izin.audit_chain import Problem
from izin.storage.postgres.engine import create
from ops import doctor_audit
from ops.audit_log import audit_log
from ops.doctor_audit import examine
from ops.settings import OpsSettings


def levels(settings: OpsSettings, url: str, environment: dict[str, str]) -> dict[str, str]:
    return {part: level for level, part, _ in examine(settings, url, environment)}


def test_a_sound_log_is_told_from_a_changed_one(tmp_path: Path, database_url: str) -> None:
    settings = OpsSettings(tmp_path, tmp_path / "pg")
    assert levels(settings, database_url, {}) == {"audit.no_key": "warn"}
    engine = create(database_url, pool_size=1)
    log = audit_log(settings, engine, {})
    for number in range(3):
        log.record(AuditEntry(datetime.now(UTC), TERMINAL, "akun.buat", "akun", f"x-{number}"))
    assert levels(settings, database_url, {}) == {"audit.ok": "ok"}
    assert levels(settings, database_url, {"TANYA_AUDIT_KEY": "k" * 32})["audit.changed"] == "fail"
    assert levels(settings, database_url, {"TANYA_AUDIT_KEY": "kurang"}) == {
        "audit.unusable": "fail"
    }
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_log WHERE id = 2"))
    assert levels(settings, database_url, {}) == {"audit.missing": "fail"}
    engine.dispose()


def test_a_database_without_the_log_is_left_to_the_other_checks(
    tmp_path: Path, empty_database_url: str
) -> None:
    settings = OpsSettings(tmp_path, tmp_path / "pg")
    assert levels(settings, empty_database_url, {"TANYA_AUDIT_KEY": "k" * 32}) == {}


@pytest.mark.parametrize(
    "kind", ["changed", "missing", "checkpoint", "month_missing", "tail_missing", "head"]
)
def test_every_problem_has_its_sentence(kind: str) -> None:
    assert Problem(kind, "1").kind in doctor_audit._PROBLEMS
