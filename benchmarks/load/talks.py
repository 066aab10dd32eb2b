"""What the citizens of the load say: conversations of several turns, as people write them."""

from __future__ import annotations

TALKS: tuple[tuple[str, ...], ...] = (
    (
        "selamat pagi",
        "syarat bikin imb rumah apa aja ya",
        "kalau biayanya?",
        "brp lama?",
        "dasar hukumnya apa",
        "kantor buka jam brp?",
        "makasih ya",
    ),
    (
        "cek status 503/0123/PBG/2026",
        "0101",
        "makasih ya",
        "kalau mau lapor petugas lambat di mana",
        "batal",
        "oke terima kasih",
    ),
    (
        "mau buka apotek izinnya apa",
        "syaratnya?",
        "prosedurnya gimana",
        "berapa lama prosesnya",
        "masa berlakunya berapa tahun",
        "cara perpanjangnya?",
        "baik terima kasih",
    ),
    (
        "halo min",
        "syarat sama biaya slf apa",
        "klo pbg?",
        "alamat kantornya di mana",
        "bisa bayar lewat apa",
    ),
    (
        "lupa password oss gimana",
        "cara bikin NIB",
        "nib bayar ga",
        "izin usaha warung makan perlu apa aja",
        "makasih infonya",
    ),
    (
        "saya mau lapor, petugas loketnya lambat sekali",
        "eh kalau slf syaratnya apa",
        "batal",
        "kantor buka jam berapa",
        "suwun",
    ),
    (
        "izin reklame biayanya berapa",
        "syarat izin reklame apa saja",
        "cara bikin SIM gimana",
        "ya sudah, kalau trayek syaratnya?",
        "berapa lama",
        "matur nuwun",
    ),
    (
        "sip dokter syaratnya apa saja",
        "kalau sip bidan?",
        "perpanjangan sip bidan gimana",
        "biayanya gratis?",
        "hari sabtu buka ga",
        "terima kasih",
    ),
    (
        "menu",
        "syarat izin penelitian",
        "lama prosesnya",
        "nomor telepon kantor berapa",
        "cek status 503/0123/PBG/2026",
        "0101",
        "makasih",
    ),
    (
        "assalamualaikum",
        "pirt itu apa",
        "syarat pirt buat keripik",
        "biaya pirt",
        "izin keramaian buat hajatan gimana",
        "waalaikumsalam makasih kak",
    ),
)
"""Requirements, fees and times, a status with its proof, a complaint begun and dropped, questions
of the FAQ, one that is not ours, greetings and thanks; mostly follow-ups that need what was said
before."""
