"""The real process over a real database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from izin.storage.postgres import engine
from izin.storage.seed import seed_all
from tests.actions.test_server import SECRET, call
from tests.usecases.house import ROOT

STARTS_WITHIN_S = 60
CONVERSATION = "7f1d6c1e-0000-4000-8000-000000000001"


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def environment(database_url: str, port: int, **changes: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url,
        "TANYA_ACTIONS_PORT": str(port),
        "TANYA_ACTIONS_SECRET": SECRET,
        "TANYA_SEAL_KEY": "s" * 32,
        **changes,
    }


def start(env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "actions.main"], cwd=ROOT, env=env, stderr=subprocess.PIPE
    )


@pytest.fixture(scope="module")
def address(module_database_url: str) -> Iterator[str]:
    seed_all(module_database_url, ROOT / "data")
    database = engine.create(module_database_url, 1)
    with database.begin() as connection:
        connection.execute(
            text(
                "insert into conversations (id, namespace, channel, chat)"
                " values (:id, 'simulator', 'telegram', 'c1')"
            ),
            {"id": CONVERSATION},
        )
    database.dispose()
    port = free_port()
    process = start(environment(module_database_url, port))
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            assert process.poll() is None, process.stderr.read().decode()
            try:
                if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                    break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)
        process.stderr.close()


def post(address: str, body: dict[str, Any], secret: str = SECRET) -> httpx.Response:
    body = {**body, "sender_id": CONVERSATION}
    body["tracker"] = {**body["tracker"], "sender_id": CONVERSATION}
    header = {"Authorization": f"Bearer {secret}"}
    return httpx.post(f"{address}/webhook", json=body, headers=header, timeout=20)


def test_a_question_is_answered_from_the_database(address):
    response = post(address, call(text="syarat bikin imb rumah apa aja ya"))
    assert response.status_code == 200
    said = response.json()["responses"][0]["custom"]["text"]
    assert "IMB adalah nama lama" in said and "Gambar arsitektur" in said and "Sumber:" in said


def test_the_secret_is_required(address):
    assert post(address, call(), secret="salah").status_code == 401


def test_the_office_hours_come_from_the_database(address):
    body = call(text="kantor buka jam brp?", intent="tanya_kontak_jam_lokasi")
    said = post(address, body).json()["responses"][0]["custom"]["text"]
    assert "Sekarang buka" in said


def test_without_a_secret_it_does_not_start_outside_the_demo(module_database_url):
    process = start(environment(module_database_url, free_port(), TANYA_ACTIONS_SECRET=""))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"TANYA_ACTIONS_SECRET" in errors


def test_an_unreachable_database_ends_the_start_with_a_clear_event():
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    process = start(environment(nowhere, free_port()))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"actions_not_started" in errors and b"Traceback" not in errors
