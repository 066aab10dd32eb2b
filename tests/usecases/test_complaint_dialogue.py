"""Which part of the complaint dialogue gets a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from izin.replies import Reply
from izin.usecases.complaint_dialogue import ComplaintFirst, TicketFirst, TrackInDialogue
from izin.usecases.dialogue import Answer, TurnInput
from tests.usecases.long_dialogues import NOW, World, said, tapped, turn

STORY = "Berkas PBG saya sudah dua bulan tidak ada kabar sama sekali"
LASTS = {"lama": {"n": 2, "unit": "bulan"}}


class Elsewhere:
    """Another one-turn use case."""

    def answer(self, turn: TurnInput) -> Answer:
        return Answer((Reply("elsewhere"),))


@pytest.fixture
def world() -> World:
    return World()


def beside(world: World, one: TurnInput) -> Answer:
    return ComplaintFirst(world.dialogue, Elsewhere()).answer(one)


def text_of(answer: Answer) -> str:
    return "\n".join(reply.text for reply in answer.replies)


def filed(world: World, level: str = "Biasa") -> str:
    world.dialogue.start(turn(STORY, "lapor_pengaduan", entities=LASTS))
    world.dialogue.step(turn("Loket 3"))
    world.dialogue.step(turn("tidak ada", "tolak"))
    asked = world.dialogue.prompt(turn())
    choice = next(item for item in asked.choices if item.title == level)
    summary = world.dialogue.step(turn(intent=choice.intent, entities=dict(choice.entities),
                                   metadata={"kind": "choice"}))  # fmt: skip
    world.dialogue.step(tapped(summary, "Kirim"))
    [ticket] = [*world.data.complaints, *world.data.sealed_complaints]
    return ticket


def test_asking_for_a_ticket_in_the_middle_never_loses_the_new_complaint(world: World) -> None:
    filed(world)
    world.dialogue.start(turn(STORY, "lapor_pengaduan", entities=LASTS))
    told = world.dialogue.step(turn("aduan saya gimana", "cek_pengaduan"))
    assert told.outcome == "consumed"
    assert "Keadaan sekarang" in said(told).text
    assert "Di mana" in said(told).text
    assert "nomor permohonan" in said(world.dialogue.step(turn("Loket 5"))).text


def test_a_photo_right_after_the_ticket_is_added_to_it(world: World) -> None:
    ticket = filed(world)
    photo = turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]})
    assert ticket in text_of(beside(world, photo))
    assert world.data.complaints[ticket].additions[0].media_ids == ("f1",)


def test_a_photo_hours_later_or_after_an_anonymous_one_is_not(world: World) -> None:
    ticket = filed(world)
    late = turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]},
                now=NOW + timedelta(hours=3))  # fmt: skip
    assert text_of(beside(world, late)) == "elsewhere"
    assert world.data.complaints[ticket].additions == ()
    other = World()
    filed(other, "Anonim")
    photo = turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]})
    assert text_of(beside(other, photo)) == "elsewhere"


@pytest.mark.parametrize("level", ["Biasa", "Anonim"])
def test_no_draft_leads_from_a_chat_to_its_anonymous_ticket(world: World, level: str) -> None:
    ticket = filed(world, level)
    kept = str(world.drafts._documents)
    assert (ticket in kept) is (level == "Biasa")


def test_withdrawing_said_outside_the_form_is_no_bare_cancel(world: World) -> None:
    ticket = filed(world)
    answer = beside(world, turn("cabut aduan saya", "batal"))
    assert f"{ticket} dicabut?" in text_of(answer)
    assert answer.opens == "pengaduan"
    assert text_of(beside(world, turn("batal", "batal"))) == "elsewhere"


def test_half_a_ticket_alone_is_understood_only_where_it_is_ones_own(world: World) -> None:
    drawn = replace(world.complaint, random_indexes=lambda: [5, 6, 7, 8, 9, 10])
    world.dialogue = replace(world.dialogue, filing=drawn)
    ticket = filed(world)
    half = ticket.split("-")[1]
    assert half == "789A"
    assert "Keadaan sekarang" in text_of(beside(world, turn(half, "di_luar_topik")))
    elsewhere = turn(half, "di_luar_topik", conversation_id="other")
    assert text_of(beside(world, elsewhere)) == "elsewhere"


def test_an_unsure_message_that_tells_of_a_grievance_begins_a_complaint(world: World) -> None:
    text = "antrian di mpp lama banget dari jam 7 sampai jam 12 cuma dapat nomor"
    ranking = (("tanya_kontak_jam_lokasi", 0.55), ("lapor_pengaduan", 0.44))
    unsure = turn(text, "tanya_kontak_jam_lokasi", ranking=ranking)
    answer = beside(world, unsure)
    assert answer.opens == "pengaduan"
    assert "Kapan" in text_of(answer)


def test_cancel_after_the_form_was_left_drops_the_unfinished_complaint(world: World) -> None:
    world.dialogue.start(turn(STORY, "lapor_pengaduan", entities=LASTS))
    assert "dibatalkan" in text_of(beside(world, turn("btl", "batal")))
    assert not world.complaint.open(turn())


def test_in_a_group_nothing_is_told_or_taken(world: World) -> None:
    ticket = filed(world)
    group = {"group": True}
    told = TrackInDialogue(world.dialogue).answer(
        turn("cek", "cek_pengaduan", entities={"tiket": ticket}, metadata=group)
    )
    assert "pribadi" in text_of(told)
    assert ticket not in text_of(told)
    photo = turn(intent="kirim_berkas", metadata={"media_ids": ["f1"], **group})
    assert text_of(beside(world, photo)) == "elsewhere"


def test_a_story_long_after_the_first_is_asked_which_complaint_is_meant(world: World) -> None:
    world.dialogue.start(turn(STORY, "lapor_pengaduan", entities=LASTS))
    later = NOW + timedelta(hours=3)
    second = "petugas di loket 2 membentak ibu saya kemarin siang"
    asked = world.dialogue.start(turn(second, "lapor_pengaduan", now=later))
    assert {choice.title for choice in said(asked).choices} == {"Lanjutkan aduan", "Aduan baru"}
    fresh = world.dialogue.step(tapped(asked, "Aduan baru"))
    assert "Kapan" in said(fresh).text, "the new story names its place already"


def test_a_status_asked_with_half_of_ones_ticket_tells_the_complaint(world: World) -> None:
    drawn = replace(world.complaint, random_indexes=lambda: [5, 6, 7, 8, 9, 10])
    world.dialogue = replace(world.dialogue, filing=drawn)
    ticket = filed(world)
    status = TicketFirst(world.dialogue, world.status)
    told = status.start(turn("cek 789a dong", "cek_status"))
    assert told.outcome == "finished"
    assert ticket in said(told).text
    other = status.start(turn("cek 789a dong", "cek_status", conversation_id="other"))
    assert "nomor permohonan" in said(other).text
