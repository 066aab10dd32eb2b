"""Nouns whose attributes are columns of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from izin.storage.documents import plain

Noun = TypeVar("Noun")


def as_row(noun: object, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Give the attributes as column values; tuples become arrays, mappings JSON."""
    skipped = set(without)
    row = {}
    for field in fields(cast("Any", noun)):
        if field.name in skipped:
            continue
        value = getattr(noun, field.name)
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = plain(value)
        row[field.name] = value
    return row


def as_noun(cls: type[Noun], row: Mapping[Any, Any], **parts: Any) -> Noun:
    """Build a noun from the columns it has attributes for; ``parts`` win over columns."""
    values = dict(parts)
    for field in fields(cast("Any", cls)):
        if field.name not in values:
            value = row[field.name]
            values[field.name] = tuple(value) if isinstance(value, list) else value
    return cls(**values)
