"""Reads what a citizen writes while waiting for an officer: a message, or a new question."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from izin.usecases.dialogue import TurnInput
from izin.usecases.read_questions import PERMIT_QUESTIONS
from izin.wording import Wording

Normalise = Callable[[str], str]
"""Gives a text in standard words ("piro biayane" becomes "berapa biayanya")."""

SURE = 0.6
SHORT_WORDS = 6
LONG_WORDS = 16
PAUSE = timedelta(hours=2)
"""After so long a silence the next text is no longer taken for a message to the officer."""

_QUESTIONS = PERMIT_QUESTIONS | {"hitung_biaya", "tanya_izin_apa", "tanya_kontak_jam_lokasi"}
_ORDERS = frozenset(
    {"cek_pengaduan", "ubah_langganan", "privasi", "beri_penilaian", "menu_bantuan",
     "bot_identitas", "lapor_pengaduan", "cek_status", "tanya_faq"}
)  # fmt: skip
_MESSAGES = frozenset({"minta_petugas", "setuju", "tolak", "koreksi", "nlu_fallback"})
_WORD = re.compile(r"\w+")


def words_in(text: str) -> list[str]:
    """Give the words of a text in small letters."""
    return _WORD.findall(text.casefold())


def is_new_question(
    turn: TurnInput, last_at: datetime | None, wording: Wording, normalise: Normalise
) -> bool:
    """Say whether the text clearly asks the assistant something, and so is no message.

    A citizen who waits mostly tells the officer a story ("berkas saya 3 minggu tidak ada
    kabar"), which resembles questions. Only a short text in the shape of a question on a permit
    or the office, or a plain order ("cek status 503/…"), is taken for one.
    """
    if turn.metadata.get("kind") == "choice":
        return turn.intent not in _MESSAGES
    if turn.intent == "mulai":
        return True
    if turn.confidence < SURE or turn.intent in _MESSAGES or turn.intent.startswith("kirim_"):
        return False
    if last_at is not None and turn.now - last_at > PAUSE:
        return True
    words = words_in(normalise(turn.text))
    said = set(words)
    asking = "?" in turn.text or bool(_words(wording, "officers.words_asking") & said)
    if turn.intent in _QUESTIONS:
        named = any(item.name in ("izin", "profesi") for item in turn.entities)
        short_name = named and len(words) <= SHORT_WORDS
        to_officer = (
            bool(_words(wording, "officers.words_personal") & said) and len(words) > SHORT_WORDS
        )
        return (asking or short_name) and len(words) <= LONG_WORDS and not to_officer
    if turn.intent in _ORDERS:
        numbered = bool(turn.value("nomor_permohonan") or turn.value("tiket"))
        orders = bool(_words(wording, "officers.words_ordering") & set(words[:2]))
        if turn.intent == "lapor_pengaduan":
            return orders and len(words) <= SHORT_WORDS  # a grievance is told to the officer
        return (asking or numbered or orders or len(words) <= 2) and len(words) <= SHORT_WORDS
    return False


def _words(wording: Wording, key: str) -> frozenset[str]:
    return frozenset(wording.say(key).split())


def tells_officer(turn: TurnInput, wording: Wording, normalise: Normalise) -> bool:
    """Say whether a waiting citizen tells what it is about, and does not ask for a human again."""
    if turn.metadata.get("kind") == "choice" or not turn.text:
        return False
    words = words_in(normalise(turn.text))
    plain = {word.removesuffix("nya") for word in words}
    return len(words) >= SHORT_WORDS - 1 and not _words(wording, "officers.words_human") & plain


def asks_standing(turn: TurnInput, wording: Wording, normalise: Normalise) -> bool:
    """Say whether a waiting citizen asks how long it takes until their turn."""
    if turn.metadata.get("kind") == "choice" or turn.values("izin"):
        return False
    words = words_in(normalise(turn.text))
    said = set(words) | {word.removesuffix("nya") for word in words}
    phrases = wording.say("officers.words_queue").split("|")
    about = any(set(phrase.split()) <= said for phrase in phrases)
    own = bool(_words(wording, "officers.words_personal") & said - {"petugas"})
    return about and not own and len(words) <= SHORT_WORDS


def says_more(turn: TurnInput, normalise: Normalise = str.casefold) -> bool:
    """Say whether a request for a human already tells what it is about."""
    if turn.media_ids or turn.value("nomor_permohonan") or turn.value("tiket"):
        return True
    about = any(item.name == "izin" for item in turn.entities)
    return len(words_in(normalise(turn.text))) >= (SHORT_WORDS if about else 10)
