from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest

from izin.accounts import Account, Role
from izin.conversations import ChatAddress
from izin.errors import StorageUnavailable
from izin.following import QuietHours
from izin.health import WATCH, Check, State
from izin.health_facts import HouseFacts, OutsideFacts, PlatformFacts, RasaFacts
from izin.health_words import HealthWords
from izin.storage.memory.accounts import AccountData, MemoryAccounts
from izin.storage.memory.alarm_book import MemoryAlarmBook
from izin.storage.memory.officer_chats import MemoryOfficerChats
from izin.usecases.tell_admins import TellAdmins
from izin.usecases.watch_health import WatchHealth
from izin.wording import Wording
from tests.contracts.case_work import FixedOffice
from tests.contracts.conversation_ports import Ports, memory_ports, message

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 in Jakarta
MINUTE = timedelta(minutes=1)
WELL = OutsideFacts({"telegram": PlatformFacts("ok")}, rasa=[RasaFacts("a", "m")], actions=True,
                    registry=True)  # fmt: skip


class Book(MemoryAlarmBook):
    """A book whose database can be taken away."""

    away = False

    def watching(self):
        if self.away:
            raise StorageUnavailable("away")
        return super().watching()


@dataclass
class Office:
    """Admins with linked chats, and a house whose facts a test sets."""

    house: HouseFacts = field(default_factory=HouseFacts)
    outside: OutsideFacts = WELL
    quiet: QuietHours | None = None
    reachable: bool = True
    sent_now: list[tuple[str, str]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    other_way: bool = False
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.ports: Ports = memory_ports()
        self.book = Book()
        self.accounts = MemoryAccounts(AccountData())
        self.chats = MemoryOfficerChats()
        self.watch = self.watcher()

    def watcher(self) -> WatchHealth:
        tell = TellAdmins(
            self.accounts, self.chats, self, self.ports.notices, HealthWords(Wording()),
            self._send_now, self._elsewhere, "https://izin.example/kesehatan",
        )  # fmt: skip
        return WatchHealth(
            self.book, self, self, tell, FixedOffice(), self.quiet, production=False,  # type: ignore[arg-type]
        )  # fmt: skip

    def measure(self, now: datetime) -> HouseFacts:
        return self.house

    def look(self, now: datetime) -> OutsideFacts:
        return self.outside

    def addresses(self, conversation_ids):
        return [ChatAddress("telegram", one) for one in conversation_ids]

    def person(self, *roles: Role, active: bool = True) -> str:
        made = str(uuid.uuid4())
        self.accounts.add(Account(made, made, "Nama", frozenset(roles), active=active), "x", NOW)
        chat = self.ports.inbox.receive(message(), NOW).conversation_id
        self.chats.begin(made, made, NOW + MINUTE)
        assert self.chats.redeem(made, chat, NOW) == made
        return chat

    def minutes(self, many: int) -> None:
        for _ in range(many):
            self.watch.run(self.now)
            self.now += MINUTE

    def told(self, chat: str) -> list[str]:
        return [reply.text for reply in self.ports.said(chat)]

    def _send_now(self, address: ChatAddress, text: str) -> bool:
        if self.reachable:
            self.sent_now.append((address.chat, text))
        return self.reachable

    def _elsewhere(self, title: str, text: str) -> bool:
        if self.other_way:
            self.elsewhere.append(f"{title}\n{text}")
        return self.other_way


REFUSED = replace(WELL, platforms={"telegram": PlatformFacts("refused")})
NO_REGISTRY = replace(WELL, registry=False)


def test_admins_are_told_once_when_something_fails_and_once_when_it_is_over():
    office = Office()
    admin, other = office.person(Role.ADMIN), office.person(Role.ADMIN)
    officer, gone = office.person(Role.OFFICER), office.person(Role.ADMIN, active=False)
    office.minutes(3)
    assert office.told(admin) == []
    office.outside = NO_REGISTRY
    office.minutes(60)
    [said] = office.told(admin)
    assert office.told(other) == [said]
    for part in ("Tanya Izin perlu ditangani", "Basis data izin", "tanya doctor",
                 "https://izin.example/kesehatan"):  # fmt: skip
        assert part in said
    office.outside = WELL
    office.minutes(60)
    assert len(office.told(admin)) == 2
    assert "Sudah baik lagi: Basis data izin." in office.told(admin)[1]
    assert office.told(officer) == office.told(gone) == []
    assert office.sent_now == []


def test_another_process_takes_over_without_telling_anew():
    office = Office(outside=NO_REGISTRY)
    admin = office.person(Role.ADMIN)
    office.minutes(10)
    office.watch = office.watcher()
    office.minutes(30)
    assert len(office.told(admin)) == 1


def test_while_one_watches_another_stands_by():
    office = Office(outside=NO_REGISTRY)
    with office.book.watching():
        assert office.watch.run(NOW) == 0
        assert office.watch.standby
    assert office.book.standings() == {}


def test_the_watch_leaves_a_sign_of_life():
    office = Office()
    office.minutes(1)
    assert [(sign.kind, sign.at) for sign in office.book.signs()] == [(WATCH, NOW)]


def test_when_telegram_itself_fails_the_next_way_is_taken_and_the_queue_is_not():
    office = Office(outside=REFUSED, other_way=True)
    admin = office.person(Role.ADMIN)
    office.minutes(30)
    assert office.told(admin) == []
    assert office.sent_now == []
    [said] = office.elsewhere
    assert "Telegram menolak token bot" in said


def test_without_any_way_nothing_counts_as_told_and_it_is_told_as_soon_as_one_works():
    office = Office(outside=NO_REGISTRY)
    office.minutes(30)
    assert office.book.standings()[Check.REGISTRY].told is None
    admin = office.person(Role.ADMIN)
    office.minutes(5)
    assert len(office.told(admin)) == 1


def test_while_the_worker_stands_still_the_queue_is_passed_by():
    office = Office(house=HouseFacts(worker_silent_s=300.0, oldest_turn_s=900.0))
    admin = office.person(Role.ADMIN)
    office.minutes(20)
    assert office.told(admin) == []
    [(chat, said)] = office.sent_now
    assert chat == admin
    assert "Pekerja antrean" in said
    office.house = HouseFacts()
    office.minutes(30)
    assert len(office.told(admin)) == 1
    assert "Sudah baik lagi" in office.told(admin)[0]


def test_a_database_that_is_away_is_told_from_memory_and_noted_when_it_is_back():
    office = Office()
    office.person(Role.ADMIN)
    office.minutes(2)
    office.book.away = True
    office.minutes(60)
    [(_, said)] = office.sent_now
    assert "Basis data tidak menjawab" in said
    assert office.watch.levels()["database"] == 2
    office.book.away = False
    office.minutes(1)
    assert office.book.history()[0].check is Check.DATABASE
    office.minutes(30)
    assert len(office.sent_now) + len(office.ports.said(next(iter(office.chats.chats(
        [one.id for one in office.accounts.all()]).values())))) == 2  # fmt: skip
    assert office.book.history()[0].closed_at is not None


def test_who_never_watched_does_not_tell_of_a_database_that_is_away():
    office = Office()
    office.person(Role.ADMIN)
    office.book.away = True
    with pytest.raises(StorageUnavailable):
        office.minutes(1)
    assert office.sent_now == []


def test_at_night_the_registry_waits_and_a_dead_rasa_does_not():
    night = QuietHours(time(9), time(12))
    office = Office(outside=replace(NO_REGISTRY, rasa=[RasaFacts("a", None)]), quiet=night)
    admin = office.person(Role.ADMIN)
    office.minutes(60)
    [said] = office.told(admin)
    assert "Rasa" in said
    assert "Basis data izin" not in said
    office.minutes(62)
    assert "Basis data izin" in office.told(admin)[1]
    assert len(office.told(admin)) == 2


def test_a_muted_alarm_is_kept_and_not_told():
    office = Office(outside=NO_REGISTRY)
    office.minutes(8)
    office.book.mute(Check.REGISTRY, office.now + 60 * MINUTE, "budi")
    admin = office.person(Role.ADMIN)
    office.minutes(50)
    assert office.told(admin) == []
    office.minutes(20)
    assert len(office.told(admin)) == 1
    assert office.book.standings()[Check.REGISTRY].state is State.FAILED
