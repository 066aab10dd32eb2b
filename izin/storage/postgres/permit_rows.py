"""Permits as rows, both ways: what the adapters read and seeding and editing write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, select

from izin.permits import Fee, Permit, Requirement, Stage, Variant
from izin.storage.postgres.flat_rows import as_noun, as_row
from izin.storage.tables.catalogue import (
    permit_fees,
    permit_legal_bases,
    permit_requirements,
    permit_sources,
    permit_stages,
    permit_synonyms,
    permit_variants,
    permits,
)

_PARTS = ("fee", "synonyms", "requirements", "variants", "stages", "legal_basis", "sources")
_TEXT_PARTS: Mapping[str, Table] = {
    "synonyms": permit_synonyms,
    "legal_basis": permit_legal_bases,
    "sources": permit_sources,
}
_NOUN_PARTS: Mapping[str, tuple[Table, type[Any]]] = {
    "requirements": (permit_requirements, Requirement),
    "stages": (permit_stages, Stage),
    "variants": (permit_variants, Variant),
}


def insert_permit(connection: Connection, permit: Permit, position: int, published: bool) -> None:
    """Write a permit that is not there yet, with everything that hangs on it."""
    own = as_row(permit, without=_PARTS)
    connection.execute(insert(permits), {**own, "position": position, "published": published})
    key = {"permit_code": permit.code}
    connection.execute(insert(permit_fees), {**as_row(permit.fee), **key})
    for name, table in _TEXT_PARTS.items():
        _insert_part(connection, table, [{"text": item, **key} for item in getattr(permit, name)])
    for name, (table, _) in _NOUN_PARTS.items():
        _insert_part(connection, table, [{**as_row(item), **key} for item in getattr(permit, name)])


def read_permits(connection: Connection, *, drafts: bool = False) -> tuple[Permit, ...]:
    """Give all published permits in the catalogue's order; with ``drafts`` all there are."""
    query = select(permits).order_by(permits.c.position, permits.c.code)
    rows = connection.execute(query if drafts else query.where(permits.c.published)).mappings()
    fees = {
        row["permit_code"]: as_noun(Fee, row)
        for row in connection.execute(select(permit_fees)).mappings()
    }
    parts: dict[str, dict[str, list[Any]]] = {
        name: _read_part(connection, table, lambda row: row["text"])
        for name, table in _TEXT_PARTS.items()
    }
    for name, (table, noun) in _NOUN_PARTS.items():
        parts[name] = _read_part(connection, table, lambda row, noun=noun: as_noun(noun, row))
    return tuple(
        as_noun(
            Permit,
            row,
            fee=fees[row["code"]],
            **{name: tuple(by_code.get(row["code"], ())) for name, by_code in parts.items()},
        )
        for row in rows
    )


def _insert_part(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        numbered = [{**row, "position": number} for number, row in enumerate(rows, 1)]
        connection.execute(insert(table), numbered)


def _read_part(connection: Connection, table: Table, make: Any) -> dict[str, list[Any]]:
    rows: Iterable[RowMapping] = connection.execute(
        select(table).order_by(table.c.permit_code, table.c.position)
    ).mappings()
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["permit_code"]].append(make(row))
    return found
