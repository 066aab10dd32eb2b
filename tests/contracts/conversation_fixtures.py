"""The conversation side's ports, on both kinds of storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.conversation_ports import Ports, memory_ports, postgres_ports


@pytest.fixture(params=["memory", "postgres"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """Every port of the conversation side over one storage."""
    if request.param == "memory":
        yield memory_ports()
        return
    made = postgres_ports(request.getfixturevalue("module_database_url"), tmp_path)
    yield made
    made.close()
