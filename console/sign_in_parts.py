"""Joins what signing in and looking after accounts is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from console.one_time_codes import TotpCodes
from console.signing import Signing
from izin.ports import AuditLog
from izin.settings import Settings
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.account_sessions import PostgresAccountSessions
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.attempts import PostgresAttempts
from izin.storage.postgres.engine import one_commit
from izin.storage.postgres.second_factors import PostgresSecondFactors
from izin.storage.vault import Vault
from izin.usecases.enter_console import EnterConsole
from izin.usecases.manage_accounts import ManageAccounts
from izin.usecases.second_factor import SecondFactor


@dataclass(frozen=True, slots=True)
class SignInParts:
    """Sessions in cookies, checks of passwords and codes, and the care of accounts."""

    signing: Signing
    enter: EnterConsole
    manage: ManageAccounts


def sign_in_parts(
    settings: Settings, engine: Engine, audit: AuditLog, clock: Callable[[], datetime]
) -> SignInParts:
    """Give the parts over one engine.

    Raises:
        InvalidInput: ``TANYA_CONSOLE_KEY`` is missing or too short.
    """
    safe = Vault(settings.console_key, "TANYA_CONSOLE_KEY")
    accounts, sessions = PostgresAccounts(engine), PostgresAccountSessions(engine)
    factors, passwords = PostgresSecondFactors(engine), Argon2Hashes()
    return SignInParts(
        Signing(sessions, safe, settings, clock),
        EnterConsole(
            accounts, PostgresAttempts(engine), passwords,
            SecondFactor(factors, TotpCodes(), safe, clock), audit, clock, settings.demo,
        ),
        ManageAccounts(
            accounts, sessions, factors, passwords, audit, partial(one_commit, engine), clock
        ),
    )  # fmt: skip
