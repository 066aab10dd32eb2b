"""A worked-out estimate with its formula and figures."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.section import Section, sentence
from izin.billboard_tax import BillboardTax
from izin.building_levy import Building, HeightTerms, Levy
from izin.local_tax import LocalTax
from izin.permits import Permit
from izin.structure_levy import StructureLevy
from izin.wording import Wording

_PERCENT = 100


def building_levy(
    building: Building,
    results: Sequence[Levy],
    rules: Sequence[str],
    assumptions: Sequence[str],
    wording: Wording,
    *,
    height: HeightTerms | None = None,
    structures: Sequence[StructureLevy] = (),
    notes: Sequence[str] = (),
) -> Section:
    """Give the estimated levy; two figures where the rule leaves the row open.

    ``assumptions`` are ready sentences on what was taken for granted, ``notes`` ready lines.
    """
    amounts = wording.say("answers.or").join(
        wording.rupiah(amount) for amount in dict.fromkeys(one.amount_rupiah for one in results)
    )
    lines = [wording.say("answers.levy_title", amount=amounts)]
    lines.append(wording.say("answers.levy_formula"))
    lines += [_levy_figures(building, one, wording) for one in results]
    if height is not None and height.basement_area_m2:
        lines.append(_height_figures(results[0], height, wording))
    if len(results) > 1:
        lines.append(wording.say("answers.levy_two"))
    lines += [wording.say("answers.levy_rule", text=sentence(rule)) for rule in rules]
    lines += _structure_lines(structures, wording)
    if assumptions:
        lines.append(wording.say("answers.assumptions", text=" ".join(assumptions)))
    lines += notes
    inferred = any(one.inferred for one in results)
    if inferred:
        lines.append(wording.say("answers.levy_inferred"))
    lines.append(wording.say("answers.levy_official"))
    return Section("\n".join(lines), inferred=inferred)


def structure_levies(results: Sequence[StructureLevy], wording: Wording) -> Section:
    """Give the estimated levy on structures alone, by another region's prices."""
    lines = [
        wording.say("fees.structures_title", amount=_range_of(results, wording)),
        *_structure_lines(results, wording),
        wording.say("answers.levy_official"),
    ]
    return Section("\n".join(lines), inferred=True)


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
    rate = _percent(float(results[0].rate), wording)
    lines.append(wording.say("answers.tax_rate_limit", rate=rate))
    if results[0].base_value_rupiah is not None:
        lines.append(wording.say("answers.tax_inferred"))
    lines.append(wording.say("answers.tax_own_name"))
    return Section("\n".join(lines), inferred=True)


def local_tax(
    tax: LocalTax,
    permit: Permit,
    law: str,
    exempt: Sequence[str],
    wording: Wording,
    *,
    water: bool = False,
) -> Section:
    """Give the estimated tax beside a free permit, as the range the law allows."""
    base = wording.rupiah(tax.base_rupiah)
    kind = wording.say(f"fees.pajak_{tax.kind}")
    lines = [
        wording.say(
            "fees.tax_title", permit=permit.short_name, amount=local_tax_amount(tax, wording)
        ),
        wording.say("fees.tax_formula_water" if water else "fees.tax_formula"),
    ]
    if tax.least_rate is not None and tax.least_rupiah is not None:
        rate = _percent(float(tax.least_rate), wording)
        amount = wording.rupiah(tax.least_rupiah)
        lines.append(wording.say("fees.tax_least", kind=kind, rate=rate, base=base, amount=amount))
    rate = _percent(float(tax.most_rate), wording)
    amount = wording.rupiah(tax.most_rupiah)
    lines.append(wording.say("fees.tax_most", kind=kind, rate=rate, base=base, amount=amount))
    lines.append(wording.say("fees.tax_limits", law=law))
    if exempt:
        lines.append(wording.say("fees.tax_exempt"))
        lines += [f"• {sentence(item)}" for item in exempt]
    lines.append(wording.say("fees.tax_official"))
    return Section("\n".join(lines), inferred=True)


def local_tax_amount(tax: LocalTax, wording: Wording) -> str:
    """Give "paling tinggi Rp1.000.000", or the range where the law has a lowest rate."""
    most = wording.rupiah(tax.most_rupiah)
    if tax.least_rupiah is None:
        return wording.say("fees.at_most", amount=most)
    return wording.say("answers.range", least=wording.rupiah(tax.least_rupiah), most=most)


def _structure_lines(results: Sequence[StructureLevy], wording: Wording) -> list[str]:
    """Give each structure with its figures, and whose prices those are."""
    if not results:
        return []
    lines = [wording.say("fees.structures_formula")]
    for one in results:
        lines.append(
            wording.say(
                "fees.structure_figures",
                kind=wording.say(f"fees.prasarana_{one.kind}"),
                quantity=wording.number(float(one.quantity)),
                unit=wording.say(f"fees.unit_{one.unit}"),
                index=wording.number(float(one.index)),
                work=wording.number(float(one.work_index)),
                price=_spread(one.prices_rupiah, wording),
                amount=_spread(one.amounts_rupiah, wording),
            )
        )
    lines.append(wording.say("fees.structures_region", region=results[0].region))
    return lines


def _range_of(results: Sequence[StructureLevy], wording: Wording) -> str:
    least = sum(one.amounts_rupiah[0] for one in results)
    most = sum(one.amounts_rupiah[1] for one in results)
    return _spread((least, most), wording)


def _spread(amounts: tuple[int, int], wording: Wording) -> str:
    least, most = amounts
    if least == most:
        return wording.rupiah(most)
    return wording.say("answers.range", least=wording.rupiah(least), most=wording.rupiah(most))


def _percent(rate: float, wording: Wording) -> str:
    return wording.number(round(rate * _PERCENT, 2))


def _height_figures(levy: Levy, height: HeightTerms, wording: Wording) -> str:
    number = wording.number
    return wording.say(
        "fees.height_figures",
        height=number(float(levy.height)),
        area=number(float(height.area_m2)),
        floors=number(float(height.floors)),
        basement_area=number(float(height.basement_area_m2)),
        basement=number(float(height.basement)),
        total=number(float(levy.area_m2)),
    )


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
    rate = _percent(float(tax.rate), wording)
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
