"""The doctor tells each trouble from health, on real parts where they are cheap."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from izin.wording import Wording
from ops import doctor, doctor_channels
from ops.doctor import Finding, examine
from ops.prepare import seed
from ops.settings import CHECKOUT, OpsSettings

TOKEN = "123456789:" + "a" * 35
WHATSAPP = {
    "WHATSAPP_TOKEN": "EAAB",
    "WHATSAPP_PHONE_ID": "1",
    "WHATSAPP_APP_SECRET": "s",
    "WHATSAPP_VERIFY_TOKEN": "v",
}
FREE_PORT = 1  # nobody listens on tcpmux


def settings(folder: Path, **more: object) -> OpsSettings:
    ports = {
        "gateway_port": FREE_PORT,
        "rasa_port": FREE_PORT,
        "actions_port": FREE_PORT,
        "console_port": FREE_PORT,
    }
    return OpsSettings(checkout=CHECKOUT, data_root=folder / "pg", **{**ports, **more})  # type: ignore[arg-type]


def parts(findings: list[Finding]) -> dict[str, str]:
    return {found.sentence.removeprefix("ops.doctor."): found.level for found in findings}


@contextmanager
def answering(status: int, body: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_machine_where_nothing_runs_is_told_to_run(tmp_path: Path) -> None:
    found = parts(examine(settings(tmp_path), {}))
    assert found["postgres.stopped"] == "fail"
    assert found["process.silent"] == "fail"


def test_every_finding_can_be_said(tmp_path: Path) -> None:
    wording = Wording()
    for found in examine(settings(tmp_path), {"TELEGRAM_TOKEN": "x"}):
        assert found.said(wording)


def test_a_database_without_tables_asks_for_migration(
    tmp_path: Path, empty_database_url: str
) -> None:
    found = parts(examine(settings(tmp_path, database_url=empty_database_url), {}))
    assert (found["database.ok"], found["schema.missing"]) == ("ok", "fail")


def test_a_database_without_content_asks_for_the_seed(tmp_path: Path, database_url: str) -> None:
    chosen = settings(tmp_path, database_url=database_url)
    assert parts(examine(chosen, {}))["content.missing"] == "fail"
    seed(chosen, database_url, lambda key, **_: None)
    assert parts(examine(chosen, {}))["content.ok"] == "ok"


def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://tanya:rahasia@127.0.0.1:1/tanya"
    findings = examine(settings(tmp_path, database_url=url), {})
    assert parts(findings)["database.unreachable"] == "fail"
    assert "rahasia" not in "".join(found.said(Wording()) for found in findings)


def test_the_fullest_disk_counts_and_that_of_the_backups_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = {"data": 9 * 10**9, "cadangan": 10**9}
    monkeypatch.setattr(doctor, "_free", lambda folder: (
        (2, room["cadangan"]) if folder.name == "cadangan" else (1, room["data"])
    ))  # fmt: skip
    chosen = settings(tmp_path, backup_folder=tmp_path / "cadangan")
    found = {one.sentence.removeprefix("ops.doctor."): one for one in examine(chosen, {})}
    assert found["disk.ok"].level == "ok"
    assert (found["disk.backups"].level, found["disk.backups"].parameters["free"]) == (
        "warn", "1,0",
    )  # fmt: skip
    room.update(data=10**9, cadangan=9 * 10**9)
    low = parts(examine(chosen, {}))
    assert low["disk.warn"] == "warn"
    assert "disk.backups" not in low


def test_an_office_that_connected_no_registry_is_told_without_alarm(
    tmp_path: Path, database_url: str
) -> None:
    found = parts(examine(settings(tmp_path, database_url=database_url, home=tmp_path), {}))
    assert found["registry.not_connected"] == "ok"


def test_a_gateway_that_waits_names_the_part_it_waits_for(tmp_path: Path) -> None:
    body = '{"ready": false, "parts": {"database": true, "rasa": false, "worker": true}}'
    with answering(503, body) as port:
        findings = examine(settings(tmp_path, gateway_port=port), {})
    found = next(f for f in findings if f.sentence == "ops.doctor.gateway.not_ready")
    assert found.parameters["parts"] == "rasa"


def test_a_stranger_on_the_port_is_recognised(tmp_path: Path) -> None:
    with answering(404, "<html>") as port:
        found = parts(examine(settings(tmp_path, gateway_port=port), {}))
    assert found["process.other_program"] == "fail"


@pytest.mark.parametrize(
    ("status", "part", "level"),
    [
        (200, "telegram.ok", "ok"),
        (401, "telegram.refused", "fail"),
        (404, "telegram.refused", "fail"),
        (502, "telegram.unreachable", "warn"),
    ],
)
def test_telegram_s_answer_decides_about_the_token(status: int, part: str, level: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json={}))
    rows = list(doctor_channels.examine({"TELEGRAM_TOKEN": TOKEN}, transport))
    assert rows[0] == (level, part, {})


def test_a_malformed_token_is_not_sent_anywhere() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    rows = list(doctor_channels.examine({"TELEGRAM_TOKEN": "abc"}, httpx.MockTransport(refuse)))
    assert rows[0][1] == "telegram.malformed"


def test_a_drawn_verify_token_alone_is_no_half_a_configuration() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    env = {"WHATSAPP_VERIFY_TOKEN": "drawn-by-init"}
    assert list(doctor_channels.examine(env, httpx.MockTransport(refuse)))[1][1] == "whatsapp.off"


def test_a_production_folder_is_never_told_to_start_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANYA_HOME", str(tmp_path))
    chosen = settings(tmp_path, home=tmp_path, var_folder=tmp_path / "var")
    said = " ".join(found.said(Wording()) for found in examine(chosen, {}))
    assert "make run" not in said and "make train" not in said
    assert "systemctl start tanya-izin" in said
    assert str(tmp_path / "var" / "log" / "rasa.log") in said


def test_half_a_whatsapp_configuration_names_what_is_missing() -> None:
    env = {**WHATSAPP, "WHATSAPP_APP_SECRET": ""}
    rows = list(doctor_channels.examine(env, httpx.MockTransport(lambda r: httpx.Response(200))))
    assert rows[1] == ("fail", "whatsapp.incomplete", {"missing": "WHATSAPP_APP_SECRET"})


@pytest.mark.parametrize(("status", "part"), [(200, "whatsapp.ok"), (401, "whatsapp.refused")])
def test_whatsapp_s_answer_decides_about_the_token(status: int, part: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json={}))
    assert list(doctor_channels.examine(WHATSAPP, transport))[1][1] == part


def test_a_network_that_is_away_is_no_wrong_token() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network")

    rows = list(
        doctor_channels.examine({**WHATSAPP, "TELEGRAM_TOKEN": TOKEN}, httpx.MockTransport(away))
    )
    assert [row[1] for row in rows] == ["telegram.unreachable", "whatsapp.unreachable"]
