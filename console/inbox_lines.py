"""Lines of the inbox in words: who waits, why, since when, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from console.house import House
from console.masked_text import masked
from izin.accounts import Account
from izin.conversation_room import Mention
from izin.desk import Days, DeskRow, Found, LastWords, days_left
from izin.desk_search import Wanted, marked
from izin.errors import NotFound
from izin.officers import URGENT

LONGEST_LINE = 160
MOST_MENTIONS = 20
"""The newest ones that are looked through for unread ones."""

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_NEAR = {0: "inbox.due.today", 1: "inbox.due.tomorrow"}


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation as the template writes it; every text is said already, none is markup.

    Attributes:
        id: The conversation.
        who: Phone end, or the chat's short name.
        channel: Name of the channel.
        simulated: Carries the mark "simulasi".
        urgent: Comes first.
        unread: Written bold.
        reasons: In plain words.
        said_by: Whose last words these are.
        said: Last (or matching) words in pieces; True marks what was searched for.
        waits: How long it waits, or when it ended.
        since: The moment itself.
        due: The date in words, with "lewat 2 hari"; None without one.
        due_state: ``late``, ``soon`` or ``""``.
        holder: Who holds it; None when nobody does.
        mine: The reader holds it.
        answered: The citizen's turn to write.
        tickets: Ordinary complaints.
        units: Names of units it was given to.
        ended: Nothing is open any more.
    """

    id: str
    who: str
    channel: str
    simulated: bool
    urgent: bool
    unread: bool
    reasons: tuple[str, ...]
    said_by: str
    said: Sequence[tuple[str, bool]]
    waits: str
    since: datetime
    due: str | None
    due_state: str
    holder: str | None
    mine: bool
    answered: bool
    tickets: tuple[str, ...]
    units: tuple[str, ...]
    ended: bool


