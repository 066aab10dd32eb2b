"""`tanya database …`: the database roles of our processes."""

from __future__ import annotations

import argparse
import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from izin.storage.postgres.role_grants import PREFIX, make_roles
from izin.storage.roles import ROLES
from izin.wording import Wording
from ops.children import OWN_DATABASE
from ops.databases import database
from ops.errors import RolesNotMade
from ops.settings import OpsSettings

_PASSWORD_BYTES = 24


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the commands of `tanya database`."""
    about = wording.say("database.cli.roles")
    commands.add_parser("roles", help=about, description=about).set_defaults(run=roles)


def roles(options: argparse.Namespace, wording: Wording) -> int:
    """Make the roles and grant their rights; prints the settings of those that are new.

    Raises:
        RolesNotMade: the role in DATABASE_URL may make no others.
    """
    with database(OpsSettings.from_environment()) as url:
        passwords = {role: secrets.token_urlsafe(_PASSWORD_BYTES) for role in ROLES}
        try:
            made = make_roles(url, passwords)
        except psycopg.errors.InsufficientPrivilege as error:
            raise RolesNotMade(str(error).splitlines()[0]) from error
    for role in made:
        name = OWN_DATABASE.get(role, f"TANYA_{role.upper()}_DATABASE_URL")
        print(f"{name}={address_of(url, PREFIX + role, passwords[role])}")
    print(wording.say("database.cli.new" if made else "database.cli.granted"))
    return 0


def address_of(url: str, user: str, password: str) -> str:
    """Give the libpq URL of another role on the same database."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))
