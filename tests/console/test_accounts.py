"""A person's own account, and what admins do with everybody's."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from console.door import COOKIE
from izin.accounts import Account, Role
from tests.browsers import window
from tests.console.conftest import DESKTOP, PASSWORD, PHONE, RunningConsole, csrf_of
from tests.console.test_sign_in import entries, sign_in, value, visitor, with_app

NEW = "payung kertas biru muda"


def stored(console: RunningConsole, login: str) -> Account:
    found = console.house.accounts.by_login(login)
    assert found is not None
    return found[0]


def post(http: httpx.Client, path: str, **given: object) -> httpx.Response:
    csrf = csrf_of(http.get("/akun-saya").text)
    return http.post(path, data={"csrf": csrf, **given})


def change_password(http: httpx.Client, old: str, new: str, again: str | None = None):
    csrf = csrf_of(http.get("/akun-saya/kata-sandi").text)
    given = {"csrf": csrf, "old_password": old, "password": new, "again": again or new}
    return http.post("/akun-saya/kata-sandi", data=given)


# One's own account


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER, name="Sari Dewi Lestari")
    with console.client(account=account) as http, console.client(account=account) as elsewhere:
        for old, new, again, said in (
            ("salah", NEW, NEW, "tidak cocok"),
            (PASSWORD, NEW, f"{NEW}!", "Tidak sama"),
            (PASSWORD, "pendek", None, "sedikitnya 12 huruf"),
            (PASSWORD, "rahasiarahasia", None, "mudah ditebak"),
            (PASSWORD, "lestarisari123", None, "hampir hanya nama"),
            (PASSWORD, PASSWORD, None, "yang sekarang"),
        ):
            refused = change_password(http, old, new, again)
            assert refused.status_code == 422, new
            assert said in refused.text
            assert f'"{new}"' not in refused.text
        assert elsewhere.get("/akun-saya").status_code == 200
        done = change_password(http, PASSWORD, NEW)
        assert done.headers["location"] == "/akun-saya?kabar=password"
        assert http.get("/akun-saya").status_code == 200
        assert elsewhere.get("/akun-saya").status_code == 303
    with visitor(console) as http:
        assert sign_in(http, account).status_code == 401
        assert sign_in(http, account, NEW).status_code == 303
    assert ("akun.ganti_sandi", account.id, {}) in entries(console, account.id)


def test_guessing_one_s_own_password_is_paused(console: RunningConsole) -> None:
    console.at(datetime.now(UTC))
    with console.client(Role.OFFICER) as http:
        for _ in range(5):
            assert change_password(http, "salah", NEW).status_code == 422
        assert "tunggu 5 detik" in change_password(http, PASSWORD, NEW).text
    console.at(None)


def test_a_password_somebody_else_set_is_changed_before_anything_else(
    console: RunningConsole,
) -> None:
    account = console.account(Role.OFFICER)
    temporary = console.house.manage_accounts.reset_password("sistem", account)
    with visitor(console) as http:
        assert sign_in(http, account, temporary).status_code == 303
        for path in ("/", "/akun-saya", "/permintaan-data", "/akun-saya/kode"):
            assert http.get(path).headers["location"] == "/akun-saya/kata-sandi"
        assert "dibuat oleh orang lain" in http.get("/akun-saya/kata-sandi").text
        assert change_password(http, temporary, temporary).status_code == 422
        assert change_password(http, temporary, NEW).status_code == 303
        assert http.get("/akun-saya").status_code == 200


def test_own_sessions_are_listed_and_ended_one_by_one_never_another_s(
    console: RunningConsole,
) -> None:
    account, other = console.account(Role.OFFICER), console.account(Role.OFFICER)
    with visitor(console) as first, console.client(account=account) as second:
        first.headers["user-agent"] = "Mozilla/5.0 (Android 14) Firefox/130.0"
        sign_in(first, account)
        page = second.get("/akun-saya").text
        assert "Firefox · Android" in page
        assert page.count("sesi ini") == 1
        path = re.search(r'action="(/akun-saya/sesi/[0-9a-f-]{36}/akhiri)"', page)
        assert path is not None
        assert post(second, path[1]).status_code == 303
        assert first.get("/akun-saya").status_code == 303
        assert post(second, path[1]).status_code == 404
        foreign = console.house.signing.begin(other)[0]
        assert post(second, f"/akun-saya/sesi/{foreign.id}/akhiri").status_code == 404
        assert console.house.sessions.of_account(other.id, datetime.now(UTC))
        sign_in(first, account)
        assert post(second, "/akun-saya/sesi/akhiri-lain").status_code == 303
        assert first.get("/akun-saya").status_code == 303
        assert second.get("/akun-saya").status_code == 200


def test_a_second_factor_needs_password_and_code_and_belongs_to_its_account(
    console: RunningConsole,
) -> None:
    account = console.account(Role.OFFICER)
    with console.client(account=account) as http, console.client(Role.OFFICER) as other:
        page = http.get("/akun-saya/kode").text
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
        assert secret is not None
        code = pyotp.TOTP(secret[1].replace(" ", "")).now()
        given = {"csrf": csrf_of(page), "offer": value(page, "offer")}
        for less in ({"code": code}, {"code": "000000", "password": PASSWORD}):
            assert http.post("/akun-saya/kode", data={**given, **less}).status_code == 422
        stolen = post(other, "/akun-saya/kode", **{**given, "code": code, "password": PASSWORD})
        assert stolen.status_code in (303, 403)
        assert not stored(console, account.login).totp
        done = http.post("/akun-saya/kode", data={**given, "code": code, "password": PASSWORD})
        assert done.text.count("<li><code>") == 10
        assert stored(console, account.login).totp
        old = re.findall(r"<code>([^<]+)</code>", done.text)
        renewed = post(http, "/akun-saya/kode/pemulihan", password=PASSWORD)
        assert not set(old) & set(re.findall(r"<code>([^<]+)</code>", renewed.text))
        assert not console.house.enter.second_factor.check_recovery(account, old[0])
        assert post(http, "/akun-saya/kode/hapus", password="salah").status_code == 422
        assert post(http, "/akun-saya/kode/hapus", password=PASSWORD).status_code == 303
        assert not stored(console, account.login).totp
    assert [entry[0] for entry in entries(console, account.id)] == [
        "akun.gagal_konfirmasi", "akun.pasang_kode", "akun.ganti_pemulihan",
        "akun.gagal_konfirmasi", "akun.lepas_kode",
    ]  # fmt: skip


# Admins


def new_account(http: httpx.Client, login: str, **changes: object) -> httpx.Response:
    page = http.get("/akun/baru").text
    given = {"once": value(page, "once"), "login": login, "name": "Rini <b>Contoh</b>",
             "title": "", "unit": "", "roles": ["petugas"], **changes}  # fmt: skip
    return http.post("/akun/baru", data={"csrf": csrf_of(page), **given})


def test_an_admin_adds_an_account_once_with_a_password_shown_once(console: RunningConsole) -> None:
    admin = console.account(Role.ADMIN)
    with console.client(account=admin) as http:
        page = http.get("/akun/baru").text
        given = {"csrf": csrf_of(page), "once": value(page, "once"), "login": "Rini.baru",
                 "name": "Rini <b>Contoh</b>", "title": "Verifikator", "unit": "",
                 "roles": ["petugas", "penyunting"]}  # fmt: skip
        made = http.post("/akun/baru", data=given)
        temporary = re.search(r'class="temporary">([^<]+)<', made.text)
        assert temporary is not None
        assert "<b>Contoh" not in made.text
        account = stored(console, "rini.baru")
        again = http.post("/akun/baru", data=given)
        assert again.headers["location"] == f"/akun/{account.id}"
        assert account.roles == {Role.OFFICER, Role.EDITOR}
        assert account.must_change_password
        listed = http.get("/akun").text
        assert "sandi sementara" in listed
        assert "<b>Contoh" not in listed
        assert temporary[1] not in listed
    with visitor(console) as http:
        assert sign_in(http, account, temporary[1]).status_code == 303
    made_by = [entry for entry in entries(console, account.id) if entry[0] == "akun.tambah"]
    assert [entry[1] for entry in made_by] == [admin.id]
    assert "Rini" not in str(made_by)
    assert temporary[1] not in str(made_by)


def test_what_cannot_be_stored_is_said_and_nothing_typed_is_lost(console: RunningConsole) -> None:
    taken = console.account(Role.OFFICER)
    with console.client(Role.ADMIN) as http:
        for changes, said in (
            ({"login": taken.login}, "sudah dipakai"),
            ({"login": "a b"}, "belum bisa dipakai"),
            ({"name": " "}, "Isi nama"),
            ({"roles": []}, "sedikitnya satu peran"),
            ({"roles": ["raja"]}, "sedikitnya satu peran"),
            ({"unit": "TIDAK_ADA"}, "Unit itu tidak ada"),
        ):
            login = str(changes.pop("login", "rini.lain"))
            refused = new_account(http, login, title="Pengelola", **changes)
            assert refused.status_code == 422, said
            assert said in refused.text
            assert 'value="Pengelola"' in refused.text


def test_changed_roles_end_sessions_and_leave_a_trace(console: RunningConsole) -> None:
    admin, account = console.account(Role.ADMIN), console.account(Role.OFFICER)
    console.rows("INSERT INTO units (code, name) VALUES ('UJI_A', 'Dinas Uji')")
    with console.client(account=account) as own, console.client(account=admin) as http:
        page = http.get(f"/akun/{account.id}").text
        assert "Semua yang dilakukan petugas" in page
        given = {"name": account.name, "title": "Petugas", "roles": ["petugas"], "unit": ""}
        assert post(http, f"/akun/{account.id}", **given).status_code == 303
        assert own.get("/akun-saya").status_code == 200  # nothing changed
        given.update(roles=["penyelia"], unit="UJI_A")
        assert post(http, f"/akun/{account.id}", **given).status_code == 303
        assert own.get("/akun-saya").status_code == 303
        assert stored(console, account.login).unit == "UJI_A"
    action, actor, details = entries(console, account.id)[-1]
    assert (action, actor) == ("akun.ubah_peran", admin.id)
    assert details["peran"] == "penyelia"
    assert details["peran_lama"] == "petugas"


def test_an_admin_s_acts_end_what_they_say(console: RunningConsole) -> None:
    account = with_app(console, Role.OFFICER)
    with console.client(Role.ADMIN) as http:
        for path in ("sesi", "kode", "kata-sandi", "nonaktifkan"):
            with console.client(account=account) as own:
                assert post(http, f"/akun/{account.id}/{path}").status_code in (200, 303)
                assert own.get("/akun-saya").status_code == 303, path
        now = stored(console, account.login)
        assert (now.totp, now.must_change_password, now.active) == (False, True, False)
        assert "nonaktif" in http.get(f"/akun/{account.id}").text
        assert post(http, f"/akun/{account.id}/aktifkan").status_code == 303
        assert stored(console, account.login).active
        for unknown in ("tak-ada", "00000000-0000-4000-8000-000000000000"):
            assert http.get(f"/akun/{unknown}").status_code == 404
    assert [entry[0] for entry in entries(console, account.id)] == [
        "akun.akhiri_sesi", "akun.hapus_kode", "akun.atur_sandi", "akun.nonaktifkan",
        "akun.aktifkan",
    ]  # fmt: skip


def test_nobody_gives_oneself_rights_and_the_last_admin_stays(console: RunningConsole) -> None:
    console.rows("UPDATE accounts SET active = false WHERE 'admin' = ANY(roles)")
    admin = console.account(Role.ADMIN)
    with console.client(account=admin) as http:
        given = {"name": "Nama Baru", "title": "Admin", "roles": ["admin", "petugas"], "unit": ""}
        assert post(http, f"/akun/{admin.id}", **given).status_code == 303
        now = stored(console, admin.login)
        assert (now.name, now.roles) == ("Nama Baru", {Role.ADMIN})
        for act in ("nonaktifkan", "kata-sandi", "kode", "sesi"):
            assert post(http, f"/akun/{admin.id}/{act}").status_code == 409
        assert stored(console, admin.login).active
        second = console.account(Role.ADMIN)
        with console.client(account=second) as other:
            assert post(other, f"/akun/{admin.id}/nonaktifkan").status_code == 303
    third = console.account(Role.EDITOR)
    forged = console.house.signing.begin(third)[0].account
    with pytest.raises(Exception, match="no active admin"):
        console.house.manage_accounts.change(
            forged.id, Account(second.id, second.login, "x", frozenset({Role.EDITOR}))
        )


def test_an_admin_sees_no_citizen(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as http:
        for path in ("/percakapan", "/pengaduan", "/pengaduan-tertutup", "/permintaan-data"):
            assert http.get(path).status_code in (403, 404), path


# In a browser


def pictured(page: Page, folder: Path, name: str, size: tuple[int, int]) -> None:
    """Keep a picture, and find nothing serious with axe."""
    kind = "desktop" if size == DESKTOP else "phone"
    page.screenshot(path=folder / f"akun-{name}-{kind}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    serious = [item["id"] for item in found if item["impact"] in ("serious", "critical")]
    assert serious == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_person_signs_in_and_sets_up_a_code_in_a_browser(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int]
) -> None:
    console.rows("DELETE FROM sign_in_attempts")
    account = console.account(Role.OFFICER, Role.ADMIN, name="Siti Rahmawati")
    context = window(browser, size)
    page = context.new_page()
    page.goto(f"{console.url}/akun-saya")
    pictured(page, screenshots, "masuk", size)
    page.get_by_label("Nama pengguna").fill(account.login)
    page.get_by_label("Kata sandi").fill("salah sekali ini")
    page.get_by_role("button", name="Masuk").click()
    page.get_by_role("alert").wait_for()
    pictured(page, screenshots, "masuk-salah", size)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/akun-saya")
    pictured(page, screenshots, "akun-saya", size)
    page.get_by_role("link", name="Ganti kata sandi").click()
    pictured(page, screenshots, "kata-sandi", size)
    page.goto(f"{console.url}/akun-saya/kode")
    pictured(page, screenshots, "kode-pasang", size)
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Kode dari aplikasi autentikator").fill(totp.now())
    page.get_by_label("Kata sandi Anda sekarang").fill(PASSWORD)
    page.get_by_role("button", name="Pasang").click()
    page.get_by_role("heading", name="Kode pemulihan").wait_for()
    pictured(page, screenshots, "kode-pemulihan", size)
    code = page.locator(".recovery code").first.inner_text()
    page.goto(f"{console.url}/akun-saya/kode")
    pictured(page, screenshots, "kode-kelola", size)
    for path, name in (("/akun", "daftar"), ("/akun/baru", "baru")):
        page.goto(f"{console.url}{path}")
        pictured(page, screenshots, name, size)
    other = console.account(Role.OFFICER, name="Bambang Setiawan")
    page.goto(f"{console.url}/akun/{other.id}")
    page.get_by_text("Buat kata sandi sementara").first.click()
    pictured(page, screenshots, "akun", size)
    page.get_by_role("button", name="Buat kata sandi sementara").click()
    page.get_by_role("heading", name="Kata sandi sementara").wait_for()
    pictured(page, screenshots, "sandi-sementara", size)
    console.house.sessions.revoke_all(account.id, datetime.now(UTC))
    page.goto(f"{console.url}/akun/baru")
    page.get_by_label("Nama pengguna").fill(account.login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.get_by_label("Kode dari aplikasi autentikator").wait_for()
    pictured(page, screenshots, "kode-minta", size)
    page.get_by_label("Kode dari aplikasi autentikator").fill(code)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/akun/baru")
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_was_typed_when_the_session_ended_is_sent_in_a_browser_without_script(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int]
) -> None:
    console.rows("DELETE FROM sign_in_attempts")
    admin, other = console.account(Role.ADMIN), console.account(Role.OFFICER)
    context = window(browser, size, java_script_enabled=False)
    context.add_cookies([{"name": COOKIE, "value": console.secret(admin), "url": console.url}])
    with closing(context), closing(context.new_page()) as page:
        page.goto(f"{console.url}/akun/{other.id}")
        page.get_by_label("Nama").first.fill("Nama <i>yang</i> Baru")
        console.house.sessions.revoke_all(admin.id, datetime.now(UTC))
        page.get_by_role("button", name="Simpan").click()
        page.get_by_text("tidak hilang").wait_for()
        kind = "desktop" if size == DESKTOP else "phone"
        page.screenshot(path=screenshots / f"akun-sesi-berakhir-{kind}.png", full_page=True)
        page.get_by_label("Nama pengguna").fill(admin.login)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.get_by_text("Nama <i>yang</i> Baru").wait_for()
        page.screenshot(path=screenshots / f"akun-kirim-lagi-{kind}.png", full_page=True)
        page.get_by_role("button", name="Kirim sekarang").click()
        page.get_by_text("Perubahan disimpan").wait_for()
    assert console.house.accounts.account(other.id).name == "Nama <i>yang</i> Baru"
