"""What every test may use: a real PostgreSQL, and the rule that continuous runs skip nothing."""

from __future__ import annotations

pytest_plugins = [
    "tests.postgres_fixtures",
    "tests.strict_skips",
    "tests.fakes.fixtures",
    "tests.contracts.conversation_fixtures",
]
