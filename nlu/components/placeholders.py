"""Placeholders for the optional modules Rasa imports at start and we never use.

Rasa 3.6 imports TensorFlow, cloud clients and every chat connector when it starts, used
or not: 2.1 GB of its 2.5 GB. :func:`install` lets those imports succeed with classes that
may be named, subclassed or stand in an annotation, which is all that importing Rasa does
with them. Using one for real (calling or instantiating it, reading a value of it) raises
:class:`PlaceholderUsed`, so that nothing ever runs on pretended results.

The finder of absent modules stands last in ``sys.meta_path``: a module that is really
installed wins, and a stock installation of Rasa is not changed at all.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

_NEURAL = "the neural components of Rasa are not part of this installation"
_CONNECTOR = "Rasa's own chat connectors are not used; the gateway talks to the platforms"
_STORE = "trackers live in PostgreSQL and locks in this process"
_BROKER = "no event broker is used"
_CLOUD = "models come from disk or from our own model server"
_ACCESS = "access is by a shared secret on a private address"
_TELEMETRY = "telemetry and error reporting to Rasa are switched off"
_PICTURES = "pictures of dialogues and results are not drawn here"
_QUESTIONS = "Rasa's interactive commands are not used"
_FEATURISER = "the intent classifier is our own (nlu/language)"

#: Top-level module name -> why it is absent. Nothing outside this list is ever replaced.
ABSENT_MODULES: Mapping[str, str] = {
    "tensorflow": _NEURAL,
    "tensorflow_hub": _NEURAL,
    "tensorflow_text": _NEURAL,
    "keras": _NEURAL,
    "skops": _FEATURISER,
    "sklearn_crfsuite": _FEATURISER,
    "colorhash": _PICTURES,
    "matplotlib": _PICTURES,
    "networkx": _PICTURES,
    "colorclass": _QUESTIONS,
    "prompt_toolkit": _QUESTIONS,
    "questionary": _QUESTIONS,
    "randomname": "models are named by the time of their training",
    "aiogram": _CONNECTOR,
    "fbmessenger": _CONNECTOR,
    "google": _CONNECTOR,
    "cachecontrol": _CONNECTOR,
    "mattermostwrapper": _CONNECTOR,
    "rocketchat_API": _CONNECTOR,
    "slack_sdk": _CONNECTOR,
    "socketio": _CONNECTOR,
    "twilio": _CONNECTOR,
    "webexteamssdk": _CONNECTOR,
    "aio_pika": _BROKER,
    "aiormq": _BROKER,
    "confluent_kafka": _BROKER,
    "boto3": _CLOUD,
    "botocore": _CLOUD,
    "pymongo": _STORE,
    "redis": _STORE,
    "rasa_sdk": "the action server is a process of its own",
    "jwt": _ACCESS,
    "sanic_jwt": _ACCESS,
    "sentry_sdk": _TELEMETRY,
    "structlog_sentry": _TELEMETRY,
}

#: Installed for training; the server starts 1.5 s sooner and 40 MB smaller without them.
UNUSED_WHEN_SERVING: Mapping[str, str] = {
    "sklearn": "scikit-learn trains models and is not needed to serve them",
    "scipy": "sparse features belong to policies and classifiers that are not used",
    "safetensors": "features are read from files while training only",
    "dask": "the graph of a turn runs without it (nlu.components.rasa_fixes)",
}

# Rasa names these in `except` clauses, which Python only accepts from BaseException.
_ERROR_ENDINGS = ("Error", "Exception", "Failure")


class PlaceholderUsed(RuntimeError):
    """A part of Rasa that this installation leaves out was really used.

    Attributes:
        module: Dotted name of what was used, e.g. ``tensorflow.keras.layers.Dense``.
        reason: Why the module is absent.
    """

    def __init__(self, module: str, reason: str) -> None:
        super().__init__(
            f"'{module}' was used, but '{module.partition('.')[0]}' is not installed here: "
            f"{reason}. See docs/decisions/0002-rasa-fenced.md."
        )
        self.module = module
        self.reason = reason


def _refuse(path: str) -> NoReturn:
    top = path.partition(".")[0]
    raise PlaceholderUsed(path, ABSENT_MODULES.get(top) or UNUSED_WHEN_SERVING[top])


class _PlaceholderType(type):
    """Metaclass of placeholders: naming is allowed, using raises."""

    _path: str

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls._path}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        _refuse(cls._path)

    def __getitem__(cls, item: Any) -> Any:
        return cls  # `Foo[int]` in an annotation

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__

    def __iter__(cls) -> NoReturn:
        _refuse(cls._path)

    def __len__(cls) -> int:
        _refuse(cls._path)

    def __bool__(cls) -> bool:
        _refuse(cls._path)

    def __instancecheck__(cls, instance: Any) -> bool:
        return False  # nothing can be made of it, so nothing is one

    def __repr__(cls) -> str:
        return f"<placeholder {cls._path}>"


class _ErrorPlaceholderType(_PlaceholderType):
    """Placeholder of an exception class: may be named in ``except``."""


_made: dict[str, type] = {}


def _placeholder(path: str) -> type:
    made = _made.get(path)
    if made is None:
        name = path.rpartition(".")[2]
        if name.endswith(_ERROR_ENDINGS):
            made = _ErrorPlaceholderType(name, (Exception,), {"_path": path})
        else:
            made = _PlaceholderType(name, (), {"_path": path})
        _made[path] = made
    return made


class _PlaceholderModule(ModuleType):
    """A module whose every public name is a placeholder."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _PlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, modules: Mapping[str, str]) -> None:
        self.modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top not in self.modules:
            return None
        if "." in fullname and not isinstance(sys.modules.get(top), _PlaceholderModule):
            return None  # the real package is there and lacks this part: its own error is right
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def install(serving: bool = False) -> None:
    """Make the imports of :data:`ABSENT_MODULES` succeed with placeholders; idempotent.

    Args:
        serving: Also replace :data:`UNUSED_WHEN_SERVING`, though they are installed.
    """
    present = [finder.modules for finder in sys.meta_path if isinstance(finder, _PlaceholderFinder)]
    if ABSENT_MODULES not in present:
        sys.meta_path.append(_PlaceholderFinder(ABSENT_MODULES))
    if serving and UNUSED_WHEN_SERVING not in present:
        sys.meta_path.insert(0, _PlaceholderFinder(UNUSED_WHEN_SERVING))
