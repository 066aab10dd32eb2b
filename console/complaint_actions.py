"""What an officer may do to a complaint from its page: which forms, and what they do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from console.house import House
from izin.complaint_desk import Reader
from izin.complaint_rules import Correction
from izin.complaint_states import Closing, ClosingReason, ComplaintState, Priority, may_follow
from izin.complaint_work import Case, Refusal
from izin.complaints import Complaint
from izin.following import Notice
from izin.replies import Reply
from izin.usecases.tell_complainant import TellComplainant
from izin.usecases.work_complaint import WorkComplaint

PREVIEWED = frozenset({"jawab", "lengkapi", "teruskan", "selesai", "tutup", "buka-lagi"})
"""Actions that tell the citizen something."""

NAMES = PREVIEWED | {"verifikasi", "ambil", "tugaskan", "kerjakan", "lanjut", "koreksi", "tautkan"}

FIELDS = (
    "text", "reason", "unit", "officer", "done_on", "basis", "other", "forwarded_to",
    "class_code", "category", "priority", "closing_reason",
)  # fmt: skip

_ONCE = re.compile(r"[0-9a-f]{32}")
_S = ComplaintState
_NEXT = {
    _S.RECEIVED: ("verifikasi", "jawab"),
    _S.REOPENED: ("kerjakan", "jawab"),
    _S.VERIFIED: ("kerjakan", "teruskan"),
    _S.DISPATCHED: ("kerjakan",),
    _S.IN_PROGRESS: ("selesai", "jawab"),
    _S.WAITING: ("lanjut",),
    _S.RESOLVED: ("tutup",),
    _S.CLOSED: (),
}
"""What usually comes next; offered first."""


@dataclass(frozen=True, slots=True)
class Form:
    """What came with a form: the version the officer saw, the key, the typed fields."""

    version: int
    once: str
    seen: int
    send: bool
    typed: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")


def read_form(form: Mapping[str, Any]) -> Form:
    """Give a form's fields; what is no text is empty, a key of another shape a new one."""
    plain = {name: value for name, value in form.items() if isinstance(value, str)}
    once = plain.get("once", "")
    return Form(
        version=_number(plain.get("version", "")),
        once=once if _ONCE.fullmatch(once) else uuid.uuid4().hex,
        seen=_number(plain.get("seen", "")),
        send=plain.get("step") == "kirim",
        typed={name: plain.get(name, "") for name in FIELDS},
    )


def offered(complaint: Complaint, account_id: str) -> list[str]:
    """Give the actions this state allows, what usually comes next first."""
    state, is_open = complaint.state, complaint.is_open
    allowed = {
        "verifikasi": may_follow(state, _S.VERIFIED),
        "jawab": is_open,
        "lengkapi": may_follow(state, _S.WAITING),
        "teruskan": may_follow(state, _S.DISPATCHED),
        "kerjakan": may_follow(state, _S.IN_PROGRESS) and state is not _S.WAITING,
        "lanjut": state is _S.WAITING,
        "selesai": may_follow(state, _S.RESOLVED),
        "tutup": may_follow(state, _S.CLOSED),
        "buka-lagi": may_follow(state, _S.REOPENED),
        "ambil": is_open and complaint.officer != account_id,
        "tugaskan": is_open,
        "koreksi": is_open,
        "tautkan": True,
    }
    first = [name for name in _NEXT[state] if allowed[name]]
    return first + [name for name, may in allowed.items() if may and name not in first]


def closing_of(form: Form) -> Closing:
    """Give the closing that a form's separate fields make.

    Raises:
        Refusal: The reason or the date cannot be read.
    """
    try:
        reason = ClosingReason(form["closing_reason"] or "-")
    except ValueError as error:
        raise Refusal("reason_missing", "closing_reason") from error
    try:
        done_on = date.fromisoformat(form["done_on"]) if form["done_on"] else None
    except ValueError as error:
        raise Refusal("done_on_impossible", "done_on") from error
    return Closing(
        reason, form["text"], form["unit"], done_on, form["basis"], form["other"].strip(),
        form["forwarded_to"],
    )  # fmt: skip


def correction_of(form: Form) -> Correction:
    """Give what a form corrects; parts left as they are stay out.

    Raises:
        Refusal: The priority is unknown.
    """
    try:
        priority = Priority(form["priority"]) if form["priority"] else None
    except ValueError as error:
        raise Refusal("nothing_changed", "priority") from error
    return Correction(form["class_code"] or None, form["category"] or None, priority)


def take_step(
    steps: WorkComplaint, reader: Reader, ticket: str, action: str, form: Form, now: datetime
) -> Case:
    """Do what a form asks; gives the case after it.

    Raises:
        NotFound: No such ticket or action, or not for this reader.
        Conflict: Somebody else was first.
        Refusal: The rules do not allow it.
    """
    seen = (reader, ticket, form.version, form.once)
    by_name: dict[str, Callable[[], Case]] = {
        "verifikasi": lambda: steps.verify(*seen, now),
        "ambil": lambda: steps.take(*seen, now),
        "tugaskan": lambda: steps.assign(*seen, form["officer"] or None, now),
        "kerjakan": lambda: steps.begin(*seen, form["text"], now),
        "jawab": lambda: steps.answer(*seen, form["text"], now),
        "lengkapi": lambda: steps.ask(*seen, form["text"], now),
        "lanjut": lambda: steps.resume(*seen, now),
        "teruskan": lambda: steps.dispose(*seen, form["unit"], form["reason"], now),
        "selesai": lambda: steps.resolve(*seen, closing_of(form), now),
        "tutup": lambda: steps.close(*seen, closing_of(form), now),
        "buka-lagi": lambda: steps.reopen(*seen, form["reason"], now),
        "koreksi": lambda: steps.correct(*seen, correction_of(form), form["reason"], now),
        "tautkan": lambda: steps.link(*seen, form["other"], now),
    }
    return by_name[action]()


class _Unsent:
    """Notices and mail that go nowhere: what they would say is kept."""

    def __init__(self) -> None:
        self.said: list[Reply] = []

    def push(self, notice: Notice, now: datetime) -> None:
        self.said.append(notice.reply)

    def queue(self, ticket: str, reply: Reply, key: str, now: datetime) -> bool:
        self.said.append(reply)
        return True


class _Untouched:
    """Complaints that are read and never changed: a step is made on a copy."""

    def __init__(self, house: House) -> None:
        self._house = house

    def case(self, reader: Reader, ticket: str, now: datetime) -> Case:
        return self._house.complaint_work.case(reader, ticket, now)

    def change(
        self, reader: Reader, ticket: str, version: int, key: str,
        step: Callable[[Complaint], Complaint], now: datetime,
    ) -> tuple[Case, bool]:  # fmt: skip
        case = self.case(reader, ticket, now)
        return replace(case, complaint=step(case.complaint)), True


def preview(
    house: House, reader: Reader, ticket: str, action: str, form: Form, now: datetime
) -> str:
    """Give what the citizen would read; nothing is stored or sent.

    Raises:
        Refusal: The rules do not allow the step.
        NotFound: No such ticket, or not for this reader.
    """
    unsent = _Unsent()
    tell = TellComplainant(unsent, unsent, house.office, house.wording)  # type: ignore[arg-type]
    work: Any = _Untouched(house)
    steps = WorkComplaint(work, house.units, house.catalogue, house.office, tell)
    take_step(steps, reader, ticket, action, form, now)
    return "\n\n".join(reply.text for reply in unsent.said)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
