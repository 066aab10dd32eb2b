"""Where an answer comes from and when that was last checked.

Sources of the catalogue are web addresses or titles. A page of another regency or city is
named as comparison, never as this office's own rule. The catalogue lists those regions
(``source_regions``); which address is one of theirs is read off the government's own
naming of hosts and paths (``dinkes.depok.go.id``, ``dpmptsp.rembangkab.go.id``,
``sippn.menpan.go.id/…/pemerintah-kota-kendari/…``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from izin.office import Office
from izin.permits import Permit
from izin.wording import Wording

SHOWN_LAWS = 2
SHOWN_LAWS_OF_ALL = 3
SHOWN_OWN = 1
SHOWN_COMPARISONS = 2

_REGIONAL_HOST = re.compile(
    r"(^|[.])(dpm|dinkes|dlh|disna|disper|disbud|dikbud|disdik|dindik|dinas|kesbang|simtaru|"
    r"online[.]|bapenda|bpkd|satupintu)[^.]*[.].*go[.]id$"
    r"|(kab|kota)[.]go[.]id$",
    re.IGNORECASE,
)
_REGIONAL_PATH = re.compile(
    r"(pemerintah|dinas)[-/a-z]*[-/](kab|kabupaten|kota)[-.]", re.IGNORECASE
)
_REGION_IN_TITLE = re.compile(r"\b(Kabupaten|Kab\.|Kota)\s+[A-Z]")


@dataclass(frozen=True, slots=True)
class Origins:
    """Sources of one answer: those that bind or inform here, and other regions'."""

    own: tuple[str, ...]
    comparisons: tuple[str, ...]


def origins(sources: Sequence[str], office: Office) -> Origins:
    """Split sources into own and other regions', each shortened to a readable name once."""
    own: dict[str, None] = {}
    comparisons: dict[str, None] = {}
    for source in sources:
        target = comparisons if _is_other_region(source, office) else own
        target.setdefault(_readable(source))
    return Origins(
        tuple(sorted(own, key=_weight)), tuple(name for name in comparisons if name not in own)
    )


def provenance_of_all(permits: Sequence[Permit], wording: Wording) -> str:
    """Give the closing line of an answer that names several permits: law and oldest check."""
    laws = dict.fromkeys(law for permit in permits for law in permit.legal_basis[:1])
    day = wording.date(min(permit.checked_on for permit in permits), weekday=False)
    shown = "; ".join(list(laws)[:SHOWN_LAWS_OF_ALL])
    source = (
        wording.say("answers.source", sources=shown)
        if shown
        else wording.say("answers.source_missing")
    )
    return f"{source} {wording.say('answers.checked', date=day)}"


def provenance(permit: Permit, office: Office, wording: Wording) -> str:
    """Give the closing line of an answer on a permit: sources, comparison, date checked."""
    found = origins(permit.sources, office)
    own = (*permit.legal_basis[:SHOWN_LAWS], *found.own[:SHOWN_OWN])
    others = _other_regions(permit, office) or found.comparisons
    parts = []
    if own:
        parts.append(wording.say("answers.source", sources="; ".join(own)))
    elif not others:
        parts.append(wording.say("answers.source_missing"))
    if others:
        shown = ", ".join(others[:SHOWN_COMPARISONS])
        parts.append(wording.say("answers.source_comparison", sources=shown))
    checked = wording.date(permit.checked_on, weekday=False)
    parts.append(
        wording.say("answers.checked_by", date=checked, role=permit.confirmed_by)
        if permit.confirmed_by
        else wording.say("answers.checked", date=checked)
    )
    return " ".join(parts)


def _other_regions(permit: Permit, office: Office) -> tuple[str, ...]:
    named = permit.details.get("source_regions") or ()
    return tuple(str(region) for region in named if str(region) != office.regency)


def _is_other_region(source: str, office: Office) -> bool:
    if "://" not in source:
        return bool(_REGION_IN_TITLE.search(source)) and office.regency not in source
    address = urlsplit(source)
    host = address.netloc.casefold()
    if office.website and host == _host(office.website):
        return False
    return bool(_REGIONAL_HOST.search(host) or _REGIONAL_PATH.search(address.path))


def _weight(name: str) -> int:
    """Government pages first, then published texts of laws, then everything else."""
    return 0 if ".go.id" in name else 1 if name.startswith("github.com/") else 2


def _readable(source: str) -> str:
    if "://" not in source:
        return source
    host = _host(source)
    if host != "github.com":
        return host
    # A repository says nothing by its host alone.
    return f"{host}/{'/'.join(urlsplit(source).path.split()[0].strip('/').split('/')[:2])}"


def _host(address: str) -> str:
    host = urlsplit(address if "://" in address else f"//{address}").netloc.casefold()
    return host.removeprefix("www.")
