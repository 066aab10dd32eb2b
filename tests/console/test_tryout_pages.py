"""The pages of trying out, with a sandbox that is never really there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from console.editing.tryout_chats import TriedChats
from console.editing.tryout_sandbox import MOST_FAILURES, SandboxUnavailable, SharedSandbox
from izin.accounts import Role
from izin.content import FAQ
from izin.errors import NotFound
from ops.journeys.script import parsed
from ops.sandbox_handle import SandboxState
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import text_of
from tests.console.fake_sandbox import FakeSandbox

READY = SandboxState("ready", url="http://127.0.0.1:9")


@pytest.fixture
def http(console: RunningConsole) -> Iterator[httpx.Client]:
    """An editor; the console's sandbox is off."""
    console.house.sandbox.stop()
    with console.client(Role.EDITOR) as client:
        yield client


def post(http: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    token = csrf_of(http.get("/isi/coba").text)
    return http.post(path, data={"csrf": token, **fields})


def chat_path(http: httpx.Client, **fields: str) -> str:
    begun = post(http, "/isi/coba/percakapan", kanal="whatsapp", **fields)
    assert begun.status_code == 303
    return begun.headers["location"]


def test_a_page_opens_without_starting_anything(
    console: RunningConsole, http: httpx.Client
) -> None:
    assert "belum menyala" in text_of(http.get("/isi/coba"))
    assert http.get("/isi/coba/keadaan").json()["name"] == "off"
    assert http.get(f"/isi/coba?versi={uuid.uuid4()}").status_code == 404


def test_too_little_memory_is_told_with_how_much_is_needed(http: httpx.Client) -> None:
    page = text_of(http.get(chat_path(http)))
    assert "Diperlukan 800 MB, yang tersisa 120 MB" in page
    assert "Nyalakan ruang coba" in page


def test_a_message_that_could_not_be_sent_is_kept(http: httpx.Client) -> None:
    path = chat_path(http)
    answer = post(http, f"{path}/kirim", text="biaya <b>slf</b>")
    assert answer.status_code == 409
    assert 'value="biaya &lt;b&gt;slf&lt;/b&gt;"' in answer.text
    assert "Tulisan Anda tetap ada" in answer.text
    for fields in ({"text": " "}, {"text": "a" * 4001}, {"choice": "x"}, {"text": "a", "at": "?"}):
        assert post(http, f"{path}/kirim", **fields).status_code == 422


def test_a_killed_sandbox_is_told_and_can_be_started_again(
    console: RunningConsole, http: httpx.Client
) -> None:
    made: list[FakeSandbox] = []

    def make(*given: Any, **more: Any) -> FakeSandbox:
        made.append(FakeSandbox(*given, **more, stands=READY))
        return made[-1]

    console.house.sandbox.make = make  # type: ignore[assignment]
    try:
        path = chat_path(http)
        assert post(http, f"{path}/kirim", text="halo").status_code == 409
        made[-1].stands = SandboxState("ended", code="killed")
        assert "berhenti di tengah jalan" in text_of(http.get(path))
        assert post(http, f"{path}/nyalakan").status_code == 303
        assert len(made) == 2
        assert made[0].stopped
    finally:
        console.house.sandbox.make = FakeSandbox  # type: ignore[assignment]


def test_nobody_reads_another_s_conversation(console: RunningConsole, http: httpx.Client) -> None:
    path = chat_path(http)
    with console.client(Role.EDITOR) as other:
        assert other.get(path).headers["location"].startswith("/isi/coba?")
        assert post(other, f"{path}/kirim", text="halo").status_code == 404


def test_officers_have_no_way_in(console: RunningConsole) -> None:
    with console.client(Role.OFFICER) as http:
        assert http.get("/isi/coba").status_code == 403


def test_saved_journeys_are_listed_shown_and_switched_off(
    console: RunningConsole, http: httpx.Client
) -> None:
    text = "perjalanan:\n- nama: Uji <i>\n  langkah:\n  - warga: biaya slf\n    memuat: [Rp0]\n"
    key = uuid.uuid4().hex
    journey_id = console.house.journeys.add("Uji <i>", text, "a", key, console.house.clock())
    assert journey_id == console.house.journeys.add("x", text, "a", key, console.house.clock())
    assert "Uji &lt;i&gt;" in http.get("/isi/coba/perjalanan").text
    path = f"/isi/coba/perjalanan/{journey_id}"
    assert "warga: biaya slf" in http.get(path).text
    assert post(http, f"{path}/saklar", aktif="0").status_code == 303
    assert not console.house.journeys.journey(journey_id).active
    assert journey_id not in {one.id for one in console.house.journeys.journeys(active_only=True)}
    console.house.journeys.note_run(journey_id, False, "tidak ada Rp0", console.house.clock())
    assert "tidak ada Rp0" in http.get(path).text
    file = http.get("/isi/coba/perjalanan/simpanan.yaml")
    assert file.headers["content-disposition"] == 'attachment; filename="simpanan.yaml"'
    assert [one.name for one in parsed(file.text, "simpanan")] == ["Uji <i>"]
    assert http.get(f"/isi/coba/perjalanan/{uuid.uuid4()}").status_code == 404
    assert post(http, f"/isi/coba/perjalanan/{uuid.uuid4()}/saklar").status_code == 404
    [entry] = console.rows("select action from audit_log where subject = :id", id=journey_id)
    assert entry.action == "coba.saklar"


def test_journeys_wait_for_a_sandbox(http: httpx.Client) -> None:
    assert post(http, "/isi/coba/perjalanan/jalankan").status_code == 422
    answer = post(http, "/isi/coba/perjalanan/jalankan", berkas=["awal", "../../etc/passwd"])
    assert answer.status_code == 503
    assert "sedang dinyalakan" in answer.text


def test_the_panel_beside_a_draft_needs_no_script(
    console: RunningConsole, http: httpx.Client
) -> None:
    item = console.house.content.items(FAQ)[0]
    account = console.account(Role.EDITOR)
    draft = console.house.content.begin(
        item.item, item.document, True, account.id, console.house.clock()
    )
    panel = console.house.pages._templates.get_template("isi/coba/panel.html")
    shown = panel.render(coba_version=draft.id, csrf_field=lambda: "")
    assert f'name="versi" value="{draft.id}"' in shown
    page = text_of(http.get(chat_path(http, versi=draft.id, cakupan="one")))
    assert item.document["question"] in page
    assert "draf ini saja" in page
    assert re.search("Draf yang dicoba", text_of(http.get(f"/isi/coba?versi={draft.id}")))


def test_only_so_many_conversations_are_kept() -> None:
    chats = TriedChats(most=2)
    first, second = (chats.begin("a", "telegram", "", "all") for _ in range(2))
    assert chats.latest("a", "") is second
    chats.begin("a", "telegram", "v", "one")
    with pytest.raises(NotFound):
        chats.chat(first.id, "a")


class OneModel:
    """An office with one draft model, and none published yet."""

    live = ""

    def published(self) -> Any:
        return SimpleNamespace(id=self.live, kept=True) if self.live else None

    def archive(self, model_id: str) -> bytes:
        if model_id not in ("m1", self.live):
            raise NotFound(model_id)
        return b"arsip" if model_id == "m1" else model_id.encode()


def shared(
    made: list[FakeSandbox], stands: SandboxState, tmp_path: Any, models: Any = None
) -> SharedSandbox:
    sandbox = SharedSandbox(None, models or OneModel(), tmp_path)  # type: ignore[arg-type]

    def make(*given: Any, **more: Any) -> FakeSandbox:
        made.append(FakeSandbox(*given, **more, stands=stands))
        return made[-1]

    sandbox.make = make  # type: ignore[assignment]
    return sandbox


def test_many_who_start_it_at_once_start_one(tmp_path: Any) -> None:
    made: list[FakeSandbox] = []
    sandbox = shared(made, SandboxState("starting", step="content"), tmp_path)
    assert [sandbox.begin() for _ in range(5)] == [True, False, False, False, False]
    assert [one.begun for one in made] == [1]


def test_a_sandbox_that_fails_again_and_again_is_told_so(tmp_path: Any) -> None:
    made: list[FakeSandbox] = []
    sandbox = shared(made, SandboxState("failed", code="broken"), tmp_path)
    told = []
    for _ in range(MOST_FAILURES):
        sandbox.begin()
        told.append(sandbox.state().code)
    assert told == ["broken"] * (MOST_FAILURES - 1) + ["often"]
    with pytest.raises(SandboxUnavailable):
        sandbox.turn("all", {"text": "halo"})


def test_another_model_starts_it_anew_for_everybody(tmp_path: Any) -> None:
    made: list[FakeSandbox] = []
    sandbox = shared(made, READY, tmp_path / "arsip")
    assert sandbox.begin("")
    assert sandbox.begin("m1")
    assert (made[0].stopped, made[0].model, made[1].stopped) == (True, None, False)
    assert made[1].model is not None
    assert made[1].model.read_bytes() == b"arsip"
    assert not sandbox.begin(None)  # whoever goes on chatting keeps it
    with pytest.raises(NotFound):
        sandbox.begin("m2")
    assert sandbox.state() == READY
    assert sandbox.begin("")
    assert [one.model for one in made[1:]] == [made[1].model, None]


def test_a_model_that_was_published_meanwhile_is_the_one_in_use(tmp_path: Any) -> None:
    made: list[FakeSandbox] = []
    models = OneModel()
    sandbox = shared(made, READY, tmp_path, models)
    models.live = "lama"
    assert [sandbox.begin(""), sandbox.begin("")] == [True, False]
    models.live = "baru"
    assert sandbox.begin("")
    assert [one.stopped for one in made] == [True, False]
    assert made[1].model is not None
    assert made[1].model.read_bytes() == b"baru"
    assert sandbox.begin("m1")
    models.live = "m1"  # published while it is tried
    assert not sandbox.begin("")
