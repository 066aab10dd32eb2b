"""Nouns as plain JSON values, for JSON columns and for comparing versions of an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

from izin.errors import InvalidInput


def plain(value: Any) -> Any:
    """Give ``value`` in JSON's own types.

    Dataclasses and mappings become dicts with text keys, sequences lists, dates and times
    their ISO text.

    Raises:
        InvalidInput: Something JSON has no word for.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise InvalidInput(f"a {type(value).__name__} cannot be stored as JSON")
