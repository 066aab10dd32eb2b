"""Each database role can do its work, and nothing that another part answers for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import psycopg
import pytest

from izin.storage.postgres.role_grants import grant_again, make_roles
from izin.storage.roles import ROLES

PREFIX = f"t{os.getpid()}_"
NEW_TABLE = "create table foreign_table (id int)"

ALLOWED = [
    ("gateway", "insert into receipts values ('live', 'telegram', 'x', 'read', now(), null)"),
    ("gateway", "update conversations set limited_until = now()"),
    ("gateway", "delete from audit_log where at < now()"),
    ("gateway", "update sealed.mail set attempts = 1"),
    ("gateway", "select * from accounts"),
    ("gateway", "delete from procrastinate_jobs"),
    ("actions", "update sealed.complaints set rating = 1"),
    ("actions", "select * from permits"),
    ("actions", "delete from drafts"),
    ("console", "insert into sealed.readings (ticket, reader, role, what)"
                " values ('t', 'r', 'o', 'w')"),
    ("console", "select * from sealed.complaints"),
    ("console", "update accounts set active = true"),
    ("rasa", "insert into rasa_trackers (sender_id, document) values ('x', '{}')"),
    ("rasa", "delete from rasa_trackers"),
    ("reporting", "select category, state, filed_at from complaints"),
    ("reporting", "select score from ratings"),
    ("backup", "select * from sealed.complaints"),
    ("backup", "select * from conversations"),
    ("backup", "select last_value from procrastinate_jobs_id_seq"),
]  # fmt: skip

REFUSED = [
    ("gateway", "update audit_log set actor = 'x'"),
    ("gateway", "update accounts set password_hash = 'x'"),
    ("gateway", "select * from recovery_codes"),
    ("gateway", "update sealed.readings set reader = 'x'"),
    ("gateway", "delete from data_keys"),
    ("actions", "select * from accounts"),
    ("actions", "select * from api_keys"),
    ("actions", "select * from audit_log"),
    ("actions", "delete from permits"),
    ("actions", "delete from sealed.readings"),
    ("console", "update audit_log set actor = 'x'"),
    ("console", "delete from audit_log"),
    ("console", "update audit_heads set entries = 0"),
    ("console", "delete from sealed.readings"),
    ("console", "select * from rasa_trackers"),
    ("console", "delete from proof_locks"),
    ("console", "update data_keys set retired_at = now()"),
    ("rasa", "select * from complaints"),
    ("rasa", "select * from sealed.complaints"),
    ("rasa", "select * from turns"),
    ("rasa", "select * from conversations"),
    ("rasa", "select * from accounts"),
    ("reporting", "select story from complaints"),
    ("reporting", "select conversation_id from complaints"),
    ("reporting", "select * from sealed.complaints"),
    ("reporting", "select * from conversations"),
    ("reporting", "select comment from ratings"),
    ("reporting", "update ratings set score = 5"),
    ("backup", "delete from turns"),
    ("backup", "insert into rasa_trackers (sender_id, document) values ('x', '{}')"),
    *((role, statement) for role in ROLES for statement in (
        NEW_TABLE, "drop table turns", "alter table turns add column x int", "truncate turns",
        "create schema another", "update alembic_version set version_num = '1'",
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def house(module_database_url: str) -> Iterator[str]:
    make_roles(module_database_url, {role: secrets.token_hex() for role in ROLES}, PREFIX)
    yield module_database_url
    with psycopg.connect(module_database_url) as owner:
        for role in ROLES:
            owner.execute(f"drop owned by {PREFIX}{role}".encode())
            owner.execute(f"drop role {PREFIX}{role}".encode())


def does(url: str, role: str, statement: str) -> None:
    """Run a statement as a role, and take it back."""
    with psycopg.connect(url) as connection:
        connection.execute(f"set role {PREFIX}{role}".encode())
        connection.execute(statement.encode())
        connection.rollback()


@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_a_role_can_do_its_work(house: str, role: str, statement: str) -> None:
    does(house, role, statement)


@pytest.mark.parametrize(("role", "statement"), REFUSED)
def test_a_role_cannot_do_what_is_none_of_its_work(house: str, role: str, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName)):
        does(house, role, statement)


def test_every_part_of_the_house_has_a_role_and_making_them_again_changes_nothing(
    house: str,
) -> None:
    assert make_roles(house, {}, PREFIX) == []
    assert sorted(grant_again(house, PREFIX)) == sorted(ROLES)


def test_a_table_that_a_migration_adds_is_granted_afterwards(house: str) -> None:
    with psycopg.connect(house) as owner:
        owner.execute("create table fresh_table (id int)")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            does(house, "gateway", "select * from fresh_table")
        grant_again(house, PREFIX)
        does(house, "gateway", "select * from fresh_table")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            does(house, "rasa", "select * from fresh_table")
    finally:
        with psycopg.connect(house) as owner:
            owner.execute("drop table fresh_table")
