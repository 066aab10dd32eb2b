"""What a form's template draws: each field with its value, its choices and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.editing.kind_documents import OF, Typed
from console.editing.kind_fields import Field
from console.editing.kind_options import Choices, Options
from izin.office_periods import WEEKDAYS


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said beside a field."""

    text: str
    warning: bool = False


Remarks = Mapping[str, Sequence[Remark]]
"""By name of a form field."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``at`` names it among the form's fields, ``of`` is its place in the document."""

    at: str
    of: str
    shown: tuple[Shown, ...]

    @property
    def is_said(self) -> bool:
        """Say whether something is remarked in it."""
        return any(item.remarks or any(row.is_said for row in item.rows) for item in self.shown)

    @property
    def title(self) -> str:
        """Give what stands in its first field, to tell it from others."""
        first = self.shown[0]
        return dict(first.choices).get(first.value, first.value)

    def holds(self, name: str) -> bool:
        """Say whether a field is in it."""
        return f"{name}.".startswith(f"{self.at}.")


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as it is drawn.

    Attributes:
        name: In the form; its id as well.
        words: Its label is ``kinds.field.<words>``, its hint ``kinds.hint.<words>``.
        value: A text; for a week and days pairs of (name, label, text).
        remarks: What is wrong or doubtful about it.
        choices: To choose from.
        rows: Its rows.
    """

    field: Field
    name: str
    words: str
    value: str = ""
    parts: tuple[tuple[str, str, str], ...] = ()
    remarks: Sequence[Remark] = ()
    choices: Choices = ()
    rows: tuple[Row, ...] = field(default_factory=tuple)

    @property
    def is_wrong(self) -> bool:
        """Say whether something must be mended here."""
        return any(not remark.warning for remark in self.remarks)


def drawn(
    fields: Sequence[Field], typed: Typed, words: str, options: Options, remarks: Remarks,
    prefix: str = "",
) -> tuple[Shown, ...]:  # fmt: skip
    """Give the fields of a form as a template draws them; ``words`` begins their wording ids."""
    return tuple(
        _drawn(item, typed[item.name], words, options, remarks, f"{prefix}{item.name}")
        for item in fields
    )


def _drawn(
    item: Field, value: Any, words: str, options: Options, remarks: Remarks, name: str
) -> Shown:
    own = f"shared.{item.words}" if item.words else f"{words}.{item.name.replace('-', '_')}"
    said = [*remarks.get(name, ())]
    if item.type == "rows":
        rows = tuple(
            Row(
                f"{name}.{number}", row.get(OF, ""),
                drawn(item.fields, row, own, options, remarks, f"{name}.{number}."),
            )
            for number, row in enumerate(value)
        )  # fmt: skip
        said += [remark for row in rows for remark in remarks.get(row.at, ())]
        return Shown(item, name, own, rows=rows, remarks=said)
    if item.type in ("week", "days"):
        labels = dict(options("weekdays"))
        keys = list(value)
        parts = tuple(
            (key, labels[WEEKDAYS[int(key)] if key.isdecimal() else key], value[key])
            for key in keys
        )
        said += [remark for key in keys for remark in remarks.get(f"{name}.{key}", ())]
        return Shown(item, name, own, parts=parts, remarks=said)
    wanted = item.options or ("answers" if item.type == "maybe" else "")
    return Shown(item, name, own, value, remarks=said, choices=options(wanted) if wanted else ())


Sentence = Callable[..., str]


def of_wrong(wrong: Mapping[str, str], say: Sentence) -> dict[str, list[Remark]]:
    """Give the remarks of what could not be read, by the fields' names."""
    return {name: [Remark(say(f"kinds.wrong.{code}"))] for name, code in wrong.items()}
