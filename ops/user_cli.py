"""`tanya user …`: accounts of the console from the terminal, such as the first admin.

Whoever may run this holds the machine and its database; the audit log names the system.
Passwords are typed hidden or come from standard input, never as an argument, which every
process of the machine could read.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from izin.accounts import Account, Role
from izin.audit import SYSTEM
from izin.errors import Conflict, InvalidInput
from izin.passwords import SHORTEST
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.account_sessions import PostgresAccountSessions
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.engine import create, one_commit
from izin.storage.postgres.second_factors import PostgresSecondFactors
from izin.storage.postgres.units import PostgresUnits
from izin.usecases.manage_accounts import ManageAccounts, WeakPassword, role_of
from izin.wording import Wording
from ops.audit_log import audit_log
from ops.databases import database
from ops.settings import OpsSettings

Work = Callable[["Terminal", argparse.Namespace], None]


class Refused(Exception):
    """What was asked cannot be done; ``sentence`` is its id in the wording."""

    def __init__(self, sentence: str, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.parameters = parameters


class Terminal:
    """Accounts as the terminal looks after them."""

    def __init__(self, manage: ManageAccounts, wording: Wording, units: frozenset[str]) -> None:
        """Take the use case, the sentences, and the codes of the office's units."""
        self.manage = manage
        self.wording = wording
        self.units = units

    def say(self, key: str, **parameters: object) -> None:
        """Print a sentence."""
        print(self.wording.say(f"user.cli.{key}", **parameters), flush=True)

    def account(self, login: str) -> Account:
        """Give the account of a login.

        Raises:
            Refused: There is none.
        """
        found = self.manage.accounts.by_login(login)
        if found is None:
            raise Refused("unknown", login=login)
        return found[0]

    def password(self) -> str:
        """Ask for a password, twice and hidden; from a pipe the first line is it."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        say = self.wording.say
        first = getpass.getpass(say("user.cli.type_password", count=SHORTEST))
        if first != getpass.getpass(say("user.cli.type_again")):
            raise Refused("differs")
        return first


def add(terminal: Terminal, options: argparse.Namespace) -> None:
    """Make an account with the password typed."""
    if options.unit and options.unit not in terminal.units:
        raise Refused("no_unit", units=", ".join(sorted(terminal.units)))
    account = Account(
        id=str(uuid.uuid4()),
        login=options.login,
        name=options.name,
        roles=frozenset(role_of(role) for role in options.role),
        unit=options.unit,
        title=options.title,
    )
    if terminal.manage.accounts.by_login(options.login) is not None:
        raise Refused("taken", login=options.login)
    terminal.manage.add(SYSTEM, account, terminal.password())
    terminal.say("added", login=options.login.lower())


def show(terminal: Terminal, options: argparse.Namespace) -> None:
    """List every account."""
    say = terminal.wording.say
    for account in terminal.manage.accounts.all():
        marks = [
            say(f"user.cli.is_{name}")
            for name, holds in (
                ("off", not account.active), ("with_factor", account.totp), ("demo", account.demo),
            )
            if holds
        ]  # fmt: skip
        roles = ",".join(sorted(account.roles))
        print(f"{account.login:<16} {account.name:<28} {roles:<24} {account.unit or '-':<10} "
              f"{', '.join(marks)}".rstrip())  # fmt: skip


def password(terminal: Terminal, options: argparse.Namespace) -> None:
    """Set a password that must be changed at the next sign-in."""
    account = terminal.account(options.login)
    terminal.manage.reset_password(SYSTEM, account, terminal.password())
    terminal.say("password_set", login=account.login)


def reset_second_factor(terminal: Terminal, options: argparse.Namespace) -> None:
    """Take the second factor away."""
    account = terminal.account(options.login)
    was = terminal.manage.reset_second_factor(SYSTEM, account)
    terminal.say("factor_gone" if was else "factor_none", login=account.login)


def switch(terminal: Terminal, options: argparse.Namespace, *, active: bool) -> None:
    """Switch an account on or off."""
    account = terminal.account(options.login)
    terminal.manage.change(SYSTEM, replace(account, active=active))
    terminal.say("is_on" if active else "switched_off", login=account.login)


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the commands of `tanya user`."""

    def command(name: str, work: Work, *, login: bool = True) -> argparse.ArgumentParser:
        about = wording.say(f"user.cli.{name.replace('-', '_')}")
        made: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
        if login:
            made.add_argument("login", help=wording.say("user.cli.login"))
        made.set_defaults(run=lambda options, said: _at_terminal(work, options, said))
        return made

    new = command("add", add)
    new.add_argument("--name", required=True, help=wording.say("user.cli.name"))
    new.add_argument(
        "--role", action="append", required=True, choices=[role.value for role in Role],
        help=wording.say("user.cli.role"),
    )  # fmt: skip
    new.add_argument("--unit", help=wording.say("user.cli.unit"))
    new.add_argument("--title", default="Petugas", help=wording.say("user.cli.title"))
    command("list", show, login=False)
    command("password", password)
    command("reset-2fa", reset_second_factor)
    command("deactivate", partial(switch, active=False))
    command("activate", partial(switch, active=True))


def _at_terminal(work: Work, options: argparse.Namespace, wording: Wording) -> int:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = OpsSettings.from_environment()
    with database(settings) as url:
        engine = create(url, pool_size=1)
        try:
            manage = ManageAccounts(
                PostgresAccounts(engine), PostgresAccountSessions(engine),
                PostgresSecondFactors(engine), Argon2Hashes(), audit_log(settings, engine),
                partial(one_commit, engine), lambda: datetime.now(UTC),
            )  # fmt: skip
            units = frozenset(unit.code for unit in PostgresUnits(engine).all() if not unit.desk)
            return run_at(Terminal(manage, wording, units), work, options)
        finally:
            engine.dispose()


def run_at(terminal: Terminal, work: Work, options: argparse.Namespace) -> int:
    """Run one command; what cannot be done is said on standard error, with exit code 1."""
    say = terminal.wording.say
    try:
        work(terminal, options)
        return 0
    except Refused as refusal:
        sentence = say(f"user.cli.{refusal.sentence}", **refusal.parameters)
    except WeakPassword as refusal:
        weak = refusal.reason
        sentence = (
            say("account.password_short", count=SHORTEST)
            if weak == "short"
            else say(f"account.weak.{weak}")
        )
    except InvalidInput as refusal:
        sentence = say(f"account.wrong.{refusal.field}")
    except Conflict:
        sentence = say("account.wrong.last_admin")
    print(sentence, file=sys.stderr)
    return 1
