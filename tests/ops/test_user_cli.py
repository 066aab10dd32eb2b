"""`tanya user …` over ports in memory, and the officers of the demo."""

from __future__ import annotations

import io
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from izin.accounts import AccountSession, Role
from izin.audit import SYSTEM, AuditEntry
from izin.storage.memory import accounts as memory
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.engine import create
from izin.usecases.manage_accounts import ManageAccounts
from izin.wording import Wording
from ops import demo_officers, doctor_accounts, user_cli
from ops.cli import _parser, main
from ops.settings import CHECKOUT, OpsSettings

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
GOOD = "sepeda hujan bukit"


class Kept:
    """An audit log that tests can read."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


class Office:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data, self.audit = memory.AccountData(), Kept()
        self.manage = ManageAccounts(
            memory.MemoryAccounts(data), memory.MemoryAccountSessions(data),
            memory.MemorySecondFactors(data), Argon2Hashes(), self.audit, nullcontext, lambda: NOW,
        )  # fmt: skip
        self.terminal = user_cli.Terminal(self.manage, Wording(), frozenset({"DPUPR"}))
        self.patch = monkeypatch

    def run(self, *words: str, typed: str = "") -> int:
        self.patch.setattr("sys.stdin", io.StringIO(typed))
        options = _parser(Wording(), "user").parse_args(["user", *words])
        work = options.run.__closure__[0].cell_contents
        return user_cli.run_at(self.terminal, work, options)

    def actions(self) -> list[str]:
        assert {entry.actor for entry in self.audit.entries} <= {SYSTEM}
        return [entry.action for entry in self.audit.entries]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


def test_the_first_admin_is_made_with_the_password_typed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    made = office.run("add", "Agus", "--name", "Agus S", "--role", "admin", typed=f"{GOOD}\n")
    assert made == 0
    found = office.manage.accounts.by_login("agus")
    assert found is not None
    account, hashed = found
    assert (account.name, account.roles, account.unit) == ("Agus S", {Role.ADMIN}, None)
    assert office.manage.passwords.matches(hashed, GOOD)
    assert office.actions() == ["akun.tambah"]
    assert GOOD not in repr(office.audit.entries)
    assert office.run("list") == 0
    shown = capsys.readouterr().out
    assert "agus" in shown
    assert GOOD not in shown
    assert hashed not in shown


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["x"], GOOD, "Nama pengguna belum bisa dipakai"),
        (["agus"], "pendek", "sedikitnya 12 huruf"),
        (["agus"], "rahasiarahasia", "mudah ditebak"),
        (["agus", "--unit", "TIDAK"], GOOD, "Yang ada: DPUPR"),
        (["lama"], GOOD, "sudah dipakai"),
    ],
)
def test_what_cannot_be_made_is_said(
    office: Office, capsys: pytest.CaptureFixture[str], words: list[str], typed: str, said: str
) -> None:
    office.run("add", "lama", "--name", "Lama", "--role", "petugas", typed=GOOD)
    assert office.run("add", *words, "--name", "A", "--role", "petugas", typed=typed) == 1
    assert said in capsys.readouterr().err


def test_a_password_is_never_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["user", "password", "agus", "rahasia"])
    with pytest.raises(SystemExit):
        main(["user", "add", "agus", "--name", "A", "--role", "admin", "--password", "rahasia"])
    capsys.readouterr()


def test_resets_end_sessions_and_the_last_admin_stays(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.run("add", "agus", "--name", "Agus", "--role", "admin", typed=GOOD)
    found = office.manage.accounts.by_login("agus")
    assert found is not None
    account = found[0]
    office.manage.factors.store(account.id, "locked", ["a"], 1)
    for words, typed in ((["password", "agus"], "payung kertas biru"), (["reset-2fa", "agus"], "")):
        office.manage.sessions.open(
            AccountSession(words[0], account, "c", NOW, NOW), f"secret-{words[0]}"
        )
        assert office.run(*words, typed=typed) == 0
        assert office.manage.sessions.of_account(account.id, NOW) == []
    changed = office.manage.accounts.account(account.id)
    assert changed.must_change_password
    assert not changed.totp
    assert office.run("deactivate", "agus") == 1
    assert "satu-satunya admin" in capsys.readouterr().err
    office.run("add", "budi", "--name", "Budi", "--role", "admin", typed=GOOD)
    assert office.run("deactivate", "agus") == 0
    assert office.run("activate", "agus") == 0
    assert office.run("deactivate", "entah") == 1
    assert office.actions()[1:] == [
        "akun.atur_sandi", "akun.hapus_kode", "akun.tambah", "akun.nonaktifkan", "akun.aktifkan",
    ]  # fmt: skip


def test_a_password_typed_differently_twice_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["sekali begini saja", "sekali begitu saja"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    monkeypatch.setattr("sys.stdin", type("Tty", (), {"isatty": lambda self: True})())
    with pytest.raises(user_cli.Refused):
        office.terminal.password()


def test_the_demo_s_officers_are_made_once_and_only_in_the_demo(
    database_url: str, tmp_path: Path
) -> None:
    data = CHECKOUT / "data"
    with pytest.raises(ValueError, match="demo"):
        demo_officers.load(database_url, data, demo=False)
    officers = demo_officers.read_officers(data)
    assert {role for officer in officers for role in officer.roles} == set(Role)
    assert demo_officers.load(database_url, data, demo=True) == len(officers)
    assert demo_officers.load(database_url, data, demo=True) == 0
    engine = create(database_url, pool_size=1)
    accounts = PostgresAccounts(engine)
    assert all(account.demo for account in accounts.all())
    found = accounts.by_login("admin")
    engine.dispose()
    assert found is not None
    password = next(officer.password for officer in officers if officer.login == "admin")
    assert Argon2Hashes().matches(found[1], password)
    settings = OpsSettings(CHECKOUT, tmp_path, gateway_port=9)
    assert [row[1] for row in doctor_accounts.examine(settings, database_url)] == [
        "accounts.ok", "accounts.demo",
    ]  # fmt: skip


def test_what_an_office_starts_with_holds_no_account_and_the_doctor_asks_for_an_admin(
    database_url: str, tmp_path: Path
) -> None:
    from ops.prepare import load_demo, seed

    settings = OpsSettings(CHECKOUT, tmp_path, gateway_port=9, permit_database_url="sqlite://")
    seed(settings, database_url, lambda *_, **__: None)
    load_demo(settings, database_url)
    engine = create(database_url, pool_size=1)
    assert PostgresAccounts(engine).all() == []
    engine.dispose()
    assert [row[1] for row in doctor_accounts.examine(settings, database_url)] == [
        "accounts.no_admin"
    ]


def test_the_command_works_on_the_office_s_own_database(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TANYA_VAR_FOLDER", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO(GOOD))
    assert main(["user", "add", "agus", "--name", "Agus", "--role", "admin"]) == 0
    assert main(["user", "list"]) == 0
    shown = capsys.readouterr().out
    assert "Akun agus dibuat." in shown
    assert "admin" in shown
