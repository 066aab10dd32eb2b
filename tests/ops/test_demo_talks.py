"""Demo talks give editors something to learn from, and nothing of anybody's person."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.jobs.learning import LearningJobs
from izin.storage.postgres.engine import create
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.seed import seed_all
from ops import demo_desk
from ops.settings import CHECKOUT

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DATA = CHECKOUT / "data"


def test_editors_find_clusters_without_personal_data(database_url: str) -> None:
    seed_all(database_url, DATA)
    demo_desk.load(database_url, NOW, DATA)
    engine = create(database_url)
    try:
        LearningJobs(engine).often()["collect_unrecognised"](NOW)
        listening = PostgresListening(engine)
        clusters = listening.clusters()
        assert sum(item.chats > 1 for item in clusters) >= 3
        texts = " ".join(item.text for item in listening.open_messages())
        assert "Sulastri" not in texts and "0117" not in texts
    finally:
        engine.dispose()
