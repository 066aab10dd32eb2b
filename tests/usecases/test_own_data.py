"""A citizen sees, copies, corrects and erases what is kept about their chat, and nobody else's."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from izin.complaints import Complaint, ComplaintState, Confidentiality, Deadlines
from izin.conversations import ChatAddress, InboundMessage
from izin.errors import NotFound
from izin.office import DueDate, Office
from izin.privacy import PrivacyNotice, RequestKind, RequestState
from izin.replies import Reply
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.seed_files import read_seed
from izin.usecases.dialogue import Entity, TurnInput
from izin.usecases.privacy_reading import about_another, wish_of
from tests.usecases.house import MONDAY, ROOT, FakeDrafts, FakeEscalations, office, wording
from tests.usecases.own_data import HERE, OwnDataHouse, own_data_house

SEED = read_seed(ROOT / "data")
NOTICE = PrivacyNotice.of(SEED.office)


@dataclass
class Citizen:
    """A chat about one's own data; the form is open as long as the dialogue says so."""

    here: Office = field(default_factory=lambda: SEED.office)
    channel: str = "telegram"
    phone: str | None = None
    now: Any = MONDAY
    open: bool = False

    def __post_init__(self) -> None:
        self.escalations = FakeEscalations()
        book = MemoryOfficeBook(self.here, ())
        self.house: OwnDataHouse = own_data_house(book, FakeDrafts(), self.escalations, wording())
        self.numbers = itertools.count(1)
        self.last: Reply = Reply()
        self.previous: TurnInput | None = None

    def turn(self, text: str, intent: str, **more: Any) -> TurnInput:
        entities = tuple(Entity(name, value) for name, value in more.pop("entities", {}).items())
        metadata = {"channel": self.channel, "verified_phone": self.phone, **more}
        return TurnInput(
            HERE, f"turn-{next(self.numbers)}", self.now, intent, 0.9, text, entities, (), metadata
        )

    def say(self, text: str, intent: str = "privasi", **more: Any) -> Reply:
        return self.run(self.turn(text, intent, **more))

    def tap(self, title: str) -> Reply:
        choice = next(item for item in self.last.choices if item.title.startswith(title))
        return self.say("", choice.intent, entities=dict(choice.entities), kind="choice")

    def run(self, turn: TurnInput) -> Reply:
        self.previous = turn
        if self.open:
            result = self.house.dialogue.step(turn)
            if result.outcome != "interrupted":
                self.open = result.outcome == "consumed"
                [self.last] = result.replies
                return self.last
            if turn.intent != "privasi":
                self.last = Reply("(dijawab lain)")
                return self.last
        answer = self.house.privacy.answer(turn)
        self.open = bool(answer.opens) or (self.open and not answer.opens)
        [self.last] = answer.replies
        return self.last

    def requests(self) -> list[Any]:
        return list(self.house.requests.of_conversation(HERE))

    def complain(self, **changes: Any) -> Complaint:
        values: dict[str, Any] = {
            "ticket": "ADU-AAAA-22", "category": "SIKAP", "class_code": "BIASA",
            "story": "Dibentak", "place": "Kajen", "confidentiality": Confidentiality.NORMAL,
            "state": ComplaintState.RECEIVED, "filed_at": MONDAY, "owner": "x",
            "deadlines": Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2026, 12, 1))),
            "conversation_id": HERE,
        }  # fmt: skip
        complaint = Complaint(**{**values, **changes})
        return self.house.complaints.file(complaint, f"file-{complaint.ticket}", "file")


@pytest.fixture
def citizen() -> Citizen:
    return Citizen()


def test_the_notice_has_every_part_the_law_names():
    assert NOTICE is not None
    whole = " ".join(f"{part.title} {part.text}" for part in NOTICE.sections)
    for part in (
        "Siapa pengendali", "Untuk apa", "Data apa", "Berapa lama", "Hak Anda", "Kontak",
        "90 hari", "2 tahun", "72 jam", "24 jam", "7 hari", "UU 27/2022", "persetujuan",
    ):  # fmt: skip
        assert part in whole
    assert "{" not in whole


