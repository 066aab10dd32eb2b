"""An office's answers to `tanya init`, for tests."""

from __future__ import annotations

from typing import Any

ANSWERS: dict[str, Any] = {
    "agency": "Dinas Perizinan Kabupaten Purbasari",
    "short_name": "DPMPTSP Purbasari",
    "regency": "Kabupaten Purbasari",
    "timezone": "WIB",
    "address": "Jalan Veteran Nomor 12, Purbasari",
    "phone": "(0285) 381992",
    "email": "dpmptsp@purbasarikab.go.id",
    "hours": {"senin-kamis": "08.00-12.00, 13.00-15.00", "jumat": "08.00-11.00"},
    "public_url": "https://izin.purbasarikab.go.id",
    "console_url": "https://petugas.purbasarikab.go.id",
}
