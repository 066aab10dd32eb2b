"""Content with every attribute in use, to be stored and read back unchanged."""

from __future__ import annotations

from datetime import date, time

from izin.activities import Activity, ActivityAnswer, ActivityQuestion
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.faq import FaqEntry
from izin.office import Holiday, Office, Place
from izin.permits import (
    AmbiguousTerm,
    Fee,
    LegacyName,
    Permit,
    Requirement,
    Stage,
    Variant,
)
from izin.storage.seed_files import Seed


def permit(code: str = "PBG", **changes: object) -> Permit:
    """Give a permit with all its parts."""
    values: dict[str, object] = {
        "code": code,
        "official_name": f"Persetujuan {code}",
        "short_name": code,
        "sector": "bangunan gedung",
        "technical_agency": "Dinas PU",
        "apply_at": {"primary": "SIMBG", "assisted": "Loket"},
        "sla_working_days": 28,
        "fee": Fee(
            type="formula",
            name="Retribusi",
            formula="LLt x It",
            inferred=True,
            calculator="pbg",
            details={"bebas": ["rumah ibadah"], "tarif": {"a": 0.5, "b": 2}, "sejak": "2025-05-06"},
        ),
        "validity": "Selama berdiri",
        "product": "PBG",
        "confidence": "high",
        "checked_on": date(2026, 11, 21),
        "former_names": ("IMB",),
        "synonyms": (f"izin {code.lower()}", "izin bangun rumah"),
        "applicants": ("perorangan", "badan usaha"),
        "requirements": (
            Requirement("new", 1, "KTP"),
            Requirement("new", 2, "Akta", applicant="badan usaha", note="terbaru", inferred=True),
            Requirement("extension", 1, "Izin lama"),
            Requirement("change", 1, "Gambar baru"),
        ),
        "requirement_notes": ("Tanpa fotokopi",),
        "variants": (
            Variant("kecil", "Rumah sampai 72 m2", 3, "cepat", True),
            Variant("lain", "-"),
        ),
        "stages": (
            Stage(1, "Unggah", "Pemohon"),
            Stage(2, "Periksa", "Dinas PU", 20, True, "paling lama", "kecil"),
        ),
        "sla_note": "tanpa jeda",
        "sla_inferred": True,
        "validity_note": "kecuali berubah",
        "validity_inferred": True,
        "legal_basis": ("PP 16/2021", "UU 28/2002"),
        "common_confusions": ("Bukan SLF",),
        "sources": ("https://contoh.example/pbg",),
        "redirect": "SIMBG",
        "note": "catatan",
        "confirmed_by": "Kabid",
        "details": {"tingkat_risiko": {"rendah": ["NIB"]}, "batas": 72},
    }
    return Permit(**{**values, **changes})  # type: ignore[arg-type]


def seed(**changes: object) -> Seed:
    """Give data files with two or three items of every kind."""
    values: dict[str, object] = {
        "permits": (permit("SLF", synonyms=(), stages=(), redirect=None), permit("PBG")),
        "ambiguous_terms": (AmbiguousTerm("SIP", ("SIP_DOKTER", "SIP_BIDAN"), "SIP apa?"),),
        "legacy_names": (
            LegacyName("IMB", "PBG", "PBG", "2021", "tetap berlaku", True),
            LegacyName("HO", "dihapus"),
        ),
        "activities": (
            Activity(
                "bangun_rumah",
                ("bangun rumah", "mendirikan rumah"),
                (("PBG", "sebelum membangun"), ("SLF", "sesudahnya")),
                (
                    ActivityQuestion(
                        "Berapa lantai?",
                        (
                            ActivityAnswer("satu", "1 lantai", ("selantai",), 1.0, say="mudah"),
                            ActivityAnswer("lebih", "Lebih", (), None, (("KKPR", "luas"),),
                                           ("SLF",), None, True),
                        ),
                        "lantai",
                    ),
                    ActivityQuestion(
                        "Luas?", (ActivityAnswer("kecil", "Kecil"),), None, ("satu", "lebih")
                    ),
                ),
                ("41011 bangunan",),
                "tanya petugas",
                True,
            ),
            Activity("lain", ("lain",), ()),
        ),
        "fee_tables": {"pbg": {"If": {"usaha": 0.7}, "rumus": ["a", "b"]}, "reklame": {"tarif": 1}},
        "status_labels": {"DITERIMA": "Diterima", "TERBIT": "Izin terbit"},
        "complaint_classes": {
            "BERKADAR": ComplaintClass("BERKADAR", "Berkadar", 60, True, True, "dugaan", True),
            "TIDAK_BERKADAR": ComplaintClass("TIDAK_BERKADAR", "Tidak berkadar", 14),
        },
        "complaint_categories": (
            ComplaintCategory(
                "PUNGLI", "Pungli", "BERKADAR", "Inspektorat", ("pungli",), True, True, "tenang",
                {"catatan": ["Ps. 1"]},
            ),
            ComplaintCategory("LAINNYA", "Lainnya", "TIDAK_BERKADAR", "Petugas"),
        ),
        "office": Office(
            agency="Dinas Contoh",
            short_name="DPMPTSP Contoh",
            regency="Kabupaten Contoh",
            timezone="Asia/Jakarta",
            address="Jalan Contoh 1",
            phone="+6280000000000",
            location=(-7.02, 109.59),
            fictional=True,
            opening_hours={
                0: ((time(8), time(12)), (time(13), time(15))),
                4: ((time(8), time(11)),),
            },
            hours_inferred=True,
            checked_on=date(2026, 11, 21),
            sources=("https://contoh.example",),
            details={"loket": {"Imigrasi": ["Rabu"]}},
        ),
        "holidays": (
            Holiday(date(2026, 12, 24), "Natal", "cuti_bersama"),
            Holiday(date(2026, 12, 25), "Natal"),
        ),
        "places": (Place("Kajen", "kecamatan", ("kajén",)), Place("Doro", "kecamatan")),
        "faq": (
            FaqEntry("oss_lupa_sandi", "akun_oss", "Lupa sandi?", "Buka tautan.",
                     date(2026, 11, 21), ("sandi hilang",), ("https://oss.go.id",), True, ("NIB",)),
            FaqEntry("antrean", "kantor", "Antre?", "Ambil nomor.", date(2026, 11, 20)),
        ),
        "warnings": (),
    }  # fmt: skip
    return Seed(**{**values, **changes})  # type: ignore[arg-type]
