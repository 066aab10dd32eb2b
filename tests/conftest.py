"""What every test may use: a real PostgreSQL, and the rule that continuous runs skip nothing."""

from __future__ import annotations

import os

from hypothesis import settings

# What tests store is encrypted as it is in every house, by processes they start as well.
os.environ.setdefault("TANYA_DATA_KEY", "data-key-of-the-tests-" + "0" * 20)

# What is drawn is the same each time, on every machine; `make fuzz` draws anew.
settings.register_profile("tests", derandomize=True, database=None, deadline=None)
settings.load_profile("tests")

pytest_plugins = [
    "tests.postgres_fixtures",
    "tests.strict_skips",
    "tests.fakes.fixtures",
    "tests.contracts.conversation_fixtures",
]
