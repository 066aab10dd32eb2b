"""What citizens call permits: names suggested from messages that first were not resolved.

A hint is a masked message in which no permit was found, and the permit its citizen then chose by
a button or named in a next message. Names are word groups that several citizens used so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from izin.words import fold, words_of

LEAST_CHATS = 2
"""What one citizen alone says is a slip, or leads back to him."""

_LONGEST_NAME = 4
_LONGEST_KNOWN = 6
_MOST_WORDS = 40
_SHORTEST_WORD = 3
_MOSTLY = 0.6
"""So large a share of the chats that use a name must mean the same permit."""

_COMMON_TEXT = (
    "ada adalah agar aja aku anda apa apakah atau atas bagaimana bagi bapak beli berapa besok"
    " biaya biar bikin bisa boleh bu buat buka cara cari caranya cek dalam dan dapat dari dengan"
    " di dong dulu duit gak gimana gmn gratis hari harga harus ibu ijin ijinnya ingin ini itu"
    " iya izin izinnya jadi jam juga kah kak kalau kalo kami kantor kapan karena kasih ke kenapa"
    " kok lagi lah lama lewat mana mas mau mba mbak melalui membuat mengurus minta mohon mungkin"
    " ngurus nya online pak pake pakai pengen perlu permisi proses punya saja sama sampai saya"
    " selamat siang pagi sore malam sudah surat sy syarat syaratnya tanya tarif tau tentang"
    " terima tidak tolong tp tapi udah untuk urus urusan utk waktu warga ya yah yang yg usaha"
    " daftar persyaratan nanya dokumen berkas perizinan"
)
COMMON = frozenset(_COMMON_TEXT.split())
"""Words that name no permit by themselves, nor begin or end a name."""


@dataclass(frozen=True, slots=True)
class NameHint:
    """A message before its permit was known.

    Attributes:
        chat: Id of its conversation, for counting only.
        text: The message, personal data masked.
        permit: Code of the permit that was meant, as turned out.
    """

    turn_id: str
    chat: str
    text: str
    permit: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A name that several citizens have for a permit, and the catalogue does not know.

    Attributes:
        chats: How many citizens used it and meant this permit.
        example: One masked message with it.
    """

    name: str
    permit: str
    chats: int
    example: str


def suggested_names(
    hints: Sequence[NameHint],
    known: Collection[str],
    refused: Collection[tuple[str, str]] = (),
    least_chats: int = LEAST_CHATS,
) -> Sequence[SuggestedName]:
    """Give names worth adding, those of most citizens first.

    Args:
        hints: Newest first; examples are taken from the first.
        known: Every name of a permit there is, in any spelling; none is suggested again.
        refused: (permit, name) that an editor refused.
    """
    users: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    examples: dict[tuple[str, str], str] = {}
    taken = {fold(name) for name in known}
    for hint in hints:
        if _knows(hint.text, taken):
            continue  # said again, it would be understood
        for name in _names_in(hint.text):
            users[name][hint.permit].add(hint.chat)
            examples.setdefault((name, hint.permit), hint.text)
    found = []
    for name, by_permit in users.items():
        permit, chats = max(by_permit.items(), key=lambda item: (len(item[1]), item[0]))
        everybody = set().union(*by_permit.values())
        if len(chats) < least_chats or _is_part(name, permit, refused):
            continue
        if len(chats) >= _MOSTLY * len(everybody):
            found.append(SuggestedName(name, permit, len(chats), examples[name, permit]))
    found.sort(key=lambda item: (-item.chats, -len(item.name.split()), item.name))
    return _without_parts(found)


def _knows(text: str, names: Collection[str]) -> bool:
    words = words_of(text)[:_MOST_WORDS]
    return any(
        " ".join(words[start:end]) in names
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST_KNOWN, len(words)) + 1)
    )


def _is_part(name: str, permit: str, refused: Collection[tuple[str, str]]) -> bool:
    return any(permit == other and f" {name} " in f" {whole} " for other, whole in refused)


def _names_in(text: str) -> set[str]:
    """Give the word groups of a message that could be a name; none reaches over what is masked."""
    names: set[str] = set()
    for part in _unmasked(text):
        words = words_of(part)[:_MOST_WORDS]
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1):
                group = words[start:end]
                if _may_be_name(group):
                    names.add(" ".join(group))
    return names


def _unmasked(text: str) -> list[str]:
    parts = []
    for piece in text.split("["):
        parts.extend(piece.split("]")[-1:] if "]" in piece else [piece])
    return parts


def _may_be_name(group: Sequence[str]) -> bool:
    if group[0] in COMMON or group[-1] in COMMON:
        return False
    if any(not word.replace("-", "").isalpha() for word in group):
        return False
    return len(group) > 1 or len(group[0]) >= _SHORTEST_WORD


def _without_parts(found: Sequence[SuggestedName]) -> list[SuggestedName]:
    """Leave out what is part of, or holds, a name already suggested for the permit."""
    kept: list[SuggestedName] = []
    for item in found:
        padded = f" {item.name} "
        if not any(
            other.permit == item.permit
            and (padded in f" {other.name} " or f" {other.name} " in padded)
            for other in kept
        ):
            kept.append(item)
    return kept