def test_the_notice_comes_from_the_offices_data_and_a_missing_one_is_said(citizen):
    told = citizen.say("", entities={"langkah": "pemberitahuan"}, kind="choice")
    assert NOTICE.sections[-1].text in told.text
    assert len(told.choices) <= 10
    empty = Citizen(here=office(details={}))
    reply = empty.say("", entities={"langkah": "pemberitahuan"}, kind="choice")
    assert "belum diisi" in reply.text and "72 jam" in reply.text


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("data saya", "view"),
        ("apa aja sih yang disimpen soal saya", "view"),
        ("minta salinan data saya dong", "copy"),
        ("njaluk dataku kabeh", "copy"),
        ("unduh data saya", "copy"),
        ("tolong hapus data saya", "erase"),
        ("busaken data kulo", "erase"),
        ("hapuskeun data abdi sadayana", "erase"),
        ("hapusin data gue dong min", "erase"),
        ("data saya salah, perbaiki", "correct"),
        ("cabut persetujuan saya", "stop"),
        ("batasi pemakaian data saya", "limit"),
        ("saya keberatan data saya dipakai", "object"),
        ("permintaan data saya sampai mana", "list"),
        ("kebijakan privasi", "notice"),
        ("minta data tetangga saya", "other_person"),
        ("data pak Slamet dong", "other_person"),
        ("kasih tau datane bojoku", "other_person"),
        ("cek data nama Budi Santoso dong", "other_person"),
        ("siapa yang punya izin toko itu, minta nomernya", "other_person"),
        ("nomor hp pemilik izin apotek sebelah berapa", "other_person"),
        ("jangan pakai data saya lagi", "stop"),
        ("jangan hapus data saya ya", "view"),
        ("tolong minta petugasnya", "view"),
        ("minta data istri saya", "other_person"),
        ("data Budi Santoso minta", "other_person"),
        ("nomor hp orang yang ngurus pbg itu berapa", "other_person"),
    ],
)
def test_what_is_wanted_is_read_from_plain_words(citizen, text, wish):
    assert wish_of(citizen.turn(text, "privasi"), wording()) == wish


def test_anothers_phone_or_nik_is_anothers_data_and_ones_own_is_not(citizen):
    turn = citizen.turn(
        "minta data 081234567890", "privasi", entities={"telepon": "+6281234567890"}
    )
    assert about_another(turn, wording())
    mine = replace(turn, metadata={"verified_phone": "+6281234567890"})
    assert not about_another(mine, wording())


def test_another_persons_data_is_refused_and_nothing_is_recorded(citizen):
    reply = citizen.say("minta data tetangga saya")
    assert "data orang lain tidak dapat" in reply.text and reply.choices
    assert citizen.requests() == [] and not citizen.escalations.opened


def test_what_is_kept_is_told_with_counts_and_when_it_goes(citizen):
    message = InboundMessage(
        ChatAddress("telegram", "1"), "m1", "text", MONDAY, "halo", phone="+628123457755"
    )
    citizen.house.data.aliases[("live", "telegram", message.address.key)] = HERE
    from izin.storage.memory.inbox import MemoryInbox

    MemoryInbox(citizen.house.data).receive(message, MONDAY)
    reply = citizen.say("data saya apa saja")
    assert "1 pesan Anda" in reply.text and "90 hari" in reply.text
    assert "21 Februari 2027" in reply.text
    assert "berakhiran 7755" in reply.text and "+62" not in reply.text
    assert "rahasia atau anonim tidak dihitung" in reply.text
    assert citizen.requests() == []


def test_a_confidential_complaint_is_not_even_counted(citizen):
    citizen.complain(confidentiality=Confidentiality.CONFIDENTIAL)
    assert "0 pengaduan yang masih berjalan dan 0" in citizen.say("data saya").text
    citizen.complain(ticket="ADU-BBBB-22")
    told = citizen.say("data saya").text
    assert "1 pengaduan yang masih berjalan" in told and "2 tahun" in told


