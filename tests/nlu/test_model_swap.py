"""A newly published model is pulled, and the conversations stay."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.nlu.fake_actions import FakeActions
from tests.nlu.rasa_server import RasaServer, fresh


class ModelServer:
    """Serves one archive under an ETag, as Rasa pulls it."""

    def __init__(self) -> None:
        self.archive: Path | None = None
        self.queries: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.queries.append(self.path)
                archive = outer.archive
                if archive is None:
                    self.send_error(404)
                elif self.headers.get("If-None-Match") == archive.name:
                    self.send_response(304)
                    self.end_headers()
                else:
                    content = archive.read_bytes()
                    self.send_response(200)
                    self.send_header("ETag", archive.name)
                    self.send_header("filename", archive.name)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/model"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A model server that has nothing yet."""
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def newer_model(model: Path, tmp_path: Path) -> Path:
    """The same model under another id, as another training would give."""
    newer = tmp_path / "newer.tar.gz"
    with tarfile.open(model) as old, tarfile.open(newer, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            if content is None:
                new.addfile(member)
                continue
            data = content.read()
            if Path(member.name).name == "metadata.json":
                data = json.dumps({**json.loads(data), "model_id": "newer"}).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return newer


def test_a_published_model_replaces_the_running_one_and_keeps_conversations(
    model: Path,
    newer_model: Path,
    model_server: ModelServer,
    tracker_url: str,
    actions: FakeActions,
    tmp_path: Path,
) -> None:
    server = RasaServer(
        tmp_path / "none-yet",
        tracker_url,
        actions.url,
        tmp_path,
        TANYA_MODEL_SERVER_URL=model_server.url,
        TANYA_MODEL_SERVER_TOKEN="pull",
    )
    conversation = fresh("c")
    server.start(wait=False)
    try:
        server.wait_until(lambda: server.ready().body == {"error": "model"})
        assert server.turn(conversation, intent="sapa").body == {"error": "model"}
        model_server.archive = model
        server.wait_until(lambda: server.ready().status == 200)
        first = server.ready().body["model_id"]
        server.turn(conversation, intent="lapor_pengaduan")
        model_server.archive = newer_model
        server.wait_until(lambda: server.ready().body["model_id"] == "newer" != first)
        answer = server.turn(conversation, intent="tanya_biaya")
        assert answer.kinds == ["action_jawab", "action_ask_pengaduan_selesai"]
        assert "token=pull" in model_server.queries[-1]
    finally:
        server.stop()
