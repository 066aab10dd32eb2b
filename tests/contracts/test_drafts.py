"""The port Drafts, in memory and on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.contracts.conversation_ports import NOW, Ports, message


@pytest.fixture
def conversation_id(ports: Ports) -> str:
    return ports.inbox.receive(message(), NOW).conversation_id


def test_a_draft_comes_back_as_it_was_put(ports: Ports, conversation_id: str) -> None:
    draft = {"story": "Ditarik Rp50.000", "media": ["a", "b"], "n": 3, "none": None, "on": True}
    ports.drafts.put(conversation_id, "pengaduan", draft)
    assert ports.drafts.get(conversation_id, "pengaduan") == draft


def test_a_later_draft_replaces_the_earlier_of_its_kind_alone(
    ports: Ports, conversation_id: str
) -> None:
    ports.drafts.put(conversation_id, "status", {"number": "1"})
    ports.drafts.put(conversation_id, "pengaduan", {"place": "Kajen"})
    ports.drafts.put(conversation_id, "pengaduan", {})
    assert ports.drafts.get(conversation_id, "status") == {"number": "1"}
    assert ports.drafts.get(conversation_id, "pengaduan") == {}


def test_a_dropped_or_never_stored_draft_is_none(ports: Ports, conversation_id: str) -> None:
    ports.drafts.put(conversation_id, "status", {"number": "1"})
    ports.drafts.drop(conversation_id, "status")
    ports.drafts.drop(conversation_id, "status")
    assert ports.drafts.get(conversation_id, "status") is None


def test_drafts_of_two_conversations_are_apart(ports: Ports, conversation_id: str) -> None:
    other = ports.inbox.receive(message(), NOW).conversation_id
    ports.drafts.put(conversation_id, "status", {"number": "1"})
    assert ports.drafts.get(other, "status") is None


def test_a_draft_given_out_can_be_changed_without_changing_the_stored_one(
    ports: Ports, conversation_id: str
) -> None:
    ports.drafts.put(conversation_id, "pengaduan", {"media": ["a"]})
    given = ports.drafts.get(conversation_id, "pengaduan")
    assert given is not None
    given["media"].append("b")
    assert ports.drafts.get(conversation_id, "pengaduan") == {"media": ["a"]}


def test_odd_text_in_a_draft_is_stored_without_harm(ports: Ports, conversation_id: str) -> None:
    ports.drafts.put(conversation_id, "pengaduan", {"story": "a\x00b\ud83d\ude00\udc00"})
    assert ports.drafts.get(conversation_id, "pengaduan") == {"story": "ab😀\ufffd"}
