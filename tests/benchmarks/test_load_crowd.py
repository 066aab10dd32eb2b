"""Who speaks next in the load, and what counts as answered."""

from __future__ import annotations

from benchmarks.load.crowd import REST_S, Crowd, Turn
from benchmarks.load.talks import TALKS


def crowd() -> tuple[Crowd, list[Turn]]:
    done: list[Turn] = []
    return Crowd(lambda number: str(100 + number), done.append), done


def test_nobody_speaks_again_before_the_answer() -> None:
    people, _ = crowd()
    first, _, _ = people.next_message(0.0, 0.0)
    second, _, _ = people.next_message(60.0, 60.0)
    assert (first.chat, second.chat) == ("100", "101")


def test_an_answered_citizen_goes_on_after_a_rest() -> None:
    people, done = crowd()
    citizen, text, turn = people.next_message(0.0, 0.0)
    people.taken(citizen, turn, 200, 1.0)
    people.replied("100", 2.0)
    assert done == [turn]
    early, _, _ = people.next_message(2.0 + REST_S - 0.1, 0.0)
    again, following, _ = people.next_message(2.0 + REST_S, 0.0)
    assert early.chat == "101"
    assert (again.chat, text, following) == ("100", *TALKS[0][:2])


def test_a_reply_before_the_webhooks_answer_ends_the_turn_with_that_answer() -> None:
    people, done = crowd()
    citizen, _, turn = people.next_message(0.0, 0.0)
    people.replied("100", 1.0)
    assert not done
    people.taken(citizen, turn, 200, 1.5)
    assert done == [turn]
    assert (turn.replied, turn.taken) == (1.0, 1.5)


def test_further_messages_of_an_answer_belong_to_it_and_prolong_the_rest() -> None:
    people, done = crowd()
    citizen, _, turn = people.next_message(0.0, 0.0)
    people.taken(citizen, turn, 200, 1.0)
    people.replied("100", 2.0)
    people.replied("100", 3.0)
    assert (turn.bubbles, turn.replied, done) == (2, 2.0, [turn])
    other, _, _ = people.next_message(2.0 + REST_S, 0.0)
    assert other.chat == "101"


def test_whoever_has_said_all_makes_room_for_somebody_new() -> None:
    people, _ = crowd()
    moment = 1.0
    for _ in TALKS[0]:
        citizen, _, turn = people.next_message(moment, moment)
        people.taken(citizen, turn, 200, moment)
        people.replied(citizen.chat, moment)
        moment += REST_S
        assert citizen.chat == "100"
    new, text, _ = people.next_message(moment, moment)
    assert (new.chat, text) == ("101", TALKS[1][0])


def test_a_message_to_nobody_is_left_alone() -> None:
    people, done = crowd()
    people.replied("999", 1.0)
    assert not done
