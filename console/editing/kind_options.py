"""What can be chosen in the forms of the office's content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.editing.kind_fields import Field
from izin import content
from izin.office_periods import WEEKDAYS
from izin.ports import Catalogue, ContentRoom
from izin.wording import Wording

Choices = Sequence[tuple[str, str]]
"""(code, words) pairs."""

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WITA and WIT; Pontianak keeps Jakarta's time."""

HOLIDAY_KINDS = ("libur_nasional", "cuti_bersama", "daerah")
PLACE_KINDS = ("kecamatan", "desa", "kelurahan", "lokasi")
MEASURES = ("jumlah", "luas", "lantai")
HELP_INTENTS = ("cek_status", "tanya_syarat", "tanya_biaya", "tanya_lama_proses", "tanya_prosedur")
ANSWERS = ("ya", "tidak")


class Options:
    """Lists of choices, each made once when first asked for.

    Args:
        room: Where classes and replies are.
        catalogue: Where permits are.
        wording: Words of the choices that are ours.
    """

    def __init__(self, room: ContentRoom, catalogue: Catalogue, wording: Wording) -> None:
        self._room = room
        self._catalogue = catalogue
        self._wording = wording
        self._made: dict[str, Choices] = {}
        self._make: Mapping[str, Callable[[], Choices]] = {
            "permits": self._permits,
            "classes": self._classes,
            "canned_groups": self._groups,
            "zones": lambda: self._worded("zone", ZONES),
            "holiday_kinds": lambda: self._worded("holiday_kind", HOLIDAY_KINDS),
            "place_kinds": lambda: self._worded("place_kind", PLACE_KINDS),
            "measures": lambda: self._worded("measure", MEASURES),
            "help_intents": lambda: self._worded("help_intent", HELP_INTENTS),
            "weekdays": lambda: self._worded("weekday", WEEKDAYS),
            "answers": lambda: self._worded("answer", ANSWERS),
        }

    def __call__(self, name: str) -> Choices:
        """Give the choices of a list."""
        if name not in self._made:
            self._made[name] = self._make[name]()
        return self._made[name]

    def allowed(self, item: Field) -> list[str]:
        """Give the codes one may choose in a field."""
        return [code for code, _ in self(item.options)]

    def _worded(self, list_name: str, codes: Sequence[str]) -> Choices:
        return [
            (code, self._wording.say(f"kinds.choice.{list_name}.{_word(code)}")) for code in codes
        ]

    def _permits(self) -> Choices:
        found = [
            (item.code, item.code if item.short_name == item.code
             else f"{item.short_name} ({item.code})")
            for item in self._catalogue.permits()
        ]  # fmt: skip
        return sorted(found, key=lambda pair: pair[1].casefold())

    def _classes(self) -> Choices:
        return [
            (item.item.key, _of(item.document, "label"))
            for item in self._room.items(content.COMPLAINT_CLASS)
        ]

    def _groups(self) -> Choices:
        groups = {_of(item.document, "category") for item in self._room.items(content.CANNED)}
        return [(group, group) for group in sorted(groups)]


def _of(document: Any, part: str) -> str:
    return str(document[part])


def _word(code: str) -> str:
    return code.replace("/", "_").lower()
