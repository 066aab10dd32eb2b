"""What a sandbox does with its database: fill it, renew its content, explain messages."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from izin.storage.migrate import upgrade
from izin.storage.postgres.engine import create
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.seed import seed_all
from ops import demo
from ops.sandbox_content import ALL, ContentCopy
from ops.sandbox_insight import Insight
from ops.settings import OpsSettings


class SandboxWork:
    """Works on one sandbox's database; its calls may come from several threads.

    Args:
        settings: the sandbox's.
        url: its own database.
        live_url: the office's database; empty leaves the release's content.
        model: archive of its language model.
    """

    def __init__(self, settings: OpsSettings, url: str, live_url: str, model: Path) -> None:
        self._settings = settings
        self._url = url
        self._model = model
        self._own = create(url, pool_size=2)
        self._live: Engine | None = create(live_url, pool_size=1) if live_url else None
        self._copy = ContentCopy(self._own, self._live)
        self._insight: Insight | None = None
        self._one_at_a_time = threading.Lock()

    def fill(self) -> None:
        """Bring schema, the release's content, the office's content and the demo into it.

        Raises:
            StorageUnavailable: a database does not answer.
        """
        upgrade(self._url)
        seed_all(self._url, self._settings.data)
        self._copy.renew(ALL)
        today = datetime.now(PostgresOfficeBook(self._own).office().zone).date()
        demo.load(self._url, today, data_folder=self._settings.data)

    def renew(self, drafts: Any) -> dict[str, Any]:
        """Bring the content up to date with the office's, these drafts on top."""
        with self._one_at_a_time:
            done = self._copy.renew(drafts)
        return {"changed": done.changed, "drafts": done.drafts, "unfit": list(done.unfit)}

    def explain(self, text: str) -> dict[str, Any]:
        """Say how a message is understood, and why."""
        with self._one_at_a_time:
            if self._insight is None:
                self._insight = Insight(self._model, self._own)
        zone = PostgresOfficeBook(self._own).office().zone
        return self._insight.of(text, datetime.now(zone).date())

    def close(self) -> None:
        """Close the connections."""
        for engine in (self._own, self._live):
            if engine is not None:
                engine.dispose()
