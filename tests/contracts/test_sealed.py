"""Reading complaints by role, and answering sealed ones by ticket, on both kinds of storage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izin.complaint_desk import OFFICER_ROLES, SEALED_ROLES, Reader
from izin.complaints import Complaint, Confidentiality
from izin.conversations import InboundMedia
from izin.errors import NotFound
from izin.replies import Choice, Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, message
from tests.contracts.test_complaints import complaint

OFFICER = Reader("sari", OFFICER_ROLES)
NOBODY = Reader("tamu", frozenset({"penyunting"}))
SPECIAL = [Reader("wira", frozenset({role})) for role in sorted(SEALED_ROLES)]
SEALED = [Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS]


@pytest.fixture
def conversation_id(ports: Ports) -> str:
    return ports.inbox.receive(message(), NOW).conversation_id


def filed(ports: Ports, here: str, level: Confidentiality, **changes) -> Complaint:  # type: ignore[no-untyped-def]
    made = complaint(here, confidentiality=level, **{"media_ids": (), **changes})
    return ports.complaints.file(made, fresh("turn"), "file")


def tickets(lines) -> list[str]:  # type: ignore[no-untyped-def]
    return [line.ticket for line in lines]


def test_an_officer_lists_and_reads_ordinary_complaints_only(
    ports: Ports, conversation_id: str
) -> None:
    ordinary = filed(ports, conversation_id, Confidentiality.NORMAL)
    sealed = [filed(ports, conversation_id, level) for level in SEALED]
    shown = tickets(ports.desk.waiting(OFFICER, NOW))
    assert ordinary.ticket in shown
    assert not {item.ticket for item in sealed} & set(shown)
    assert ports.desk.read(OFFICER, ordinary.ticket, NOW) == ordinary
    for item in sealed:
        with pytest.raises(NotFound):
            ports.desk.read(OFFICER, item.ticket, NOW)


@pytest.mark.parametrize("reader", SPECIAL)
def test_special_roles_see_sealed_complaints_and_not_the_others(
    ports: Ports, conversation_id: str, reader: Reader
) -> None:
    ordinary = filed(ports, conversation_id, Confidentiality.NORMAL)
    sealed = [filed(ports, conversation_id, level) for level in SEALED]
    shown = tickets(ports.desk.waiting(reader, NOW))
    assert {item.ticket for item in sealed} <= set(shown)
    assert ordinary.ticket not in shown
    for item in sealed:
        assert ports.desk.read(reader, item.ticket, NOW) == item
    assert ports.desk.read(reader, sealed[1].ticket, NOW).conversation_id is None
    with pytest.raises(NotFound):
        ports.desk.read(reader, ordinary.ticket, NOW)


def test_complaints_are_found_by_how_their_words_begin_and_by_their_ids(
    ports: Ports, conversation_id: str
) -> None:
    word = f"kata{fresh('x').rsplit('-', 1)[-1]}"
    item = filed(ports, conversation_id, Confidentiality.NORMAL, story=f"Loket {word}an ramai")
    assert tickets(ports.desk.search(OFFICER, f"lok {word.upper()}")) == [item.ticket]
    assert tickets(ports.desk.search(OFFICER, f"{word} sepi")) == []
    bare = item.ticket.replace("-", "").lower()
    for typed in (item.ticket, bare, f" {item.ticket.lower()} "):
        assert item.ticket in tickets(ports.desk.search(OFFICER, typed)), typed
    for odd in ("", "-", "a", "'; \\ | & !", "ada:* & x"):
        assert item.ticket not in tickets(ports.desk.search(OFFICER, odd)), odd


def test_without_a_role_there_are_no_complaints(ports: Ports, conversation_id: str) -> None:
    items = [filed(ports, conversation_id, level) for level in Confidentiality]
    assert list(ports.desk.waiting(NOBODY, NOW)) == []
    assert list(ports.desk.search(NOBODY, "dua bulan")) == []
    for item in items:
        with pytest.raises(NotFound):
            ports.desk.read(NOBODY, item.ticket, NOW)


def test_sealed_complaints_stand_before_all_others_and_closed_ones_leave(
    ports: Ports, conversation_id: str
) -> None:
    both = Reader("ina", OFFICER_ROLES | SEALED_ROLES)
    ordinary = filed(ports, conversation_id, Confidentiality.NORMAL)
    sealed = filed(ports, conversation_id, Confidentiality.CONFIDENTIAL)
    shown = tickets(ports.desk.waiting(both, NOW))
    assert shown.index(sealed.ticket) < shown.index(ordinary.ticket)
    ports.complaints.withdraw(ordinary.ticket, fresh("turn"), "w", NOW)
    assert ordinary.ticket not in tickets(ports.desk.waiting(both, NOW))


def test_sealed_complaints_are_never_searched_whoever_asks(
    ports: Ports, conversation_id: str
) -> None:
    word = fresh("kata")
    ordinary = filed(ports, conversation_id, Confidentiality.NORMAL, story=f"Ada {word} di sini")
    for level in SEALED:
        filed(ports, conversation_id, level, story=f"Ada {word} di sini", place=word)
    both = Reader("ina", OFFICER_ROLES | SEALED_ROLES)
    assert tickets(ports.desk.search(both, f"{word.upper()} sini")) == [ordinary.ticket]
    assert tickets(ports.desk.search(both, f"{word} sana")) == []
    assert tickets(ports.desk.search(SPECIAL[0], word)) == []


def test_counts_and_drill_down_hold_ordinary_complaints_only(
    ports: Ports, conversation_id: str
) -> None:
    kind = fresh("KELAS")
    for level in Confidentiality:
        filed(ports, conversation_id, level, class_code=kind)
    assert {key: many for key, many in ports.desk.counts().items() if key[0] == kind} == {
        (kind, "diterima"): 1
    }


@pytest.mark.parametrize("level", list(Confidentiality))
def test_evidence_is_given_to_the_right_role_with_the_right_ticket_only(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    def put() -> str:
        media = InboundMedia("document", "f", "text/plain")
        return ports.media.put(media, b"bukti", conversation_id)

    first, added = put(), put()
    item = filed(ports, conversation_id, level, media_ids=(first,))
    ports.complaints.add(item.ticket, "", [added], fresh("turn"), "add", NOW)
    other = filed(ports, conversation_id, level)
    sealed = level is not Confidentiality.NORMAL
    right, wrong = (SPECIAL[0], OFFICER) if sealed else (OFFICER, SPECIAL[0])
    for media_id in (first, added):
        assert ports.desk.evidence(right, item.ticket, media_id, NOW)[0] == b"bukti"
        for reader, ticket in ((wrong, item.ticket), (right, other.ticket)):
            with pytest.raises(NotFound):
                ports.desk.evidence(reader, ticket, media_id, NOW)


@pytest.mark.parametrize("level", SEALED)
def test_an_answer_by_ticket_reaches_the_chat_that_filed_it(
    ports: Ports, level: Confidentiality
) -> None:
    chat = fresh("chat")
    here = ports.inbox.receive(message(chat), NOW).conversation_id
    item = filed(ports, here, level)
    key = fresh("key")
    reply = Reply(f"Aduan {item.ticket} kami periksa", (Choice("Nilai", "beri_penilaian"),))
    assert ports.mail.queue(item.ticket, reply, key, NOW)
    assert ports.mail.queue(item.ticket, Reply("lain"), key, NOW), "the same key queues no other"
    [mail_id] = mail_jobs(ports)
    mail = ports.mail_room.message(mail_id)
    assert (mail.address.chat, mail.state, mail.last_inbound_at) == (chat, "waiting", NOW)
    assert mail.reply == {"text": reply.text}, "buttons would be kept with the chat"
    assert ports.mail_room.attempt(mail_id) == 1
    ports.mail_room.part_accepted(mail_id, 0, "p", 2, NOW)
    assert ports.mail_room.message(mail_id).sent_parts == 1
    ports.mail_room.part_accepted(mail_id, 1, "q", 2, NOW)
    assert ports.mail_room.message(mail_id).state == "accepted"
    assert list(ports.outbox.delivered_since("live", "telegram", chat, None)) == []


def test_only_sealed_complaints_are_answered_by_ticket(ports: Ports, conversation_id: str) -> None:
    ordinary = filed(ports, conversation_id, Confidentiality.NORMAL)
    for ticket in (ordinary.ticket, "ADU-2222-22"):
        with pytest.raises(NotFound):
            ports.mail.queue(ticket, Reply("x"), fresh("key"), NOW)
    with pytest.raises(NotFound):
        ports.mail_room.message("x")


def test_mail_that_cannot_be_delivered_shows_at_the_desk_and_opens_no_chat(
    ports: Ports, conversation_id: str
) -> None:
    item = filed(ports, conversation_id, Confidentiality.ANONYMOUS, events=())
    ports.mail.queue(item.ticket, Reply("x"), fresh("key"), NOW + timedelta(minutes=5))
    [mail_id] = mail_jobs(ports)
    assert ports.mail_room.put_back(mail_id, "WindowClosed", "131047", NOW)
    assert ports.mail_room.message(mail_id).state == "waiting"
    for _ in range(2):
        ports.mail_room.failed(mail_id, "Undeliverable", None, NOW)
    events = ports.desk.read(SPECIAL[0], item.ticket, NOW).events
    assert [event.kind for event in events] == ["mail_failed"]
    assert ports.opened(conversation_id) == []


def mail_jobs(ports: Ports) -> list[str]:
    """Give the mail queued since the last look."""
    found = [item for item in ports.mail_queue() if item not in _seen]
    _seen.update(found)
    return found


_seen: set[str] = set()


def test_an_ordinary_complaint_made_confidential_moves_with_all_that_belongs_to_it(
    ports: Ports, conversation_id: str
) -> None:
    def put() -> str:
        media = InboundMedia("document", "f", "text/plain")
        return ports.media.put(media, b"bukti", conversation_id)

    first, added, word = put(), put(), fresh("kata")
    item = filed(
        ports, conversation_id, Confidentiality.NORMAL, media_ids=(first,), story=f"Ada {word}"
    )
    ports.complaints.add(item.ticket, "dua orang", [added], fresh("turn"), "add", NOW)
    turn_id = fresh("turn")
    sealed = ports.complaints.make_confidential(item.ticket, turn_id, "rahasia", NOW)
    assert sealed.confidentiality is Confidentiality.CONFIDENTIAL
    assert ports.complaints.make_confidential(item.ticket, turn_id, "rahasia", NOW) == sealed
    assert ports.complaints.find(item.ticket) == sealed
    assert sealed.deadlines == item.deadlines
    assert [one.text for one in sealed.additions] == ["dua orang"]
    assert ports.complaints.of_conversation(conversation_id) == [sealed]
    assert tickets(ports.desk.search(OFFICER, word)) == []
    assert item.ticket not in tickets(ports.desk.waiting(OFFICER, NOW))
    assert item.ticket in tickets(ports.desk.waiting(SPECIAL[0], NOW))
    for media_id in (first, added):
        assert ports.desk.evidence(SPECIAL[0], item.ticket, media_id, NOW)[0] == b"bukti"
        with pytest.raises(NotFound):
            ports.desk.evidence(OFFICER, item.ticket, media_id, NOW)
    more = ports.complaints.add(item.ticket, "lagi", [], fresh("turn"), "add", NOW)
    assert more.additions[-1].text == "lagi"


@pytest.mark.parametrize("level", SEALED)
def test_a_sealed_complaint_is_not_changed_by_making_it_confidential(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    item = filed(ports, conversation_id, level)
    assert ports.complaints.make_confidential(item.ticket, fresh("turn"), "r", NOW) == item


def test_an_unknown_ticket_cannot_be_made_confidential(ports: Ports) -> None:
    with pytest.raises(NotFound):
        ports.complaints.make_confidential("ADU-2222-22", fresh("turn"), "rahasia", NOW)
