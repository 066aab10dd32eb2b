"""Commands set up logging for their process; here it is put back for the tests that follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Restore structlog, which a command may have pointed at a captured stream."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
