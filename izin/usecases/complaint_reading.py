"""Reads a complainant's words: category, story, place, day, and what is another question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from izin.complaints import ComplaintCategory
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import words_of

LONGEST_STORY = 8000
"""Characters kept of a story: all that the dialogue is ever given."""

STORY_WORDS = 6
"""From this many words on, the message that opened the complaint already tells it."""

BRIEF_STORY_WORDS = 2
"""Enough, beside the wish to complain, where the category is clear ("toilet kotor")."""

SURE = 0.75
PLAIN = 0.95
"""So sure an order of another task is no place."""

LONG_ANSWER_WORDS = 12
"""A longer text inside the dialogue is an answer, however much it resembles a question."""

SHORT_WORDS = 7
"""Up to here "batal" drops the task; a longer text may tell of something cancelled."""

BARE_REQUEST_WORDS = 5
"""So few words, a number and "cek" or "status" among them, ask for it however unsure the NLU is."""

LONGEST_PLACE_WORDS = 6
COUNTER_WORDS = 2
"""A counter is told by its number alone ("loket 2", "loket siji")."""

WORDS_BESIDE = 2
"""Beside "tidak ada": "tidak ada kak", but not "tidak ada petugas di sana"."""

_NEXT = ", "
_WORD = re.compile(r"\w+")
_AMOUNT = re.compile(
    r"(?<!\w)(?:rp\.?\s*\d|\d[\d.,]*\s*(?:rb|ribu|rebu|ewu|k|jt|juta|yuta)(?!\w))", re.I
)
_PRETENDING = frozenset({"ngaku", "mengaku", "ngakunya", "aku-aku", "gadungan"})
"""Whoever only claims to be an officer is a fraud, not extortion by one."""

_NEVER_INTERRUPTS = frozenset(
    {"lapor_pengaduan", "nlu_fallback", "setuju", "tolak", "koreksi", "kirim_berkas",
     "kirim_lokasi", "kirim_kontak", "kirim_lain", "kasar", "beri_penilaian"}
)  # fmt: skip
_FREE_TEXT_QUESTIONS = frozenset({"story", "category", "place", "where_when", "text",
                                  "reason", "comment"})  # fmt: skip
_PLACE_QUESTIONS = frozenset({"place", "where_when"})
_TASKS = frozenset({"cek_status", "ubah_langganan"})
_ALWAYS_INTERRUPTS = frozenset(
    {"minta_petugas", "menu_bantuan", "bot_identitas", "pamit", "terima_kasih", "sapa"}
)
_DAYS = {"hari": 1, "minggu": 7, "bulan": 30.4, "tahun": 365.25}
LONGEST_AGO_DAYS = 3660


Normalise = Callable[[str], str]
"""Gives a text in standard words ("gak ada kabar" becomes "tidak ada kabar")."""


def guess_category(
    text: str, categories: Sequence[ComplaintCategory], normalise: Normalise
) -> ComplaintCategory | None:
    """Give the category whose phrases the text contains best, or None.

    A phrase counts when all of its words occur; the longest wins. Confidential categories
    (extortion) win over others: missing one of them would endanger somebody.
    """
    words = _words(normalise(text))
    words |= {word.removesuffix("nya") for word in words}  # "antriannya panjang"
    words |= {word.removesuffix("2") for word in words}  # "bentak2"
    if _AMOUNT.search(text) and not words & _PRETENDING:
        words |= {"uang"}  # "petugas minta 300rb"
    best: tuple[bool, int] = (False, 0)
    found: ComplaintCategory | None = None
    for category, parts in _phrases(categories, normalise):
        if parts <= words and (category.confidential, len(parts)) > best:
            best, found = (category.confidential, len(parts)), category
    return found


_Phrases = Sequence[tuple[ComplaintCategory, frozenset[str]]]
_read: tuple[Sequence[ComplaintCategory], Normalise, _Phrases] | None = None


def _phrases(categories: Sequence[ComplaintCategory], normalise: Normalise) -> _Phrases:
    """Give the words of each phrase; kept for the categories read last, as they seldom change."""
    global _read
    read = _read  # another thread may replace it meanwhile
    if read is None or read[0] is not categories or read[1] is not normalise:
        phrases = [
            (category, _words(normalise(phrase)))
            for category in categories for phrase in category.phrases
        ]  # fmt: skip
        read = _read = (categories, normalise, [item for item in phrases if item[1]])
    return read[2]


def story_of(turn: TurnInput, category: ComplaintCategory | None, wording: Wording) -> str | None:
    """Give the opening message as the story when it tells one, else None.

    ``category``: what its words alone point to; then a few words are a story already.
    """
    if turn.metadata.get("kind") == "choice":
        return None
    count = len(_WORD.findall(turn.text))
    opening = set(wording.say("complaint.words_opening").split())
    told = len([word for word in words_of(turn.text) if word not in opening])
    if category and not category.confidential:
        enough = told >= BRIEF_STORY_WORDS
    else:
        enough = count >= STORY_WORDS and told > BRIEF_STORY_WORDS
    return turn.text.strip()[:LONGEST_STORY] if enough else None


def place_of(turn: TurnInput, wording: Wording) -> str:
    """Give the place a message tells: a location, "di loket 2", or a known place; or ""."""
    if turn.location:
        return f"{turn.location[0]:.5f}, {turn.location[1]:.5f}"
    named = turn.values("tempat")
    return spoken_place(turn.text, wording) or (str(named[-1]) if named else "")


def spoken_place(text: str, wording: Wording) -> str:
    """Give the words of the place a text tells most closely, or "".

    A place word counts after "di" (also regional: "kemarin di loket 2 saya dibentak" gives
    "loket 2"), a village or street by its own name, a counter by its number.
    """
    before = wording.say("complaint.words_at").replace(" ", "|")
    nouns = wording.say("complaint.words_place").replace(" ", "|")
    named = wording.say("complaint.words_named_place").replace(" ", "|")
    counters = wording.say("complaint.words_counter").split()
    told = re.finditer(
        rf"(?<!\w)(?:{before})\s+((?:{nouns})(?:nya)?(?!\w)[^,.;:!?\n]*)", text, re.I
    )
    places = [_place_words(found[1], wording, counters) for found in told]
    names = re.finditer(rf"(?<!\w)((?:{named})\.?\s+[^\W\d][^,.;:!?\n]*)", text, re.I)
    more = (_place_words(found[1], wording, counters) for found in names)
    places += [place for place in more if " " in place]
    if places:
        return max(places, key=lambda place: min(len(place.split()), COUNTER_WORDS))
    numbered = re.search(
        rf"(?<!\w)(?:{'|'.join(counters)})\s+(?:no\.?\s*)?\d{{1,2}}(?!\w)", text, re.I
    )
    return numbered[0] if numbered else ""


def _place_words(text: str, wording: Wording, counters: Sequence[str]) -> str:
    ends = wording.say("complaint.words_after_place").split()
    kept: list[str] = []
    for word in text.split():
        counter = bool(kept) and kept[0].casefold() in counters
        most = COUNTER_WORDS if counter else LONGEST_PLACE_WORDS
        if (kept and word.casefold() in ends) or len(kept) == most:
            break
        kept.append(word)
    return " ".join(kept)


def place_with(known: str, told: str, wording: Wording) -> str:
    """Give a known place with what tells it more exactly ("mpp", then "lantai 2").

    What names the same kind of thing anew ("lantai 3") takes the earlier one's stead; another
    place ("kantor camat") takes the stead of all.
    """
    first = told.split()[0].casefold() if told.strip() else ""
    parts = known.split(_NEXT) if known else []
    kept = [part for part in parts if part.split()[0].casefold() != first]
    more = has_words(told, wording.say("complaint.words_refining"))
    if not more and len(kept) == len(parts):
        return told
    return known if told in parts else _NEXT.join([*kept, told])


def often(text: str, wording: Wording) -> str:
    """Give the words that tell of something again and again ("tiap malam"), or ""."""
    several = wording.say("complaint.words_several")
    times = wording.say("complaint.words_time").replace(" ", "|")
    found = re.search(rf"(?<!\w)(?:{several})\s+(?:{times})(?!\w)", text, re.I)
    return found[0] if found else ""


def day_of(turn: TurnInput, today: date, wording: Wording) -> date | None:
    """Give the day it happened: the first past one that is told, or today ("tadi pagi")."""
    for value in turn.values("tanggal"):
        told = date.fromisoformat(str(value))
        if told <= today:
            return told
    if has_words(turn.text, wording.say("complaint.words_last_night")):
        return today - timedelta(days=1)
    if has_words(turn.text, wording.say("complaint.words_today")):
        return today
    return None


def began_on(turn: TurnInput, today: date, wording: Wording) -> date | None:
    """Give about when it began: "sudah 4 bulan", or the month it names ("dari agustus")."""
    spans = [
        round(float(value["n"]) * _DAYS[value["unit"]])
        for value in turn.values("lama")
        if isinstance(value, dict) and value.get("unit") in _DAYS
    ]
    longest = max(spans, default=0)
    if 0 < longest < LONGEST_AGO_DAYS:
        return today - timedelta(days=longest)
    months = wording.say("complaint.words_months").split()
    for word in words_of(turn.text):
        if word in months:
            month = months.index(word) + 1
            return date(today.year - (month > today.month), month, 1)
    return None


def names_future_day(turn: TurnInput, today: date) -> bool:
    """Say whether the only day that is told lies ahead."""
    days = [date.fromisoformat(str(value)) for value in turn.values("tanggal")]
    return bool(days) and all(day > today for day in days)


def is_skip(turn: TurnInput, wording: Wording) -> bool:
    """Say whether the answer is that there is none: "lewati", "tidak ada", "lupa"."""
    if turn.value("langkah") == "lewati":
        return True
    said = words_of(turn.text)
    if not said or len(said) > SHORT_WORDS:
        return False
    joined = f" {' '.join(said)} "
    for phrase in wording.say("complaint.words_skip").split("|"):
        if f" {phrase} " in joined and len(said) <= len(phrase.split()) + WORDS_BESIDE:
            return True
    return turn.intent == "tolak"


def is_done(turn: TurnInput, wording: Wording) -> bool:
    """Say whether the message means that nothing more comes: "sudah semua", "itu saja"."""
    if turn.value("langkah") == "sudah":
        return True
    said = words_of(turn.text)
    done = set(wording.say("complaint.words_done").split())
    return bool(said) and len(said) <= SHORT_WORDS and all(word in done for word in said)


def says_send(turn: TurnInput, wording: Wording) -> bool:
    """Say whether a short message means "send it", however it is put: "oke dah kirim"."""
    said = words_of(turn.text)
    send = set(wording.say("complaint.words_send").split())
    around = set(wording.say("complaint.words_send_around").split())
    known = all(word in send or word in around for word in said)
    return len(said) <= SHORT_WORDS and known and any(word in send for word in said)


def is_cancel(turn: TurnInput) -> bool:
    """Say whether the message drops the task; a long text only tells of a cancellation."""
    return turn.intent == "batal" and len(_WORD.findall(turn.text)) <= SHORT_WORDS


def has_words(text: str, words: str) -> bool:
    """Say whether one of the words (blank-separated), or phrases (bar-separated), occurs."""
    joined = f" {' '.join(words_of(text))} "
    listed = words.split("|") if "|" in words else words.split()
    return any(f" {word} " in joined for word in listed)


def answers_another_question(turn: TurnInput, asking: str, wording: Wording) -> bool:
    """Say whether the message is no answer to ``asking`` but something else altogether."""
    if turn.metadata.get("kind") == "choice" and turn.intent not in _NEVER_INTERRUPTS:
        return turn.intent != "cek_pengaduan"
    if turn.intent in _NEVER_INTERRUPTS or turn.value("kerahasiaan"):
        return False
    if turn.intent == "cek_status" and turn.value("nomor_permohonan"):
        # A bare number is data of the complaint; "cek status …" asks for something else.
        asks_status = has_words(turn.text, wording.say("complaint.words_status"))
        plain = len(turn.text.split()) <= BARE_REQUEST_WORDS and asking != "story"
        short = len(_WORD.findall(turn.text)) <= LONG_ANSWER_WORDS
        return asks_status and (plain or (short and turn.confidence >= SURE))
    if asking == "number" and (turn.value("nomor_permohonan") or turn.intent == "cek_status"):
        return False
    words = len(_WORD.findall(turn.text))
    if turn.intent in _ALWAYS_INTERRUPTS:
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS
    if turn.intent == "di_luar_topik":
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS and "?" in turn.text
    if asking in _PLACE_QUESTIONS and _orders_another_task(turn, wording):
        return True
    if asking in _FREE_TEXT_QUESTIONS:
        # "syaratnya berubah terus" is a story, "syarat PBG apa saja?" is a question.
        asking_words = has_words(turn.text, wording.say("complaint.words_question"))
        asks = "?" in turn.text or bool(turn.value("izin")) or asking_words
        return turn.confidence >= SURE and words <= LONG_ANSWER_WORDS and asks
    return turn.confidence >= SURE


def _orders_another_task(turn: TurnInput, wording: Wording) -> bool:
    """Say whether a short text plainly orders something else ("cek status dong") and is no place.

    A place that is told in so few words resembles none of these tasks.
    """
    if turn.intent not in _TASKS or turn.confidence < PLAIN:
        return False
    short = len(_WORD.findall(turn.text)) <= BARE_REQUEST_WORDS
    named = turn.intent != "cek_status" or has_words(
        turn.text, wording.say("complaint.words_status")
    )
    return short and named and not spoken_place(turn.text, wording)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
