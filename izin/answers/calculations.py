"""A worked-out estimate with its formula and figures."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.section import Section, sentence
from izin.billboard_tax import BillboardTax
from izin.building_levy import Building, Levy
from izin.wording import Wording

_PERCENT = 100


def building_levy(
    building: Building,
    results: Sequence[Levy],
    rules: Sequence[str],
    assumptions: Sequence[str],
    wording: Wording,
) -> Section:
    """Give the estimated levy; two figures where the rule leaves the row open.

    ``assumptions`` are ready sentences on what was taken for granted.
    """
    amounts = wording.say("answers.or").join(
        wording.rupiah(amount) for amount in dict.fromkeys(one.amount_rupiah for one in results)
    )
    lines = [wording.say("answers.levy_title", amount=amounts)]
    lines.append(wording.say("answers.levy_formula"))
    lines += [_levy_figures(building, one, wording) for one in results]
    if len(results) > 1:
        lines.append(wording.say("answers.levy_two"))
    lines += [wording.say("answers.levy_rule", text=sentence(rule)) for rule in rules]
    if assumptions:
        lines.append(wording.say("answers.assumptions", text=" ".join(assumptions)))
    inferred = any(one.inferred for one in results)
    if inferred:
        lines.append(wording.say("answers.levy_inferred"))
    lines.append(wording.say("answers.levy_official"))
    return Section("\n".join(lines), inferred=inferred)


def billboard_tax(
    results: Sequence[BillboardTax],
    description: str,
    assumptions: Sequence[str],
    wording: Wording,
) -> Section:
    """Give the estimated tax; one figure per road class where the class is not known."""
    amounts = [wording.rupiah(one.tax_rupiah) for one in results]
    shown = amounts[0] if len(amounts) == 1 else wording.say(
        "answers.range", least=amounts[-1], most=amounts[0]
    )  # fmt: skip
    lines = [
        wording.say("answers.tax_title", amount=shown),
        wording.say("answers.tax_formula"),
        description,
    ]
    lines += [_tax_figures(one, wording) for one in results]
    if assumptions:
        lines.append(wording.say("answers.assumptions", text=" ".join(assumptions)))
    rate = wording.number(round(float(results[0].rate) * _PERCENT, 2))
    lines.append(wording.say("answers.tax_rate_limit", rate=rate))
    if results[0].base_value_rupiah is not None:
        lines.append(wording.say("answers.tax_inferred"))
    lines.append(wording.say("answers.tax_own_name"))
    return Section("\n".join(lines), inferred=True)


def _levy_figures(building: Building, levy: Levy, wording: Wording) -> str:
    return wording.say(
        "answers.levy_figures",
        kind=wording.say(f"answers.complexity_{levy.complexity}"),
        area=wording.number(float(levy.area_m2)),
        locality=wording.number(float(levy.locality)),
        price=wording.rupiah(float(levy.unit_price_rupiah)),
        integrated=wording.number(float(levy.integrated_index)),
        work=wording.number(float(levy.work_index)),
        amount=wording.rupiah(levy.amount_rupiah),
        use=wording.number(float(levy.use_index)),
        complexity=1 if levy.complexity == "sederhana" else 2,
        permanence=2 if building.permanent else 1,
        height=wording.number(float(levy.height)),
        owner=0 if building.state_owned else 1,
    )


def _tax_figures(tax: BillboardTax, wording: Wording) -> str:
    rate = wording.number(round(float(tax.rate) * _PERCENT, 2))
    if tax.base_value_rupiah is None or tax.road_factor is None or tax.road_class is None:
        return wording.say(
            "answers.tax_figures_contract",
            value=wording.rupiah(tax.rental_value_rupiah),
            rate=rate,
            amount=wording.rupiah(tax.tax_rupiah),
        )
    return wording.say(
        "answers.tax_figures",
        road=wording.say(f"answers.road_{tax.road_class}"),
        base=wording.rupiah(tax.base_value_rupiah),
        factor=wording.number(float(tax.road_factor)),
        value=wording.rupiah(tax.rental_value_rupiah),
        rate=rate,
        amount=wording.rupiah(tax.tax_rupiah),
    )
