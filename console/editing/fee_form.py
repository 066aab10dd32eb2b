"""A fee table as the fields of a form, and back: figures for people, examples, one case to try.

Fields: ``p:<path>`` a figure, ``contoh:<row>:<part>`` an example, ``coba:<input>`` the case that
the calculator works out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from console.editing.permit_form import clean
from izin.errors import InvalidInput
from izin.fee_examples import AMOUNT_KEYS, INPUTS, work_out
from izin.fee_parameters import FeeParameter, number_of, parameters

EXAMPLES = "contoh"
TRIED = "coba"
AMOUNT = "amount"
INPUT_FLAGS = frozenset({"non_permanen", "milik_negara"})
INPUT_NUMBERS = frozenset({
    "luas", "lantai", "basemen_luas", "basemen_lapis", "jumlah", "lama_hari", "nilai_kontrak",
    "omzet",
})  # fmt: skip
MOST_EXAMPLES = 30
LONGEST = 200

Row = Mapping[str, str]
Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class FeeForm:
    """What stands in the form, all of it text; ``figures`` by path with full stops."""

    figures: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[Row] = ()
    tried: Row = field(default_factory=dict)
    is_example: bool = False
    live: bool = True

    def with_examples(self, act: str) -> FeeForm:
        """Give it with one example more (``add:contoh``) or less (``remove:contoh:2``)."""
        verb, _, place = act.partition(f":{EXAMPLES}")
        rows = list(self.examples)
        at = int(place[1:]) if place[1:].isdecimal() and len(place) < 5 else -1
        if verb == "add" and len(rows) < MOST_EXAMPLES:
            rows.append({})
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in ("up", "down") and 0 <= at < len(rows):
            to = at + (1 if verb == "down" else -1)
            if 0 <= to < len(rows):
                rows.insert(to, rows.pop(at))
        return replace(self, examples=rows)


def of_content(table: str, content: Mapping[str, Any], live: bool) -> FeeForm:
    """Give the form of a table."""
    figures = {".".join(one.path): written(one) for one in parameters(table, content)}
    examples = [_row(table, item) for item in content.get("examples") or ()]
    return FeeForm(figures, examples, _first(examples), _is_example(table, content), live)


def of_fields(table: str, items: Iterable[tuple[str, object]]) -> FeeForm:
    """Give the form that a browser sent."""
    figures: dict[str, str] = {}
    rows: dict[str, dict[str, str]] = {}
    tried: dict[str, str] = {}
    flags: set[str] = set()
    for name, value in items:
        if not isinstance(value, str):
            continue
        head, _, rest = name.partition(":")
        row, _, part = rest.partition(":")
        if head == "p":
            figures[rest] = clean(value)
        elif head == EXAMPLES and part in (*INPUTS[table], "name", AMOUNT):
            rows.setdefault(row, {})[part] = clean(value)
        elif head == TRIED and rest in INPUTS[table]:
            tried[rest] = clean(value)
        elif value:
            flags.add(name)
    kept = list(rows.values())[:MOST_EXAMPLES]
    return FeeForm(figures, kept, tried, "is_example" in flags, "live" in flags)


def content_of(
    table: str, form: FeeForm, before: Mapping[str, Any]
) -> tuple[dict[str, Any], Errors]:
    """Give the table's content, and the fields that hold no number (wording ids by field)."""
    content, errors = copy.deepcopy(dict(before)), dict[str, str]()
    for one in parameters(table, before):
        name = ".".join(one.path)
        said = form.figures.get(name, "")
        try:
            number = _read(said, one)
        except ValueError:
            errors[f"p:{name}"] = "catalogue.error.number"
            continue
        _put(content, one, number)
    content["examples"] = [
        _example(table, content, place, row, before, errors)
        for place, row in enumerate(form.examples)
    ]
    _mark_example(table, content, form.is_example)
    return content, errors


def inputs_of(table: str, row: Row, prefix: str, errors: Errors) -> dict[str, Any]:
    """Give the inputs of a case; what is no number stands in ``errors``."""
    inputs: dict[str, Any] = {}
    for name in INPUTS[table]:
        said = row.get(name, "").strip()
        if not said:
            continue
        if name in INPUT_FLAGS:
            inputs[name] = True
        elif name in INPUT_NUMBERS:
            try:
                inputs[name] = _stored(_number(said, thousands=True))
            except ValueError:
                errors[f"{prefix}:{name}"] = "catalogue.error.number"
        else:
            inputs[name] = said[:LONGEST]
    return inputs


