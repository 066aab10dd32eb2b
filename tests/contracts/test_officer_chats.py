"""The port OfficerChats, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from izin.accounts import Account, Role
from izin.ports.officer_chats import OfficerChats
from izin.storage.memory.officer_chats import MemoryOfficerChats
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.engine import create
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from tests.contracts.conversation_ports import NOW, message

SOON = NOW + timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Desk:
    """Chats, and what makes accounts and conversations for them."""

    chats: OfficerChats
    account: Callable[[], str]
    conversation: Callable[[], str]


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "memory":
        yield Desk(MemoryOfficerChats(), lambda: str(uuid.uuid4()), lambda: str(uuid.uuid4()))
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=2)

    def account() -> str:
        made = str(uuid.uuid4())
        officer = Account(made, f"a{made[:8]}", "Sari", frozenset({Role.OFFICER}))
        PostgresAccounts(engine).add(officer, "x", NOW)
        return made

    inbox = PostgresInbox(engine)
    yield Desk(
        PostgresOfficerChats(engine),
        account,
        lambda: inbox.receive(message(), NOW).conversation_id,
    )
    engine.dispose()


def test_a_code_links_a_chat_once(desk: Desk) -> None:
    who, chat, code = desk.account(), desk.conversation(), uuid.uuid4().hex
    desk.chats.begin(who, code, SOON)
    assert desk.chats.redeem("salah", chat, NOW) is None
    assert desk.chats.redeem(code, chat, NOW) == who
    assert desk.chats.redeem(code, desk.conversation(), NOW) is None
    linked = desk.chats.of(who)
    assert linked is not None and (linked.conversation_id, linked.linked_at) == (chat, NOW)
    assert desk.chats.chats([who, str(uuid.uuid4()), "x"]) == {who: chat}


def test_an_old_or_replaced_code_links_nothing(desk: Desk) -> None:
    who, chat = desk.account(), desk.conversation()
    old, new = uuid.uuid4().hex, uuid.uuid4().hex
    desk.chats.begin(who, old, SOON)
    desk.chats.begin(who, new, SOON)
    assert desk.chats.redeem(old, chat, NOW) is None
    assert desk.chats.redeem(new, chat, SOON) is None, "a quarter of an hour later it is over"
    assert desk.chats.of(who) is None


def test_chat_and_account_belong_to_one_another(desk: Desk) -> None:
    first, second, chat, other = (
        desk.account(), desk.account(), desk.conversation(), desk.conversation(),
    )  # fmt: skip
    for who, where in ((first, chat), (second, chat), (second, other)):
        code = uuid.uuid4().hex
        desk.chats.begin(who, code, SOON)
        assert desk.chats.redeem(code, where, NOW) == who
    assert desk.chats.of(first) is None
    assert desk.chats.chats([first, second]) == {second: other}


def test_a_link_is_ended(desk: Desk) -> None:
    who, chat, code = desk.account(), desk.conversation(), uuid.uuid4().hex
    assert not desk.chats.unlink(who)
    desk.chats.begin(who, code, SOON)
    desk.chats.redeem(code, chat, NOW)
    assert desk.chats.unlink(who)
    assert desk.chats.of(who) is None
    assert desk.chats.of("x") is None


def test_the_bot_s_address_is_the_latest_told(desk: Desk) -> None:
    for url in ("https://t.me/satu", "https://t.me/dua"):
        desk.chats.note_bot(url)
    assert desk.chats.bot() == "https://t.me/dua"
