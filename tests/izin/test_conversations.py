"""What tells conversations and sessions apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from izin.conversations import SESSION_LENGTH, ChatAddress, Conversation, starts_session

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_every_part_of_an_address_tells_conversations_apart() -> None:
    addresses = [
        ChatAddress("telegram", "1"),
        ChatAddress("whatsapp", "1"),
        ChatAddress("telegram", "2"),
        ChatAddress("telegram", "1", "simulator"),
        ChatAddress("telegram", "1", user="7"),
    ]
    assert len({address.key for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    ("last", "starts"),
    [
        (None, True),
        (NOW, False),
        (NOW - SESSION_LENGTH, False),
        (NOW - SESSION_LENGTH - timedelta(seconds=1), True),
        (NOW + timedelta(days=3), False),
    ],
)
def test_a_long_pause_starts_a_session(last: datetime | None, starts: bool) -> None:
    conversation = Conversation("c", ChatAddress("telegram", "1"), last_turn_at=last)
    assert starts_session(conversation, NOW) is starts
