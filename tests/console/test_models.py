"""The page of language models: training, verdict, publishing, going back."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from console.editing.model_rasa import RasaProcess, RasaProcesses
from izin.accounts import Role
from izin.language_models import (
    CaseResult,
    Change,
    FeeFailure,
    GateReason,
    JourneyFailure,
    LanguageModel,
    ModelState,
    NewModel,
    Origin,
    Report,
    Scores,
    Taught,
    TrainingState,
    TrainingStep,
)
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.trainings import PostgresTrainings
from ops import model_reading
from ops.errors import PartMissing
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of

BASE = "/isi/model"
F1 = {"sapa": 1.0, "tanya_biaya": 0.92, "tanya_syarat": 0.94}
GOOD, WORSE = Scores(0.97, 0.956, F1, 1234), Scores(0.91, 0.95, {**F1, "tanya_biaya": 0.6}, 1234)
PASSED = Report(
    GOOD, replace(GOOD, accuracy=0.975), cases=12, journeys=190, fees=10,
    better=[Change("brp duit siup", "tanya_biaya", "sapa", "tanya_biaya")],
)  # fmt: skip
FAILED = Report(
    GOOD, WORSE, cases=12, journeys=190, fees=10,
    worse=[Change("biayanya piro", "tanya_biaya", "tanya_biaya", "tanya_syarat")],
    failing_cases=[CaseResult("1", "piro regane", "tanya_biaya", "sapa", new=True)],
    failing_journeys=[JourneyFailure("biaya: PBG", "telegram", 3, "'Rp' not in: apa?")],
    failing_fees=[FeeFailure("pbg: rumah", "Rp1", "Rp2")],
    reasons=[
        GateReason("accuracy", {"before": 97.0, "after": 91.0, "tolerated": 1.0}),
        GateReason("intent", {"intent": "tanya_biaya", "before": 92.0, "after": 60.0,
                              "tolerated": 7.0}),
        GateReason("cases", {"count": 1, "of": 12}),
    ],
)  # fmt: skip


def added(console: RunningConsole, report: Report | None, rasa_id: str = "") -> LanguageModel:
    """Store a model whose archive says which it is."""
    rasa_id = rasa_id or uuid.uuid4().hex
    taught = Taught([("brp duit", "tanya_biaya")], {"permits": []})
    model = NewModel(rasa_id, rasa_id.encode(), "r1", Origin.TRAINING, taught, report)
    return PostgresLanguageModels(console.engine).add(model, datetime.now(UTC))


def state_of(console: RunningConsole, model: LanguageModel) -> ModelState:
    return PostgresLanguageModels(console.engine).model(model.id).state


@pytest.fixture(autouse=True)
def archives(console: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives of these tests hold nothing but their id, or "rusak"."""

    def check(archive: bytes) -> str:
        if archive == b"rusak":
            raise PartMissing("damaged", name="model")
        return archive.decode()

    monkeypatch.setattr(model_reading, "checked_archive", check)


@pytest.fixture
def trainings(console: RunningConsole) -> Iterator[PostgresTrainings]:
    """The trainings; none runs before or after."""
    trainings = PostgresTrainings(console.engine)
    console.rows("delete from model_trainings")
    yield trainings
    console.rows("delete from model_trainings")


