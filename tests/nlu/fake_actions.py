"""A small action server for the tests: real HTTP, scripted dialogue, faults on demand.

It plays the part of ``actions/``: `action_*` answer with their name, the two forms take any
message as their story unless it is a question, and close at the word "selesai".
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FORM_SLOTS = {
    "validate_form_pengaduan": "pengaduan_selesai",
    "validate_form_status": "status_selesai",
}
INTERRUPTING = ("tanya_syarat", "tanya_biaya", "lapor_pengaduan", "cek_status")
OPENING = {
    "validate_form_pengaduan": "lapor_pengaduan",
    "validate_form_status": "cek_status",
}


class FakeActions:
    """Serves on a free port; ``fault`` makes every call fail in one way.

    Attributes:
        calls: Names of the actions called, in order.
        bodies: Their request bodies.
        fault: None, "500", "503", "hang", "garbage", or an action's name that answers 500.
        override: Answers for single actions, name -> function of the request body.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.fault: str | None = None
        self.override: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = outer._answer(body, dict(self.headers))
                data = json.dumps(answer).encode() if not isinstance(answer, bytes) else answer
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget calls, faults and overrides."""
        self.calls.clear()
        self.bodies.clear()
        self.headers.clear()
        self.fault = None
        self.override.clear()

    def _answer(self, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        name = body["next_action"]
        self.calls.append(name)
        self.bodies.append(body)
        self.headers.append(headers)
        if self.fault in ("500", name):
            return 500, {"error": "broken", "action_name": name}
        if self.fault == "503":
            return 503, {"error": "unavailable", "action_name": name}
        if self.fault == "hang":
            self.released.wait(30)
        if self.fault == "garbage":
            return 200, b"not json"
        if name in self.override:
            return 200, self.override[name](body)
        if name in FORM_SLOTS:
            return 200, _validate(name, body["tracker"])
        return 200, said({"kind": name, "text": name})


def said(*replies: dict[str, Any], events: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A response of an action server with json_messages and events."""
    return {"events": list(events), "responses": [{"custom": reply} for reply in replies]}


def slot(name: str, value: Any) -> dict[str, Any]:
    """A SlotSet event as the action server sends it."""
    return {"event": "slot", "timestamp": time.time(), "name": name, "value": value}


def _validate(name: str, tracker: dict[str, Any]) -> dict[str, Any]:
    message = tracker["latest_message"]
    intent = message["intent"]["name"]
    form_slot = FORM_SLOTS[name]
    if "selesai" in message["text"] or intent == "batal":
        return said(events=(slot(form_slot, "selesai"),)) | {
            "responses": [{"custom": {"kind": "closed", "form": name}}]
        }
    if intent in INTERRUPTING and intent != OPENING[name]:
        return said()
    return said(events=(slot(form_slot, None),))


if __name__ == "__main__":
    server = FakeActions()
    print(server.url, flush=True)
    threading.Event().wait()
