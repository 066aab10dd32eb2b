"""Makes the database roles of our processes, and keeps their rights as they should be."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

from izin.storage.roles import ROLES, grants

PREFIX = "tanya_"
_TABLES = """
select case when schemaname = 'public' then tablename else schemaname || '.' || tablename end
  from pg_tables where schemaname in ('public', 'sealed') order by 1
"""


def make_roles(database_url: str, passwords: Mapping[str, str], prefix: str = PREFIX) -> list[str]:
    """Make what is missing of the roles and grant all of them their rights; gives the new ones.

    Args:
        database_url: libpq URL of the owner, who may make roles.
        passwords: The password of each role, used where it is new.
        prefix: Begins the roles' names.

    Raises:
        psycopg.errors.InsufficientPrivilege: The owner may make no roles.
    """
    with psycopg.connect(database_url) as connection:
        there = _there(connection, prefix)
        made = [role for role in ROLES if role not in there]
        for role in made:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE")
                .format(sql.Identifier(f"{prefix}{role}"), sql.Literal(passwords[role]))
            )  # fmt: skip
        _grant(connection, list(ROLES), prefix)
    return made


def grant_again(database_url: str, prefix: str = PREFIX) -> list[str]:
    """Grant the roles that there are their rights on what there is now; gives those roles."""
    with psycopg.connect(database_url) as connection:
        there = _there(connection, prefix)
        _grant(connection, there, prefix)
    return there


def _there(connection: psycopg.Connection[tuple[object, ...]], prefix: str) -> list[str]:
    names = {str(row[0]) for row in connection.execute("select rolname from pg_roles")}
    return [role for role in ROLES if f"{prefix}{role}" in names]


def _grant(
    connection: psycopg.Connection[tuple[object, ...]], roles: list[str], prefix: str
) -> None:
    if not roles:
        return
    tables = [str(row[0]) for row in connection.execute(_TABLES)]
    # Of old clusters: everybody might make tables there.
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in roles:
        for statement in grants(role, f"{prefix}{role}", tables):
            connection.execute(statement.encode())
