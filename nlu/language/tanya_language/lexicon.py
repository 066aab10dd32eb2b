"""The word knowledge of the language package, read from a folder of YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAPPINGS = ("words", "phrases", "emoji")
_LISTS = ("standard", "ambiguous")
_SECTIONS = frozenset({*_MAPPINGS, *_LISTS, "tables", "groups"})
PROFESSIONS_FILE = "professions.yml"


class LexiconError(ValueError):
    """A lexicon file is missing, malformed, or contradicts another one."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words mean, merged from every file of a lexicon folder.

    Attributes:
        words: Spelling to standard words: ``{"brp": "berapa", "dimana": "di mana"}``.
        phrases: The same for spellings of several words, joined by one blank.
        standard: Standard words; never rewritten, and the stems endings are taken off from.
        ambiguous: Words that mean different things in different regions; never rewritten.
        emoji: One emoji character to words.
        tables: Named tables of words: numbers, units, months, relative days.
        groups: Named sets of words: corrections, permit cues, counting nouns.
    """

    words: Mapping[str, str]
    phrases: Mapping[str, str]
    standard: frozenset[str]
    ambiguous: frozenset[str]
    emoji: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, folder: str | Path) -> Lexicon:
        """Return the lexicon of all ``*.yml`` files in ``folder`` but the professions.

        Raises:
            LexiconError: The folder holds no file, a file is not the expected mapping, or two
                files give one spelling different meanings.
        """
        paths = sorted(p for p in Path(folder).glob("*.yml") if p.name != PROFESSIONS_FILE)
        if not paths:
            raise LexiconError(f"no lexicon files (*.yml) in {folder}")
        merged: dict[str, Any] = {}
        for path in paths:
            try:
                # Every scalar stays text: a plain loader would read "no" and "on" as booleans.
                content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
            except yaml.YAMLError as error:
                raise LexiconError(f"{path.name}: {error}") from error
            _merge(merged, content, path.name)
        return cls.from_dict(merged)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Lexicon:
        """Return the lexicon that ``to_dict`` wrote (or a hand-made one; sections are optional).

        Raises:
            LexiconError: A section is unknown or has the wrong shape.
        """
        merged: dict[str, Any] = {}
        _merge(merged, content, "lexicon")
        words = merged.get("words", {})
        clash = sorted(set(words) & set(merged.get("ambiguous", ())))
        if clash:
            raise LexiconError(f"ambiguous words must not be rewritten: {', '.join(clash)}")
        return cls(
            words=words,
            phrases=merged.get("phrases", {}),
            standard=frozenset(merged.get("standard", ())),
            ambiguous=frozenset(merged.get("ambiguous", ())),
            emoji=merged.get("emoji", {}),
            tables=merged.get("tables", {}),
            groups={name: frozenset(group) for name, group in merged.get("groups", {}).items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready data from which ``from_dict`` builds an equal lexicon."""
        return {
            "words": dict(self.words),
            "phrases": dict(self.phrases),
            "standard": sorted(self.standard),
            "ambiguous": sorted(self.ambiguous),
            "emoji": dict(self.emoji),
            "tables": {name: dict(table) for name, table in self.tables.items()},
            "groups": {name: sorted(group) for name, group in self.groups.items()},
        }

    def group(self, name: str) -> frozenset[str]:
        """Return the words of a named group; empty when the lexicon has no such group."""
        return self.groups.get(name, frozenset())

    def table(self, name: str) -> Mapping[str, str]:
        """Return a named table; empty when the lexicon has no such table."""
        return self.tables.get(name, {})


def _merge(merged: dict[str, Any], content: Any, source: str) -> None:
    if not isinstance(content, Mapping):
        raise LexiconError(f"{source}: expected a mapping of sections")
    unknown = sorted(set(content) - _SECTIONS)
    if unknown:
        raise LexiconError(f"{source}: unknown section {', '.join(map(str, unknown))}")
    for name in _MAPPINGS:
        _merge_mapping(merged.setdefault(name, {}), content.get(name, {}), f"{source}: {name}")
    for name in _LISTS:
        merged[name] = [*merged.get(name, ()), *_word_list(content.get(name, ()), source, name)]
    tables = merged.setdefault("tables", {})
    for name, table in _mapping(content.get("tables", {}), source).items():
        _merge_mapping(tables.setdefault(name, {}), table, f"{source}: {name}")
    groups = merged.setdefault("groups", {})
    for name, group in _mapping(content.get("groups", {}), source).items():
        groups[name] = [*groups.get(name, ()), *_word_list(group, source, name)]


def _mapping(value: Any, source: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise LexiconError(f"{source}: expected a mapping")
    return value


def _merge_mapping(target: dict[str, str], addition: Any, source: str) -> None:
    for key, value in _mapping(addition, source).items():
        if not isinstance(key, str) or not isinstance(value, str) or not key or not value:
            raise LexiconError(f"{source}: {key!r} must map words to words")
        if target.setdefault(key, value) != value:
            raise LexiconError(f"{source}: {key!r} is both {target[key]!r} and {value!r}")


def _word_list(value: Any, source: str, name: str) -> list[str]:
    """A list of words, or text in which each item is a paragraph of words."""
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise LexiconError(f"{source}: {name} must be a list of words")
    return list(value)
