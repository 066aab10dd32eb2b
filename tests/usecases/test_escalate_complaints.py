from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest

from izin.accounts import Account, Role
from izin.complaint_states import ComplaintState
from izin.complaints import Confidentiality
from izin.conversations import ChatAddress, Conversation, InboundMessage, Turn
from izin.following import QuietHours
from izin.officer_chats import CODE_LIVES
from izin.storage.memory.accounts import AccountData, MemoryAccounts
from izin.storage.memory.officer_chats import MemoryOfficerChats
from izin.usecases.escalate_complaints import EscalateComplaints
from izin.usecases.link_officer_chat import LinkOfficerChat
from izin.usecases.tell_complainant import TellComplainant
from izin.wording import Wording
from tests.contracts.case_work import (
    MONDAY,
    RESULT,
    SARI,
    FixedCatalogue,
    FixedOffice,
    filed,
    worker,
)
from tests.contracts.conversation_ports import Ports, fresh, memory_ports, message

THURSDAY = MONDAY + timedelta(days=3)
LATE = MONDAY + timedelta(days=60)


class Office:
    """Officers with linked chats over storage in memory."""

    def __init__(self, quiet: QuietHours | None = None) -> None:
        self.ports: Ports = memory_ports()
        self.work = worker(self.ports)
        self.accounts = MemoryAccounts(AccountData())
        self.chats = MemoryOfficerChats()
        self.escalate = EscalateComplaints(
            self.ports.alarms, self.accounts, self.chats, self.ports.notices,
            FixedCatalogue(), FixedOffice(), Wording(), quiet,  # type: ignore[arg-type]
        )  # fmt: skip
        self.here = self.ports.inbox.receive(message(), MONDAY).conversation_id

    def person(self, *roles: Role, account_id: str | None = None, **changes: object) -> str:
        """Give the conversation of a new account."""
        made = account_id or str(uuid.uuid4())
        account = Account(made, made, "Nama", frozenset(roles), **changes)  # type: ignore[arg-type]
        self.accounts.add(account, "x", MONDAY)
        chat = self.ports.inbox.receive(message(), MONDAY).conversation_id
        self.chats.begin(made, made, MONDAY + timedelta(minutes=1))
        assert self.chats.redeem(made, chat, MONDAY) == made
        return chat

    def told(self, chat: str) -> list[str]:
        return [reply.text for reply in self.ports.said(chat)]


def test_the_holder_is_told_at_half_time_and_supervisors_later():
    office = Office()
    item = filed(office.ports, office.here)
    office.work.take(SARI, item.ticket, 1, fresh("k"), MONDAY)
    holder = office.person(Role.OFFICER, account_id="sari")
    other = office.person(Role.OFFICER)
    head = office.person(Role.SUPERVISOR)
    elsewhere = office.person(Role.SUPERVISOR, unit="DLH")
    gone = office.person(Role.SUPERVISOR, active=False)
    assert office.escalate.run(THURSDAY) == 1
    assert office.escalate.run(THURSDAY) == 0
    [first] = office.told(holder)
    for part in (item.ticket, "Keterlambatan", "50%", "27 November 2026"):
        assert part in first
    assert item.story not in first
    assert office.told(head) == []
    office.escalate.run(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))
    assert len(office.told(holder)) == 2
    assert "sudah lewat" in office.told(head)[0]
    assert not any(office.told(chat) for chat in (other, elsewhere, gone))


def test_after_downtime_one_message_tells_what_matters_most():
    office = Office()
    filed(office.ports, office.here)
    head = office.person(Role.SUPERVISOR)
    assert office.escalate.run(LATE) == 6
    [said] = office.told(head)
    assert "penyelesaian sudah lewat" in said


@pytest.mark.parametrize("level", [Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS])
def test_of_a_sealed_complaint_only_its_roles_learn_and_nothing_but_the_date(level):
    office = Office()
    item = filed(office.ports, office.here, level)
    head = office.person(Role.SUPERVISOR)
    special = office.person(Role.SEALED_OFFICER)
    office.escalate.run(LATE)
    assert office.told(head) == []
    [said] = office.told(special)
    assert "tertutup" in said
    assert item.ticket not in said
    assert "Keterlambatan" not in said
    assert not any(item.ticket in key for key in office.ports.notices.data.notices)


def test_in_quiet_hours_the_message_waits():
    office = Office(QuietHours(time(0), time(23, 59)))
    filed(office.ports, office.here)
    head = office.person(Role.SUPERVISOR)
    office.escalate.run(LATE)
    assert office.told(head) == []
    office.ports.notices.release(LATE + timedelta(days=1))
    assert len(office.told(head)) == 1


def test_a_result_is_closed_after_ten_working_days_without_objection():
    office = Office()
    tell = TellComplainant(office.ports.notices, office.ports.mail, FixedOffice(), Wording())
    item = filed(office.ports, office.here)
    version = office.work.begin(SARI, item.ticket, 1, fresh("k"), "", MONDAY).complaint.version
    office.work.resolve(SARI, item.ticket, version, fresh("k"), RESULT, MONDAY)
    # Ten working days after Monday, without the holiday: Tuesday the 8th of December.
    assert office.escalate.settle(datetime(2026, 12, 8, 16, 0, tzinfo=UTC), tell) == 0
    assert office.escalate.settle(datetime(2026, 12, 8, 18, 0, tzinfo=UTC), tell) == 1
    done = office.ports.complaints.find(item.ticket)
    assert done is not None and done.state is ComplaintState.CLOSED
    assert "kami tutup" in office.told(office.here)[-1]


def turn(
    text: str, kind: str = "start", channel: str = "telegram", user: str | None = None
) -> Turn:
    address = ChatAddress(channel, "7", "live", user)
    inbound = InboundMessage(address, "m", kind, MONDAY, text)  # type: ignore[arg-type]
    return Turn(
        id="t", conversation=Conversation(id="c", address=address), message=inbound,
        state="queued", now=MONDAY, received_at=MONDAY,
    )  # fmt: skip


def test_a_chat_is_linked_by_the_link_of_the_console():
    link = LinkOfficerChat(MemoryOfficerChats(), Wording())
    assert link.begin("sari", MONDAY).url == ""
    link.chats.note_bot("https://t.me/izinbot")
    offered = link.begin("sari", MONDAY)
    payload = offered.text.removeprefix("/start ")
    assert offered.url == f"https://t.me/izinbot?start={payload}"
    assert len(payload) <= 64, "Telegram takes no longer parameter"
    for other in (turn("PBG"), turn(payload, kind="text")):
        assert link.take(other) is None
    for stranger in (turn(payload, user="9"), turn(payload, channel="whatsapp")):
        answer = link.take(stranger)
        assert answer is not None and "pribadi" in answer.text
    done = link.take(turn(payload))
    assert done is not None and "Terhubung" in done.text
    linked = link.linked("sari")
    assert linked is not None and linked.conversation_id == "c"
    again = link.take(turn(payload))
    assert again is not None and "dipakai" in again.text
    assert link.unlink("sari")


def test_a_link_is_over_after_a_quarter_of_an_hour():
    link = LinkOfficerChat(MemoryOfficerChats(), Wording())
    payload = link.begin("sari", MONDAY - CODE_LIVES).text.removeprefix("/start ")
    late = link.take(turn(payload))
    assert late is not None and "dipakai" in late.text
