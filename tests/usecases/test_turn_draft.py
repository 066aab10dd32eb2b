"""A draft survives a turn that is run again."""

from __future__ import annotations

from izin.storage.memory.drafts import MemoryDrafts
from izin.usecases.turn_draft import TurnDraft
from tests.usecases.long_dialogues import turn


def draft(drafts: MemoryDrafts, kind: str = "pengaduan") -> TurnDraft:
    return TurnDraft(drafts, kind)


def test_without_a_task_the_state_is_empty() -> None:
    assert draft(MemoryDrafts()).before(turn()) == {}
    assert draft(MemoryDrafts()).now(turn()) == {}


def test_the_next_turn_starts_from_what_this_one_left() -> None:
    task = draft(MemoryDrafts())
    task.save(turn(), {"n": 1})
    assert task.before(turn()) == {"n": 1}


def test_a_turn_run_again_starts_from_where_it_started() -> None:
    task, first, second = draft(MemoryDrafts()), turn(), turn()
    task.save(first, {"n": 1})
    task.save(second, {"n": 2})
    task.save(second, {"n": 3})
    assert task.before(second) == {"n": 1}
    assert task.now(second) == {"n": 3}


def test_a_turn_that_ended_the_task_can_still_be_run_again() -> None:
    task, first, second = draft(MemoryDrafts()), turn(), turn()
    task.save(first, {"n": 1})
    task.save(second, {})
    assert task.before(second) == {"n": 1}
    assert task.before(turn()) == {}


def test_changing_a_state_that_was_given_changes_nothing_stored() -> None:
    task, first = draft(MemoryDrafts()), turn()
    task.save(first, {"media": ["a"]})
    task.before(turn())["media"].append("b")
    assert task.now(first) == {"media": ["a"]}


def test_tasks_of_two_kinds_and_two_chats_are_apart() -> None:
    drafts, here = MemoryDrafts(), turn()
    draft(drafts).save(here, {"n": 1})
    assert draft(drafts, "status").before(turn()) == {}
    assert draft(drafts).before(turn(conversation_id="other")) == {}


def test_a_draft_knows_every_turn_of_its_task_and_none_of_the_task_before() -> None:
    drafts = MemoryDrafts()
    task, first, second, third = draft(drafts), turn(), turn(), turn()
    task.save(first, {"n": 1})
    task.save(second, {"n": 2})
    task.save(second, {})
    document = drafts.get(second.conversation_id, "pengaduan")
    assert document is not None
    assert document["turns"] == [first.turn_id, second.turn_id]
    task.save(third, {"n": 1})
    document = drafts.get(third.conversation_id, "pengaduan")
    assert document is not None
    assert document["turns"] == [third.turn_id]
