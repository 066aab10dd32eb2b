"""The port Following, in memory and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from izin.applications import Status
from izin.following import Notice, NoticeKind, Snapshot, Subscription
from izin.replies import Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message

BEFORE = Snapshot(Status.TECHNICAL, "Kajian teknis", "Dinas PU", ("KTP: buram",), 182_500,
                  date(2031, 9, 23), True, 30, True)  # fmt: skip
AFTER = Snapshot(Status.FINAL_CHECK, "Penetapan", "DPMPTSP")
DAY = timedelta(days=1)
FIRST = "00000000-0000-0000-0000-000000000000"


def chat(ports: Ports, **changes: Any) -> str:
    return ports.inbox.receive(message(**changes), NOW).conversation_id


def subscription(conversation_id: str, number: str | None = None, **changes: Any) -> Subscription:
    made = Subscription(conversation_id, number or fresh("503"), "PBG", "digits", BEFORE, NOW, NOW)
    return replace(made, **changes)


def notice(item: Subscription, text: str = "Kabar", **changes: Any) -> Notice:
    made = Notice(item.conversation_id, fresh("notice"), NoticeKind.STAGE, Reply(text),
                  subject=item.number)  # fmt: skip
    return replace(made, **changes)


def sent(ports: Ports, conversation_id: str) -> list[str]:
    jobs = ports.jobs(f"out:{conversation_id}")
    return [ports.outbox.message(job.arguments["message_id"]).reply["text"] for job in jobs]


def test_a_subscription_comes_back_with_what_was_told_and_the_phone_proven_by_now(
    ports: Ports,
) -> None:
    here, phone = chat(ports), fresh_phone()
    item = subscription(here)
    assert ports.following.follow(item, "t1")
    assert list(ports.following.of_conversation(here)) == [item]
    ports.inbox.verify_phone(here, phone)
    assert ports.following.of_conversation(here)[0].verified_phone == phone


def test_following_twice_begins_once_but_the_same_turn_says_so_again(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    assert ports.following.follow(item, "t1")
    assert ports.following.follow(item, "t1")
    assert not ports.following.follow(replace(item, snapshot=AFTER), "t2")
    [kept] = ports.following.of_conversation(here)
    assert kept.snapshot == BEFORE, "what was told last is not forgotten"


def test_a_proof_by_phone_replaces_one_by_digits_and_never_the_other_way(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    ports.following.follow(replace(item, proof="phone"), "t2")
    ports.following.follow(item, "t3")
    assert ports.following.of_conversation(here)[0].proof == "phone"


def test_stopping_names_what_this_turn_ended_also_when_it_runs_again(ports: Ports) -> None:
    here = chat(ports)
    first, second = subscription(here, "503/1"), subscription(here, "503/2", since=NOW + DAY)
    for item in (first, second):
        ports.following.follow(item, "t1")
    assert list(ports.following.stop(here, ["503/1"], "t2", NOW)) == ["503/1"]
    assert list(ports.following.stop(here, ["503/1"], "t2", NOW)) == ["503/1"]
    assert list(ports.following.stop(here, ["503/1"], "t3", NOW)) == []
    assert [item.number for item in ports.following.of_conversation(here)] == ["503/2"]
    assert list(ports.following.stop(here, None, "t4", NOW)) == ["503/2"]
    assert list(ports.following.of_conversation(here)) == []


def test_what_was_stopped_can_be_followed_anew_but_not_by_a_turn_before_the_stop(
    ports: Ports,
) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    ports.following.stop(here, None, "t2", NOW)
    ports.following.follow(item, "t1")
    assert list(ports.following.of_conversation(here)) == []
    assert ports.following.follow(replace(item, snapshot=AFTER), "t3")
    [anew] = ports.following.of_conversation(here)
    assert anew.snapshot == AFTER
    assert anew.version > item.version, "keys of earlier notices are not used again"


def test_telling_stores_snapshot_and_notice_together_once(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    news = notice(item)
    assert ports.following.tell(item, AFTER, NOW + DAY, news, NOW)
    assert not ports.following.tell(item, AFTER, NOW + DAY, notice(item), NOW), "an old version"
    assert sent(ports, here) == ["Kabar"]
    [now] = ports.following.of_conversation(here)
    assert (now.snapshot, now.changed_at, now.version) == (AFTER, NOW + DAY, 1)


def test_nothing_is_told_of_an_ended_subscription(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    ports.following.stop(here, None, "t2", NOW)
    assert not ports.following.tell(item, AFTER, NOW, notice(item), NOW)
    assert not ports.following.end(item, notice(item), NOW)
    assert sent(ports, here) == []


def test_a_subscription_that_lost_its_proof_ends_with_a_notice(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    assert ports.following.end(item, notice(item, "Berhenti"), NOW)
    assert not ports.following.end(item, notice(item, "Berhenti"), NOW)
    assert sent(ports, here) == ["Berhenti"]
    assert list(ports.following.of_conversation(here)) == []


def test_a_stop_takes_along_what_still_waits(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    ports.following.tell(item, AFTER, NOW, notice(item, not_before=NOW + DAY), NOW)
    ports.following.stop(here, None, "t2", NOW)
    ports.notices.release(NOW + 2 * DAY)
    assert sent(ports, here) == []


def test_what_is_watched_comes_in_pages_and_leaves_ended_ones_out(ports: Ports) -> None:
    here, number = chat(ports), fresh("503")
    numbers = [f"{number}-{place:03d}" for place in range(203)]
    for item in numbers:
        ports.following.follow(subscription(here, item), "t1")
    ports.following.stop(here, [numbers[1]], "t2", NOW)
    found: list[str] = []
    place: tuple[str, str] | None = (number, FIRST)
    while batch := ports.following.watched(place, NOW):
        assert len(batch) <= 200
        found += [item.number for item in batch if item.conversation_id == here]
        place = (batch[-1].number, batch[-1].conversation_id)
    assert found == [numbers[0], *numbers[2:]]


def test_a_chat_ahead_in_the_simulators_time_is_left_to_its_own_clock(ports: Ports) -> None:
    received = ports.inbox.receive(message(namespace="simulator"), NOW, NOW + DAY)
    ports.inbox.answer(received.turn_id, [Reply("jawab")], {})
    item = subscription(received.conversation_id)
    ports.following.follow(item, "t1")
    place = (item.number[:-1], FIRST)

    def watches(at: Any, **only: bool) -> bool:
        found = ports.following.watched(place, at, **only)
        return any(one.conversation_id == received.conversation_id for one in found)

    assert not watches(NOW)
    assert watches(NOW + DAY)
    assert watches(NOW + DAY, simulator_only=True)


def test_a_moved_clock_watches_no_real_chat(ports: Ports) -> None:
    here = chat(ports)
    item = subscription(here)
    ports.following.follow(item, "t1")
    found = ports.following.watched((item.number[:-1], FIRST), NOW + DAY, simulator_only=True)
    assert all(one.conversation_id != here for one in found)


def test_only_one_watches_at_a_time(ports: Ports) -> None:
    with ports.following.watching() as first, ports.following.watching() as second:
        assert (first, second) == (True, False)
    with ports.following.watching() as again:
        assert again


def test_the_last_sweep_is_remembered(ports: Ports) -> None:
    ports.following.swept(NOW)
    ports.following.swept(NOW + DAY)
    assert ports.following.swept_at() == NOW + DAY


def test_two_chats_that_prove_to_be_one_citizen_follow_everything_once(ports: Ports) -> None:
    phone, bsuid = fresh("62"), fresh("ID")
    older = chat(ports, chat=phone, channel="whatsapp")
    younger = chat(ports, chat=bsuid, channel="whatsapp")
    ports.following.follow(subscription(older, "503/both"), "t1")
    ports.following.follow(subscription(younger, "503/both"), "t2")
    ports.following.follow(subscription(younger, "503/own", since=NOW + DAY), "t2")
    own = subscription(younger, "503/own")
    waiting = notice(own, "Nanti", not_before=NOW + DAY, kind=NoticeKind.RETURNED)
    ports.following.tell(own, AFTER, NOW, waiting, NOW)
    assert chat(ports, chat=bsuid, channel="whatsapp", aliases=(phone,)) == older
    followed = ports.following.of_conversation(older)
    assert [item.number for item in followed] == ["503/both", "503/own"]
    assert list(ports.following.of_conversation(younger)) == []
    ports.notices.release(NOW + 2 * DAY)
    assert sent(ports, older) == ["Nanti"]
