"""CPU time of a message over HTTP: a server's own time as the kernel counts it."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from .runs import Training
from .subjects import Subject

ROUNDS = 3
WARM_UP = 50
_START_WITHIN_S = 300
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class ServerDown(RuntimeError):
    """A measured server ended or did not become ready."""


def http_cpu_ms(
    pairs: Sequence[tuple[Subject, Training]], texts: Sequence[str], root: Path
) -> dict[str, float]:
    """Return milliseconds of CPU per ``POST /model/parse``, the median of three rounds.

    All servers are up at once and take turns, so that what else runs on the machine meets each.
    The time is that of the whole server process, all threads, from ``/proc/<pid>/stat``.

    Raises:
        ServerDown: A server did not start or broke.
    """
    measured: dict[str, list[float]] = {subject.name: [] for subject, _ in pairs}
    with _servers(pairs, root) as servers:
        for name, (_, client) in servers.items():
            _parse_all(name, client, texts[:WARM_UP])
        for _ in range(ROUNDS):
            for name, (process, client) in servers.items():
                before = cpu_s(process.pid)
                _parse_all(name, client, texts)
                measured[name].append((cpu_s(process.pid) - before) * 1000 / len(texts))
    return {name: statistics.median(rounds) for name, rounds in measured.items()}


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU, user and system, that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


_Server = tuple[subprocess.Popen[bytes], httpx.Client]


@contextmanager
def _servers(pairs: Sequence[tuple[Subject, Training]], root: Path) -> Iterator[dict[str, _Server]]:
    servers: dict[str, _Server] = {}
    try:
        for subject, training in pairs:
            servers[subject.name] = _start(subject, training, root)
        yield servers
    finally:
        for process, client in servers.values():
            client.close()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(subject: Subject, training: Training, root: Path) -> _Server:
    module = ["nlu.components.launcher", "rasa"] if subject.fenced else ["rasa"]
    port = _free_port()
    command = [
        *(str(subject.python), "-m", *module, "run", "--enable-api"),
        *("--model", str(training.archive), "--interface", "127.0.0.1", "--port", str(port)),
    ]
    process = subprocess.Popen(
        command,
        cwd=root,
        env=subject.environment(threads=1),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
    try:
        _wait_until_ready(subject.name, process, client)
    except ServerDown:
        client.close()
        process.kill()
        process.wait()
        raise
    return process, client


def _wait_until_ready(name: str, process: subprocess.Popen[bytes], client: httpx.Client) -> None:
    end = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServerDown(f"the server of {name} ended with status {process.returncode}")
        try:
            if client.post("/model/parse", json={"text": "halo"}).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise ServerDown(f"the server of {name} was not ready within {_START_WITHIN_S} s")


def _parse_all(name: str, client: httpx.Client, texts: Sequence[str]) -> None:
    for text in texts:
        answer = client.post("/model/parse", json={"text": text})
        if answer.status_code != 200:
            raise ServerDown(f"{name} answered {answer.status_code} for a message")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
