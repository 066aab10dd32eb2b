"""The port ProofLedger, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.contracts.conversation_ports import NOW, Ports, fresh

HOUR = timedelta(hours=1)


def chat() -> str:
    return str(uuid.uuid4())


def fail(ports: Ports, number: str, conversation_id: str, at=NOW, turn_id=None) -> bool:  # type: ignore[no-untyped-def]
    return ports.proof.record_failure(number, conversation_id, turn_id or fresh("turn"), at)


def test_nothing_is_locked_at_first(ports: Ports) -> None:
    assert not ports.proof.is_locked(fresh("503"), chat(), NOW)


def test_the_fifth_wrong_proof_in_a_chat_locks_number_and_chat(ports: Ports) -> None:
    number, here = fresh("503"), chat()
    assert [fail(ports, number, here) for _ in range(5)] == [False, False, False, False, True]
    assert ports.proof.is_locked(number, chat(), NOW), "the number in every chat"
    assert ports.proof.is_locked(fresh("503"), here, NOW), "the chat for every number"
    assert not ports.proof.is_locked(fresh("503"), chat(), NOW)


def test_wrong_proofs_of_one_number_in_five_chats_lock_it_everywhere(ports: Ports) -> None:
    number = fresh("503")
    assert [fail(ports, number, chat()) for _ in range(5)][-1]
    assert ports.proof.is_locked(number, chat(), NOW)


def test_wrong_proofs_of_five_numbers_lock_the_chat(ports: Ports) -> None:
    here = chat()
    assert [fail(ports, fresh("503"), here) for _ in range(5)][-1]
    assert ports.proof.is_locked(fresh("503"), here, NOW)


def test_a_lock_ends_after_24_hours_and_counting_begins_anew(ports: Ports) -> None:
    number, here = fresh("503"), chat()
    for _ in range(5):
        fail(ports, number, here)
    assert ports.proof.is_locked(number, here, NOW + 24 * HOUR - timedelta(seconds=1))
    assert not ports.proof.is_locked(number, here, NOW + 24 * HOUR)
    assert not fail(ports, number, here, NOW + 24 * HOUR)
    assert not ports.proof.is_locked(number, here, NOW + 24 * HOUR)


def test_wrong_proofs_of_long_ago_no_longer_count(ports: Ports) -> None:
    number, here = fresh("503"), chat()
    for hours in (0, 1, 2, 3):
        fail(ports, number, here, NOW + hours * HOUR)
    assert not fail(ports, number, here, NOW + 24 * HOUR)
    assert not ports.proof.is_locked(number, here, NOW + 24 * HOUR)
    assert fail(ports, number, here, NOW + 24 * HOUR)


def test_the_same_turn_counts_once_and_gives_its_first_result_again(ports: Ports) -> None:
    number, here, turns = fresh("503"), chat(), [fresh("turn") for _ in range(5)]
    for turn_id in turns:
        first = fail(ports, number, here, turn_id=turn_id)
        again = fail(ports, number, here, turn_id=turn_id)
        assert first == again == (turn_id == turns[-1])


def test_while_locked_nothing_counts_and_no_new_lock_is_told(ports: Ports) -> None:
    number, here = fresh("503"), chat()
    for _ in range(5):
        fail(ports, number, here)
    later = NOW + 20 * HOUR
    assert not any(fail(ports, number, here, later) for _ in range(6))
    assert not ports.proof.is_locked(number, here, NOW + 24 * HOUR), "the lock was not prolonged"
    assert not fail(ports, number, here, NOW + 24 * HOUR), "and nothing was counted meanwhile"


def test_wrong_proofs_that_come_at_once_cause_one_lock(ports: Ports) -> None:
    number = fresh("503")
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: fail(ports, number, chat()), range(8)))
    assert told.count(True) == 1
    assert ports.proof.is_locked(number, chat(), NOW)