@contextmanager
def rasa_with(state: dict[str, Any]) -> Iterator[str]:
    """A Rasa process as far as the console knows one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(state).encode()
            self.send_response(200 if "model_id" in state else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def publish(console: RunningConsole, model: LanguageModel, *roles: Role, reason: str = "") -> Any:
    with console.client(*roles) as client:
        csrf = csrf_of(client.get(f"{BASE}/{model.id}").text)
        form = {"csrf": csrf, "reason": reason}
        return client.post(f"{BASE}/{model.id}/terbitkan", data=form)


def test_a_training_is_begun_once_by_its_button(
    console: RunningConsole, trainings: PostgresTrainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []
    programs = type(console.house.programs)
    monkeypatch.setattr(programs, "start", lambda self, *words: started.append(words))
    with console.client(Role.EDITOR) as client:
        page = client.get(BASE).text
        form = {"csrf": csrf_of(page), "once": page.split('name="once" value="')[1][:32]}
        assert client.post(f"{BASE}/latih", data=form).headers["location"] == BASE
        client.post(f"{BASE}/latih", data=form)
        again = {**form, "once": uuid.uuid4().hex}
        refused = client.post(f"{BASE}/latih", data=again)

    (training,) = trainings.latest()
    assert set(started) == {("ops.trainer", training.id)}
    assert "model_busy" in refused.headers["location"]
    assert console.rows("select 1 from audit_log where action = 'model.latih'")


def test_a_running_training_is_shown_live_and_can_be_called_off(
    console: RunningConsole, trainings: PostgresTrainings
) -> None:
    training = trainings.ask("rani", uuid.uuid4().hex, datetime.now(UTC))
    trainings.alive(training.id, TrainingStep.JUDGING, 55, datetime.now(UTC))
    with console.client(Role.EDITOR) as client:
        page = client.get(BASE).text
        assert 'value="55"' in client.get(f"{BASE}/keadaan").text
        assert 'http-equiv="refresh"' in page
        form = {"csrf": csrf_of(page)}
        client.post(f"{BASE}/latihan/{training.id}/batal", data=form)
        assert "sedang dihentikan" in client.get(BASE).text

    assert not trainings.alive(training.id, TrainingStep.JUDGING, 55, datetime.now(UTC))


def test_a_training_that_gives_no_sign_of_life_is_shown_as_broken_off(
    console: RunningConsole, trainings: PostgresTrainings
) -> None:
    trainings.ask("rani", uuid.uuid4().hex, datetime.now(UTC) - timedelta(minutes=5))
    with console.client(Role.EDITOR) as client:
        page = client.get(BASE).text

    assert "Pelatihan terputus" in page
    assert f'action="{BASE}/latih"' in page


def test_a_training_that_failed_says_why(
    console: RunningConsole, trainings: PostgresTrainings
) -> None:
    training = trainings.ask("rani", uuid.uuid4().hex, datetime.now(UTC))
    trainings.end(training.id, TrainingState.FAILED, datetime.now(UTC), error="disk_full")
    with console.client(Role.EDITOR) as client:
        assert "ruang simpan penuh" in client.get(BASE).text


def test_a_good_model_is_published_and_the_one_before_can_be_brought_back(
    console: RunningConsole,
) -> None:
    first, second = added(console, PASSED), added(console, PASSED)
    publish(console, first, Role.EDITOR)
    publish(console, second, Role.EDITOR)
    assert (state_of(console, first), state_of(console, second)) == ("replaced", "published")

    publish(console, first, Role.EDITOR)

    assert (state_of(console, first), state_of(console, second)) == ("published", "replaced")
    assert console.rows("select 1 from audit_log where action = 'model.terbitkan'")


def test_a_refused_model_needs_a_supervisor_and_a_reason(console: RunningConsole) -> None:
    model = added(console, FAILED)
    answer = publish(console, model, Role.EDITOR)
    assert (answer.status_code, "Hanya penyelia" in answer.text) == (422, True)
    assert publish(console, model, Role.SUPERVISOR, reason="ya").status_code == 422
    assert state_of(console, model) is ModelState.REFUSED

    reason = "Kalimat uji itu keliru."
    assert publish(console, model, Role.SUPERVISOR, reason=reason).status_code == 303

    assert PostgresLanguageModels(console.engine).model(model.id).override == reason


def test_a_broken_archive_is_not_published(console: RunningConsole) -> None:
    model, other = added(console, PASSED, "rusak"), added(console, PASSED)
    console.rows("update language_models set archive = 'lain' where id = :id", id=other.id)
    for broken in (model, other):
        answer = publish(console, broken, Role.EDITOR)
        assert (answer.status_code, "rusak" in answer.text) == (422, True)
        assert state_of(console, broken) is ModelState.TRAINED


def test_publishing_is_done_when_every_process_has_the_model(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = added(console, PASSED)
    publish(console, model, Role.EDITOR)
    first, second = {"model_id": model.rasa_id}, {"model_id": "lama"}
    with rasa_with(first) as one, rasa_with(second) as two:
        processes = RasaProcesses([one, two, "http://127.0.0.1:9"])
        assert [process.model_id for process in processes.now()] == [model.rasa_id, "lama", None]

    def shown(*found: str | None) -> str:
        processes = [RasaProcess(f"rasa-{number}", it) for number, it in enumerate(found)]
        monkeypatch.setattr(RasaProcesses, "now", lambda self: tuple(processes))
        with console.client(Role.EDITOR) as client:
            return client.get(f"{BASE}/keadaan").text

    assert 'data-done="false"' in shown(model.rasa_id, "lama")
    assert 'data-done="false"' in shown(model.rasa_id, None)
    assert 'data-done="true"' in shown(model.rasa_id, model.rasa_id)
    assert "Biasanya beberapa detik" in shown("lama")
    console.rows("update language_models set published_at = published_at - interval '3 minutes'")
    assert "sudah lebih dari dua menit" in shown("lama")
    assert "sudah lebih dari dua menit" not in shown(model.rasa_id)


def test_an_unknown_model_or_training_is_not_found(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as client:
        csrf = {"csrf": csrf_of(client.get(BASE).text)}
        assert client.get(f"{BASE}/x").status_code == 404
        assert client.get(f"{BASE}/{uuid.uuid4()}").status_code == 404
        assert client.post(f"{BASE}/{uuid.uuid4()}/terbitkan", data=csrf).status_code == 404
        assert client.post(f"{BASE}/latihan/{uuid.uuid4()}/batal", data=csrf).status_code == 404
    with console.client(Role.OFFICER) as client:
        assert client.get(BASE).status_code == 403


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_can_be_used_by_everybody(
    console: RunningConsole, browser: Browser, trainings: PostgresTrainings, screenshots: Path,
    size: tuple[int, int],
) -> None:  # fmt: skip
    publish(console, added(console, PASSED), Role.EDITOR)
    model = added(console, FAILED)
    training = trainings.ask("rani", uuid.uuid4().hex, datetime.now(UTC))
    trainings.alive(training.id, TrainingStep.JOURNEYS, 60, datetime.now(UTC))
    name = "desktop" if size == DESKTOP else "phone"
    with console.page(browser, Role.SUPERVISOR, size=size) as page:
        page.goto(f"{console.url}{BASE}")
        page.screenshot(path=screenshots / f"model-daftar-{name}.png", full_page=True)
        trainings.alive(training.id, TrainingStep.JOURNEYS, 90, datetime.now(UTC))
        page.get_by_text("90%").wait_for()
        assert serious(page) == []
        trainings.end(training.id, TrainingState.DONE, datetime.now(UTC), model_id=model.id)
        page.get_by_role("link", name="Lihat hasil penilaian").click()
        page.get_by_text("Semua maksud").click()
        page.get_by_text("Terbitkan juga").first.click()
        page.screenshot(path=screenshots / f"model-hasil-{name}.png", full_page=True)
        assert serious(page) == []
        page.get_by_label("Alasan").fill("Kalimat uji itu sendiri keliru.")
        page.get_by_role("button", name="Terbitkan juga").click()
        page.get_by_text("Model diterbitkan.").wait_for()
    assert state_of(console, model) is ModelState.PUBLISHED


def serious(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [item["id"] for item in found if item["impact"] in ("serious", "critical")]
