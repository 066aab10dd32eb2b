"""Small stand-ins for large modules of which serving uses next to nothing.

Rasa declares tables of SQL stores we do not use while it is imported, asks pkg_resources for a
version and a file, and names requests for its telemetry; Sanic asks distutils what "yes" means.
That was 25 MB and a second of every start. Unlike a placeholder (see ``placeholders``) a
stand-in answers these questions; whatever else is asked raises.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from packaging.version import Version

_NAMED_ONLY = frozenset({"sqlalchemy", "requests"})


class StandInUsed(RuntimeError):
    """More was asked of a stand-in than it is made for."""


class _Declared:
    """What stands in the declaration of a table: it can be made and named, no more."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        pass


class _MetadataOfNothing:
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise StandInUsed(f"sqlalchemy's metadata.{name}: tables of Rasa's own are not used here")


def _declarative_base(**named: Any) -> type:
    return type("Base", (), {"metadata": _MetadataOfNothing()})


def _refusing(path: str) -> type:
    """A class that may be named, also in ``except``, and not be made."""

    def refuse(cls: type, *arguments: Any, **named: Any) -> Any:
        raise StandInUsed(f"{path} was used, but this server is started without it")

    return type(path.rpartition(".")[2], (Exception,), {"__new__": refuse})


_DECLARATIONS = ("Column", "DateTime", "Float", "Integer", "Sequence", "String", "Text")


class _NamedOnly(ModuleType):
    """A module and its parts, for class bodies and annotations that are never used."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found: Any = _refusing(f"{self.__name__}.{name}")
        if name in _DECLARATIONS:
            found = _Declared
        elif name == "declarative_base":
            found = _declarative_base
        setattr(self, name, found)
        return found


def _resource_filename(package: str, name: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return str(Path(spec.origin).parent / name)


def _entry_points(group: str, name: str | None = None) -> Sequence[metadata.EntryPoint]:
    return tuple(
        point for point in metadata.entry_points(group=group) if name in (None, point.name)
    )


def _strtobool(value: str) -> bool:
    word = value.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return True
    if word in ("n", "no", "f", "false", "off", "0"):
        return False
    raise ValueError(f"invalid truth value {value!r}")


# Module -> all that is in it.
_ANSWERING: Mapping[str, Mapping[str, Any]] = {
    "pkg_resources": {
        "get_distribution": metadata.distribution,
        "DistributionNotFound": metadata.PackageNotFoundError,
        "iter_entry_points": _entry_points,
        "resource_filename": _resource_filename,
    },
    "distutils": {},
    "distutils.util": {"strtobool": _strtobool},
    "distutils.version": {"LooseVersion": Version},  # compares releases of Sanic
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _ANSWERING and fullname.partition(".")[0] not in _NAMED_ONLY:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return ModuleType(spec.name) if spec.name in _ANSWERING else _NamedOnly(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(_ANSWERING.get(module.__name__, {}))


def install() -> None:
    """Let imports of the large modules give their stand-ins; idempotent.

    Modules that are imported already stay what they are.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
