"""`make run`'s first step refuses clearly and does nothing twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

OLD_PYTHON = "#!/bin/sh\nexit 0\n"  # runs, but prints no path: its version is another

# Plays interpreter, venv, pip and uv: every call is written down, nothing is downloaded.
GOOD_PYTHON = """#!/bin/sh
case "$1 $2" in
    "-c "*) echo "{self}" ;;
    "--version "*) echo "Python 3.12.1" ;;
    "-m venv") mkdir -p .tools/bin; ln -sf "$0" .tools/bin/python ;;
    "-m pip")
        echo pip >>calls
        printf '#!/bin/sh\\n[ "$1" = --version ] && echo "uv 0.13.9" && exit\\n' >.tools/bin/uv
        printf 'echo "uv $*" >>calls\\n[ -e offline ] && exit 1\\n' >>.tools/bin/uv
        printf 'mkdir -p "$5/.venv/bin"\\n' >>.tools/bin/uv
        printf 'ln -sf "{self}" "$5/.venv/bin/python"\\n' >>.tools/bin/uv
        chmod +x .tools/bin/uv ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "kantor kita"
    (folder / "nlu" / "language").mkdir(parents=True)
    (folder / "ops").mkdir()
    shutil.copy(CHECKOUT / "ops" / "bootstrap.sh", folder / "ops")
    for name in ("pyproject.toml", "uv.lock", "nlu/pyproject.toml", "nlu/uv.lock"):
        (folder / name).write_text(name)
    (folder / "nlu" / "language" / "pyproject.toml").touch()
    return folder


def bootstrap(
    checkout: Path, python: str, profile: str = "run"
) -> subprocess.CompletedProcess[str]:
    programs = checkout.parent / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("dirname", "cksum", "cut", "cat", "rm", "mkdir", "ln", "chmod"):
        if not (programs / name).exists():
            (programs / name).symlink_to(str(shutil.which(name)))
    (programs / "python3").write_text(python.replace("{self}", str(programs / "python3")))
    (programs / "python3").chmod(0o755)
    return subprocess.run(
        ["/bin/sh", "ops/bootstrap.sh", profile],
        cwd=checkout,
        env={"PATH": str(programs), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )


def calls(checkout: Path) -> list[str]:
    file = checkout / "calls"
    return file.read_text().splitlines() if file.exists() else []


def test_with_only_another_python_it_says_so_in_both_languages(checkout: Path) -> None:
    done = bootstrap(checkout, OLD_PYTHON)
    assert done.returncode == 1
    indonesian, english = done.stderr.strip().splitlines()
    assert "memerlukan Python 3.11 atau 3.12" in indonesian
    assert "needs Python 3.11 or 3.12" in english


def test_both_environments_are_installed_as_locked_without_downloading_a_python(
    checkout: Path,
) -> None:
    done = bootstrap(checkout, GOOD_PYTHON)
    assert done.returncode == 0, done.stderr
    assert calls(checkout) == [
        "pip",
        "uv sync --locked --no-dev --project .",
        "uv sync --locked --no-dev --project nlu",
    ]


def test_the_second_time_nothing_is_called(checkout: Path) -> None:
    bootstrap(checkout, GOOD_PYTHON)
    before = calls(checkout)
    assert bootstrap(checkout, GOOD_PYTHON).returncode == 0
    assert calls(checkout) == before


def test_what_tests_need_is_added_once_and_serves_running_too(checkout: Path) -> None:
    bootstrap(checkout, GOOD_PYTHON)
    bootstrap(checkout, GOOD_PYTHON, "dev")
    after = calls(checkout)
    assert after[-1] == "uv sync --locked --dev --project nlu"
    bootstrap(checkout, GOOD_PYTHON, "run")
    bootstrap(checkout, GOOD_PYTHON, "dev")
    assert calls(checkout) == after


def test_a_changed_lock_or_a_moved_checkout_is_installed_anew(checkout: Path) -> None:
    bootstrap(checkout, GOOD_PYTHON)
    (checkout / "nlu" / "uv.lock").write_text("newer")
    bootstrap(checkout, GOOD_PYTHON)
    assert calls(checkout)[3:] == ["uv sync --locked --no-dev --project nlu"]
    moved = checkout.rename(checkout.parent / "kantor baru")
    bootstrap(moved, GOOD_PYTHON)
    assert len(calls(moved)) == 6


def test_without_a_network_it_says_so_and_tries_again_next_time(checkout: Path) -> None:
    (checkout / "offline").touch()
    done = bootstrap(checkout, GOOD_PYTHON)
    assert done.returncode == 1
    assert "Periksa sambungan internet" in done.stderr
    (checkout / "offline").unlink()
    assert bootstrap(checkout, GOOD_PYTHON).returncode == 0
