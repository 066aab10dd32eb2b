"""Looks at a place: a name that is not taken, for a kind that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.office import Place

KINDS = frozenset({"kecamatan", "desa", "kelurahan", "lokasi"})


def check(place: Place, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a place."""
    found = []
    if place.kind not in KINDS:
        found.append(Problem("place_kind", "kind", {"kind": place.kind}))
    own = {name.casefold(): name for name in (place.name, *place.synonyms)}
    for item in everything.items(content.PLACE):
        other = item.document
        if not item.live or (other["kind"], other["name"]) == (place.kind, place.name):
            continue
        names = {str(name).casefold() for name in (other["name"], *other["synonyms"])}
        found += [
            Problem("place_shared", _field(place, own[name]),
                    {"name": own[name], "other": f"{other['kind']} {other['name']}"}, warning=True)
            for name in sorted(own.keys() & names)
        ]  # fmt: skip
    return found


def _field(place: Place, name: str) -> str:
    return "name" if name == place.name else "synonyms"


CHECKS: Mapping[str, Check] = {content.PLACE: check}
