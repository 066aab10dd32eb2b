"""What waits for an office's editors beside open versions: old facts and a release's offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from izin.content import Document, ItemName


class Pile(StrEnum):
    """The piles of open versions that wait for editors; values are those of addresses."""

    REVIEW = "menunggu"
    MINE = "draf"
    OTHERS = "draf-lain"
    SCHEDULED = "terjadwal"


@dataclass(frozen=True, slots=True)
class AgedItem:
    """A live item whose facts nobody has checked for long."""

    item: ItemName
    title: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What a newer release says of an item.

    Attributes:
        item: Its name.
        offered: What the release says.
        current: What the office says; None when the release brought the item anew, and it is
            not shown to citizens yet.
        unconfirmed: An example kept from citizens until an editor says that it holds here.
    """

    item: ItemName
    offered: Document
    current: Document | None
    unconfirmed: bool = False
