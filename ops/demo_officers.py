"""Officers for trying out the console: made in the demo alone, with passwords that are printed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from izin.accounts import Account, Role
from izin.errors import Conflict

FILE = "data/demo/officers.yaml"


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """A fictional officer with a password everybody may know."""

    login: str
    name: str
    password: str
    roles: tuple[Role, ...]
    title: str


def read_officers(data: Path) -> Sequence[DemoOfficer]:
    """The officers of ``data/demo/officers.yaml``, in order."""
    raw = yaml.safe_load((data / "demo" / "officers.yaml").read_text("utf-8"))
    return [
        DemoOfficer(
            item["login"], item["name"], item["password"], tuple(map(Role, item["roles"])),
            item["title"],
        )
        for item in raw["officers"]
    ]  # fmt: skip


def load(database_url: str, data: Path, *, demo: bool) -> int:
    """Make the officers that are missing; returns how many were made.

    Raises:
        ValueError: outside the demo, where such accounts must not come to be.
    """
    if not demo:
        raise ValueError("accounts with printed passwords are for the demo alone")
    # Reading the file, which the supervisor does, needs no database: 20 MB less for it.
    from izin.storage.passwords import Argon2Hashes
    from izin.storage.postgres.accounts import PostgresAccounts
    from izin.storage.postgres.engine import create

    engine = create(database_url, pool_size=1)
    try:
        accounts, passwords = PostgresAccounts(engine), Argon2Hashes()
        missing = [item for item in read_officers(data) if accounts.by_login(item.login) is None]
        made = 0
        for officer in missing:
            account = Account(
                id=str(uuid.uuid4()), login=officer.login, name=officer.name,
                roles=frozenset(officer.roles), title=officer.title, demo=True,
            )  # fmt: skip
            try:
                accounts.add(account, passwords.hash(officer.password), datetime.now(UTC))
                made += 1
            except Conflict:
                continue  # another start was first
        return made
    finally:
        engine.dispose()
