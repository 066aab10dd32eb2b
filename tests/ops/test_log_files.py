"""Log files go after a year."""

from __future__ import annotations

import os
from pathlib import Path

from ops.log_files import forget_old_logs
from ops.settings import CHECKOUT, OpsSettings


def test_only_log_files_untouched_for_a_year_go(tmp_path: Path) -> None:
    settings = OpsSettings(checkout=CHECKOUT, data_root=tmp_path, var_folder=tmp_path)
    settings.logs.mkdir()
    day = 24 * 3600
    for name, age in (("gateway.log.3", 366), ("gateway.log", 1), ("catatan.txt", 900)):
        (settings.logs / name).write_text("x")
        os.utime(settings.logs / name, (1e9 - age * day, 1e9 - age * day))
    assert forget_old_logs(settings, 1e9) == 1
    assert sorted(os.listdir(settings.logs)) == ["catatan.txt", "gateway.log"]
