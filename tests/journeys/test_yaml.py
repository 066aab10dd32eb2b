"""Every journey of the YAML files, on every channel it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ops.journeys import officer as _officer  # noqa: F401  # adds the officers' steps
from ops.journeys.player import Player
from ops.journeys.script import check_shape, read_journeys
from tests.journeys.stack import Stack

ALL = [
    pytest.param(channel, journey.script, id=f"{journey.file}: {journey.name} [{channel}]")
    for journey in read_journeys()
    for channel in journey.channels
]


@pytest.mark.parametrize(("channel", "journey"), ALL)
def test_journey(stack: Stack, channel: str, journey: Mapping[str, Any]) -> None:
    try:
        Player(stack, channel, journey).play()
    finally:
        stack.nobody_present()


@pytest.mark.parametrize(
    "step",
    [{"warga": "halo", "memaut": ["x"]}, {"warga": "halo", "ketuk": "Kirim"}, {"memuat": ["x"]}],
)
def test_a_journey_with_a_word_nobody_knows_is_refused(step: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a\.yaml, salah tulis"):
        check_shape({"nama": "salah tulis", "langkah": [step]}, "a.yaml")
