"""The port Officers, in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from izin.errors import Conflict, NotFound
from izin.officers import LEASE, OfficerSession, Waiting, place_of
from izin.replies import Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, message

HOUR = timedelta(hours=1)
JOINED = Reply("Petugas sudah bergabung.")
GONE = Reply("Saya lanjutkan lagi.")


def chat(ports: Ports, **changes: object) -> str:
    return ports.inbox.receive(message(**changes), NOW).conversation_id  # type: ignore[arg-type]


def ask(ports: Ports, at=NOW, reason="minta_petugas", **changes):  # type: ignore[no-untyped-def]
    """Open a new conversation to an officer."""
    here = chat(ports, **changes)
    ports.escalations.open(here, reason, at, fresh("key"))
    return here


def waiting(ports: Ports, here: str) -> Waiting | None:
    found = [item for item in ports.officers.waiting() if item.conversation_id == here]
    assert len(found) <= 1
    return found[0] if found else None


def said(ports: Ports, here: str) -> list[str]:
    """Give everything that was put into the outbox for a chat."""
    jobs = ports.jobs(f"out:{here}")
    return [ports.outbox.message(job.arguments["message_id"]).reply["text"] for job in jobs]


def test_an_officer_is_present_until_the_session_ends_or_leaves(ports: Ports) -> None:
    name, session = fresh("officer"), fresh("session")
    ports.officers.beat(OfficerSession(session, name, "Petugas", NOW + HOUR), NOW)
    ports.officers.beat(OfficerSession(fresh("s"), name, "Petugas", NOW + HOUR / 2), NOW)
    assert [item.session for item in ports.officers.present(NOW) if item.officer == name] == [
        session
    ]
    assert name not in {item.officer for item in ports.officers.present(NOW + HOUR)}
    assert ports.officers.leave(session)
    assert not ports.officers.leave(session)
    later = NOW + HOUR * 3 / 4
    assert name not in {item.officer for item in ports.officers.present(later)}


def test_a_conversation_waits_once_whatever_it_was_opened_for(ports: Ports) -> None:
    here = ask(ports, NOW)
    ports.escalations.open(here, "urgent", NOW + HOUR, fresh("key"), respond_by=date(2026, 11, 26))
    found = waiting(ports, here)
    assert found is not None
    assert found.reasons == ("minta_petugas", "urgent")
    assert found.opened_at == NOW
    assert found.respond_by == date(2026, 11, 26)
    assert (found.messages, found.held_by) == (0, None)
    assert found.in_chat


def test_places_go_by_time_and_live_and_simulated_citizens_queue_apart(ports: Ports) -> None:
    simulated = ask(ports, NOW - 3 * HOUR, namespace="simulator")
    first, second = ask(ports, NOW - 2 * HOUR), ask(ports, NOW - HOUR)
    work = ask(ports, NOW - 4 * HOUR, reason="delivery_failed")
    queue = ports.officers.waiting()
    place = {name: place_of(name, queue) for name in (simulated, first, second, work)}
    assert place[first] is not None
    assert place[second] is not None
    assert place[second] > place[first]
    assert place[simulated] == 1 or ports.kind == "postgres"
    assert place[work] is None


def test_messages_are_left_once_each_and_only_where_something_is_open(ports: Ports) -> None:
    here = ask(ports)
    first, second = (ports.inbox.receive(message(), NOW).turn_id for _ in range(2))
    assert ports.officers.leave_message(here, first)
    assert ports.officers.leave_message(here, first)
    assert not ports.officers.leave_message(here, second)
    found = waiting(ports, here)
    assert found is not None
    assert found.messages == 2
    assert ports.officers.withdraw(here, "minta_petugas", NOW)
    assert not ports.officers.withdraw(here, "minta_petugas", NOW)
    assert waiting(ports, here) is None
    assert not ports.officers.leave_message(here, second)


def test_a_claim_silences_the_bot_tells_the_citizen_once_and_shuts_others_out(
    ports: Ports,
) -> None:
    here, ani = ask(ports), fresh("ani")
    held = ports.officers.claim(here, ani, "Petugas", JOINED, NOW)
    assert (held.officer, held.claimed_at, held.lease_until) == (ani, NOW, NOW + LEASE)
    assert held.waits
    again = ports.officers.claim(here, ani, "Petugas", JOINED, NOW + timedelta(minutes=5))
    assert again.lease_until == NOW + timedelta(minutes=5) + LEASE
    assert said(ports, here) == [JOINED.text]
    with pytest.raises(Conflict):
        ports.officers.claim(here, "budi", "Petugas", JOINED, NOW)
    found = waiting(ports, here)
    assert found is not None
    assert found.held_by == ani
    assert place_of(here, ports.officers.waiting()) is None
    with pytest.raises(NotFound):
        ports.officers.claim(fresh("nobody"), ani, "Petugas", JOINED, NOW)


def test_a_bot_answer_that_was_under_way_when_an_officer_came_is_never_sent(ports: Ports) -> None:
    here = ports.inbox.receive(message(), NOW)
    ports.inbox.begin(here.turn_id)
    ports.officers.claim(here.conversation_id, "ani", "Petugas", JOINED, NOW)
    assert ports.inbox.answer(here.turn_id, [Reply("Syarat PBG: …")], {}) == ()
    assert ports.inbox.turn(here.turn_id).state == "held"
    assert said(ports, here.conversation_id) == [JOINED.text]
    [line] = [item for item in ports.officers.conversation_with(here.conversation_id)
              if item.by_citizen]  # fmt: skip
    assert line.text == "syarat PBG apa saja"


def test_a_failed_turn_of_a_held_conversation_says_nothing_either(ports: Ports) -> None:
    here = ports.inbox.receive(message(), NOW)
    ports.officers.claim(here.conversation_id, "ani", "Petugas", JOINED, NOW)
    assert ports.inbox.fail(here.turn_id, Reply("Maaf, ada gangguan."), "x") == ()
    assert said(ports, here.conversation_id) == [JOINED.text]
    assert ports.opened(here.conversation_id) == []


def test_answers_go_out_once_per_key_and_only_by_the_one_who_holds(ports: Ports) -> None:
    here = ask(ports)
    with pytest.raises(Conflict):
        ports.officers.reply(here, "ani", Reply("Halo"), "1", NOW)
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    later = NOW + timedelta(minutes=10)
    first = ports.officers.reply(here, "ani", Reply("Halo"), "1", later)
    assert ports.officers.reply(here, "ani", Reply("Halo"), "1", later) == first
    assert said(ports, here) == [JOINED.text, "Halo"]
    held = ports.officers.handling(here)
    assert held is not None
    assert (held.replied_at, held.lease_until, held.waits) == (later, later + LEASE, False)
    with pytest.raises(Conflict):
        ports.officers.reply(here, "budi", Reply("Halo"), "2", NOW)


def test_a_release_gives_the_chat_back_and_closes_what_was_open_in_it(ports: Ports) -> None:
    here = ask(ports)
    ports.escalations.open(here, "delivery_failed", NOW, fresh("key"))
    assert not ports.officers.release(here, "ani", GONE, NOW)
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    with pytest.raises(Conflict):
        ports.officers.release(here, "budi", GONE, NOW)
    assert ports.officers.release(here, "ani", GONE, NOW + HOUR)
    assert ports.officers.handling(here) is None
    assert said(ports, here) == [JOINED.text, GONE.text]
    found = waiting(ports, here)
    assert found is not None
    assert found.reasons == ("delivery_failed",)


def test_only_served_conversations_count_as_handling_times(ports: Ports) -> None:
    served, silent, by_word, expired = (ask(ports) for _ in range(4))
    before = len(ports.officers.handling_times(NOW + 30 * HOUR))
    start = NOW + 29 * HOUR
    for here in (served, silent, by_word, expired):
        ports.officers.claim(here, "ani", "Petugas", JOINED, start)
    for here in (served, by_word, expired):
        ports.officers.reply(here, "ani", Reply("Halo"), "1", start)
    ports.officers.release(served, "ani", GONE, start + timedelta(minutes=7))
    ports.officers.release(silent, "ani", GONE, start + timedelta(minutes=9))
    ports.officers.return_to_bot(by_word, fresh("turn"), start + timedelta(minutes=8))
    held = next(item for item in ports.officers.expired(start + LEASE)
                if item.conversation_id == expired)  # fmt: skip
    ports.officers.expire(held, GONE, start + LEASE)
    times = ports.officers.handling_times(NOW + 30 * HOUR)
    assert len(times) == min(before + 2, 20)
    assert list(times[:2]) == [timedelta(minutes=8), timedelta(minutes=7)]


def test_the_citizens_word_ends_a_hold_and_is_told_the_same_after_a_crash(ports: Ports) -> None:
    here, turn = ask(ports), fresh("turn")
    assert not ports.officers.return_to_bot(here, turn, NOW)
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    assert ports.officers.return_to_bot(here, turn, NOW)
    assert ports.officers.return_to_bot(here, turn, NOW)
    assert not ports.officers.return_to_bot(here, fresh("turn"), NOW)
    assert waiting(ports, here) is None
    assert ports.officers.handling(here) is None


def test_a_hold_without_an_answer_runs_out_and_the_citizen_keeps_the_place(ports: Ports) -> None:
    here = ask(ports, NOW)
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    held = ports.officers.handling(here)
    assert held is not None
    assert here not in {item.conversation_id for item in ports.officers.expired(NOW)}
    late = NOW + LEASE
    assert here in {item.conversation_id for item in ports.officers.expired(late)}
    assert not ports.officers.expire(held, GONE, NOW)
    assert ports.officers.expire(held, GONE, late)
    assert not ports.officers.expire(held, GONE, late)
    assert said(ports, here) == [JOINED.text, GONE.text]
    found = waiting(ports, here)
    assert found is not None
    assert (found.opened_at, found.held_by) == (NOW, None)


def test_a_hold_begun_without_a_request_leaves_one_when_the_citizen_still_waits(
    ports: Ports,
) -> None:
    here = chat(ports)
    held = ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    assert ports.officers.expire(held, GONE, NOW + LEASE)
    found = waiting(ports, here)
    assert found is not None
    assert found.reasons == ("minta_petugas",)


def test_a_hold_that_runs_out_after_the_last_answer_is_served(ports: Ports) -> None:
    here = ask(ports)
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    ports.officers.reply(here, "ani", Reply("Sudah beres."), "1", NOW)
    [held] = [item for item in ports.officers.expired(NOW + LEASE) if item.conversation_id == here]
    assert not held.waits
    assert ports.officers.expire(held, GONE, NOW + LEASE)
    assert waiting(ports, here) is None


def test_a_citizen_who_wrote_after_the_last_answer_still_waits(ports: Ports) -> None:
    first = message()
    here = ports.inbox.receive(first, NOW).conversation_id
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    ports.officers.reply(here, "ani", Reply("Nomornya?"), "1", NOW)
    more = message(chat=first.address.chat, text="503/0123")
    turn = ports.inbox.receive(more, NOW + timedelta(minutes=2)).turn_id
    ports.inbox.hold(turn)
    held = ports.officers.handling(here)
    assert held is not None
    assert held.waits


def test_an_officer_reads_what_was_left_for_officers_and_nothing_told_to_the_bot(
    ports: Ports,
) -> None:
    first = message(text="saya dipungli di loket")
    begun = ports.inbox.receive(first, NOW)
    ports.inbox.answer(begun.turn_id, [Reply("Aduan dicatat.")], {})
    here = begun.conversation_id
    ports.escalations.open(here, "minta_petugas", NOW, fresh("key"))
    left = message(chat=first.address.chat, text="tolong telepon saya")
    turn = ports.inbox.receive(left, NOW + timedelta(minutes=1)).turn_id
    ports.officers.leave_message(here, turn)
    ports.inbox.answer(turn, [Reply("Sudah saya catat.")], {})
    lines = ports.officers.conversation_with(here)
    assert [(line.text, line.by_citizen) for line in lines] == [("tolong telepon saya", True)]
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW + timedelta(minutes=2))
    lines = ports.officers.conversation_with(here)
    assert sorted(line.by_citizen for line in lines) == [False, True]


def test_a_hold_follows_when_two_chats_turn_out_to_be_one_citizen(ports: Ports) -> None:
    phone, account = fresh("62"), fresh("ID.")
    older = ports.inbox.receive(message(chat=phone, channel="whatsapp"), NOW).conversation_id
    other = ports.inbox.receive(message(chat=account, channel="whatsapp"), NOW).conversation_id
    ports.escalations.open(other, "minta_petugas", NOW, fresh("key"))
    ports.officers.claim(other, "ani", "Petugas", JOINED, NOW)
    ports.inbox.receive(
        message(chat=account, channel="whatsapp", aliases=(phone,)), NOW + timedelta(minutes=1)
    )
    held = ports.officers.handling(older)
    assert held is not None
    assert held.officer == "ani"
    assert ports.officers.handling(other) is None
    assert ports.officers.reply(older, "ani", Reply("Halo"), "1", NOW)


def test_a_hold_is_passed_on_in_one_step_and_the_bot_stays_silent(ports: Ports) -> None:
    here, ani, budi = ask(ports), fresh("ani"), fresh("budi")
    ports.officers.claim(here, ani, "Petugas", JOINED, NOW)
    with pytest.raises(Conflict):
        ports.officers.transfer(here, budi, budi, "Petugas", GONE, NOW)
    changed = Reply("Dilanjutkan petugas lain.")
    passed = ports.officers.transfer(here, ani, budi, "Kepala Seksi", changed, NOW + HOUR)
    assert (passed.officer, passed.role, passed.claimed_at) == (budi, "Kepala Seksi", NOW + HOUR)
    assert said(ports, here) == [JOINED.text, changed.text]
    with pytest.raises(Conflict):
        ports.officers.reply(here, ani, Reply("Halo"), fresh("key"), NOW + HOUR)
    taken = ports.officers.transfer(here, None, ani, "Petugas", changed, NOW + 2 * HOUR)
    assert taken.officer == ani
    again = ports.officers.transfer(here, None, ani, "Petugas", changed, NOW + 3 * HOUR)
    assert (again.id, again.lease_until) == (taken.id, NOW + 3 * HOUR + LEASE)
    found = waiting(ports, here)
    assert found is not None
    assert found.held_by == ani


def test_a_conversation_nobody_holds_is_taken_over_too(ports: Ports) -> None:
    here, ani = ask(ports), fresh("ani")
    with pytest.raises(Conflict):
        ports.officers.transfer(here, ani, "budi", "Petugas", JOINED, NOW)
    assert ports.officers.transfer(here, None, ani, "Petugas", JOINED, NOW).officer == ani
    with pytest.raises(NotFound):
        ports.officers.transfer(fresh("nobody"), None, ani, "Petugas", JOINED, NOW)


def test_only_the_holder_renews_a_lease(ports: Ports) -> None:
    here, ani = ask(ports), fresh("ani")
    assert not ports.officers.renew(here, ani, NOW)
    ports.officers.claim(here, ani, "Petugas", JOINED, NOW)
    assert not ports.officers.renew(here, "budi", NOW + HOUR)
    assert ports.officers.renew(here, ani, NOW + HOUR)
    held = ports.officers.handling(here)
    assert held is not None
    assert held.lease_until == NOW + HOUR + LEASE


def test_who_lets_go_unserved_leaves_the_citizen_waiting(ports: Ports) -> None:
    here, unasked, ani = ask(ports), chat(ports), fresh("ani")
    for conversation in (here, unasked):
        ports.officers.claim(conversation, ani, "Petugas", JOINED, NOW)
        with pytest.raises(Conflict):
            ports.officers.release(conversation, "budi", GONE, NOW, served=False)
        assert ports.officers.release(conversation, ani, GONE, NOW, served=False)
        assert ports.officers.handling(conversation) is None
        found = waiting(ports, conversation)
        assert found is not None
        assert (found.held_by, found.in_chat) == (None, True)
        assert said(ports, conversation)[-1] == GONE.text
    assert not ports.officers.release(here, ani, GONE, NOW, served=False)


def test_outside_whatsapp_s_window_nothing_is_said_that_would_only_fail(ports: Ports) -> None:
    here = ports.inbox.receive(message(channel="whatsapp"), NOW - 30 * HOUR).conversation_id
    ports.officers.claim(here, "ani", "Petugas", JOINED, NOW)
    ports.officers.release(here, "ani", GONE, NOW)
    assert said(ports, here) == []
