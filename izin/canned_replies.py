"""Replies kept ready: text with variables that are filled in when an officer inserts it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from izin.errors import InvalidInput

VARIABLES = (
    "nomor_tiket", "nama_izin", "nomor_permohonan", "tanggal", "petugas", "kantor",
    "alamat_kantor", "telepon_kantor",
)  # fmt: skip
"""What may stand in braces. What is not known in a chat stays in braces, to be typed."""

LONGEST_TITLE = 80
LONGEST_CATEGORY = 40
LONGEST_TEXT = 3000

_BRACED = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One reply; one that is not ``active`` is kept but not offered."""

    id: str
    title: str
    category: str
    text: str
    active: bool = True


def unknown_variables(text: str) -> tuple[str, ...]:
    """Give what stands in braces and is no variable."""
    return tuple(dict.fromkeys(name for name in _BRACED.findall(text) if name not in VARIABLES))


def open_variables(text: str) -> tuple[str, ...]:
    """Give the variables that are still to be filled in before a text may be sent."""
    return tuple(dict.fromkeys(name for name in _BRACED.findall(text) if name in VARIABLES))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Give the text with every known value put in."""
    return _BRACED.sub(lambda match: values.get(match[1]) or match[0], text)


def checked(reply: CannedReply) -> CannedReply:
    """Give a reply as it may be stored.

    Raises:
        InvalidInput: A part is empty or too long, or a variable is unknown; ``field`` names it.
    """
    title, category, text = reply.title.strip(), reply.category.strip(), reply.text.strip()
    for name, value, longest in (
        ("title", title, LONGEST_TITLE),
        ("category", category, LONGEST_CATEGORY),
        ("text", text, LONGEST_TEXT),
    ):
        if not value or len(value) > longest:
            raise InvalidInput(f"{name} has 1 to {longest} characters", field=name)
    if unknown := unknown_variables(text):
        raise InvalidInput(f"unknown variables: {', '.join(unknown)}", field="variable")
    return CannedReply(reply.id, title, category, text, reply.active)