def files_of(citizen: Citizen, reply: Reply) -> dict[str, str]:
    return {
        str(item.title): citizen.house.media.get(str(item.media_id))[0].decode()
        for item in reply.media
    }


def test_a_copy_is_two_private_files_that_live_a_day(citizen):
    citizen.complain()
    reply = citizen.say("minta salinan data saya")
    [request] = citizen.requests()
    assert (request.kind, request.state) == (RequestKind.COPY, RequestState.DONE)
    assert request.ticket in reply.text and "24 November 2026 pukul 10.00" in reply.text
    files = files_of(citizen, reply)
    assert sorted(files) == [f"data-saya-{request.ticket}.{end}" for end in ("json", "txt")]
    [plain_text] = [text for name, text in files.items() if name.endswith("txt")]
    [as_json] = [text for name, text in files.items() if name.endswith("json")]
    assert json.loads(as_json)["pengaduan"][0]["cerita"] == "Dibentak"
    assert "SALINAN DATA PRIBADI" in plain_text and "Dibentak" in plain_text
    assert "None" not in plain_text and "{" not in plain_text
    assert set(citizen.house.media.expiring.values()) == {MONDAY + timedelta(hours=24)}


def test_the_same_turn_again_gives_the_same_copy(citizen):
    reply = citizen.say("minta salinan data saya")
    assert citizen.run(citizen.previous) == reply
    assert len(citizen.house.media.expiring) == 2


def test_a_confidential_complaint_is_copied_by_its_ticket_alone_and_an_anonymous_one_never(citizen):
    secret = citizen.complain(story="pungli", confidentiality=Confidentiality.CONFIDENTIAL)
    hidden = citizen.complain(
        ticket="ADU-CCCC-22", story="rahasia besar", confidentiality=Confidentiality.ANONYMOUS
    )
    whole = " ".join(files_of(citizen, citizen.say("salinan data saya")).values())
    assert "pungli" not in whole and secret.ticket not in whole and hidden.ticket not in whole
    named = citizen.say(f"salinan data saya {secret.ticket}", entities={"tiket": secret.ticket})
    assert "pungli" in " ".join(files_of(citizen, named).values())
    refused = citizen.say(f"salinan data saya {hidden.ticket}", entities={"tiket": hidden.ticket})
    assert "rahasia besar" not in " ".join(files_of(citizen, refused).values())
    assert f"{hidden.ticket} tidak disertakan" in refused.text


def test_a_ticket_of_another_chat_is_not_copied_and_answered_like_an_unknown_one(citizen):
    citizen.complain(story="milik lain", conversation_id="someone-else")
    foreign = citizen.say("salinan data saya", entities={"tiket": "ADU-AAAA-22"})
    unknown = citizen.say("salinan data saya", entities={"tiket": "ADU-ZZZZ-99"})
    assert "milik lain" not in " ".join(files_of(citizen, foreign).values())
    same = "Tiket {} tidak disertakan"
    assert same.format("ADU-AAAA-22") in foreign.text
    assert same.format("ADU-ZZZZ-99") in unknown.text


def test_erasing_explains_what_the_law_keeps_and_asks_once(citizen):
    citizen.complain()
    asked = citizen.say("hapus data saya")
    assert "ADU-AAAA-22" in asked.text and "retensi" in asked.text
    assert citizen.requests() == [] and citizen.open
    citizen.house.data.aliases[("live", "telegram", "x")] = HERE
    done = citizen.tap("Ya, hapus")
    [request] = citizen.requests()
    assert (request.kind, request.state) == (RequestKind.ERASURE, RequestState.WORKING)
    assert request.ticket in done.text and not citizen.open
    assert citizen.house.data.aliases == {}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ya hapus aja", "privasi"), ("iya", "setuju"), ("nggih", "nlu_fallback"),
     ("hapus", "privasi"), ("lanjut gan", "setuju")],
)  # fmt: skip
def test_a_yes_in_any_words_erases(citizen, text, intent):
    citizen.say("hapus data saya")
    citizen.say(text, intent)
    assert [item.kind for item in citizen.requests()] == [RequestKind.ERASURE]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("gak jadi deh", "tolak"), ("batal", "batal"), ("ora sido", "nlu_fallback"),
     ("jangan dihapus", "privasi"), ("ga jd hapus", "privasi")],
)  # fmt: skip
def test_a_no_in_any_words_erases_nothing(citizen, text, intent):
    citizen.say("hapus data saya")
    reply = citizen.say(text, intent)
    assert "tidak ada yang dihapus" in reply.text and not citizen.open
    assert citizen.requests() == []


