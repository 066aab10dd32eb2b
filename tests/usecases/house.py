"""A small office in memory, and a chat with it, for tests of the one-turn use cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any

from tanya_language import Lexicon, Normaliser, TextIndex

from actions.registry import Parts, advisor, one_turn_use_cases
from izin.activities import Activity, ActivityAnswer, ActivityQuestion
from izin.conversations import ChatAddress, Conversation
from izin.faq import FaqEntry
from izin.office import Holiday, Office
from izin.permits import (
    AmbiguousTerm,
    Fee,
    LegacyName,
    Permit,
    Requirement,
    Stage,
    Variant,
)
from izin.replies import Reply
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.escalations import MemoryEscalations
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.officers import MemoryOfficers
from izin.storage.memory.satisfaction import MemoryRatings, MemorySurveys
from izin.usecases.dialogue import Answer, Entity, Question, TurnInput
from izin.usecases.live_names import LiveNames
from izin.wording import Wording
from tests.usecases.own_data import own_data_house

ROOT = Path(__file__).resolve().parents[2]
CHECKED = date(2026, 11, 21)
MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+07:00")
SATURDAY = datetime.fromisoformat("2026-11-21T20:00:00+07:00")

PBG_TABLE: dict[str, Any] = {
    "If": {
        "usaha": 0.7, "usaha_umkm_prototipe": 0.5, "hunian_kecil": 0.15, "hunian_besar": 0.17,
        "keagamaan": 0.0, "fungsi_khusus": 1.0, "sosial_budaya": 0.3, "ganda_kecil": 0.6,
        "ganda_besar": 0.8,
    },
    "If_notes": {
        "hunian_kecil": "bunyi aturan: luas kurang dari 100 m2 dan kurang dari 2 lantai",
        "hunian_besar": "bunyi aturan: luas lebih dari 100 m2 dan lebih dari 2 lantai",
        "hunian_celah": "Kombinasi seperti 120 m2 satu lantai tidak tertulis pada kedua baris",
    },
    "bobot": {"kompleksitas": 0.3, "permanensi": 0.2, "ketinggian": 0.5},
    "Ip": {
        "kompleksitas": {"sederhana": 1, "tidak_sederhana": 2},
        "permanensi": {"non_permanen": 1, "permanen": 2},
    },
    "koefisien_jumlah_lantai": {"1": 1.0, "2": 1.09, "3": 1.12, "4": 1.135},
    "koefisien_basemen": {"1_lapis": 1.197, "2_lapis": 1.299, "3_lapis": 1.393},
    "Fm": {"negara": 0, "perorangan_badan_usaha": 1},
    "Ibg": {"baru": 1.0, "rehabilitasi_sedang": 0.225, "rehabilitasi_berat": 0.325},
    "example_parameters": {"Ilo": 0.005, "SHST": 5500000, "inferred": True},
    "examples": [{"name": "Rumah 1 lantai 90 m2", "It": 0.18, "retribusi_idr": 445500}],
}  # fmt: skip
REKLAME_TABLE: dict[str, Any] = {
    "inferred_for": ["nilai_dasar_idr_per_m2_per_hari", "faktor_lokasi"],
    "tarif": 0.25,
    "nilai_dasar_idr_per_m2_per_hari": {"papan_nama_toko": 1000, "spanduk_banner": 2500},
    "faktor_lokasi": {"kelas_I": 1.5, "kelas_II": 1.2, "kelas_III": 1.0},
    "examples": [{"name": "Spanduk 1x4 m", "NSR": 336000, "pajak_idr": 84000}],
}


def permit(code: str, short: str, official: str, **changes: Any) -> Permit:
    """Give a permit with everything filled in, changed where the test says."""
    facts: dict[str, Any] = {
        "sector": "bangunan",
        "technical_agency": "Dinas PU",
        "apply_at": {"primary": "SIMBG", "assisted": "Loket DPU di MPP"},
        "sla_working_days": 28,
        "fee": Fee("free", 0, note="Gratis sesuai aturan."),
        "validity": "5 tahun",
        "product": "Dokumen elektronik",
        "confidence": "high",
        "checked_on": CHECKED,
        "synonyms": (short.lower(),),
        "requirements": (
            Requirement("new", 1, f"Formulir {short}"),
            Requirement("new", 2, "Surat kuasa", inferred=True),
            Requirement("extension", 1, f"{short} lama"),
        ),
        "stages": (
            Stage(1, "Pendaftaran", "Pemohon"),
            Stage(2, "Pemeriksaan", "Dinas PU", 3),
        ),
        "legal_basis": ("PP 16/2021",),
        "sources": ("https://simbg.pu.go.id/tentang", "https://dinkes.depok.go.id/sp"),
        "details": {"source_regions": ["Kota Depok"]},
    }
    return Permit(code=code, short_name=short, official_name=official, **{**facts, **changes})


def permits() -> tuple[Permit, ...]:
    """Give the catalogue of the small office."""
    levy = Fee("formula", None, "Retribusi PBG", "luas x indeks", "Angka resmi di SKRD.",
               calculator="pbg", details={"exemptions": ["Rumah MBR: Rp0"]})  # fmt: skip
    tax = Fee("tax", None, "Pajak Reklame", calculator="reklame")
    return (
        permit(
            "PBG", "PBG", "Persetujuan Bangunan Gedung", fee=levy,
            former_names=("Izin Mendirikan Bangunan (IMB)",),
            synonyms=("pbg", "imb", "imb rumah", "izin bangunan"),
            variants=(Variant("RUMAH_KECIL", "Rumah kecil", 5),),
        ),
        permit("SLF", "SLF", "Sertifikat Laik Fungsi", sla_working_days=3,
               former_names=("Izin Penggunaan Bangunan (IPB)",), synonyms=("slf", "ipb")),
        permit("NIB", "NIB / OSS", "Nomor Induk Berusaha", sla_working_days=1,
               synonyms=("nib", "oss", "siup", "izin usaha")),
        permit("PERIKANAN", "Izin perikanan", "Izin Usaha Perikanan",
               synonyms=("siup", "siup perikanan", "izin perikanan")),
        permit("AIR_TANAH", "Izin air tanah", "Persetujuan Air Tanah", sla_working_days=0,
               requirements=(), stages=(), redirect="Diurus lewat ESDM",
               synonyms=("izin air tanah",)),
        permit("SIP_DOKTER", "SIP Dokter", "Surat Izin Praktik Dokter", sla_working_days=5,
               synonyms=("sip dokter", "sip")),
        permit("SIP_BIDAN", "SIPB", "Surat Izin Praktik Bidan", sla_working_days=5,
               synonyms=("sip bidan", "sip")),
        permit("APOTEK", "Izin apotek", "Izin Usaha Apotek", sla_working_days=12,
               sla_inferred=True, synonyms=("apotek", "izin apotek")),
        permit("REKLAME", "Izin reklame", "Izin Penyelenggaraan Reklame", fee=tax,
               synonyms=("reklame", "izin reklame")),
    )  # fmt: skip


def office(**changes: Any) -> Office:
    """Give the office, open Monday to Thursday with a break, and Friday morning."""
    day = ((time(8), time(12)), (time(13), time(15)))
    facts: dict[str, Any] = {
        "agency": "Dinas Perizinan Kabupaten Contoh",
        "short_name": "DPMPTSP Contoh",
        "regency": "Kabupaten Contoh",
        "timezone": "Asia/Jakarta",
        "address": "Jalan Contoh 1",
        "opening_hours": {0: day, 1: day, 2: day, 3: day, 4: ((time(8), time(11)),)},
        "checked_on": CHECKED,
        "details": {
            "mpp": {
                "name": "MPP Contoh",
                "counters": [
                    {"name": "Imigrasi", "days": ["rabu"], "services": "paspor"},
                    {"name": "Perizinan",
                     "days": ["senin", "selasa", "rabu", "kamis", "jumat"]},
                ],
            }
        },
    }  # fmt: skip
    return Office(**{**facts, **changes})


class FakeDrafts:
    """The port Drafts."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], dict[str, Any]] = {}

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        return self.stored.get((conversation_id, kind))

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        self.stored[conversation_id, kind] = dict(draft)

    def drop(self, conversation_id: str, kind: str) -> None:
        self.stored.pop((conversation_id, kind), None)


