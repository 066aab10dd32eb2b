"""Looks at content before it is published: one module for some kinds, pure functions.

Each module here names, in its own ``CHECKS``, the function that looks at a kind's documents;
a kind that none names has only what its noun demands. What cannot always be switched off says
why in a function ``still_needed``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from izin.content import Check, Needed


def _all_checks() -> tuple[Mapping[str, Check], Mapping[str, Needed]]:
    found: dict[str, Check] = {}
    needed: dict[str, Needed] = {}
    for entry in iter_modules(__path__):
        module = import_module(f"{__name__}.{entry.name}")
        of_module: Mapping[str, Check] = module.CHECKS
        if twice := found.keys() & of_module.keys():
            raise TypeError(f"two modules check {sorted(twice)}")
        found.update(of_module)
        if hasattr(module, "still_needed"):
            needed.update(dict.fromkeys(of_module, module.still_needed))
    return found, needed


CHECKS, NEEDED = _all_checks()
"""By kind."""
