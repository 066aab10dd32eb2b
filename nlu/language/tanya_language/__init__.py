"""The Indonesian of permit questions: normaliser, entities, intents, masking, search.

Pure Python and numpy, no dialogue framework; the same package serves the dialogue server, the
custom actions and the console. Training is in ``tanya_language.training`` (extra ``training``).
"""

from __future__ import annotations

from .entities import Entity, EntityExtractor
from .gazetteer import Gazetteer
from .lexicon import Lexicon, LexiconError
from .masking import mask_personal_data
from .model import LinearModel, ModelError
from .normaliser import NormalisedText, Normaliser, Token
from .questions import Question, lead_intent, split_questions
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
