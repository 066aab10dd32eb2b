"""What is installed: locked, current, by hash; and what is known of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from izin.wording import Wording
from ops import audit
from ops.settings import CHECKOUT

HASH = re.compile(r"sha256:[0-9a-f]{64}")
UV = CHECKOUT / ".tools" / "bin" / "uv"
PROJECTS = (CHECKOUT, CHECKOUT / "nlu")


@pytest.mark.parametrize("lock", audit.LOCKS, ids=("app", "nlu"))
def test_every_file_that_may_be_installed_has_a_hash(lock: Path) -> None:
    packages = list(audit.locked(lock))
    assert len(packages) > 70
    for package in packages:
        assert package.hashes, package.name
        assert all(HASH.fullmatch(one) for one in package.hashes), package.name


@pytest.mark.parametrize("lock", audit.LOCKS, ids=("app", "nlu"))
def test_packages_come_from_the_one_registry_or_from_this_checkout(lock: Path) -> None:
    sources = set(re.findall(r"^source = (\{.*\})$", lock.read_text("utf-8"), re.MULTILINE))
    outside = {one for one in sources if "editable" not in one and "virtual" not in one}
    assert outside == {'{ registry = "https://pypi.org/simple" }'}


@pytest.mark.parametrize("project", PROJECTS, ids=("app", "nlu"))
def test_the_locks_belong_to_what_is_declared(project: Path) -> None:
    if not UV.exists():
        pytest.skip("run: sh ops/bootstrap.sh dev")
    found = subprocess.run(
        [UV, "lock", "--check", "--offline", "--project", project],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"}, capture_output=True, text=True,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr


def test_installing_goes_by_lock_and_hash_alone() -> None:
    script = (CHECKOUT / "ops" / "bootstrap.sh").read_text("utf-8")
    assert "uv sync --locked" in script
    assert "--require-hashes --no-deps -r ops/uv.txt" in script
    version = re.search(r"^UV_VERSION=(\S+)$", script, re.MULTILINE)
    installer = (CHECKOUT / "ops" / "uv.txt").read_text("utf-8")
    assert version
    assert f"uv=={version[1]} " in installer
    assert len(HASH.findall(installer)) > 10


def answering(found: dict[str, list[str]], status: int = 200) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["queries"]
        results = [
            {"vulns": [{"id": one} for one in found[item["package"]["name"]]]}
            if item["package"]["name"] in found else {}
            for item in asked
        ]  # fmt: skip
        return httpx.Response(status, json={"results": results})

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_known_fault_that_nobody_judged_is_red(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.run(answering({}), Wording()) == 0
    assert audit.run(answering({"sanic": ["GHSA-baru"]}), Wording()) == 1
    assert "sanic 21.12.2 (nlu): GHSA-baru: belum dinilai" in capsys.readouterr().out


def test_a_judged_fault_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    for one, why in audit.judged().items():
        assert audit.run(answering({"aiohttp": [one]}), Wording()) == 0
        assert why in capsys.readouterr().out


@pytest.mark.parametrize("status", [404, 500])
def test_an_answer_that_is_none_is_no_good_news(
    status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.run(answering({}, status), Wording()) == 2
    assert "TIDAK diketahui" in capsys.readouterr().out


def test_without_a_network_nothing_is_passed_in_silence() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network")

    with httpx.Client(transport=httpx.MockTransport(unreachable)) as http:
        assert audit.run(http, Wording()) == 2
