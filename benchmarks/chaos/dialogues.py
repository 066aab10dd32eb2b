"""What citizens write, drawn from a seed: the questions offices hear, in people's own turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.chaos.evidence import Kind

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Step:
    """One message.

    Attributes:
        act: ``say`` the text, ``tap`` the choice whose title begins so, send a ``photo``, or
            share the own ``contact``.
        kind: What its answer must be.
        marker: Words its answer must hold.
        burst: Written at once after the one before it.
    """

    act: Literal["say", "tap", "photo", "contact"]
    text: str = ""
    kind: Kind = "other"
    marker: str = ""
    burst: bool = False


def say(text: str, kind: Kind = "other", marker: str = "", *, burst: bool = False) -> Step:
    """Give a typed message."""
    return Step("say", text, kind, marker, burst)


_PERMITS = {
    "slf": "SLF (",
    "pbg": "PBG (",
    "apotek": "Izin Apotek",
    "reklame": "Izin Penyelenggaraan Reklame",
}
_FOLLOW_UPS = ("kalau biayanya?", "berapa lama?", "dasar hukumnya apa", "kalau alurnya?")
_CHATTER = ("halo", "selamat pagi", "terima kasih", "makasih ya", "siapa kamu", "oke siap",
            "assalamualaikum", "mantap")  # fmt: skip
_FAQ = ("jam buka kantor", "apakah bisa diwakilkan", "alamat kantor di mana",
        "apa itu oss", "kalau ditolak bisa banding?", "berkas fotokopi harus dilegalisir?",
        "bisa urus izin online?")  # fmt: skip
_APPLICATIONS = (("503/0131/SLF/2026", "0103"), ("503/0077/APOTEK/2026", "0105"),
                 ("503/0123/PBG/2026", "0101"), ("503/0157/REKLAME/2026", "0106"))  # fmt: skip
_STORIES = (
    "mau lapor, pengurusan PBG saya lama sekali, sudah tiga bulan tidak ada kabar",
    "mau lapor, petugas loket kasar sekali waktu saya tanya, kejadian kemarin",
    "saya mau mengadu, izin apotek saya tidak selesai-selesai padahal berkas lengkap",
)


class Dialogues:
    """Draws one citizen's dialogues; equal seeds give equal ones."""

    def __init__(self, seed: str) -> None:
        """Take what tells this citizen from the others."""
        self._random = Random(seed)
        self._complained = False

    def next(self) -> Sequence[Step]:
        """Give the next dialogue, from its first message to its last."""
        draw = self._random.random()
        if draw < 0.33:
            return self._tickets()
        if draw < 0.55:
            return self._permit()
        if draw < 0.66:
            return self._status()
        if draw < 0.84 and not self._complained:
            self._complained = True
            return self._complaint()
        if draw < 0.92:
            return [say(self._random.choice(_FAQ))]
        if draw < 0.94:
            return [Step("photo"), say("batal")]
        return [say(self._random.choice(_CHATTER))]

    def one_ticket(self) -> Sequence[Step]:
        """Give one question that no other asks."""
        return [self._ticket()]

    def _ticket(self, *, burst: bool = False) -> Step:
        letters = "".join(self._random.choices(_LETTERS, k=6))
        number = f"ADU-{letters[:4]}-{letters[4:]}"
        return say(f"cek tiket {number}", "ticket", f"tiket {number}", burst=burst)

    def _tickets(self) -> Sequence[Step]:
        first = self._ticket()
        if self._random.random() < 0.2:
            return [first, *(self._ticket(burst=True) for _ in range(self._random.randint(1, 2)))]
        return [first]

    def _permit(self) -> Sequence[Step]:
        word = self._random.choice(list(_PERMITS))
        first = say(f"{self._random.choice(('biaya', 'syarat'))} {word}", "marked", _PERMITS[word])
        more = self._random.sample(_FOLLOW_UPS, k=self._random.randint(0, 2))
        return [first, *(say(text) for text in more)]

    def _status(self) -> Sequence[Step]:
        number, proof = self._random.choice(_APPLICATIONS)
        return [say(f"status {number}"), say(proof), say("batal")]

    def _complaint(self) -> Sequence[Step]:
        place = f"di kantor dinas, nomor antrean {self._random.randint(1000, 99999)}"
        steps = [say(self._random.choice(_STORIES)), say(place)]
        if self._random.random() < 0.15:
            steps.append(Step("photo"))
        return [*steps, Step("tap", "Lewati"), Step("tap", "Biasa"),
                Step("tap", "Kirim", "confirm", "dengan tiket ADU-")]  # fmt: skip
