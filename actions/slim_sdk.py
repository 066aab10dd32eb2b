"""Imports rasa-sdk without its web server, which this process does not use.

rasa-sdk names Sanic once, in the annotation of a hook of its own server (ours is
``actions/server.py``): importing it took 6 MB and half a second of every start.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_SERVER = "sanic"


def import_slim() -> None:
    """Import rasa-sdk; Sanic stays importable for whoever really wants it."""
    if _SERVER in sys.modules or "rasa_sdk" in sys.modules:
        return
    stand_in = ModuleType(_SERVER)
    vars(stand_in)["Sanic"] = object
    sys.modules[_SERVER] = stand_in
    try:
        importlib.import_module("rasa_sdk.executor")
    finally:
        del sys.modules[_SERVER]
