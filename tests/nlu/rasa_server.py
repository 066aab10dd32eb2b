"""A Rasa server as its own process, and turns sent to it over HTTP."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60
LAUNCHER = (sys.executable, "-m", "nlu.components.launcher")
_numbers = itertools.count(1)


def create_tracker_table(url: str) -> None:
    """The table as the house's migrations make it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create table if not exists rasa_trackers (sender_id text primary key,"
            " document jsonb not null, updated_at timestamptz not null default now())"
        )


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, as nothing but the code has prepared it."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done


def launch(
    *arguments: str, away_from: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the launcher to its end, in the folder ``away_from`` or the repository's root."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [*LAUNCHER, *arguments],
        cwd=away_from or ROOT,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=900,  # a training, on a machine with much else to do
    )


def fresh(prefix: str) -> str:
    """An id no other test uses."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


@dataclass(frozen=True)
class Answer:
    """Status and JSON body of a response."""

    status: int
    body: dict[str, Any]

    @property
    def replies(self) -> list[dict[str, Any]]:
        """The replies of an answered turn."""
        assert self.status == 200, (self.status, self.body)
        return self.body["replies"]

    @property
    def kinds(self) -> list[str]:
        """What the fake actions said, in order."""
        return [reply["kind"] for reply in self.replies]


class RasaServer:
    """Start, stop, kill and ask one server process."""

    def __init__(
        self, model: Path, database_url: str, actions_url: str, folder: Path, **environment: str
    ) -> None:
        self.model = model
        self.folder = folder
        self.environment = {
            "DATABASE_URL": database_url,
            "TANYA_ACTIONS_URL": actions_url,
            **environment,
        }
        self.secret = environment.get("TANYA_RASA_SECRET", "")
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True) -> None:
        """Start on a free port and wait until it is ready."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with (self.folder / "rasa.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*LAUNCHER, "serve", "--model", str(self.model), "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )
        if wait:
            self.wait_until(lambda: self.ready().status == 200)

    def wait_until(self, condition: Any) -> None:
        """Return when ``condition`` holds; the server may still be starting."""
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            assert self.process is not None and self.process.poll() is None, self.log()
            try:
                if condition():
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """End the process and return its exit status."""
        assert self.process is not None
        self.process.send_signal(with_signal)
        status = self.process.wait(20)
        self.process = None
        return status

    def log(self) -> str:
        """What the process has printed."""
        return (self.folder / "rasa.log").read_text(errors="replace")[-4000:]

    def resident_mb(self) -> float:
        """Resident memory of the process in MB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def ask(self, method: str, path: str, body: Any = None, secret: str | None = None) -> Answer:
        """One request; ``body`` is sent as JSON, or as it is when it is bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        secret = self.secret if secret is None else secret
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        try:
            return Answer(response.status, json.loads(content))
        except ValueError:
            return Answer(response.status, {"text": content.decode(errors="replace")})

    def ready(self) -> Answer:
        """The readiness of the server."""
        return self.ask("GET", "/webhooks/tanya/ready")

    def turn(self, conversation: str, text: str | None = None, **fields: Any) -> Answer:
        """Send a turn; an ``intent`` makes it a choice, ``change`` overwrites the body."""
        intent = fields.pop("intent", None)
        entities = fields.pop("entities", {})
        body = {
            "turn_id": fields.pop("turn_id", None) or fresh("turn"),
            "conversation_id": conversation,
            "now": fields.pop("now", "2026-03-02T09:00:00+07:00"),
            "text": text,
            "choice": {"intent": intent, "entities": entities} if intent else None,
            "new_session": fields.pop("new_session", False),
            "metadata": fields.pop("metadata", {}),
            **fields.pop("change", {}),
        }
        assert not fields, f"unknown: {fields}"
        return self.ask("POST", "/webhooks/tanya/turns", body)

    def parse(self, text: str) -> dict[str, Any]:
        """What ``/model/parse`` says about a text."""
        answer = self.ask("POST", "/model/parse", {"text": text})
        assert answer.status == 200, answer
        return answer.body


def stored(url: str, conversation: str) -> dict[str, Any] | None:
    """The stored document of a conversation, None when there is none."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select document from rasa_trackers where sender_id = %s", (conversation,)
        ).fetchone()
    return row[0] if row else None
