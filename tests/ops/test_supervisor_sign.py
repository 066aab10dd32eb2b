from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from izin.storage.supervisor_file import FILE, read_supervisor
from ops.supervisor_sign import SupervisorSign

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_the_sign_tells_how_often_each_child_died(tmp_path: Path) -> None:
    clock = {"now": NOW}
    sign = SupervisorSign(tmp_path, lambda: clock["now"])
    sign.started("rasa")
    sign.started("gateway")
    for minute in range(30):
        clock["now"] = NOW + timedelta(minutes=minute)
        sign.died("rasa")
    found = read_supervisor(tmp_path)
    assert found is not None
    assert (found.kind, found.started_at, found.at) == ("supervisor", NOW, clock["now"])
    children = found.document["children"]
    assert children["gateway"] == {"times": 0, "died": []}
    assert children["rasa"]["times"] == 30
    assert children["rasa"]["died"][-1] == clock["now"].isoformat()
    assert len(children["rasa"]["died"]) == 20


def test_a_supervisor_that_ended_has_no_sign(tmp_path: Path) -> None:
    sign = SupervisorSign(tmp_path)
    sign.started("rasa")
    sign.end()
    assert read_supervisor(tmp_path) is None
    sign.end()


def test_a_disk_that_takes_nothing_harms_nobody(tmp_path: Path) -> None:
    SupervisorSign(tmp_path / "not there").died("rasa")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"source": "x", "at": "besok", "started_at": "", "children": 3}',
             '{"source": "x", "at": "2026-11-23T03:00:00+00:00", "started_at":'
             ' "2026-11-23T03:00:00+00:00", "children": {"rasa": {"times": 1, "died": ["x"]}}}'],
)  # fmt: skip
def test_a_file_that_is_none_of_ours_is_no_sign(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_supervisor(tmp_path) is None
