"""`tanya up` as a whole: a real database and real processes, with small stand-ins for the parts
that have journeys of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ops.http_probe import http_get

CHECKOUT = Path(__file__).resolve().parents[2]

# Runs Up with children that are one HTTP server each; the gateway is ready when both others answer.
PROGRAM = """
import asyncio, dataclasses, os, sys
from pathlib import Path
from izin.wording import Wording
from ops import up
from ops.children import Children
from ops.errors import OpsError
from ops.settings import OpsSettings

SERVER = '''
import http.client, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
port, others = int(sys.argv[1]), [int(p) for p in sys.argv[2:]]
def answers(port):
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        c.request("GET", "/")
        return c.getresponse().status == 200
    except OSError:
        return False
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        good = all(answers(p) for p in others)
        self.send_response(200 if good else 503)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *a): pass
print("listening", os.environ["DATABASE_URL"], os.environ.get("TELEGRAM_TOKEN"), flush=True)
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
'''

class StandIns(Children):
    def _serve(self, spec, *ports):
        argv = [sys.executable, "-c", SERVER, *map(str, ports)]
        return dataclasses.replace(spec, argv=argv)
    def prepare(self):
        code = os.environ.get("PREPARE", "print('persiapan selesai')")
        return dataclasses.replace(super().prepare(), argv=[sys.executable, "-c", code])
    def rasa(self, model):
        return self._serve(super().rasa(model), self._settings.rasa_port)
    def actions(self):
        return self._serve(super().actions(), self._settings.actions_port)
    def gateway(self):
        s = self._settings
        return self._serve(super().gateway(), s.gateway_port, s.rasa_port, s.actions_port)
    def console(self):
        return self._serve(super().console(), self._settings.console_port)

checkout, data_root = Path(sys.argv[1]), Path(sys.argv[2])
ports = [int(port) for port in sys.argv[3:7]]
settings = OpsSettings(
    checkout, data_root, gateway_port=ports[0], rasa_port=ports[1], actions_port=ports[2],
    console_port=ports[3], metrics_port=0,
)
async def run():
    await up.Up(settings, Wording(), StandIns).run()
try:
    with up.only_one_up(settings):
        asyncio.run(run())
except OpsError as error:
    sys.exit(Wording().say(error.sentence, **error.parameters))
"""


class Running:
    """A started `tanya up` with what it printed so far."""

    def __init__(self, folder: Path, ports: list[int], **environment: str) -> None:
        (folder / "checkout" / "var" / "models").mkdir(parents=True, exist_ok=True)
        (folder / "checkout" / "var" / "models" / "test.tar.gz").touch()
        rasa = folder / "checkout" / "nlu" / ".venv" / "bin" / "python"
        rasa.parent.mkdir(parents=True, exist_ok=True)
        rasa.touch()
        self.ports = ports
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, folder / "checkout", folder / "pg", *map(str, ports)],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.append(line.rstrip())

    def until(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while not any(text in line for line in list(self.lines)):
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.02)

    def end(self) -> int:
        code = self.process.wait(60)
        self._reader.join()
        return code

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tanya up ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    found = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return found


def test_everything_comes_up_is_healed_and_stops_cleanly(folder: Path, ports: list[int]) -> None:
    up = Running(folder, ports, TELEGRAM_TOKEN="123:abc")
    up.until("Tanya Izin siap")
    assert "persiapan selesai" in up.lines
    assert any(f"http://127.0.0.1:{ports[0]}/readyz" in line for line in up.lines)

    for port in ports[1:]:
        _, pid = http_get("127.0.0.1", port, "/")
        os.kill(int(pid), signal.SIGKILL)
        deadline = time.monotonic() + 10
        while http_get("127.0.0.1", port, "/")[0] != 200:
            assert time.monotonic() < deadline
    up.until("Bagian rasa berhenti mendadak")

    family = up.descendants()
    up.process.send_signal(signal.SIGTERM)
    assert up.end() == 0
    assert up.lines[-1] == "Tanya Izin sudah berhenti."
    assert not [process for process in family if process.is_running()]


def test_only_the_gateway_is_given_the_tokens_of_the_platforms(
    folder: Path, ports: list[int]
) -> None:
    up = Running(folder, ports, TELEGRAM_TOKEN="123:abc")
    up.until("Tanya Izin siap")
    up.process.send_signal(signal.SIGINT)
    assert up.end() == 0
    said = {line.split("|")[0].strip(): line for line in up.lines if "listening" in line}
    assert said["gateway"].endswith("123:abc")
    assert said["rasa"].endswith("None")
    assert said["actions"].endswith("None")
    assert said["console"].endswith("None")
    assert "postgresql://tanya@/tanya?host=" in said["rasa"]


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_works(
    folder: Path, ports: list[int]
) -> None:
    up = Running(folder, ports)
    up.until("Tanya Izin siap")
    family = up.descendants()
    up.process.kill()
    up.end()
    again = Running(folder, ports)
    again.until("Tanya Izin siap")
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    again.process.send_signal(signal.SIGTERM)
    assert again.end() == 0


def test_a_port_in_use_is_one_sentence_and_nothing_is_started(
    folder: Path, ports: list[int]
) -> None:
    with socket.create_server(("127.0.0.1", ports[2])):
        up = Running(folder, ports)
        assert up.end() == 1
    assert len(up.lines) == 1 or up.lines[-1].startswith("Port")
    assert f"Port {ports[2]}" in up.lines[-1]
    assert "TANYA_ACTIONS_PORT=" in up.lines[-1]
    assert not (folder / "pg").exists()


def test_a_failed_preparation_stops_everything_and_says_where_to_look(
    folder: Path, ports: list[int]
) -> None:
    up = Running(folder, ports, PREPARE="raise SystemExit('katalog rusak')")
    assert up.end() == 1
    assert "katalog rusak" in up.lines
    assert "prepare.log" in up.lines[-1]


def test_a_second_up_in_the_same_folder_is_refused(folder: Path, ports: list[int]) -> None:
    up = Running(folder, ports)
    up.until("Tanya Izin siap")
    second = Running(folder, ports)
    assert second.end() == 1
    assert "sudah berjalan" in second.lines[-1]
    up.process.send_signal(signal.SIGTERM)
    assert up.end() == 0


def test_a_database_of_another_version_is_told_at_once(folder: Path, ports: list[int]) -> None:
    (folder / "pg" / "data").mkdir(parents=True)
    (folder / "pg" / "data" / "PG_VERSION").write_text("12\n")
    up = Running(folder, ports)
    assert up.end() == 1
    assert "PostgreSQL 12" in up.lines[-1]
