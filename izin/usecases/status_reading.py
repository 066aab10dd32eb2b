"""Reads a message inside the status dialogue: number, cancelling, question or something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from izin.applications import Application
from izin.usecases.dialogue import TurnInput
from izin.usecases.status_words import StatusWords
from izin.wording import Wording
from izin.words import words_of

SURE = 0.6
"""Above this confidence another intent inside the dialogue is an interruption."""

VERY_SURE = 0.75
"""Above this confidence a short question is not about the application shown, if its intent
speaks of something that an application cannot answer."""

SENTENCE_WORDS = 3
LONGEST_QUESTION_WORDS = 14
SHORT_CANCEL_WORDS = 4

_BARE_PROOF = re.compile(r"(nik(nya)?:?\s*)?(\d{4}|\d([ .-]\d){3}|\d{16})", re.IGNORECASE)
_STAY = frozenset({"cek_status", "setuju", "koreksi", "kirim_kontak", "privasi", "beri_penilaian"})
_UNCERTAIN = frozenset({"nlu_fallback", "di_luar_topik"})
_LEAVE = frozenset({"batal", "tolak"})
_ITEMS = frozenset({"kirim_berkas", "kirim_lokasi", "kirim_lain"})
_ELSEWHERE = frozenset(
    {"minta_petugas", "ubah_langganan", "cek_pengaduan", "hitung_biaya", "terima_kasih", "pamit",
     "tanya_izin_apa"}
)  # fmt: skip
_CHOOSES_NOTHING = frozenset(
    {"tanya_syarat", "tanya_biaya", "tanya_lama_proses", "tanya_prosedur", "tanya_masa_berlaku",
     "tanya_perpanjangan", "tanya_dasar_hukum", "lapor_pengaduan", "tanya_kontak_jam_lokasi"}
) | _ELSEWHERE  # fmt: skip
_IMPLIED = {"tanya_lama_proses": ("when",), "tanya_masa_berlaku": ("permit",)}


@dataclass(frozen=True, slots=True)
class StatusReading:
    """What a turn says, as far as the status dialogue is concerned."""

    wording: Wording
    normalise: Callable[[str], str]
    words: StatusWords = field(init=False)

    def __post_init__(self) -> None:
        """Open the phrase lists."""
        object.__setattr__(self, "words", StatusWords(self.wording, self.normalise))

    def numbers(self, turn: TurnInput) -> list[str]:
        """Give the application numbers of the message, each once; after "eh, salah" the last."""
        found = list(dict.fromkeys(str(value) for value in turn.values("nomor_permohonan")))
        if len(found) > 1 and self.words.says(turn.text, "correction"):
            return found[-1:]
        return found

    def has_forgotten(self, turn: TurnInput) -> bool:
        """Say whether the citizen does not know what was asked for."""
        return not self.is_long(turn) and self.words.says(turn.text, "forgotten")

    def gives_up(self, turn: TurnInput) -> bool:
        """Say whether the citizen drops the task, in whatever spelling."""
        if turn.intent == "tolak" and self.words.says(turn.text, "forgotten"):
            return False  # "gak punya nomornya" asks for help
        if turn.intent in _LEAVE:
            return True
        short = len(words_of(turn.text)) <= SHORT_CANCEL_WORDS
        return bool(turn.text) and short and self.words.says(turn.text, "cancel")

    def topics(self, turn: TurnInput) -> tuple[str, ...]:
        """Give what the message asks about the application that was shown, empty if nothing."""
        if not turn.text or self.is_long(turn) or self._asks_elsewhere(turn):
            return ()
        found = self.words.topics(turn.text)
        if turn.intent == "tanya_kontak_jam_lokasi" and turn.confidence >= SURE:
            found = tuple(topic for topic in found if topic != "when")
        if not found and turn.confidence >= SURE and not turn.values("izin"):
            return _IMPLIED.get(turn.intent, ())
        return found

    def means_status(self, turn: TurnInput) -> bool:
        """Say whether an unsure message is on an application: a number, or "trayek saya dicabut".

        The latter only from a verified phone, whose applications are known.
        """
        if turn.intent not in (*_UNCERTAIN, "koreksi", "tanya_faq"):
            return False
        if turn.values("nomor_permohonan"):
            return True
        asks = self.words.status(turn.text) is not None or bool(self.words.topics(turn.text))
        sure = turn.intent == "tanya_faq" and turn.confidence >= SURE
        mine = bool(turn.verified_phone and turn.values("izin")) and not sure
        return mine and asks and self.words.says(turn.text, "mine")

    def names_another(self, turn: TurnInput, application: Application) -> bool:
        """Say whether the message names a permit other than the application's."""
        named = [item for item in turn.entities if item.name == "izin"]
        return bool(named) and not any(
            application.permit_code in (item.value, *item.candidates) for item in named
        )

    def may_choose(self, turn: TurnInput) -> bool:
        """Say whether the message may choose among several applications."""
        if turn.metadata.get("kind") == "choice":
            return True
        if turn.intent == "batal":
            return False  # "stop yang slf" is said to somebody else
        return turn.intent not in _CHOOSES_NOTHING or turn.confidence < VERY_SURE

    def is_bare_proof(self, turn: TurnInput) -> bool:
        """Say whether the message is nothing but the last digits of a NIK."""
        return _BARE_PROOF.fullmatch(turn.text.strip()) is not None

    def is_item(self, turn: TurnInput) -> bool:
        """Say whether a file, a place or a sticker was sent instead of words."""
        return turn.intent in _ITEMS or (not turn.text and bool(turn.media_ids))

    def is_long(self, turn: TurnInput) -> bool:
        """Say whether the message tells more than a short answer or question does."""
        return len(words_of(turn.text)) > LONGEST_QUESTION_WORDS

    def interrupts(self, turn: TurnInput) -> bool:
        """Say whether the message is neither number nor proof, but meant for something else."""
        if turn.metadata.get("kind") == "choice":
            return turn.intent not in _STAY
        if turn.intent in _UNCERTAIN:
            # A sentence without any digit is neither a number nor a proof.
            words = turn.text.split()
            return len(words) >= SENTENCE_WORDS and not any(map(str.isdigit, turn.text))
        return turn.intent not in _STAY and turn.confidence >= SURE

    def _asks_elsewhere(self, turn: TurnInput) -> bool:
        if turn.intent == "lapor_pengaduan":
            return self.words.says(turn.text, "complain")
        return turn.intent in _ELSEWHERE and turn.confidence >= VERY_SURE
