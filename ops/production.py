"""What a production installation refuses: the demo's data, accounts and switches."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from izin.errors import StorageUnavailable
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.engine import create
from izin.storage.registry import DEMO_SCHEMA
from ops.demo_officers import read_officers
from ops.errors import DemoInProduction
from ops.settings import OpsSettings


def refuse_demo(settings: OpsSettings, database_url: str) -> None:
    """Look whether a production installation was given what belongs to the demo.

    Raises:
        DemoInProduction: the demo's switch, office, registry or an account with one of its
            passwords; ``what`` is the id of what it is.
        StorageUnavailable: the database does not answer.
    """
    if settings.home is None:
        return
    if settings.demo:
        raise DemoInProduction("TANYA_DEMO is set", what="switch")
    engine = create(database_url, pool_size=1)
    try:
        found = _demo_data(engine) or _demo_account(engine, settings.data)
    except OperationalError as error:
        raise StorageUnavailable("our database does not answer") from error
    finally:
        engine.dispose()
    if found:
        raise DemoInProduction(f"the database holds the demo's {found}", what=found)


def _demo_data(engine: Engine) -> str:
    with engine.connect() as connection:
        schema = connection.execute(
            text("select 1 from pg_namespace where nspname = :name"), {"name": DEMO_SCHEMA}
        ).scalar()
        if schema:
            return "registry"
        exists = connection.execute(text("select to_regclass('office')")).scalar()
        if exists and connection.execute(text("select fictional from office")).scalar():
            return "office"
    return ""


def _demo_account(engine: Engine, data: Path) -> str:
    """Say ``account`` when one that may sign in has a password that everybody may know."""
    accounts = PostgresAccounts(engine)
    try:
        for officer in read_officers(data):
            found = accounts.by_login(officer.login)
            if found is None or not found[0].active:
                continue
            if found[0].demo or Argon2Hashes().matches(found[1], officer.password):
                return "account"
    except (ProgrammingError, StorageUnavailable):
        return ""  # a database that was not made yet holds no account
    return ""