class FakeEscalations(MemoryEscalations):
    """The port Escalations over the one conversation of these tests."""

    @property
    def opened(self) -> dict[str, tuple[str, str, str]]:
        """Give (conversation, reason, note) by key."""
        return {
            item.key: (item.conversation_id, item.reason, item.note)
            for item in self.data.escalations.values()
        }


def one_conversation() -> ConversationData:
    """Give the tables with the conversation that ``Chat`` speaks in."""
    data = ConversationData()
    address = ChatAddress("telegram", "1")
    data.conversations["conversation-1"] = Conversation("conversation-1", address)
    return data


@cache
def normaliser() -> Normaliser:
    """Give the real normaliser with the real lexicon."""
    return Normaliser(Lexicon.load(ROOT / "data" / "lexicon"))


def make_index() -> Callable[..., TextIndex]:
    """Give what builds the real index."""
    everyday = wording().say("answers.words_everyday").split()
    return partial(TextIndex, normaliser=normaliser(), everyday=everyday)


@cache
def wording() -> Wording:
    """Give the real sentences."""
    return Wording()


@dataclass
class Chat:
    """A conversation with the office: slots and previous turn are carried along."""

    parts: Parts
    slots: dict[str, Any] = field(default_factory=dict)
    now: datetime = MONDAY
    metadata: dict[str, Any] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _previous: str | None = None

    def __post_init__(self) -> None:
        self.use_cases = one_turn_use_cases(self.parts, advisor(self.parts))

    def say(
        self,
        text: str,
        intent: str,
        *,
        action: str = "action_jawab",
        entities: Sequence[Entity] | None = None,
        questions: Sequence[Question] = (),
        ranking: Sequence[tuple[str, float]] = (),
        **metadata: Any,
    ) -> Reply:
        """Send a text as the classifier would have understood it; gives the one reply."""
        turn = self.turn(text, intent, entities, questions, ranking, **metadata)
        return self.run(turn, action)

    def tap(self, reply: Reply, title: str, action: str = "action_jawab") -> Reply:
        """Tap the button with this title."""
        choice = next(item for item in reply.choices if item.title == title)
        entities = [Entity(name, value) for name, value in choice.entities.items()]
        turn = self.turn("", choice.intent, entities, kind="choice")
        return self.run(turn, action)

    def turn(
        self,
        text: str,
        intent: str,
        entities: Sequence[Entity] | None = None,
        questions: Sequence[Question] = (),
        ranking: Sequence[tuple[str, float]] = (),
        **metadata: Any,
    ) -> TurnInput:
        """Give the next turn; entities default to the permits that the names finder sees."""
        found = self.parts.names.find(text, self.now.date()) if entities is None else entities
        turn_id = f"turn-{next(self._numbers)}"
        turn = TurnInput(
            "conversation-1", turn_id, self.now, intent, 0.9, text, tuple(found),
            tuple(questions), {**self.metadata, **metadata}, dict(self.slots), tuple(ranking),
            self._previous,
        )  # fmt: skip
        self._previous = turn_id
        return turn

    def run(self, turn: TurnInput, action: str = "action_jawab") -> Reply:
        """Run a turn and keep its slots."""
        answer: Answer = self.use_cases[action].answer(turn)
        self.slots.update(answer.slots)
        assert len(answer.replies) == 1
        return answer.replies[0]


