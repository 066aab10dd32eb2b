"""The chain of seals over the audit log: what is sealed, and how a log is checked.

Every entry is sealed together with the seal before it (HMAC-SHA256, RFC 2104), so that no entry
can be changed, taken out or put in without the key. A month ends in a checkpoint, itself a chain,
so that an old month can be deleted as a whole while the rest still holds together. Cutting off
the end leaves a chain that holds together: only a day's head kept elsewhere shows it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from izin.audit import AuditEntry, Checkpoint, DayHead
from izin.errors import InvalidInput

SHORTEST_KEY = 32
START = ""
"""Stands for the seal before the first one."""

MOST_PROBLEMS = 20
"""More would tell no more: the log is broken."""

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Row = tuple[int, str, int, str, str, str, str, Mapping[str, object], str]
"""Number, month, microseconds since 1970, actor, action, subject kind, subject, details, seal."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the log that is not as it was written.

    Attributes:
        kind: ``changed``, ``missing``, ``checkpoint``, ``month_missing``, ``tail_missing`` or
            ``head``; the sentence is the wording ``audit.problem.<kind>``.
        where: Number of the first bad entry, or a month, or a day.
    """

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the whole log found.

    Attributes:
        entries: How many entries were checked.
        first: Number of the oldest one kept, 0 when there is none.
        last: Number of the newest one.
        mac: Seal of the newest one.
    """

    entries: int
    first: int
    last: int
    mac: str
    problems: tuple[Problem, ...] = ()

    @property
    def sound(self) -> bool:
        """Say whether everything is as it was written."""
        return not self.problems


class Chain:
    """Makes seals with a key that is kept apart from the database."""

    def __init__(self, key: str) -> None:
        """Take the key.

        Raises:
            InvalidInput: It is shorter than 32 characters.
        """
        if len(key) < SHORTEST_KEY:
            raise InvalidInput(
                f"TANYA_AUDIT_KEY must be set, with at least {SHORTEST_KEY} characters",
                field="TANYA_AUDIT_KEY",
            )
        self._key = key.encode()

    def _mac(self, content: Sequence[object]) -> str:
        return hmac.digest(self._key, _encode(content).encode(), "sha256").hex()

    def seal(self, number: int, month: str, entry: AuditEntry, previous: str) -> str:
        """Give the seal of a new entry."""
        return self.seal_row(
            (number, month, microseconds(entry.at), entry.actor, entry.action,
             entry.subject_kind, entry.subject, dict(entry.details), ""),
            previous,
        )  # fmt: skip

    def seal_row(self, row: Row, previous: str) -> str:
        """Give the seal that a stored entry must have."""
        return self._mac(("entry", *row[:8], previous))

    def close(self, month: str, first: int, last: int, last_mac: str, previous: str) -> Checkpoint:
        """Give the checkpoint of a month; ``previous`` is the seal of the one before."""
        mac = self._mac(("checkpoint", month, first, last, last_mac, previous))
        return Checkpoint(month, first, last, last_mac, mac)

    def derived(self, purpose: str) -> bytes:
        """Give 32 bytes for another purpose, which tell nothing about the key."""
        return hmac.digest(self._key, f"derived:{purpose}".encode(), "sha256")


def microseconds(moment: datetime) -> int:
    """Give the microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def month_of(moment: datetime) -> str:
    """Give the month (UTC) of an aware moment, ``2026-11``."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def oldest_kept(now: datetime, months: int) -> str:
    """Give the oldest month that must still be there when ``months`` full months are kept."""
    moment = now.astimezone(UTC)
    count = moment.year * 12 + moment.month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def verify(
    chain: Chain,
    rows: Iterable[Row],
    checkpoints: Sequence[Checkpoint],
    heads: Sequence[DayHead],
    kept_from: str,
) -> AuditReport:
    """Check a whole log, read once from its oldest entry to its newest.

    Args:
        rows: Entries by number.
        checkpoints: By month.
        heads: By day.
        kept_from: Months from this one on must not have expired.
    """
    check = _Check(chain, checkpoints, heads, kept_from)
    check.checkpoints_hold()
    for row in rows:
        check.entry(row)
    return check.report()


class _Check:
    """One pass over a log."""

    def __init__(
        self,
        chain: Chain,
        checkpoints: Sequence[Checkpoint],
        heads: Sequence[DayHead],
        kept_from: str,
    ) -> None:
        self._chain = chain
        self._checkpoints = checkpoints
        self._by_month = {item.month: item for item in checkpoints}
        self._heads: dict[int, list[DayHead]] = {}
        for head in heads:
            self._heads.setdefault(head.number, []).append(head)
        self._kept_from = kept_from
        self._problems: list[Problem] = []
        self._entries = self._first = self._last = self._month_first = 0
        self._mac, self._month = START, ""

    def _wrong(self, kind: str, where: object) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(Problem(kind, str(where)))

    def checkpoints_hold(self) -> None:
        """See that the checkpoints are a chain of their own."""
        previous, expected = START, 1
        for item in self._checkpoints:
            made = self._chain.close(item.month, item.first, item.last, item.last_mac, previous)
            if not hmac.compare_digest(made.mac, item.mac) or item.first != expected:
                self._wrong("checkpoint", item.month)
            previous, expected = item.mac, item.last + 1

    def entry(self, row: Row) -> None:
        """See that an entry follows the one before it."""
        number, month, mac = row[0], row[1], row[8]
        follows = self._begin(row) if self._entries == 0 else number == self._last + 1
        if not follows:
            self._wrong("missing", self._last + 1)
        elif not hmac.compare_digest(self._chain.seal_row(row, self._mac), mac):
            self._wrong("changed", number)
        if month != self._month:
            if self._entries:
                self._month_ends()
            self._month, self._month_first = month, number
        self._entries += 1
        self._last, self._mac = number, mac
        if number in self._heads:
            for head in self._heads.pop(number):
                if head.mac != mac:
                    self._wrong("head", head.day)

    def _begin(self, row: Row) -> bool:
        """Find what the oldest kept entry follows: nothing, or an expired month."""
        number = self._first = row[0]
        expired = [item for item in self._checkpoints if item.last < number]
        self._see_expired(expired)
        if expired:
            self._last, self._mac = expired[-1].last, expired[-1].last_mac
        return number == self._last + 1

    def _see_expired(self, expired: Sequence[Checkpoint]) -> None:
        for item in expired:
            if item.month >= self._kept_from:
                self._wrong("month_missing", item.month)

    def _month_ends(self) -> None:
        end = self._by_month.get(self._month)
        as_closed = end and (end.first, end.last, end.last_mac)
        if as_closed != (self._month_first, self._last, self._mac):
            self._wrong("checkpoint", self._month)

    def report(self) -> AuditReport:
        """Give what was found."""
        if not self._entries:
            self._see_expired(self._checkpoints)
            self._last = self._checkpoints[-1].last if self._checkpoints else 0
        cut = [head for number, heads in self._heads.items() for head in heads
               if number > self._last]  # fmt: skip
        if cut:
            self._wrong("tail_missing", min(head.day for head in cut))
        elif self._month in self._by_month:
            self._wrong("tail_missing", self._month)  # a closed month's successor is gone
        return AuditReport(self._entries, self._first, self._last, self._mac, tuple(self._problems))
