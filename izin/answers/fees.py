"""What a permit costs, in plain words, with worked examples marked as estimates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izin.answers.section import Section, full_name, mark, sentence, unknown
from izin.permits import Fee, Permit
from izin.wording import Wording

SHOWN_EXAMPLES = 2
_PERCENT = 100
_SHORT_NOTE = 40


def fee(permit: Permit, tables: Mapping[str, Any], wording: Wording) -> Section:
    """Give the cost: "Rp0" first where free, else how it is worked out and where to pay."""
    cost = permit.fee
    if cost.type == "free" and cost.amount_rupiah is None:
        known = [unknown(permit, "answers.topic_fee", wording).text, *_cases(permit, wording)]
        return Section("\n".join(known), unknown=True)
    if cost.type == "free" and cost.amount_rupiah == 0:
        lines = _free(permit, wording)
    elif cost.amount_rupiah is not None:
        lines = [
            wording.say(
                "answers.fee_fixed",
                permit=full_name(permit),
                amount=mark(wording.rupiah(cost.amount_rupiah), cost.inferred, wording),
            )
        ]
    else:
        lines = _worked_out(permit, tables.get(cost.calculator or ""), wording)
    lines += _cases(permit, wording)
    if cost.note and not _says_only_free(cost.note, wording):
        lines.append(wording.say("answers.note", text=sentence(cost.note)))
    lines.append(pay_safely(permit, wording))
    # A charge without a table to work it out is known in kind but not in figures.
    no_figure = cost.amount_rupiah is None and not tables.get(cost.calculator or "")
    return Section("\n".join(lines), unknown=no_figure, inferred=cost.inferred)


def pay_safely(permit: Permit, wording: Wording) -> str:
    """Give the line on official payment channels that fits the kind of charge."""
    return wording.say(f"answers.pay_{permit.fee.type}")


def _free(permit: Permit, wording: Wording) -> list[str]:
    title = wording.say("answers.fee_free", permit=full_name(permit))
    return [mark(title, permit.fee.inferred, wording)]


def _worked_out(permit: Permit, table: Any, wording: Wording) -> list[str]:
    cost = permit.fee
    lines = [wording.say(f"answers.fee_title_{cost.type}", permit=full_name(permit))]
    if cost.calculator and table:
        lines.append(wording.say(f"answers.fee_formula_{cost.calculator}"))
        lines += _examples(cost, table, wording)
    else:
        if cost.formula:
            formula = sentence(_plain_formula(cost.formula))
            lines.append(mark(wording.say("answers.fee_formula", formula=formula),
                              cost.inferred, wording))  # fmt: skip
        lines.append(wording.say("answers.fee_unknown"))
    free_for = [str(item) for item in cost.details.get("exemptions") or ()]
    if free_for:
        lines.append(wording.say("answers.fee_exemptions"))
        lines += [f"• {sentence(item)}" for item in free_for]
    return lines


def _examples(cost: Fee, table: Mapping[str, Any], wording: Wording) -> list[str]:
    amount_key = "retribusi_idr" if cost.calculator == "pbg" else "pajak_idr"
    found = [item for item in table.get("examples") or () if amount_key in item]
    if not found:
        return []
    parameters = table.get("example_parameters") or {}
    inferred = bool(parameters.get("inferred")) or bool(table.get("inferred_for"))
    key = "answers.fee_examples_inferred" if inferred else "answers.fee_examples"
    lines = [wording.say(key)]
    lines += [
        wording.say(
            "answers.fee_example", name=item["name"], amount=wording.rupiah(item[amount_key])
        )
        for item in found[:SHOWN_EXAMPLES]
    ]
    if table.get("tarif"):
        rate = wording.number(round(float(table["tarif"]) * _PERCENT, 2))
        lines.append(wording.say("answers.fee_tax_rate", rate=rate))
    return lines


def _cases(permit: Permit, wording: Wording) -> list[str]:
    return [
        wording.say("answers.fee_case", when=item.when, fee=item.fee)
        for item in permit.variants
        if item.fee and item.when
    ]


def _plain_formula(formula: str) -> str:
    """Give the catalogue's formula with readable names instead of its variables."""
    return formula.replace("_", " ").replace(" x ", " × ")


def _says_only_free(note: str, wording: Wording) -> bool:
    """The title already says Rp0; the catalogue's short form of it would repeat that."""
    beginning = wording.say("answers.words_free_note")
    return note.strip().casefold().startswith(beginning) and len(note) < _SHORT_NOTE