class Silent:
    """Stands where a test needs no long dialogue."""

    def answer(self, turn: TurnInput) -> Answer:
        return Answer((Reply("…"),))

    def aside(self, turn: TurnInput) -> None:
        return None


def small_parts(**changes: Any) -> Parts:
    """Give the actions' parts over the small office."""
    catalogue = changes.pop("catalogue", None) or MemoryCatalogue(
        permits(),
        ambiguous_terms=(
            AmbiguousTerm("sip", ("SIP_DOKTER", "SIP_BIDAN"), "Profesi apa?"),
            AmbiguousTerm("siup", ("NIB", "PERIKANAN"), "SIUP dagang atau perikanan?"),
            AmbiguousTerm("izin usaha", ("NIB",), "Usahanya apa?"),
        ),
        legacy_names=(
            LegacyName("IMB", "PBG", "PBG", "PP 16/2021; layanan berakhir 2021",
                       "IMB lama tetap berlaku"),
            LegacyName("SIUP", "NIB", "NIB"),
            LegacyName("HO / Izin Gangguan", "dihapus", None, "Permendagri 19/2017"),
        ),
        activities=(
            Activity("apotek", ("buka apotek", "mendirikan apotek"),
                     (("NIB", "legalitas usaha"), ("APOTEK", "izin tempatnya"))),
            Activity("kandang_ayam", ("ternak ayam", "bikin kandang ayam"),
                     (("NIB", "legalitas usaha"), ("PBG", "bila membangun kandang")),
                     (ActivityQuestion(
                         "Ternaknya apa?",
                         (ActivityAnswer("petelur", "Ayam petelur", ("petelur", "telur")),
                          ActivityAnswer("potong", "Ayam potong", ("potong", "broiler"),
                                         drop=("PBG",), say="Ikuti kemitraannya.")),
                      ),
                      ActivityQuestion(
                         "Berapa ekor rencananya?",
                         (ActivityAnswer("sedikit", "Sampai 1.000", up_to=1000, say="Mikro."),
                          ActivityAnswer("banyak", "Lebih dari itu", officer=True,
                                         add=(("SLF", "bila besar"),))),
                         "jumlah", ("petelur",),
                      ))),
        ),
        fee_tables={"pbg": PBG_TABLE, "reklame": REKLAME_TABLE},
    )  # fmt: skip
    faq = MemoryFaqBook(
        (
            FaqEntry("oss_lupa_sandi", "akun_oss", "Lupa kata sandi OSS, bagaimana?",
                     "Pilih Lupa Kata Sandi di oss.go.id.", CHECKED,
                     ("lupa password oss", "reset sandi oss"), ("https://oss.go.id",)),
            FaqEntry("oss_otp", "akun_oss", "Kode OTP tidak masuk?", "Minta kirim ulang.",
                     CHECKED, ("otp tidak masuk",)),
        )
    )  # fmt: skip
    holidays = (
        Holiday(date(2026, 12, 24), "Cuti bersama Natal", "cuti_bersama"),
        Holiday(date(2026, 12, 25), "Natal"),
        Holiday(date(2027, 1, 1), "Tahun Baru"),
    )
    data = one_conversation()
    facts: dict[str, Any] = {
        "catalogue": catalogue,
        "office": MemoryOfficeBook(office(), holidays),
        "faq": faq,
        "drafts": FakeDrafts(),
        "escalations": FakeEscalations(data),
        "officers": MemoryOfficers(data),
        "ratings": MemoryRatings(data),
        "surveys": MemorySurveys(data),
        "names": LiveNames(catalogue, normaliser()),
        "make_index": make_index(),
        "normalise": lambda text: normaliser().normalise(text).text,
        "wording": wording(),
        "complaint": Silent(),
        "status": Silent(),
        "subscribe": Silent(),
        "track_complaint": Silent(),
    }
    facts |= changes
    if "privacy" not in facts:
        shared = (facts[name] for name in ("office", "drafts", "escalations", "wording"))
        facts["privacy"] = own_data_house(*shared).privacy
    return Parts(**facts)


def small_chat(**changes: Any) -> Chat:
    """Give a fresh chat with the small office."""
    return Chat(small_parts(**changes))
