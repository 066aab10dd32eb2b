"""Look after accounts: add, change, set passwords, and end what must not go on.

The console does it in an admin's name, the terminal in the system's. Each step is one commit
with its audit entry. Whatever takes rights away ends the account's sessions at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from izin.accounts import Account, Role
from izin.audit import AuditEntry
from izin.errors import InvalidInput
from izin.passwords import temporary_password, weakness
from izin.ports import Accounts, AccountSessions, AuditLog, PasswordHashes, SecondFactors

SUBJECT = "akun"
_LOGIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_LONGEST_NAME = 80


class WeakPassword(InvalidInput):
    """A password that is refused; ``reason`` is one of ``izin.passwords.weakness``."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"password is {reason}", field="password")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ManageAccounts:
    """Everything that is done to accounts, by ``actor`` (an account id, or the system)."""

    accounts: Accounts
    sessions: AccountSessions
    factors: SecondFactors
    passwords: PasswordHashes
    audit: AuditLog
    one_commit: Callable[[], AbstractContextManager[None]]
    clock: Callable[[], datetime]

    def add(self, actor: str, account: Account, password: str | None = None) -> str:
        """Store an account; give its password: the one given, or one to be changed.

        Raises:
            InvalidInput: Login, name or roles cannot be used; ``field`` says which.
            Conflict: The login or the id is taken.
            WeakPassword: The password given is refused.
        """
        account = _checked(account)
        if password is None:
            account, password = replace(account, must_change_password=True), temporary_password()
        else:
            self._refuse_weak(account, password)
        hashed = self.passwords.hash(password)
        with self.one_commit():
            self.accounts.add(account, hashed, self.clock())
            self._record(actor, "akun.tambah", account.id, peran=_roles(account))
        return password

    def change(self, actor: str, account: Account) -> Account:
        """Store name, roles, unit, title and whether it is active; give what was before.

        Raises:
            InvalidInput: Name or roles cannot be used.
            NotFound: No such account.
            Conflict: No active admin would be left.
        """
        account = _checked(account)
        with self.one_commit():
            before = self.accounts.change(account)
            if before.roles != account.roles or before.unit != account.unit:
                self._record(
                    actor, "akun.ubah_peran", account.id, peran=_roles(account),
                    peran_lama=_roles(before), unit=account.unit or "-",
                )  # fmt: skip
            if before.active != account.active:
                action = "akun.aktifkan" if account.active else "akun.nonaktifkan"
                self._record(actor, action, account.id)
            if (before.name, before.title) != (account.name, account.title):
                self._record(actor, "akun.ubah", account.id)
            rights = (before.roles, before.unit, before.active)
            if rights != (account.roles, account.unit, account.active):
                self.sessions.revoke_all(account.id, self.clock())
        return before

    def reset_password(self, actor: str, account: Account, password: str | None = None) -> str:
        """Give a temporary password, or set the one given; every session ends.

        Raises:
            WeakPassword: The password given is refused.
        """
        if password is None:
            new = temporary_password()
        else:
            new = password
            self._refuse_weak(account, new)
        hashed = self.passwords.hash(new)
        with self.one_commit():
            self.accounts.set_password(account.id, hashed, must_change=True)
            self.sessions.revoke_all(account.id, self.clock())
            self._record(actor, "akun.atur_sandi", account.id)
        return new

    def own_password(self, account: Account, password: str, session_id: str) -> None:
        """Set the password its owner chose; the account's other sessions end.

        Raises:
            WeakPassword: It is refused; ``same`` when it is the present one.
        """
        self._refuse_weak(account, password)
        found = self.accounts.by_login(account.login)
        if found is not None and self.passwords.matches(found[1], password):
            raise WeakPassword("same")
        hashed = self.passwords.hash(password)
        with self.one_commit():
            self.accounts.set_password(account.id, hashed, must_change=False)
            self.sessions.revoke_all(account.id, self.clock(), but=session_id)
            self._record(account.id, "akun.ganti_sandi", account.id)

    def reset_second_factor(self, actor: str, account: Account) -> bool:
        """Take the second factor away and end every session; False if there was none."""
        with self.one_commit():
            was = self.factors.remove(account.id)
            self.sessions.revoke_all(account.id, self.clock())
            self._record(actor, "akun.hapus_kode", account.id)
        return was

    def end_sessions(self, actor: str, account: Account, but: str = "") -> int:
        """End the account's sessions, except the one named; give how many."""
        with self.one_commit():
            ended = self.sessions.revoke_all(account.id, self.clock(), but=but)
            self._record(actor, "akun.akhiri_sesi", account.id, jumlah=ended)
        return ended

    def end_session(self, account: Account, session_id: str) -> bool:
        """End one of one's own sessions; False if it is no such one."""
        now = self.clock()
        if session_id not in {item.id for item in self.sessions.of_account(account.id, now)}:
            return False
        with self.one_commit():
            self.sessions.revoke(session_id, now)
            self._record(account.id, "akun.akhiri_sesi", account.id, jumlah=1)
        return True

    def _refuse_weak(self, account: Account, password: str) -> None:
        reason = weakness(password, account.login, account.name)
        if reason is not None:
            raise WeakPassword(reason)

    def _record(self, actor: str, action: str, account_id: str, **details: str | int) -> None:
        self.audit.record(AuditEntry(self.clock(), actor, action, SUBJECT, account_id, details))


def role_of(word: str) -> Role:
    """Give the role of a word.

    Raises:
        InvalidInput: There is none.
    """
    try:
        return Role(word)
    except ValueError as error:
        raise InvalidInput(f"no role {word!r}", field="roles") from error


def _checked(account: Account) -> Account:
    login, name = account.login.strip().lower(), " ".join(account.name.split())
    title = " ".join(account.title.split())
    if not 3 <= len(login) <= 40 or set(login) - _LOGIN_LETTERS:
        raise InvalidInput("login", field="login")
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise InvalidInput("name", field="name")
    if not 1 <= len(title) <= _LONGEST_NAME:
        raise InvalidInput("title", field="title")
    if not account.roles:
        raise InvalidInput("roles", field="roles")
    return replace(account, login=login, name=name, title=title, unit=account.unit or None)


def _roles(account: Account) -> str:
    return ",".join(sorted(account.roles))
