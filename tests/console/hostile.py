"""What attackers send: hostile values, and a walk that sends them to every route."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import httpx
from fastapi.routing import APIRoute

from console.main import rooms
from tests.console.conftest import RunningConsole
from tests.console.full_office import Samples

NASTY = (
    "", "\x00", "a\x00b", "'", '"', "%", "_", "\\", "../../etc/passwd", "..%2f..%2fetc", "%00",
    "-1", "0", "99999999999999999999999999", "9" * 5000, "1e309", "NaN", "²", "٣",
    "9999-99-99", "9999-12-31", "0001-01-01", "2026-02-30", "9999-12-31T23:59", "0001-01-01T00:00",
    "2026-11-01T00:00:00+99:99", "9999-12-31T23:59:59.999999-23:59_1",
    "0001-01-01T00:00:00+23:59_9223372036854775808",
    "0001-01-01T00:00:00+23:59_00000000-0000-0000-0000-000000000000",
    "2026-11-01T00:00:00+00:00_99999999999999999999", "2026-11-01T00:00:00+00:00~x",
    "9999-12", "0000-00", "99999999-1", "2026-13", "2026-²",
    "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}",
    "urn:uuid:00000000-0000-0000-0000-000000000000", "0" * 32, "ADU-AAAA-AA", "PDP-AAAA-AA",
    "<script>alert(1)</script>", "{{7*7}}", "%(x)s", "{0.__class__}", "${x}", "💥" * 400,
    "\u202ex", "\ufeff", "\ufffe", "e\u0301" * 300, "\r\nSet-Cookie: a=b", "\t", "\x7f",
    "//evil.example", "/\\evil.example", "javascript:alert(1)", "a" * 3000, "=cmd|'/c calc'!A0",
    "[]", "{}", "null", "true",
)  # fmt: skip

_DIRECT = {
    "/percakapan": "antrean kanal alasan izin unit sejak sampai setelah pesan",
    "/percakapan/daftar": "antrean kanal alasan izin unit sejak sampai setelah",
    "/percakapan/{conversation_id}": "selesai balasan",
    "/jejak": "dari sampai pelaku tindakan jenis id sebelum",
    "/jejak/unduh.{kind}": "dari sampai pelaku tindakan jenis id sebelum",
    "/pengaduan": "cari daftar keadaan kategori kelas unit petugas sejak sampai setelah",
    "/pengaduan-tertutup": "cari daftar keadaan kategori kelas unit petugas sejak sampai setelah",
    "/dasbor": "dari sampai unit kategori kanal",
    "/unduh/angka/{name}.{form}": "dari sampai unit kategori kanal",
    "/laporan": "bulan dari sampai unit",
    "/open311/v2/{asked:path}": "api_key service_request_id service_code start_date end_date"
    " status page page_size jurisdiction_id updated_after updated_before",
}
"""Names that routes read off the address themselves."""

_FORMS = {
    "/isi/kantor/baru/{kind}": "once langkah simpan live version edits base code name title",
    "/isi/kantor/{kind}/{key:path}": "langkah simpan live version edits base code name agency",
    "/isi/kantor/libur/tempel": "text kind",
    "/isi/kantor/libur/setujui": "tahun",
    "/akun/baru": "once login name title unit roles",
    "/akun/{account_id}": "once login name title unit roles",
    "/masuk/kode": "code to kept",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A route to attack, with the names it reads."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: tuple[str, ...]
    form: tuple[str, ...]


def targets(console: RunningConsole) -> list[Target]:
    """Give every route of the console with all it reads."""
    return [
        _target(route)
        for router in rooms(console.house, console.engine)
        for route in router.routes
        if isinstance(route, APIRoute)
    ]


def _target(route: APIRoute) -> Target:
    found = route.dependant
    names = [field.alias for field in found.query_params]
    form = [field.alias for field in found.body_params]
    return Target(
        next(iter(route.methods)),
        route.path,
        tuple(re.findall(r"{(\w+)(?::path)?}", route.path)),
        tuple(dict.fromkeys([*names, *_DIRECT.get(route.path, "").split()])),
        tuple(dict.fromkeys([*form, *_FORMS.get(route.path, "").split()])),
    )


def address_of(target: Target, samples: Samples, drawn: Mapping[str, str]) -> str:
    """Give an address of the route with these values, usual ones where none is drawn."""
    usual = {name: value for values in samples.values() for name, value in values.items()}
    usual |= samples.get(target.path, {})
    path = target.path.replace(":path}", "}")
    for part in target.parts:
        path = path.replace(f"{{{part}}}", quote(drawn.get(part, usual.get(part, "x")), safe=""))
    query = {name: drawn[name] for name in target.query if name in drawn}
    return f"{path}?{urlencode(query)}" if query else path


def answer_of(
    http: httpx.Client, target: Target, samples: Samples, drawn: Mapping[str, str], token: str
) -> httpx.Response | None:
    """Give the answer to an attack; None when no client can send such an address."""
    try:
        address = address_of(target, samples, drawn)
        if target.method == "GET":
            return http.get(address)
        form = {name: drawn[name] for name in target.form if name in drawn}
        once = {"once": uuid.uuid4().hex} if "once" in target.form else {}
        return http.post(address, data={"csrf": token, **once, **form})
    except (httpx.InvalidURL, UnicodeEncodeError):
        return None
