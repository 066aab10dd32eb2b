from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from benchmarks.nlu.http_cost import ServerDown, cpu_s, http_cpu_ms
from benchmarks.nlu.runs import Training
from benchmarks.nlu.subjects import Subject

ROOT = Path(__file__).parents[2]
_SERVER = """#!/usr/bin/env python3
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Parse(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        sum(range({work}))
        body = json.dumps({{"text": text}}).encode()
        self.send_response(500 if text == "rusak" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *given):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Parse).serve_forever()
"""


def server(folder: Path, name: str, program: str) -> tuple[Subject, Training]:
    path = folder / f"python-{name}"
    path.write_text(program)
    path.chmod(0o755)
    subject = Subject(name, name, path, False, folder / "config.yml", name)
    return subject, Training(folder, 1.0, 1.0, 1.0, 1.0)


def test_the_server_that_works_more_costs_more(tmp_path: Path) -> None:
    pairs = [
        server(tmp_path, "ours", _SERVER.format(work=10)),
        server(tmp_path, "stock", _SERVER.format(work=400_000)),
    ]

    spent = http_cpu_ms(pairs, ["syarat pbg"] * 60, ROOT)

    assert spent["stock"] > 2 * spent["ours"] > 0


def test_a_message_a_server_fails_on_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServerDown, match="answered 500"):
        http_cpu_ms([server(tmp_path, "ours", _SERVER.format(work=1))], ["rusak"], ROOT)


def test_a_server_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServerDown, match="ended with status 4"):
        http_cpu_ms([server(tmp_path, "ours", "#!/bin/sh\nexit 4\n")], ["halo"], ROOT)


def test_the_kernels_count_of_cpu_grows_with_work() -> None:
    before = cpu_s(os.getpid())
    end = time.process_time() + 0.05
    while time.process_time() < end:
        sum(range(10_000))

    assert cpu_s(os.getpid()) - before == pytest.approx(0.05, abs=0.04)
