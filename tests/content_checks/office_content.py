"""Everything an office begins with, from the data files, for checks to look at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from izin.content import ItemName, StoredItem
from izin.storage.documents import plain
from izin.storage.seed_files import read_seed
from izin.storage.seed_kinds import KINDS

DATA = Path(__file__).resolve().parents[2] / "data"


@cache
def nouns(kind: str) -> dict[str, Any]:
    """Give the nouns of a kind by key."""
    seed = read_seed(DATA)
    (found,) = [item for item in KINDS if item.name == kind]
    return dict(found.by_key(found.offered(seed)))


class OfficeContent:
    """``izin.content.Everything`` over the data files."""

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        return [
            StoredItem(ItemName(kind, key), plain(noun), True) for key, noun in nouns(kind).items()
        ]
