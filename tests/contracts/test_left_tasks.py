"""The port LeftTasks, in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from izin.following import Notice, NoticeKind
from izin.ports.reminders import LeftTasks, reminder_key
from izin.replies import Reply
from izin.storage.memory.left_tasks import MemoryLeftTasks
from izin.storage.postgres.left_tasks import PostgresLeftTasks
from tests.contracts.conversation_ports import NOW, Ports, message

KIND = "pengaduan"


@pytest.fixture
def tasks(ports: Ports) -> LeftTasks:
    drafts: Any = ports.drafts
    if ports.kind == "memory":
        inbox: Any = ports.inbox
        return MemoryLeftTasks(inbox.data, drafts)
    return PostgresLeftTasks(drafts._engine)


def leave(ports: Ports, begun: str | None = "t1", **state: Any) -> str:
    conversation_id = ports.inbox.receive(message(), NOW).conversation_id
    now = {"begun": begun, "at": NOW.isoformat(), **state} if begun else {}
    ports.drafts.put(conversation_id, KIND, {"turn": "t2", "before": {}, "now": now})
    return conversation_id


def found(tasks: LeftTasks, conversation_id: str) -> list[str]:
    left = tasks.left(KIND, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    return [task.begun for task in left if task.conversation_id == conversation_id]


def test_a_task_last_worked_on_in_that_time_is_given(ports: Ports, tasks: LeftTasks) -> None:
    chat = leave(ports)
    assert found(tasks, chat) == ["t1"]
    [task] = [one for one in tasks.left(KIND, NOW, NOW) if one.conversation_id == chat]
    assert (task.at, task.channel) == (NOW, "telegram")


def test_a_finished_task_and_one_of_another_kind_are_not(ports: Ports, tasks: LeftTasks) -> None:
    assert found(tasks, leave(ports, begun=None)) == []
    chat = leave(ports)
    assert not [one for one in tasks.left("status", NOW, NOW) if one.conversation_id == chat]


def test_a_task_from_before_or_after_that_time_is_not(ports: Ports, tasks: LeftTasks) -> None:
    chat = leave(ports, at=(NOW - timedelta(hours=2)).isoformat())
    assert found(tasks, chat) == []


def test_a_task_in_an_officers_hands_is_not(ports: Ports, tasks: LeftTasks) -> None:
    chat = leave(ports)
    ports.hold(chat)
    assert found(tasks, chat) == []


def test_a_task_reminded_of_once_is_not_given_again(ports: Ports, tasks: LeftTasks) -> None:
    chat = leave(ports)
    notice = Notice(chat, reminder_key(chat, "t1"), NoticeKind.NEWS, Reply("Belum terkirim."))
    assert ports.notices.push(notice, NOW)
    assert found(tasks, chat) == []
    leave_again = {"turn": "t9", "before": {}, "now": {"begun": "t9", "at": NOW.isoformat()}}
    ports.drafts.put(chat, KIND, leave_again)
    assert found(tasks, chat) == ["t9"], "another complaint is reminded of as well"
