"""Titles in files with content: sheets, columns, choices."""

from __future__ import annotations

from functools import cache

from izin.storage.content_files.tables import TABLES
from izin.wording import Wording


class FileWords:
    """``izin.storage.content_files.grids.TableWords``, from the wording.

    A column that a noun gained and nobody named yet is called as in the data.
    """

    def __init__(self, wording: Wording) -> None:
        """Take the sentences."""
        self._wording = wording
        self._say = cache(self._said)

    def table(self, name: str) -> str:
        """Give a table's title."""
        return self._say(f"files.table.{name}", name)

    def column(self, table: str, name: str) -> str:
        """Give a column's title; what a table names otherwise than the others comes first."""
        own = self._say(f"files.column.{table}.{name}", "")
        return own or self._say(f"files.column.{name}", name)

    def about(self, table: str, name: str) -> str:
        """Give what a column means."""
        own = self._say(f"files.about.{table}.{name}", "")
        if own or (own := self._say(f"files.about.{name}", "")):
            return own
        kind = next(one.kind for one in TABLES[table].columns if one.name == name)
        return self._say(f"files.cell.{kind}", "")

    def choice(self, value: str) -> str:
        """Give the word for a choice."""
        return self._say(f"files.choice.{value}", value)

    def _said(self, key: str, otherwise: str) -> str:
        return self._wording.say(key) if self._wording.has(key) else otherwise
