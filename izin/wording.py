"""The sentences people read, from ``locales/<language>/LC_MESSAGES/*.po``.

Ids are symbolic (``status.overdue``); parameters are written ``{name}``. The catalogues
are plain Babel .po files read at start, so an editor of sentences needs no build step.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from izin.errors import UnknownWording

LOCALES_FOLDER = Path(__file__).resolve().parent.parent / "locales"


class Wording:
    """Says sentences of one language."""

    def __init__(self, language: str = "id", folder: Path = LOCALES_FOLDER) -> None:
        """Read every catalogue of ``language``.

        Raises:
            UnknownWording: The folder holds no catalogue, or two define the same id.
        """
        self.language = language
        self._sentences: dict[str, str] = {}
        files = sorted((folder / language / "LC_MESSAGES").glob("*.po"))
        if not files:
            raise UnknownWording(f"no catalogue of language {language!r} in {folder}")
        for path in files:
            with path.open("rb") as stream:
                for message in read_po(stream, locale=language, abort_invalid=True):
                    if not message.id:
                        continue
                    key = str(message.id)
                    if key in self._sentences:
                        raise UnknownWording(f"{key} stands twice, again in {path.name}")
                    self._sentences[key] = str(message.string)

    def say(self, key: str, /, **parameters: object) -> str:
        """Give the sentence ``key`` with its parameters put in.

        Raises:
            UnknownWording: No such id, or a parameter is missing or None.
        """
        try:
            sentence = self._sentences[key]
        except KeyError:
            raise UnknownWording(f"no sentence {key!r} in {self.language}") from None
        fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        missing = [name for name in fields if parameters.get(name) is None]
        if missing:
            raise UnknownWording(f"{key} needs {', '.join(sorted(missing))}")
        return sentence.format(**parameters)

    def has(self, key: str) -> bool:
        """Say whether the sentence exists."""
        return key in self._sentences

    def keys(self) -> Iterable[str]:
        """Give every id."""
        return self._sentences.keys()

    def parameters(self) -> Mapping[str, frozenset[str]]:
        """Give each id's parameter names."""
        return {
            key: frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
            for key, text in self._sentences.items()
        }

    def date(self, day: date, *, weekday: bool = True) -> str:
        """Give ``Senin, 23 November 2026`` (or without the weekday)."""
        pattern = "EEEE, d MMMM y" if weekday else "d MMMM y"
        return format_date(day, format=pattern, locale=self.language)

    def time(self, moment: datetime, zone: ZoneInfo) -> str:
        """Give ``14.05`` in the office's zone."""
        return format_time(moment.astimezone(zone), format="HH.mm", locale=self.language)

    def rupiah(self, amount: int | float) -> str:
        """Give ``Rp1.250.000`` (whole rupiah)."""
        return f"Rp{format_decimal(round(amount), locale=self.language)}"

    def number(self, value: int | float) -> str:
        """Give ``1.250`` or ``0,26265``."""
        return format_decimal(value, locale=self.language, decimal_quantization=False)
