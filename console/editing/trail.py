"""Entries of the audit log about content: which item, which version, never its words."""

from __future__ import annotations

from console.house import House
from izin.accounts import Account
from izin.content import ContentVersion, ItemName


def record_item(
    house: House, account: Account, action: str, name: ItemName, **details: str | int | bool
) -> None:
    """Write down what was done to an item; within the commit that does it."""
    house.record(account, action, name.kind, name.code, **details)


def record_version(house: House, account: Account, action: str, version: ContentVersion) -> None:
    """Write down what was done to a version; within the commit that does it."""
    record_item(house, account, action, version.item, versi=version.number)