@pytest.mark.parametrize("text", ["mungkin nanti", "x" * 9000, "hmm", "/hapus{semua}"])
def test_neither_yes_nor_no_erases_nothing_and_is_asked_again(citizen, text):
    citizen.say("hapus data saya")
    assert "belum dihapus" in citizen.say(text, "nlu_fallback").text
    assert citizen.open and citizen.requests() == []


def test_nonsense_taken_for_another_agency_is_asked_again_too(citizen):
    citizen.say("hapus data saya")
    assert "belum dihapus" in citizen.say("asdfgh qwerty", "di_luar_topik").text
    assert citizen.say("cara bikin SIM?", "di_luar_topik").text == "(dijawab lain)"


def test_another_question_interrupts_the_erasure_and_it_is_asked_again_once(citizen):
    citizen.say("hapus data saya")
    citizen.say("syarat pbg apa", "tanya_syarat")
    turn = citizen.turn("syarat pbg apa", "tanya_syarat")
    assert "belum dihapus" in citizen.house.dialogue.prompt(turn).text
    assert citizen.house.dialogue.prompt(citizen.turn("biaya?", "tanya_biaya")).silent
    assert citizen.requests() == []


def test_the_erasure_of_one_turn_is_recorded_once(citizen):
    citizen.say("hapus data saya")
    first = citizen.tap("Ya, hapus")
    again = citizen.house.dialogue.step(citizen.previous)
    assert again.replies == (first,) and len(citizen.requests()) == 1


def test_a_chat_locked_after_wrong_proofs_cannot_shake_the_lock_off(citizen):
    for number in range(5):
        citizen.house.ledger.record_failure(f"n{number}", HERE, f"p{number}", MONDAY)
    reply = citizen.say("hapus data saya")
    assert "dikunci" in reply.text and citizen.requests() == [] and not citizen.open


def test_a_correction_in_the_registry_goes_to_an_officer_with_a_deadline(citizen):
    citizen.say("data saya salah, tolong perbaiki")
    citizen.tap("Data permohonan")
    reply = citizen.say("alamat di 503/0123/PBG/2026 harusnya Jl Mawar 2", "koreksi")
    [request] = citizen.requests()
    assert "Kamis, 26 November 2026 pukul 10.00" in reply.text and request.ticket in reply.text
    assert request.needs_officer and "Jl Mawar 2" in request.details["isi"]
    [(_, reason, note)] = citizen.escalations.opened.values()
    assert (reason, note) == ("hak_data", request.ticket), "the note holds no content"


def test_a_correction_told_whole_is_taken_at_once_and_a_nik_is_masked(citizen):
    citizen.say("perbaiki nama saya harusnya Siti, nik 3326120101900001")
    [request] = citizen.requests()
    assert "************0001" in request.details["isi"]
    assert "3326120101900001" not in request.details["isi"]


@pytest.mark.parametrize("text", ["x", "?", "y" * 501])
def test_a_value_that_says_nothing_is_asked_again(citizen, text):
    citizen.say("perbaiki data saya")
    citizen.tap("Data lain")
    assert "Saya perlu kalimat" in citizen.say(text, "nlu_fallback").text
    assert citizen.requests() == [] and citizen.open


def test_the_own_phone_is_replaced_by_the_shared_contact(citizen):
    citizen.phone = "+628111111111"
    asked = citizen.say("nomor hp saya salah, perbaiki")
    assert asked.ask_contact
    other = citizen.say("", "kirim_kontak", entities={"jenis": "lain"})
    assert other.ask_contact and citizen.requests() == []
    citizen.phone = "+628222222222"
    reply = citizen.say("", "kirim_kontak", entities={"jenis": "sendiri"})
    assert "berakhiran 2222" in reply.text
    assert [item.state for item in citizen.requests()] == [RequestState.DONE]


