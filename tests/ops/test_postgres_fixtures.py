"""The fixtures other tests stand on."""

from __future__ import annotations

import psycopg
import pytest


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_a_database_of_its_own(empty_database_url: str, turn: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("CREATE TABLE mark (turn text)")
        connection.execute("INSERT INTO mark VALUES (%s)", [turn])


def test_a_database_has_all_migrations(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row


def test_the_server_keeps_utf8_and_sorts_alike_everywhere(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_encoding'), upper('é'), current_setting('timezone')"
        ).fetchone()
    assert row == ("UTF8", "É", "UTC")
