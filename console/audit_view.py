"""Turns entries of the audit log into lines that people understand.

Entries hold ids only: names are looked up when a line is shown. The ticket of a complaint that is
not ordinary is shown to those alone who may read sealed complaints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from console.house import House
from izin.accounts import Account, Permission
from izin.audit import SYSTEM, TERMINAL, KeptEntry
from izin.public_complaints import PublicFilter

_TICKET = re.compile(r"\bADU-[0-9A-Z]+(?:-[0-9A-Z]+)*\b", re.IGNORECASE)

_PAGES: Mapping[str, tuple[Permission, str]] = {
    "percakapan": (Permission.CONVERSATIONS, "/percakapan/"),
    "pengaduan": (Permission.COMPLAINTS, "/pengaduan/"),
    "pengaduan_tertutup": (Permission.SEALED_COMPLAINTS, "/pengaduan-tertutup/"),
    "permintaan_data": (Permission.PRIVACY_REQUESTS, "/permintaan-data/"),
    "akun": (Permission.ACCOUNTS, "/akun/"),
}


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry as it is shown.

    Attributes:
        about: What it was done to: kind and id, or a sentence where the id is not shown.
        link: Path of its page, empty when the reader may not open one.
        details: Names and values of the codes beside it.
    """

    number: int
    at: datetime
    actor: str
    action: str
    kind: str
    about: str
    link: str
    details: tuple[tuple[str, str], ...]


class AuditView:
    """Shows entries to one reader."""

    def __init__(self, house: House, reader: Account) -> None:
        """Take the house and who reads."""
        self._house = house
        self._reader = reader
        self._accounts = {account.id: account for account in house.accounts.all()}

    def actors(self) -> list[tuple[str, str]]:
        """Give (id, name) of everybody who may have acted."""
        say = self._house.wording.say
        machine = [(SYSTEM, say("audit.actor.sistem")), (TERMINAL, say("audit.actor.terminal"))]
        people = [(item.id, f"{item.name} ({item.login})") for item in self._accounts.values()]
        return [*people, *machine]

    def lines(self, entries: Sequence[KeptEntry]) -> list[AuditLine]:
        """Give the entries as lines."""
        hidden = self.hidden_tickets(
            text
            for item in entries
            for text in (item.entry.subject, *map(str, item.entry.details.values()))
        )
        return [self._line(item, hidden) for item in entries]

    def hidden_tickets(self, texts: object) -> frozenset[str]:
        """Give the tickets within texts that this reader must not see."""
        if self._reader.may(Permission.SEALED_COMPLAINTS):
            return frozenset()
        named = {found.upper() for text in texts for found in _TICKET.findall(text)}  # type: ignore[attr-defined]
        if not named:
            return frozenset()
        # What is not among the ordinary ones is sealed, or gone: then nobody can tell any more.
        ordinary = self._house.public_complaints.find(
            PublicFilter(tickets=tuple(sorted(named)), simulated=True)
        )
        return frozenset(named - {item.ticket.upper() for item in ordinary})

    def _line(self, item: KeptEntry, hidden: frozenset[str]) -> AuditLine:
        entry, say = item.entry, self._house.wording.say
        values = (entry.subject, *map(str, entry.details.values()))
        sealed = entry.subject_kind == "pengaduan_tertutup" and not self._reader.may(
            Permission.SEALED_COMPLAINTS
        )
        if sealed or any(found.upper() in hidden for v in values for found in _TICKET.findall(v)):
            return AuditLine(
                item.number, entry.at, self._actor(entry.actor), self.action(entry.action), "",
                say("audit.sealed_subject"), "", (),
            )  # fmt: skip
        return AuditLine(
            item.number,
            entry.at,
            self._actor(entry.actor),
            self.action(entry.action),
            self._kind(entry.subject_kind),
            self._about(entry.subject_kind, entry.subject),
            self._link(entry.subject_kind, entry.subject),
            tuple((name, self._value(value)) for name, value in entry.details.items()
                  if value != ""),
        )  # fmt: skip

    def _actor(self, actor: str) -> str:
        if actor in (SYSTEM, TERMINAL):
            return self._house.wording.say(f"audit.actor.{actor}")
        account = self._accounts.get(actor)
        return account.name if account else self._house.wording.say("audit.actor_gone", id=actor)

    def action(self, action: str) -> str:
        """Give the sentence of an action, its code where nobody wrote one."""
        key = f"audit.action.{action}"
        if not self._house.wording.has(key):
            return action
        sentence = self._house.wording.say(key)
        return sentence[:1].upper() + sentence[1:]

    def _kind(self, kind: str) -> str:
        key = f"audit.subject.{kind}"
        return self._house.wording.say(key) if self._house.wording.has(key) else kind

    def _about(self, kind: str, subject: str) -> str:
        account = self._accounts.get(subject) if kind == "akun" else None
        return account.name if account else subject

    def _link(self, kind: str, subject: str) -> str:
        permission, path = _PAGES.get(kind, (None, ""))
        if permission is None or not subject or not self._reader.may(permission):
            return ""
        return path + quote(subject, safe="")

    def _value(self, value: str | int | bool) -> str:
        if isinstance(value, bool):
            return self._house.wording.say("audit.yes" if value else "audit.no")
        account = self._accounts.get(str(value))
        return account.name if account else str(value)
