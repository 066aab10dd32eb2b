"""What people write: citizens' sentences from the training files, answers from the FAQ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from ops.settings import CHECKOUT

_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")

OFFICER_ANSWERS = (
    "Selamat siang. Berkas Anda sudah kami terima dan sedang diperiksa di Dinas PU.",
    "Mohon unggah ulang scan KTP, yang kemarin belum terbaca.",
    "Sudah saya cek, tinggal menunggu tanda tangan kepala bidang. Besok saya kabari lagi.",
    "Silakan datang ke loket 3 dengan membawa dokumen asli, tidak perlu mengambil antrean baru.",
    "Retribusinya sudah tercatat lunas. Izinnya bisa diunduh di akun Anda mulai sore ini.",
    "Untuk usaha itu Anda perlu NIB lebih dulu, lalu sertifikat standarnya dipenuhi di OSS.",
)
NOTES = (
    "Sudah ditelepon, warga akan mengirim berkas yang kurang.",
    "Menunggu kabar dari bidang tata ruang.",
    "Warga minta dihubungi setelah jam kerja.",
    "Mirip dengan keluhan minggu lalu di kecamatan yang sama.",
)
STORIES = (
    "Berkas saya sudah tiga minggu di meja Dinas PU dan tidak ada kabar sama sekali.",
    "Petugas loket menyuruh saya kembali dua kali padahal semua syarat sudah lengkap.",
    "Antrean di loket lebih dari tiga jam, nomor antrean saya dilewati.",
    "Aplikasi selalu gagal saat mengunggah gambar denah, sudah dicoba berkali-kali.",
    "Informasi syarat di papan pengumuman berbeda dengan yang diminta petugas.",
    "Warung di sebelah rumah buka sampai subuh dan parkirnya menutup jalan.",
)
PLACES = ("loket kecamatan", "kantor DPMPTSP", "MPP lantai 2", "Jl. Pemuda dekat pasar", "daring")


def citizens(root: Path = CHECKOUT) -> list[str]:
    """Give every training sentence once, without its marks, in the files' order."""
    said: dict[str, None] = {}
    for path in sorted((root / "data" / "rasa" / "nlu").glob("*.yml")):
        for sentence in _examples(path):
            said.setdefault(_MARKED.sub(r"\1", sentence), None)
    return list(said)


def answers(root: Path = CHECKOUT) -> list[str]:
    """Give every FAQ answer, as the assistant sends it."""
    found = []
    for path in sorted((root / "data" / "faq").glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [str(entry["answer"]).strip() for entry in document["entries"]]
    return found


def _examples(path: Path) -> Iterator[str]:
    for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in str(item.get("examples", "")).splitlines():
            if line.startswith("- "):
                yield line[2:].strip()
