"""The Indonesian of permit questions: normaliser, entities, intents, masking, search.

Pure Python and numpy, no dialogue framework; the same package serves the dialogue server, the
custom actions and the console. Training is in ``tanya_language.training`` (extra ``training``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entities import Entity, EntityExtractor
from .gazetteer import Gazetteer
from .lexicon import Lexicon, LexiconError
from .masking import mask_personal_data
from .normaliser import NormalisedText, Normaliser, Token
from .questions import Question, lead_intent, split_questions

if TYPE_CHECKING:
    from .model import LinearModel, ModelError
    from .search import TextIndex

__all__ = [
    "Entity",
    "EntityExtractor",
    "Gazetteer",
    "Lexicon",
    "LexiconError",
    "LinearModel",
    "ModelError",
    "NormalisedText",
    "Normaliser",
    "Question",
    "TextIndex",
    "Token",
    "lead_intent",
    "mask_personal_data",
    "split_questions",
]

# Who only masks or normalises need not hold numpy for it: 15 MB in each process.
_WITH_NUMPY = {"LinearModel": "model", "ModelError": "model", "TextIndex": "search"}


def __getattr__(name: str) -> Any:
    if name not in _WITH_NUMPY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_WITH_NUMPY[name]}", __name__), name)
