"""What figures ask of the registry: stages of files, and nothing of applicants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from izin.applications import Status
from izin.errors import RegistryUnavailable
from izin.ports.figures import RegistryFigures
from izin.storage.memory.registry import MemoryRegistry
from tests.contracts.registry_samples import ISSUED, PAYING, RETURNED, SAMPLES, START
from tests.contracts.test_registry import KINDS, opened, url_of

DRAFT = replace(RETURNED, number="503/0999/PBG/2026", status=Status.DRAFT, history=())


@pytest.fixture(params=KINDS)
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RegistryFigures]:
    """A registry of three applications and a draft."""
    kind: Literal["memory", "postgresql", "mariadb", "sqlite"] = request.param
    with ExitStack() as stack:
        url = url_of(kind, request, tmp_path)
        yield stack.enter_context(opened(url, [*SAMPLES, DRAFT]))  # type: ignore[misc]


def test_open_applications_come_oldest_first_with_stages(registry: RegistryFigures) -> None:
    found = registry.open_applications(10)
    assert [item.number for item in found] == [RETURNED.number, PAYING.number]
    assert found[0].history == RETURNED.history
    assert found[0].sla_working_days == 28
    assert [item.number for item in registry.open_applications(1)] == [RETURNED.number]


def test_nobody_can_be_found_in_what_is_counted(registry: RegistryFigures) -> None:
    found = [
        *registry.open_applications(10),
        *registry.received_applications(START - timedelta(days=99), START + timedelta(days=9), 10),
    ]
    assert found
    for item in found:
        assert (item.applicant_name, item.phone, item.nik_last4, item.note) == (
            "",
            None,
            None,
            None,
        )


def test_received_applications_are_those_of_the_time_newest_first(
    registry: RegistryFigures,
) -> None:
    after = START + timedelta(days=2)
    both = registry.received_applications(START, after, 10)
    assert sorted(item.number for item in both) == sorted(
        [PAYING.number, RETURNED.number, DRAFT.number]
    )
    assert both[0].number == PAYING.number
    later = registry.received_applications(START + timedelta(seconds=1), after, 10)
    assert [item.number for item in later] == [PAYING.number]
    long_ago = registry.received_applications(START - timedelta(days=61), START, 10)
    assert [item.number for item in long_ago] == [ISSUED.number]


def test_a_registry_that_is_down_says_so() -> None:
    registry = MemoryRegistry(SAMPLES)
    registry.down = True
    with pytest.raises(RegistryUnavailable):
        registry.open_applications(1)
