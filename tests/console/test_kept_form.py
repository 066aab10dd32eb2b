"""What was typed into a form that could not be taken is not lost, and leads nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import Request
from fastapi.responses import Response

from console import kept_form
from console.door import COOKIE
from console.kept_form import KeptForm
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Account, Permission, Role
from tests.console.conftest import RunningConsole, csrf_of, running
from tests.console.test_sign_in import code, sign_in, value, visitor, with_app

TYPED = "Mohon \"maaf\" <b>Ibu</b> & 'Bapak'\r\nBaris kedua </textarea><script>x</script>"


def _typed_after_the_end(
    console: RunningConsole, account: Account, http: httpx.Client, **files: object
) -> httpx.Response:
    """Somebody's session is over, and then the form is sent."""
    http.cookies.set(COOKIE, console.secret(account))
    console.house.sessions.revoke_all(account.id, datetime.now(UTC))
    given = {"csrf": "lama", "once": "f" * 32, "text": TYPED, "empty": ""}
    referer = {"referer": f"{console.url}/akun-saya?x=1"}
    return http.post("/tiruan/kirim?a=1", data=given, headers=referer, **files)  # type: ignore[arg-type]


REACHED: list[dict[str, str]] = []


@pytest.fixture(scope="module")
def console(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningConsole]:
    """The running console with one more form, /tiruan/kirim; REACHED is what came through it."""
    routes = Routes("/tiruan")

    @routes.post("/kirim", Permission.OWN_ACCOUNT)
    async def take(request: Request) -> Response:
        form = await request.form()
        REACHED.append({name: str(given) for name, given in form.items()})
        return see_other("/akun-saya")

    with running(module_database_url, tmp_path_factory.mktemp("m"), routes.router) as console:
        yield console


def test_what_was_typed_outlives_the_session(
    console: RunningConsole,
) -> None:
    account = console.account(Role.OFFICER)
    with visitor(console) as http:
        asked = _typed_after_the_end(console, account, http)
        assert asked.status_code == 401
        assert "tidak hilang" in asked.text
        assert "<script>x" not in asked.text
        assert "<b>Ibu" not in asked.text
        assert "lama" not in value(asked.text, "kept")
        kept = {"kept": value(asked.text, "kept"), "to": value(asked.text, "to")}
        wrong = sign_in(http, account, "salah", **kept)
        assert value(wrong.text, "kept") == kept["kept"]
        shown = sign_in(http, account, **kept)
        assert shown.status_code == 200
        assert "Kirim sekarang" in shown.text
        assert 'action="/tiruan/kirim?a=1"' in shown.text
        assert 'href="/akun-saya?x=1"' in shown.text
        assert "<script>x" not in shown.text
        again = {name: value(shown.text, name) for name in ("csrf", "once", "text", "empty")}
        assert again["text"] == TYPED
        assert http.post("/tiruan/kirim?a=1", data=again).status_code == 303
    assert REACHED[-1]["text"] == TYPED
    assert REACHED[-1]["once"] == "f" * 32


def test_it_outlives_the_second_step_too_and_files_are_told_as_lost(
    console: RunningConsole,
) -> None:
    account, now = with_app(console, Role.OFFICER), datetime.now(UTC)
    with visitor(console) as http:
        asked = _typed_after_the_end(console, account, http, files={"file": ("a.pdf", b"%PDF")})
        assert "Lampirkan lagi" in asked.text
        half = sign_in(http, account, kept=value(asked.text, "kept"))
        given = {"csrf": csrf_of(half.text), "kept": value(half.text, "kept"), "code": code(now)}
        wrong = http.post("/masuk/kode", data={**given, "code": "1"})
        assert value(wrong.text, "kept") == given["kept"]
        shown = http.post("/masuk/kode", data=given)
        assert "Kirim sekarang" in shown.text
        assert "Lampirkan lagi" in shown.text
        again = {name: value(shown.text, name) for name in ("csrf", "text")}
        assert http.post("/tiruan/kirim", data=again).status_code == 303
    assert REACHED[-1]["text"] == TYPED


def test_a_form_of_an_older_sign_in_is_shown_to_be_sent_again(console: RunningConsole) -> None:
    with console.client(Role.OFFICER) as http:
        refused = http.post("/tiruan/kirim", data={"csrf": "lama", "text": TYPED})
        assert refused.status_code == 403
        assert "Formulir ini sudah tidak berlaku" in refused.text
        again = {name: value(refused.text, name) for name in ("csrf", "text")}
        assert again["text"] == TYPED
        assert http.post("/tiruan/kirim", data=again).status_code == 303


def test_a_form_sent_before_a_due_step_is_kept_as_well(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)
    with console.client(account=account) as http:
        token = csrf_of(http.get("/akun-saya").text)
        found = console.house.accounts.by_login(account.login)
        assert found is not None
        console.house.accounts.set_password(account.id, found[1], must_change=True)
        kept = http.post("/tiruan/kirim", data={"csrf": token, "text": TYPED})
        assert kept.status_code == 403
        assert 'href="/akun-saya/kata-sandi"' in kept.text
        assert value(kept.text, "text") == TYPED


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://j.io"}])
def test_what_another_site_sends_is_never_offered_as_typed(
    console: RunningConsole, header: dict[str, str]
) -> None:
    with visitor(console) as nobody, console.client(Role.OFFICER) as http:
        for client in (nobody, http):
            answer = client.post("/tiruan/kirim", data={"text": "jahat-sekali"}, headers=header)
            assert answer.status_code in (303, 403)
            assert "jahat-sekali" not in answer.text


def test_passwords_and_codes_are_never_kept(console: RunningConsole) -> None:
    with visitor(console) as http:
        for path in ("/akun-saya/kata-sandi", "/akun-saya/kode"):
            given = {"old_password": "rahasia-lama", "password": "rahasia-baru", "code": "123456"}
            answer = http.post(path, data=given)
            assert answer.status_code == 303
            assert "rahasia" not in answer.text
        answer = http.post("/tiruan/kirim", data={"text": "halo", "new_password": "rahasia"})
        assert "halo" in answer.text
        assert "rahasia" not in answer.text


@pytest.mark.parametrize(
    "path", ["https://jahat.example/x", "//jahat.example", "/\\jahat", "/akun-saya/kata-sandi", "x"]
)
def test_kept_text_goes_to_own_paths_only(path: str) -> None:
    assert kept_form.read(KeptForm(path, [("a", "b")]).text()) is None


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"path": "/a", "fields": 3}', "[" * 9000])
def test_kept_text_that_is_none_is_ignored(text: str) -> None:
    assert kept_form.read(text) is None
