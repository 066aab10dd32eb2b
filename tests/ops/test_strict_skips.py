"""A run that must skip nothing fails when it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SKIPPING = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no chromium')\n"
WHOLE = "import pytest\npytest.skip('no mariadb', allow_module_level=True)\n"
PASSING = "def test_a(): pass\n"


@pytest.mark.parametrize(
    ("source", "strict", "code"),
    [
        (SKIPPING, "", 0),
        (SKIPPING, "1", 1),
        (WHOLE + PASSING, "1", 1),
        (PASSING, "1", 0),
    ],
    ids=["skips allowed", "a test skipped", "a module skipped", "nothing skipped"],
)
def test_the_exit_code_tells(tmp_path: Path, source: str, strict: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(source)
    (tmp_path / "test_more.py").write_text(PASSING)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.strict_skips", "-p", "no:cacheprovider"),
            *("-c", os.devnull, "--rootdir", tmp_path, tmp_path),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "TANYA_NO_SKIPS": strict},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