def test_asked_to_erase_the_phone_only_the_phone_goes(citizen):
    citizen.phone = "+628111111111"
    known = citizen.house.data.conversations[HERE]
    citizen.house.data.conversations[HERE] = replace(known, verified_phone=citizen.phone)
    reply = citizen.say("hapus nomor hp saya")
    assert "sudah dihapus dari chat ini" in reply.text
    assert citizen.house.data.conversations[HERE].verified_phone is None
    assert [item.kind for item in citizen.requests()] == [RequestKind.CORRECTION]


def test_on_whatsapp_the_number_is_the_chats_own():
    reply = Citizen(channel="whatsapp").say("nomor hp saya salah, perbaiki")
    assert "WhatsApp Anda sendiri" in reply.text and reply.choices


def test_a_complaint_of_ones_own_is_corrected_at_once(citizen):
    filed = citizen.complain()
    citizen.say("isi pengaduan saya keliru, mau perbaiki")
    reply = citizen.say("kejadiannya di Wiradesa bukan Kajen", "koreksi")
    assert filed.ticket in reply.text
    found = citizen.house.complaints.find(filed.ticket)
    assert "Wiradesa" in found.additions[0].text
    assert [item.state for item in citizen.requests()] == [RequestState.DONE]


def test_a_complaint_of_another_chat_cannot_be_corrected(citizen):
    foreign = citizen.complain(conversation_id="someone-else")
    citizen.say("perbaiki isi pengaduan")
    reply = citizen.say(foreign.ticket, "cek_pengaduan", entities={"tiket": foreign.ticket})
    assert "Tidak ada pengaduan berjalan dari chat ini" in reply.text
    assert citizen.house.complaints.find(foreign.ticket).additions == ()


def test_withdrawing_stops_everything_that_needs_consent_and_can_be_undone(citizen):
    citizen.say("", entities={"langkah": "izinkan"}, kind="choice")
    assert citizen.house.choices.consents(HERE) == {"tinjauan": True}
    reply = citizen.say("cabut persetujuan saya")
    assert set(citizen.house.choices.consents(HERE).values()) == {False}
    [request] = citizen.requests()
    assert (request.kind, request.state) == (RequestKind.WITHDRAWAL, RequestState.DONE)
    assert request.ticket in reply.text and not citizen.escalations.opened


@pytest.mark.parametrize(
    ("text", "kind"),
    [("batasi pemakaian data saya", RequestKind.RESTRICTION),
     ("saya keberatan data saya dipakai", RequestKind.OBJECTION)],
)  # fmt: skip
def test_what_a_human_must_decide_goes_to_an_officer_within_72_hours(citizen, text, kind):
    reply = citizen.say(text)
    [request] = citizen.requests()
    assert (request.kind, request.state) == (kind, RequestState.OPEN)
    assert request.due_at - request.requested_at == timedelta(hours=72)
    assert "26 November 2026 pukul 10.00" in reply.text
    assert [note for _, _, note in citizen.escalations.opened.values()] == [request.ticket]


def test_requests_are_listed_with_their_states_and_deadlines(citizen):
    assert "Belum ada permintaan" in citizen.say("permintaan data saya").text
    citizen.say("batasi pemakaian data saya")
    citizen.say("minta salinan data saya")
    told = citizen.say("permintaan data saya").text
    assert "pembatasan pemakaian, menunggu petugas, ditanggapi paling lambat Kamis, 26" in told
    assert "salinan data, selesai" in told


def test_in_a_group_nothing_is_shown_or_begun(citizen):
    for text in ("hapus data saya", "data saya", "salinan data saya"):
        reply = citizen.say(text, group=True)
        assert "percakapan pribadi" in reply.text and not reply.media
    assert citizen.requests() == [] and not citizen.open


def test_a_request_that_is_unknown_cannot_be_erased(citizen):
    with pytest.raises(NotFound):
        citizen.house.requests.begin_erasure("DAT-XXXX-XX")