def written(one: FeeParameter) -> str:
    """Give a stored figure as people write it: ``0,5`` percent, ``5500000`` rupiah."""
    number = number_of(one.value)
    if number is None:
        return "" if one.value is None else str(one.value)
    return _written(number * 100 if one.group.unit == "percent" else number)


def field_of(path: str) -> str:
    """Give the name of the field that a part of the document stands in."""
    inside = path.removeprefix("1.")
    found = re.fullmatch(r"examples\.(\d+)(?:\.(inputs\.)?(\w+))?", inside)
    if found is None:
        return EXAMPLES if inside == "examples" else f"p:{inside}"
    place, of_inputs, part = found.groups()
    if part in AMOUNT_KEYS.values():
        part = AMOUNT
    return f"{EXAMPLES}:{place}:{'name' if not of_inputs and part != AMOUNT else part}"


def _row(table: str, item: Mapping[str, Any]) -> Row:
    inputs = item.get("inputs")
    known = inputs if isinstance(inputs, Mapping) else {}
    amount = item.get(AMOUNT_KEYS[table])
    row = {"name": str(item.get("name") or ""), AMOUNT: "" if amount is None else str(amount)}
    for name in INPUTS[table]:
        value = known.get(name)
        if name in INPUT_FLAGS:
            row[name] = "1" if value else ""
        else:
            number = number_of(value)
            row[name] = str(value or "") if number is None else _written(number)
    return row


def _first(examples: Sequence[Row]) -> Row:
    """Give the case that the calculator begins with: the first example."""
    return {name: value for name, value in (examples[0] if examples else {}).items()
            if name not in ("name", AMOUNT)}  # fmt: skip


def _example(
    table: str, content: Mapping[str, Any], place: int, row: Row, before: Mapping[str, Any],
    errors: Errors,
) -> dict[str, Any]:  # fmt: skip
    name = f"{EXAMPLES}:{place}"
    example: dict[str, Any] = {"name": row.get("name", "").strip()[:LONGEST]}
    inputs = inputs_of(table, row, name, errors)
    if inputs:
        example["inputs"] = inputs
    said = row.get(AMOUNT, "").strip()
    if said:
        try:
            amount = _number(said, thousands=True)
            example[AMOUNT_KEYS[table]] = int(amount)
            if amount != int(amount) or amount < 0:
                raise ValueError(said)
        except ValueError:
            errors[f"{name}:{AMOUNT}"] = "catalogue.error.number"
    return _as_before(table, {**example, **_beside(table, content, inputs)}, before)


def _beside(table: str, content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give what comes out beside the amount (It, NSR), which nobody types."""
    try:
        found = work_out(table, content, inputs)
    except InvalidInput:
        return {}
    return {name: value for name, value in found.items() if name != AMOUNT_KEYS[table]}


def _as_before(table: str, example: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give an example that nothing was changed in as it was stored."""
    for known in before.get("examples") or ():
        if _row(table, known) == _row(table, example):
            typed = ("name", "inputs", AMOUNT_KEYS[table])
            beside = {key: value for key, value in example.items() if key not in typed}
            return {**known, **beside} if "inputs" in known else dict(known)
    return example


def _read(said: str, one: FeeParameter) -> int | float | None:
    if not said.strip():
        return None
    thousands = one.group.unit.startswith("rupiah") or one.group.unit == "m2"
    number = _number(said, thousands=thousands)
    if one.group.unit == "percent":
        number /= 100
    return one.value if number == number_of(one.value) else _stored(number)


def _number(said: str, *, thousands: bool) -> Decimal:
    """Read ``1.500.000,5``; without ``thousands`` a full stop is a decimal one.

    Raises:
        ValueError: It is no number.
    """
    text = re.sub(r"^rp\s*|\s+|%$", "", said.strip(), flags=re.IGNORECASE)
    if thousands and re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "")
    text = text.replace(",", ".", 1)
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", text):
        raise ValueError(said)
    return Decimal(text)


def _stored(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def _put(content: dict[str, Any], one: FeeParameter, value: Any) -> None:
    holder = content
    for part in one.path[:-1]:
        holder = holder.setdefault(part, {})
    if value is None:
        holder.pop(one.key, None)
    else:
        holder[one.key] = value


def _is_example(table: str, content: Mapping[str, Any]) -> bool:
    if table == "pbg":
        return bool((content.get("example_parameters") or {}).get("inferred"))
    return bool(content.get("inferred_for"))


def _mark_example(table: str, content: dict[str, Any], is_example: bool) -> None:
    if is_example == _is_example(table, content):
        return
    if table == "pbg":
        content.setdefault("example_parameters", {})["inferred"] = is_example
    elif is_example:
        content["inferred_for"] = ["tarif"]
    else:
        content.pop("inferred_for", None)
