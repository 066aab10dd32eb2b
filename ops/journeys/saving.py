"""The office's own journeys in the form of `data/journeys`: written, read and exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from izin.saved_journeys import SavedJourney
from ops.journeys.script import SAVED_KINDS, Journey, check_shape, parsed

FILE = "journeys/simpanan.yaml"
"""Where an export of the content keeps them, below `data/`."""

NAME = "simpanan"
_HEAD = "# Percakapan yang disimpan dari halaman coba konsol.\n"


def written(journey: Mapping[str, Any]) -> str:
    """YAML text of one journey.

    Raises:
        ValueError: it says something that no saved journey may.
    """
    check_shape(journey, f"{NAME}.yaml", SAVED_KINDS)
    return _dump([journey])


def playable(saved: Sequence[SavedJourney]) -> list[Journey]:
    """Saved journeys, ready to be played; `file` is `simpanan`.

    Raises:
        ValueError: a text cannot be read.
    """
    return [journey for item in saved for journey in parsed(item.text, NAME)]


def exported(saved: Sequence[SavedJourney]) -> str:
    """YAML text of all of them, for `FILE`."""
    return _HEAD + _dump([dict(journey.script) for journey in playable(saved)])


def files(saved: Sequence[SavedJourney]) -> dict[str, bytes]:
    """What an export of the content holds of them, by path below `data/`; nothing for none."""
    return {FILE: exported(saved).encode()} if saved else {}


def _dump(journeys: Sequence[Mapping[str, Any]]) -> str:
    document = {"perjalanan": [dict(journey) for journey in journeys]}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
