"""What differs between two documents of an item: part by part, and word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from izin.content import FEE_TABLE, STATUS_LABEL, Document

Path = tuple[str | int, ...]

NUMBERING = frozenset({"number", "order"})
"""Places in a list: what was put in before them moves them, and nobody calls that a change."""

_SAME_ELEMENT = 0.55
"""Elements of a list at least this alike are one that was reworded, not two."""
_MOST_PAIRED = 60
"""More reworded elements in one place are shown as gone and new: comparing all takes long."""
_MOST_WORDS = 4000
_SAME_TEXT = 0.4
"""Of texts less alike than this single words in common would only confuse."""
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Missing:
    """Stands for a part that one of two documents does not have."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Change:
    """One part of an item that differs.

    Attributes:
        path: Names of the parts down to it; numbers are places in a list, from 1.
        before: What it was, or ``MISSING``.
        after: What it is, or ``MISSING``.
    """

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``changed`` when the other text has it otherwise."""

    text: str
    changed: bool


def parts(kind: str, document: Document) -> Mapping[str, Any]:
    """Give a document's parts by name, whatever its kind."""
    if kind == FEE_TABLE:
        inner = document[1]
        return inner if isinstance(inner, Mapping) else {"content": inner}
    if kind == STATUS_LABEL:
        return {"label": document[1]}
    return dict(document)


def changes(kind: str, before: Document | None, after: Document | None) -> Sequence[Change]:
    """Give what differs, in the order of the later document; None: there is no such document."""
    old = {} if before is None else parts(kind, before)
    new = {} if after is None else parts(kind, after)
    return tuple(_of_mappings((), old, new))


def words(before: str, after: str) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Give two texts cut into what both have and what only one has, word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return _whole(before), _whole(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _SAME_TEXT:
        return _whole(before), _whole(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        _append(left, "".join(old[i:j]), kind != "equal")
        _append(right, "".join(new[k:m]), kind != "equal")
    return tuple(left), tuple(right)


def _whole(text: str) -> Sequence[Piece]:
    return (Piece(text, True),) if text else ()


def _append(pieces: list[Piece], text: str, changed: bool) -> None:
    if text:
        pieces.append(Piece(text, changed))


def _of_mappings(path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*new, *(name for name in old if name not in new)]:
        yield from _of_values((*path, name), old.get(name, MISSING), new.get(name, MISSING))


def _of_values(path: Path, old: Any, new: Any) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(path, old, new)
    elif isinstance(old, list) and isinstance(new, list) and _is_list(old) and _is_list(new):
        yield from _of_lists(path, old, new)
    elif not (_is_empty(old) and _is_empty(new)):
        yield Change(path, old, new)


def _is_empty(value: Any) -> bool:
    """Say whether a value says nothing; False and 0 do say something."""
    return value is None or value is MISSING or value in ("", [], {})


def _is_list(value: Sequence[Any]) -> bool:
    """Say whether this is a list of like things, not a row such as (code, why)."""
    return not any(isinstance(item, list) and len(value) == 2 for item in value) or all(
        isinstance(item, list) for item in value
    )


def _of_lists(path: Path, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    left, right = [_print(item) for item in old], [_print(item) for item in new]
    if sorted(left) == sorted(right):
        if left != right:
            yield Change(path, old, new)
        return
    for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for a, b in _paired(left[i:j], right[k:m]):
            if a is None:
                yield Change((*path, k + (b or 0) + 1), MISSING, new[k + (b or 0)])
            elif b is None:
                yield Change((*path, i + a + 1), old[i + a], MISSING)
            else:
                yield from _of_values((*path, k + b + 1), _kept(old[i + a]), _kept(new[k + b]))


def _paired(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Give which of the one are which of the other, in the later order, then what is gone."""
    free = list(range(len(left)))
    few = len(left) <= _MOST_PAIRED and len(right) <= _MOST_PAIRED
    for b, text in enumerate(right):
        alike = [(_likeness(left[a], text), -a) for a in free] if few else []
        best = max(alike, default=(0.0, 0))
        if best[0] >= _SAME_ELEMENT:
            free.remove(-best[1])
            yield -best[1], b
        else:
            yield None, b
    yield from ((a, None) for a in free)


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    quick = matcher.quick_ratio()
    return matcher.ratio() if quick >= _SAME_ELEMENT else quick


def _print(value: Any) -> str:
    kept = _kept(value)
    return kept if isinstance(kept, str) else json.dumps(kept, sort_keys=True, ensure_ascii=False)


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: inner for name, inner in value.items() if name not in NUMBERING}
    return value
