"""The ports of accounts, sessions, second factors and attempts, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from izin.accounts import HALF_OPEN_LENGTH, SESSION_IDLE, SESSION_LENGTH, Account, Role
from izin.accounts import AccountSession as Session
from izin.errors import Conflict, NotFound
from izin.ports import Accounts, AccountSessions, Attempts, SecondFactors
from izin.storage.memory import accounts as memory
from izin.storage.postgres.account_sessions import PostgresAccountSessions
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.attempts import PostgresAttempts
from izin.storage.postgres.engine import create
from izin.storage.postgres.second_factors import PostgresSecondFactors
from izin.throttle import FORGOTTEN_AFTER, Counted, Limit

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Storage:
    """The four ports over one storage; `same` gives ports of another process."""

    accounts: Accounts
    sessions: AccountSessions
    factors: SecondFactors
    attempts: Attempts
    same: Callable[[], Attempts]

    def person(self, *roles: Role, **more: object) -> Account:
        account = Account(
            id=str(uuid.uuid4()), login=f"u{uuid.uuid4().hex[:8]}", name="Sari",
            roles=frozenset(roles or {Role.OFFICER}), **more,  # type: ignore[arg-type]
        )  # fmt: skip
        self.accounts.add(account, "hash", NOW)
        return account

    def enter(self, account: Account, at: datetime = NOW, **more: object) -> tuple[Session, str]:
        session = Session(
            id=str(uuid.uuid4()), account=account, csrf="c", started_at=at,
            until=at + SESSION_IDLE, **more,  # type: ignore[arg-type]
        )  # fmt: skip
        secret = uuid.uuid4().hex
        self.sessions.open(session, secret)
        return session, secret


@pytest.fixture(params=["memory", "postgres"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    if request.param == "memory":
        data, attempts = memory.AccountData(), memory.MemoryAttempts()
        yield Storage(
            memory.MemoryAccounts(data), memory.MemoryAccountSessions(data),
            memory.MemorySecondFactors(data), attempts, lambda: attempts,
        )  # fmt: skip
        return
    url = request.getfixturevalue("module_database_url")
    engine, other = create(url, pool_size=2), create(url, pool_size=2)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM accounts")
    yield Storage(
        PostgresAccounts(engine), PostgresAccountSessions(engine), PostgresSecondFactors(engine),
        PostgresAttempts(engine), lambda: PostgresAttempts(other),
    )  # fmt: skip
    engine.dispose()
    other.dispose()


def test_an_account_is_found_by_login_in_any_case_and_is_stored_once(storage: Storage) -> None:
    account = storage.person(Role.OFFICER, Role.SEALED_OFFICER, unit="pupr", demo=True)
    assert storage.accounts.by_login(account.login.upper()) == (account, "hash")
    assert storage.accounts.account(account.id) == account
    with pytest.raises(Conflict):
        storage.accounts.add(replace(account, id=str(uuid.uuid4())), "hash", NOW)
    with pytest.raises(Conflict):
        storage.accounts.add(replace(account, login="lain"), "hash", NOW)
    assert storage.accounts.by_login("tak-ada") is None
    for unknown in (str(uuid.uuid4()), "bukan-id"):
        with pytest.raises(NotFound):
            storage.accounts.account(unknown)


def test_accounts_are_listed_by_name(storage: Storage) -> None:
    for name in ("citra", "Budi"):
        account = storage.person()
        storage.accounts.change(replace(account, name=name))
    assert [account.name for account in storage.accounts.all()] == ["Budi", "citra"]


def test_a_change_keeps_what_it_does_not_concern_and_tells_what_was(storage: Storage) -> None:
    account = storage.person(must_change_password=True)
    wanted = replace(
        account, name="Sari Dewi", roles=frozenset({Role.EDITOR}), unit="dlh", title="Verifikator",
        active=False, login="usaha", must_change_password=False, demo=True,
    )  # fmt: skip
    assert storage.accounts.change(wanted) == account
    kept = replace(wanted, login=account.login, must_change_password=True, demo=False)
    assert storage.accounts.account(account.id) == kept
    with pytest.raises(NotFound):
        storage.accounts.change(replace(account, id=str(uuid.uuid4())))


def test_the_last_active_admin_stays(storage: Storage) -> None:
    first, second = storage.person(Role.ADMIN), storage.person(Role.ADMIN)
    storage.person(Role.ADMIN, active=False)
    storage.accounts.change(replace(first, active=False))
    for less in (replace(second, active=False), replace(second, roles=frozenset({Role.OFFICER}))):
        with pytest.raises(Conflict):
            storage.accounts.change(less)
    assert storage.accounts.account(second.id) == second
    storage.accounts.change(replace(second, name="Lain"))


def test_two_admins_who_remove_each_other_at_once_do_not_both_succeed(storage: Storage) -> None:
    admins = [storage.person(Role.ADMIN) for _ in range(2)]

    def remove(admin: Account) -> bool:
        try:
            storage.accounts.change(replace(admin, active=False))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, admins)) == [False, True]


def test_another_password_is_stored_with_whether_it_must_be_changed(storage: Storage) -> None:
    account = storage.person()
    storage.accounts.set_password(account.id, "other", must_change=True)
    assert storage.accounts.by_login(account.login) == (
        replace(account, must_change_password=True), "other",
    )  # fmt: skip
    with pytest.raises(NotFound):
        storage.accounts.set_password(str(uuid.uuid4()), "x", must_change=False)


def test_a_session_ends_when_nobody_uses_it(storage: Storage) -> None:
    account = storage.person()
    _, secret = storage.enter(account, device="Firefox · Linux")
    used = storage.sessions.find(secret, NOW + SESSION_IDLE - SECOND)
    assert used is not None
    assert (used.account, used.device) == (account, "Firefox · Linux")
    assert used.until == NOW + SESSION_IDLE * 2 - SECOND
    later = NOW + SESSION_IDLE * 2 - 2 * SECOND
    looked = storage.sessions.find(secret, later, used=False)
    assert looked is not None
    assert looked.until == used.until
    assert storage.sessions.find(secret, NOW + SESSION_IDLE * 2 - SECOND) is None
    assert storage.sessions.find("unknown", NOW) is None


def test_a_session_ends_at_its_longest_however_much_it_is_used(storage: Storage) -> None:
    _, secret = storage.enter(storage.person())
    moment = NOW
    while moment < NOW + SESSION_LENGTH - timedelta(hours=1):
        moment += timedelta(hours=1)
        found = storage.sessions.find(secret, moment)
        assert found is not None
    assert found.until == NOW + SESSION_LENGTH
    assert storage.sessions.find(secret, NOW + SESSION_LENGTH) is None


def test_a_session_without_its_second_factor_is_over_soon(storage: Storage) -> None:
    _, secret = storage.enter(storage.person(), second_factor=False)
    found = storage.sessions.find(secret, NOW + HALF_OPEN_LENGTH - SECOND)
    assert found is not None
    assert not found.second_factor
    assert storage.sessions.find(secret, NOW + HALF_OPEN_LENGTH) is None


def test_a_session_ends_by_revocation_or_with_its_account(storage: Storage) -> None:
    account = storage.person()
    first, first_secret = storage.enter(account)
    _, second_secret = storage.enter(account)
    assert storage.sessions.revoke(first.id, NOW)
    assert not storage.sessions.revoke(first.id, NOW)
    assert not storage.sessions.revoke("bukan-id", NOW)
    assert storage.sessions.find(first_secret, NOW) is None
    assert storage.sessions.find(second_secret, NOW) is not None
    storage.accounts.change(replace(account, active=False))
    assert storage.sessions.find(second_secret, NOW) is None
    assert storage.sessions.of_account(account.id, NOW) == []


def test_an_account_s_sessions_are_listed_and_ended_together(storage: Storage) -> None:
    account = storage.person()
    first, first_secret = storage.enter(account)
    second, _ = storage.enter(account, NOW + SECOND)
    _, strange = storage.enter(storage.person())
    shown = storage.sessions.of_account(account.id, NOW + SECOND)
    assert [session.id for session in shown] == [second.id, first.id]
    assert [session.seen_at for session in shown] == [NOW + SECOND, NOW]
    assert storage.sessions.revoke_all(account.id, NOW, but=first.id) == 1
    assert storage.sessions.find(first_secret, NOW) is not None
    assert storage.sessions.revoke_all(account.id, NOW) == 1
    assert storage.sessions.find(first_secret, NOW) is None
    assert storage.sessions.find(strange, NOW) is not None


def test_a_step_of_the_second_factor_counts_once_and_never_backwards(storage: Storage) -> None:
    account = storage.person()
    assert not storage.factors.use_step(account.id, 5)
    assert storage.factors.locked_secret(account.id) is None
    storage.factors.store(account.id, "locked", ["a", "b"], 10)
    assert storage.factors.locked_secret(account.id) == "locked"
    assert storage.accounts.account(account.id).totp
    assert [storage.factors.use_step(account.id, step) for step in (10, 11, 11, 9, 12)] == [
        False, True, False, False, True,
    ]  # fmt: skip
    with pytest.raises(NotFound):
        storage.factors.store(str(uuid.uuid4()), "locked", [], 0)


def test_one_step_given_twice_at_once_counts_once(storage: Storage) -> None:
    account = storage.person()
    storage.factors.store(account.id, "locked", [], 1)
    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(lambda _: storage.factors.use_step(account.id, 2), range(4)))
    assert sorted(used) == [False, False, False, True]


def test_a_recovery_code_counts_once(storage: Storage) -> None:
    account, other = storage.person(), storage.person()
    storage.factors.store(account.id, "locked", ["a", "b"], 1)
    storage.factors.store(other.id, "locked", ["c"], 1)
    assert not storage.factors.use_recovery(account.id, "c")
    assert storage.factors.use_recovery(account.id, "a")
    assert not storage.factors.use_recovery(account.id, "a")
    assert storage.factors.recovery_left(account.id) == 1
    storage.factors.set_recovery(account.id, ["x", "y", "z"])
    assert storage.factors.recovery_left(account.id) == 3
    assert not storage.factors.use_recovery(account.id, "b")
    assert storage.factors.remove(account.id)
    assert not storage.factors.remove(account.id)
    assert storage.factors.recovery_left(account.id) == 0
    assert not storage.accounts.account(account.id).totp


def counted(*limits: Limit) -> list[Counted]:
    return [Counted(uuid.uuid4().hex, limit) for limit in limits]


def test_pauses_double_and_end(storage: Storage) -> None:
    keys, now = counted(Limit(free=2, most_s=20)), NOW
    assert storage.attempts.begin(keys, now) is None
    assert storage.attempts.begin(keys, now) is None
    pauses = []
    for _ in range(4):
        until = storage.attempts.begin(keys, now)
        assert until is not None
        assert storage.attempts.begin(keys, until - SECOND) == until  # waiting costs nothing
        pauses.append((until - now).total_seconds())
        now = until
        assert storage.attempts.begin(keys, now) is None
    assert pauses == [5, 10, 20, 20]


def test_the_longest_pause_of_all_keys_counts(storage: Storage) -> None:
    soon, late = counted(Limit(free=1, most_s=5), Limit(free=1, most_s=60, first_s=60))
    storage.attempts.begin([soon, late], NOW)
    assert storage.attempts.begin([soon, late], NOW) == NOW + 60 * SECOND
    assert storage.attempts.begin([soon], NOW) == NOW + 5 * SECOND


def test_success_takes_back_its_failures_but_of_colleagues_only_its_own(storage: Storage) -> None:
    own, shared = counted(Limit(free=2, most_s=60), Limit(free=2, most_s=60))
    storage.attempts.begin([shared], NOW)
    assert storage.attempts.begin([own, shared], NOW) is None
    storage.attempts.forgive([own, shared], [shared.key])
    assert storage.attempts.begin([own], NOW) is None
    assert storage.attempts.begin([shared], NOW) is None
    assert storage.attempts.begin([own], NOW) is None
    assert storage.attempts.begin([shared], NOW) is not None


def test_failures_are_forgotten_after_a_day(storage: Storage) -> None:
    keys = counted(Limit(free=1, most_s=60))
    storage.attempts.begin(keys, NOW)
    assert storage.attempts.begin(keys, NOW) is not None
    later = NOW + FORGOTTEN_AFTER + SECOND
    storage.attempts.begin(keys, later)
    assert storage.attempts.begin(keys, later) == later + 5 * SECOND


def test_attempts_of_many_at_once_over_two_processes_are_counted_together(
    storage: Storage,
) -> None:
    keys = counted(Limit(free=3, most_s=60), Limit(free=100, most_s=60))
    both = [storage.attempts, storage.same()]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: both[n % 2].begin(keys[:: 1 - n % 2 * 2], NOW), range(16)))
    assert sum(until is None for until in found) == 3