class Lines:
    """Writes rows of the desk for one reader at one moment."""

    def __init__(self, house: House, account: str) -> None:
        """Take the house and the reader's account id."""
        self._house = house
        self._say = house.wording.say
        self._account = account
        self._now = house.clock()
        self._names: dict[str, str] = {}
        self.days = days_of(house)

    def of_rows(self, rows: Iterable[DeskRow]) -> list[Line]:
        """Give the lines of a queue."""
        units = self._unit_names()
        return [self._line(row, row.last, (), units) for row in rows]

    def of_found(self, found: Iterable[Found], wanted: Wanted) -> list[Line]:
        """Give the lines of a search, with what was searched for marked."""
        units = self._unit_names()
        return [
            self._line(item.row, item.line or item.row.last, wanted.words, units) for item in found
        ]

    def _line(
        self, row: DeskRow, words: LastWords | None, wanted: Sequence[str],
        units: Mapping[str, str],
    ) -> Line:  # fmt: skip
        return Line(
            id=row.conversation_id,
            who=self._who(row),
            channel=self._say(f"inbox.channel.{row.channel}"),
            simulated=row.namespace != "live",
            urgent=row.urgent,
            unread=row.unread and not row.ended,
            reasons=tuple(reason_text(self._house, code) for code in row.reasons if code != URGENT),
            said_by=self._say(f"inbox.said_by.{words.by}") if words else "",
            said=self._said(words, wanted),
            waits=self._ago(row),
            since=row.opened_at,
            due=self._due(row.respond_by) if row.respond_by and not row.ended else None,
            due_state=self._due_state(row),
            holder=self._name(row.held_by) if row.held_by else None,
            mine=row.held_by == self._account,
            answered=row.waits_for_citizen and not row.ended,
            tickets=row.tickets,
            units=tuple(units.get(code, code) for code in row.units),
            ended=row.ended,
        )

    def _who(self, row: DeskRow) -> str:
        if row.phone_end:
            return self._say("inbox.who_phone", end=row.phone_end)
        return self._say("inbox.who_chat", end=row.conversation_id[-4:].upper())

    def _said(self, words: LastWords | None, wanted: Sequence[str]) -> list[tuple[str, bool]]:
        if words is None:
            return []
        text = " ".join(words.text.split())
        if words.kind not in ("text", "choice", "edited") and not text:
            key = f"inbox.sent.{words.kind}"
            known = self._house.wording.has(key)
            return [(self._say(key if known else "inbox.sent.other"), False)]
        said = masked(text[: LONGEST_LINE * 4], self._house.wording)
        return shortened(marked(said, wanted), LONGEST_LINE)

    def _ago(self, row: DeskRow) -> str:
        passed = max(self._now - row.opened_at, timedelta())
        if passed < _MINUTE:
            return self._say("inbox.ended_now" if row.ended else "inbox.now")
        if passed < _HOUR:
            words = self._say("inbox.minutes", number=int(passed.total_seconds() // 60))
        elif passed < _DAY:
            words = self._say("inbox.hours", number=int(passed / _HOUR))
        else:
            words = self._say("inbox.days", number=passed.days)
        return self._say("inbox.ended_ago" if row.ended else "inbox.waits", time=words)

    def _due(self, due: date) -> str:
        left = days_left(due, self.days)
        if left in _NEAR:
            return self._say(_NEAR[left])
        if left < 0:
            return self._say("inbox.due.late", days=-left)
        return self._say("inbox.due.on", day=self._house.wording.date(due, weekday=False))

    def _due_state(self, row: DeskRow) -> str:
        if row.ended or row.respond_by is None:
            return ""
        if row.respond_by < self.days.today:
            return "late"
        return "soon" if row.respond_by <= self.days.soon else ""

    def _name(self, officer: str) -> str:
        if officer not in self._names:
            try:
                self._names[officer] = self._house.accounts.account(officer).name
            except NotFound:  # held at the terminal, under a name of its own
                self._names[officer] = officer
        return self._names[officer]

    def _unit_names(self) -> dict[str, str]:
        return {unit.code: unit.name for unit in self._house.units.all()}


@dataclass(frozen=True, slots=True)
class Named:
    """A colleague's note that names the reader, not read yet; every text is said already."""

    conversation_id: str
    by: str
    said: str
    at: datetime


def unread_mentions(house: House, account: Account) -> list[Named]:
    """Give the notes that name an account in conversations it has not looked at since."""
    found = house.room.mentions_of(account.id, MOST_MENTIONS)
    seen = house.desk.seen(account.id, {item.conversation_id for item in found})
    names = {item.id: item.name for item in house.accounts.all()} if found else {}
    return [
        Named(
            item.conversation_id,
            names.get(item.author, item.author),
            _note_words(house, item),
            item.at,
        )
        for item in found
        if (looked := seen.get(item.conversation_id)) is None or looked < item.at
        if house.desk.may_see(item.conversation_id, account.unit)
    ]


def _note_words(house: House, item: Mention) -> str:
    words = masked(" ".join(item.text.split()), house.wording)
    return words if len(words) <= LONGEST_LINE else f"{words[:LONGEST_LINE]}…"


def reason_text(house: House, code: str) -> str:
    """Give why a conversation was opened, in plain words."""
    key = f"inbox.reason.{code}"
    return house.wording.say(key if house.wording.has(key) else "inbox.reason.other")


def days_of(house: House) -> Days:
    """Give today in the office's zone, and the next working day."""
    today = house.clock().astimezone(zone_of(house)).date()
    return Days(today, house.office.calendar().next_working_day(today + _DAY).day)


def zone_of(house: House) -> ZoneInfo:
    """Give the office's zone."""
    return house.office.office().zone


def moment_of(house: House, day: date) -> datetime:
    """Give the moment a day of the office begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(house)).astimezone(UTC)


def shortened(pieces: Sequence[tuple[str, bool]], length: int) -> list[tuple[str, bool]]:
    """Cut a marked text to a length, around its first mark."""
    whole = sum(len(piece) for piece, _ in pieces)
    if whole <= length:
        return list(pieces)
    before = 0
    for piece, hit in pieces:
        if hit:
            break
        before += len(piece)
    start = max(0, min(before - length // 3, whole - length)) if before < whole else 0
    kept, at = [], 0
    for piece, hit in pieces:
        cut = piece[max(0, start - at) : max(0, start + length - at)]
        if cut:
            kept.append((cut, hit))
        at += len(piece)
    return [
        *([("…", False)] if start else []),
        *kept,
        *([("…", False)] if start + length < whole else []),
    ]
