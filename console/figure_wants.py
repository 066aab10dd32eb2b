"""What period and which filters a page of figures is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from izin.accounts import Account
from izin.complaints import ComplaintCategory
from izin.errors import InvalidInput
from izin.figures import Period, last_days, month
from izin.units import Unit
from izin.usecases.report_figures import Wanted

CHANNELS = ("telegram", "whatsapp")


@dataclass(frozen=True, slots=True)
class Asked:
    """A reading of the address.

    Attributes:
        wanted: What to show; None when something cannot be used.
        given: What was typed, by field, so that nothing is lost.
        errors: Wording ids by field.
    """

    wanted: Wanted | None
    given: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Give the same question as part of an address."""
        return urlencode({name: value for name, value in self.given.items() if value})


def read(
    query: Mapping[str, str],
    today: date,
    account: Account,
    units: Sequence[Unit],
    categories: Sequence[ComplaintCategory],
) -> Asked:
    """Read ``dari``, ``sampai``, ``unit``, ``kategori`` and ``kanal``.

    Whoever belongs to a unit sees its complaints alone, whatever the address says.
    """
    usual = last_days(today)
    given = {
        "dari": query.get("dari", "").strip() or usual.first.isoformat(),
        "sampai": query.get("sampai", "").strip() or usual.last.isoformat(),
        "unit": account.unit or query.get("unit", "").strip(),
        "kategori": query.get("kategori", "").strip(),
        "kanal": query.get("kanal", "").strip(),
    }
    errors: dict[str, str] = {}
    days = {name: _day(given[name], name, errors) for name in ("dari", "sampai")}
    known = {
        "unit": {unit.code for unit in units} | {account.unit},
        "kategori": {item.code for item in categories},
        "kanal": set(CHANNELS),
    }
    for name, codes in known.items():
        if given[name] and given[name] not in codes:
            errors[name] = "figures.error.choice"
    first, last = days["dari"], days["sampai"]
    period = None
    if first and last:
        try:
            period = Period(first, last)
        except InvalidInput as error:
            errors[error.field or "dari"] = f"figures.error.{error.field}"
    if errors or period is None:
        return Asked(None, given, errors)
    wanted = Wanted(
        period, given["unit"] or None, given["kategori"] or None, given["kanal"] or None
    )
    return Asked(wanted, given)


def read_month(text: str, today: date) -> Period:
    """Give the month ``2026-11``; without one, the last that is complete.

    Raises:
        InvalidInput: It is no month, or has not begun.
    """
    if not text:
        before = today.replace(day=1)
        return month(before.year - (before.month == 1), (before.month - 2) % 12 + 1)
    year, _, number = text.partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        raise InvalidInput("no such month", field="bulan")
    period = month(int(year), int(number))
    if period.first > today:
        raise InvalidInput("the month has not begun", field="bulan")
    return period


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        errors[name] = "figures.error.day"
        return None
    if not 2000 <= found.year <= 9000:
        errors[name] = "figures.error.day"
        return None
    return found
