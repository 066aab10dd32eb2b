"""Seeded damage to test messages; the training code neither knows nor uses it.

Each word is damaged with probability ``RATE``, in one of four ways with equal chance where it
can be: a typing error (two letters swapped, one lost, doubled, or replaced by its neighbour on
the keyboard), its vowels dropped after the first letter, its chat abbreviation, or its last
letter repeated two to four times. Words with digits and words of three letters and less only get
an abbreviation. Every message has its own generator, so adding one changes no other.
"""

from __future__ import annotations

import random

RATE = 0.3
_LETTERS = 4
_VOWELS = frozenset("aeiou")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Abbreviations of Indonesian chats, as found in any of them.
ABBREVIATIONS = {
    "yang": "yg", "tidak": "gk", "dengan": "dgn", "untuk": "utk", "sudah": "udh",
    "belum": "blm", "bisa": "bs", "saya": "sy", "apa": "ap", "berapa": "brp",
    "bagaimana": "gmn", "kenapa": "knp", "dari": "dr", "pada": "pd", "dalam": "dlm",
    "karena": "krn", "kalau": "klo", "jangan": "jgn", "lagi": "lg", "juga": "jg",
    "sama": "sm", "orang": "org", "banyak": "byk", "tolong": "tlg", "terima": "trm",
    "kasih": "ksh", "tanggal": "tgl", "nomor": "no", "hari": "hr", "minggu": "mgg",
    "bulan": "bln", "tahun": "thn", "jam": "jm", "besok": "bsk", "kemarin": "kmrn",
    "sekarang": "skrg", "semua": "smua", "dapat": "dpt", "harus": "hrs", "masih": "msh",
    "atau": "ato", "kepada": "kpd", "surat": "srt", "bangunan": "bgnn", "kantor": "ktr",
    "rumah": "rmh", "berlaku": "brlku", "syarat": "syrt", "biaya": "bya", "pengaduan": "pgdn",
}  # fmt: skip


def noised_texts(texts: list[str], seed: int) -> list[str]:
    """Return each text damaged; the same seed and text at the same place give the same."""
    return [noised(text, random.Random(f"{seed}/{place}")) for place, text in enumerate(texts)]


def noised(text: str, rng: random.Random, rate: float = RATE) -> str:
    """Return ``text`` with about ``rate`` of its words damaged; blanks stay as they are."""
    words = text.split(" ")
    return " ".join(_damaged(word, rng) if rng.random() < rate else word for word in words)


def _damaged(word: str, rng: random.Random) -> str:
    short = ABBREVIATIONS.get(word.lower())
    if len(word) < _LETTERS or not word.isalpha():
        return short or word
    ways = [_mistyped, _without_vowels, _lengthened]
    way = rng.randrange(4 if short else 3)
    return short or word if way == 3 else ways[way](word, rng)


def _mistyped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    near = _neighbours(word[place].lower())
    return word[:place] + rng.choice(near or word[place]) + word[place + 1 :]


def _neighbours(letter: str) -> str:
    for row in _KEYS:
        place = row.find(letter)
        if place >= 0:
            return row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    return ""


def _without_vowels(word: str, rng: random.Random) -> str:
    del rng
    return word[0] + "".join(letter for letter in word[1:] if letter.lower() not in _VOWELS)


def _lengthened(word: str, rng: random.Random) -> str:
    return word + word[-1] * rng.randint(2, 4)
