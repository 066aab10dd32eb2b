"""How people are named on pages: colleagues by name, citizens masked until revealed."""

from __future__ import annotations

from console.house import House
from izin.audit import SYSTEM
from izin.errors import NotFound
from izin.ports import Accounts

REVEAL_REASONS = (
    "tindak_lanjut",
    "hubungi_warga",
    "cocokkan_data",
    "permintaan_warga",
    "pengawasan",
)
"""Why personal data may be shown; the wording is ``complaints.reveal.<code>``."""


def officer_name(house: House, account_id: str | None) -> str | None:
    """Give a colleague's name; None when nobody is named or the account is gone."""
    return named(house.accounts, account_id)


def named(accounts: Accounts, account_id: str | None) -> str | None:
    """Give the same, before there is a house."""
    if not account_id or account_id == SYSTEM:
        return None
    try:
        return accounts.account(account_id).name
    except NotFound:
        return None
