"""The console under attack: hostile values, forged forms, scripts in every field, races."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from sqlalchemy import NullPool, create_engine, text
from tanya_language import mask_personal_data

from console.pages import HEADERS, own_path
from izin.accounts import Role
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import World, press, text_of
from tests.console.filed import filed
from tests.console.full_office import Samples, fill_office, samples_of
from tests.console.hostile import NASTY, Target, answer_of, targets

SCRIPT = '"\'><img src=x onerror="window.hurt=1"><script>window.hurt=1</script>{{7*7}}'


@pytest.fixture(scope="module")
def samples(console: RunningConsole) -> Samples:
    fill_office(console)
    return samples_of(console)


@pytest.fixture(scope="module")
def everybody(console: RunningConsole) -> Iterator[dict[Role | None, httpx.Client]]:
    """A client for each role; None has them all."""
    with ExitStack() as open_until_the_end:
        clients = {role: console.client(role) for role in Role}
        yield {
            role: open_until_the_end.enter_context(client)
            for role, client in [(None, console.client(*Role)), *clients.items()]
        }


def sound(answer: httpx.Response, what: object) -> None:
    """Fail unless it is a clear answer with every security header."""
    assert answer.status_code < 500 or answer.status_code == 503, what
    assert "Traceback" not in answer.text, what
    assert {name.lower() for name in HEADERS} <= set(answer.headers), what
    if answer.status_code >= 400 and not answer.request.url.path.startswith("/open311/"):
        assert '<html lang="id"' in answer.text, what
        assert answer.text.count("<h1") == 1, what


VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


def test_no_value_breaks_a_page(
    console: RunningConsole, samples: Samples, everybody: dict[Role | None, httpx.Client]
) -> None:
    attacked = [item for item in targets(console) if item.path not in ("/langsung", "/keluar")]
    tokens = {role: csrf_of(client.get("/akun-saya").text) for role, client in everybody.items()}

    @settings(max_examples=250, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.sampled_from(attacked), st.sampled_from([None, None, *Role]), st.data())
    def attack(target: Target, role: Role | None, data: st.DataObject) -> None:
        drawn = {
            name: data.draw(VALUES) for name in (*target.parts, *target.query, *target.form)
            if data.draw(st.booleans())
        }  # fmt: skip
        answer = answer_of(everybody[role], target, samples, drawn, tokens[role])
        if answer is not None:
            assert answer.status_code < 500, (target, role, drawn)
            sound(answer, (target, role, drawn))

    attack()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "\x00", "2026-02-30"])
def test_the_ends_of_the_calendar_are_no_days(console: RunningConsole, day: str) -> None:
    with console.client(Role.SUPERVISOR) as http:
        for query in ({"dari": day}, {"sampai": day}):
            answer = http.get(f"/unduh/pengaduan.csv?{urlencode(query)}")
            assert answer.status_code == 422
            sound(answer, query)


def test_text_with_a_nul_is_refused_before_the_database(console: RunningConsole) -> None:
    with console.client(Role.SUPERVISOR) as http:
        answer = http.get("/pengaduan?unit=a%00b")
        assert answer.status_code == 422
        sound(answer, "unit")


@pytest.mark.parametrize(
    "path", ["/percakapan/", "/tidak-ada", "/healthz", "/static/x/..%2f..%2fpages.py",
             "/static/x/%2e%2e/pages.py", "/%5cevil.example/", "/open311/v2/requests.xml"],
)  # fmt: skip
def test_every_answer_has_the_headers_and_leads_nowhere_else(
    console: RunningConsole, path: str
) -> None:
    with console.client(Role.OFFICER) as http:
        answer = http.get(path, headers={"host": "evil.example"})
        sound(answer, path)
        assert "evil.example" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "path", ["//e.example", "/\\e.example", "https://e.example", "/\t/e.example", "/\n/e.example",
             "javascript:alert(1)", " //e.example", "/\u2028/e.example", "", "e.example"],
)  # fmt: skip
def test_no_path_of_ours_leads_elsewhere(path: str) -> None:
    assert own_path(path, "/aman") == "/aman"


FOREIGN = (
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://["},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN)
def test_even_the_right_token_opens_nothing_for_another_site(
    console: RunningConsole, headers: dict[str, str]
) -> None:
    with console.client(Role.OFFICER) as http:
        token = csrf_of(http.get("/akun-saya").text)
        for files in (None, {"file": ("a.pdf", b"%PDF-1.4")}):
            answer = http.post(
                "/percakapan/kehadiran", data={"csrf": token}, files=files, headers=headers
            )
            assert answer.status_code == 403
            sound(answer, headers)


def test_forms_that_cannot_be_read_store_nothing(console: RunningConsole) -> None:
    many = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\na\r\n' * 1200
    broken = {"content-type": "multipart/form-data; boundary=x"}
    with console.client(*Role) as http:
        token = csrf_of(http.get("/akun-saya").text)
        before = counted(console)
        for body in (b"--x\r\nContent-Disp", b"garbage", many + b"--x--\r\n"):
            answer = http.post("/unit", content=body, headers=broken)
            assert answer.status_code in (400, 403)
            sound(answer, body[:40])
        large = http.post(
            "/unit", data={"csrf": token, "code": "BARU", "name": "Baru"},
            files={"f": ("a", b"x" * 12_000_000)},
        )  # fmt: skip
        assert large.status_code == 413
        assert "melebihi batas ukuran" in large.text
        for wrong in ([token, "salah"], [""], ["salah"]):
            assert http.post("/unit", data={"csrf": wrong, "code": "X"}).status_code == 403
        as_file = http.post("/unit", files={"csrf": ("a", token.encode()), "code": ("b", b"X")})
        assert as_file.status_code == 403
        assert counted(console) == before


def counted(console: RunningConsole) -> list[int]:
    tables = ("units", "accounts", "canned_replies", "outbox", "complaint_events", "audit_log")
    return [console.rows(f"select count(*) from {table}")[0][0] for table in tables]


@pytest.mark.parametrize(
    "kept", ['{"path":"/a","fields":[["a","\\ud800"]],"page":""}', "[1]", "9" * 6000, "[" * 9000,
             '{"path":"//e.example","fields":[["a","b"]],"page":""}'],
)  # fmt: skip
def test_a_forged_kept_form_is_thrown_away(console: RunningConsole, kept: str) -> None:
    given = {"login": uuid.uuid4().hex, "password": "x", "kept": kept}
    answer = httpx.post(f"{console.url}/masuk", data=given, trust_env=False)
    sound(answer, kept[:40])
    assert 'name="kept"' not in answer.text


def test_an_unreadable_referer_does_not_cost_the_text(console: RunningConsole) -> None:
    answer = httpx.post(
        f"{console.url}/pengaduan/ADU-AAAA-AA/catatan", data={"text": "ketikan saya"},
        headers={"referer": "http://["}, trust_env=False,
    )  # fmt: skip
    assert answer.status_code == 401
    assert "ketikan saya" in answer.text


@pytest.mark.needs_chromium
def test_no_script_of_anybody_runs(console: RunningConsole, browser: Browser) -> None:
    world, officer = World(console), console.account(*Role, name=f"Ani {SCRIPT}"[:80])
    here = world.waits(f"tolong {SCRIPT}")
    world.sends_file(here, b"<svg onload=alert(1)>", kind="document", mime_type="text/html",
                     file_name=f"{SCRIPT}.html")  # fmt: skip
    complaint = filed(console, story=f"Izin lama {SCRIPT}", place=SCRIPT)
    with console.client(account=officer) as http:
        press(http, here, "ambil")
        press(http, here, "catatan", text=f"@x {SCRIPT}")
        token = csrf_of(http.get("/akun-saya").text)
        made = {"title": f"T{SCRIPT}"[:80], "category": "C\"'><b>", "text": f"isi {SCRIPT}"}
        reply = {"csrf": token, "once": uuid.uuid4().hex, "live": "1", **made}
        assert http.post("/isi/kantor/baru/canned", data=reply).status_code == 303
        http.post("/unit", data={"csrf": token, "code": "JAHAT", "name": SCRIPT[:60]})
    paths = ("/percakapan", f"/percakapan/{here}", "/balasan", "/unit", "/akun", "/pengaduan",
             "/isi/kantor/unit/JAHAT", f"/isi/kantor/canned/{uuid.UUID(reply['once'])}",
             f"/pengaduan/{complaint.ticket}", f"/percakapan/cari?q={quote(SCRIPT)}",
             f"/pengaduan?cari={quote(SCRIPT)}", f"/jejak?id={quote(SCRIPT)}")  # fmt: skip
    with console.page(browser, account=officer) as page:
        for path in paths:
            answer = page.goto(console.url + path)
            assert answer is not None
            assert answer.ok, path
            assert page.evaluate("window.hurt") is None, path
            assert page.locator("img[src=x]").count() == 0, path


def test_two_officers_at_once_make_one_claim(console: RunningConsole) -> None:
    world = World(console)
    for _ in range(3):
        here = world.waits()
        with console.client(Role.OFFICER) as one, console.client(Role.OFFICER) as other:
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(press, (one, other), [here] * 2, ["ambil"] * 2))
            assert sorted(item.status_code for item in answers) == [303, 409]
            lost = next(item for item in answers if item.status_code == 409)
            assert "Uji" in text_of(lost)
            loser = one if answers[0].status_code == 409 else other
            assert press(loser, here, "balas", text="jawaban saya").status_code == 409
            assert world.recorded(here).count("percakapan.ambil") == 1


def test_the_same_form_at_once_is_one_message(console: RunningConsole) -> None:
    world = World(console)
    here = world.waits()
    with console.client(Role.OFFICER) as http:
        press(http, here, "ambil")
        form = {"csrf": csrf_of(http.get("/akun-saya").text), "once": uuid.uuid4().hex,
                "text": "Hanya sekali, ya."}  # fmt: skip
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda _: http.post(f"/percakapan/{here}/balas", data=form), range(4))
            )
    assert {item.status_code for item in answers} == {303}
    assert sum("Hanya sekali" in said for said in world.said(here)) == 1


def test_a_database_that_is_away_costs_no_text(console: RunningConsole) -> None:
    here, name = World(console).waits(), console.engine.url.database
    server = create_engine(console.engine.url.set(database="postgres"), poolclass=NullPool)
    with console.client(Role.OFFICER) as http, server.connect() as outside:
        outside = outside.execution_options(isolation_level="AUTOCOMMIT")
        page = http.get(f"/percakapan/{here}").text
        form = {"csrf": csrf_of(page), "once": uuid.uuid4().hex, "text": "Catatan yang panjang."}
        outside.execute(text(f'alter database "{name}" allow_connections false'))
        try:
            gone = "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"
            outside.execute(text(gone), {"name": name})
            for answer in (http.get("/percakapan"), http.post("/masuk", data={"login": "a"})):
                assert answer.status_code == 503
                sound(answer, answer.url)
            kept = http.post(f"/percakapan/{here}/catatan", data=form)
            assert kept.status_code == 503
            assert "Catatan yang panjang." in text_of(kept)
            sound(kept, "kept")
        finally:
            outside.execute(text(f'alter database "{name}" allow_connections true'))
        again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', kept.text))
        assert http.post(f"/percakapan/{here}/catatan", data=again).status_code == 303
        assert "Catatan yang panjang." in text_of(http.get(f"/percakapan/{here}"))


def test_the_record_of_all_this_holds_nothing_personal(console: RunningConsole) -> None:
    rows = console.rows(
        "select action, subject, details::text as details from audit_log where at > :at",
        at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert rows
    for row in rows:
        words = " ".join(map(str, json.loads(row.details).values()))
        words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d", "", words)
        assert mask_personal_data(words) == words, row
        assert "<script" not in words, row
