"""What every test may use: a real PostgreSQL, and the rule that continuous runs skip nothing."""

from __future__ import annotations

import os

# What tests store is encrypted as it is in every house, by processes they start as well.
os.environ.setdefault("TANYA_DATA_KEY", "data-key-of-the-tests-" + "0" * 20)

pytest_plugins = [
    "tests.postgres_fixtures",
    "tests.strict_skips",
    "tests.fakes.fixtures",
    "tests.contracts.conversation_fixtures",
]
