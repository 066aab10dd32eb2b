"""The migrations and the table definitions say the same."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from izin.storage import tables
from izin.storage.migrate import upgrade
from izin.storage.postgres.engine import create

for _module in iter_modules(tables.__path__):
    import_module(f"{tables.__name__}.{_module.name}")  # each adds its tables to the metadata


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return kind != "table" or (
        name != "alembic_version" and not str(name).startswith("procrastinate_")
    )


def test_migrated_database_has_exactly_the_tables_that_the_code_defines(database_url: str) -> None:
    engine = create(database_url, pool_size=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": _ours,
                "include_schemas": True,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()
    assert differences == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)


CHAT = "7f1d6c1e-0000-4000-8000-000000000001"
OLD_COMPLAINT = """
INSERT INTO complaints (ticket, key, conversation_id, category, class_code, story, place,
    confidentiality, state, owner, filed_at, first_response_due, decision_due)
VALUES (:ticket, :ticket, :chat, 'SARANA', 'TIDAK_BERKADAR', 'kursinya rusak', 'loket', :level,
    'DITERIMA', 'Sekretariat', '2026-11-20T03:00:00Z', '{"day": "2026-11-25"}',
    '{"day": "2026-12-10"}')
"""


def test_a_database_of_the_first_release_keeps_its_complaints_and_seals_what_is_confidential(
    empty_database_url: str,
) -> None:
    upgrade(empty_database_url, "0002")
    engine = create(empty_database_url, pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO conversations (id, namespace, channel, chat)"
                    " VALUES (:chat, 'live', 'telegram', '7')"
                ),
                {"chat": CHAT},
            )
            for ticket, chat, level in (
                ("ADU-AAAA-AA", CHAT, "normal"),
                ("ADU-BBBB-BB", CHAT, "rahasia"),
                ("ADU-CCCC-CC", None, "anonim"),
            ):
                connection.execute(
                    text(OLD_COMPLAINT), {"ticket": ticket, "chat": chat, "level": level}
                )
        upgrade(empty_database_url)
        with engine.connect() as connection:
            open_ones = connection.execute(text("SELECT ticket FROM complaints")).scalars().all()
            sealed = connection.execute(
                text("SELECT ticket, story FROM sealed.complaints ORDER BY ticket")
            ).all()
    finally:
        engine.dispose()
    assert open_ones == ["ADU-AAAA-AA"]
    assert [tuple(row) for row in sealed] == [
        ("ADU-BBBB-BB", "kursinya rusak"),
        ("ADU-CCCC-CC", "kursinya rusak"),
    ]


def test_states_of_earlier_releases_become_those_of_the_complaint_rules(
    empty_database_url: str,
) -> None:
    upgrade(empty_database_url, "0011")
    engine = create(empty_database_url, pool_size=1)
    try:
        with engine.begin() as connection:
            for ticket, state, reason in (
                ("ADU-AAAA-AA", "diterima", None),
                ("ADU-BBBB-BB", "ditangani", None),
                ("ADU-CCCC-CC", "ditanggapi", None),
                ("ADU-DDDD-DD", "selesai", "Kursi diganti."),
                ("ADU-EEEE-EE", "selesai", "dicabut"),
                ("ADU-FFFF-FF", "dicabut", None),
            ):
                connection.execute(text(OLD_COMPLAINT), {"ticket": ticket, "chat": None,
                                                         "level": "normal"})  # fmt: skip
                connection.execute(
                    text("UPDATE complaints SET state = :state, closing_reason = :reason"
                         " WHERE ticket = :ticket"),
                    {"ticket": ticket, "state": state, "reason": reason},
                )  # fmt: skip
        upgrade(empty_database_url)
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT state, closing_reason, closing->>'text', responded_at IS NOT NULL"
                     " FROM complaints ORDER BY ticket")
            ).all()  # fmt: skip
    finally:
        engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("diterima", None, None, False),
        ("ditindaklanjuti", None, None, False),
        ("ditindaklanjuti", None, None, True),
        ("ditutup", "selesai", "Kursi diganti.", False),
        ("ditutup", "dicabut", None, False),
        ("ditutup", "dicabut", None, False),
    ]
