"""Marks of example facts in documents: ``inferred: true`` and its like, and taking them off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def has_examples(document: Any) -> bool:
    """Say whether a document, or any part of it, is marked as an example."""
    if isinstance(document, Mapping):
        return any(
            (is_mark(name) and bool(value)) or has_examples(value)
            for name, value in document.items()
        )
    if isinstance(document, list | tuple):
        return any(has_examples(item) for item in document)
    return False


def confirmed(document: Any) -> Any:
    """Give the document with every mark of an example taken off."""
    if isinstance(document, Mapping):
        return {
            name: _unmarked(value) if is_mark(name) else confirmed(value)
            for name, value in document.items()
        }
    if isinstance(document, list | tuple):
        return [confirmed(item) for item in document]
    return document


def without_marked_parts(details: Mapping[str, Any]) -> dict[str, Any]:
    """Give an office's details without the parts that are marked as examples."""
    kept = {}
    for name, value in details.items():
        if isinstance(value, Mapping) and has_examples(value):
            continue
        kept[name] = (
            [item for item in value if not has_examples(item)] if isinstance(value, list) else value
        )
    return kept


def is_mark(name: object) -> bool:
    """Say whether a key is one by which the data files mark examples."""
    text = str(name)
    return text == "inferred" or text.startswith("inferred_") or "_inferred" in text


def _unmarked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {}
    return [] if isinstance(value, list | tuple) else None if value is None else False
