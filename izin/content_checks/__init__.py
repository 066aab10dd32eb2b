"""Looks at content before it is published: one module for some kinds, pure functions.

Each module here names, in its own ``CHECKS``, the function that looks at a kind's documents;
a kind that none names has only what its noun demands.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from izin.content import Check


def _all_checks() -> Mapping[str, Check]:
    found: dict[str, Check] = {}
    for module in iter_modules(__path__):
        of_module: Mapping[str, Check] = import_module(f"{__name__}.{module.name}").CHECKS
        if twice := found.keys() & of_module.keys():
            raise TypeError(f"two modules check {sorted(twice)}")
        found.update(of_module)
    return found


CHECKS: Mapping[str, Check] = _all_checks()
"""By kind."""
