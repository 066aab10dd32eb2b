"""Conversations, inbox, outbox, complaints, trackers and the job queue.

Revision ID: 0001
"""

from __future__ import annotations

import procrastinate.schema
from alembic import op
from procrastinate import PsycopgConnector

from izin.storage.tables import conversations as _tables  # noqa: F401  (registers the tables)
from izin.storage.tables import metadata

revision = "0001"
down_revision = None

_NAMES = (
    "conversations", "chat_aliases", "turns", "choices", "outbox", "sent_parts", "receipts",
    "review_items", "drafts", "escalations", "media_files", "proof_failures", "proof_locks",
    "complaints", "complaint_events", "rasa_trackers", "worker_heartbeats",
)  # fmt: skip

# Procrastinate notifies workers when a job is inserted, not when the lock a job waits for
# becomes free; without this trigger the next message of a quick writer waits for the poll.
_LOCK_RELEASED = """
CREATE FUNCTION tanya_notify_lock_released() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE waiting record;
BEGIN
    SELECT id, queue_name INTO waiting FROM procrastinate_jobs
     WHERE lock = OLD.lock AND status = 'todo' ORDER BY id LIMIT 1;
    IF FOUND THEN
        PERFORM pg_notify('procrastinate_queue_v1#' || waiting.queue_name,
            json_build_object('type', 'job_inserted', 'job_id', waiting.id)::text);
        PERFORM pg_notify('procrastinate_any_queue_v1',
            json_build_object('type', 'job_inserted', 'job_id', waiting.id)::text);
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER tanya_lock_released_update AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status <> 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION tanya_notify_lock_released();
CREATE TRIGGER tanya_lock_released_delete AFTER DELETE ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION tanya_notify_lock_released();
"""


def upgrade() -> None:
    """Create everything."""
    bind = op.get_bind()
    metadata.create_all(bind, tables=[metadata.tables[name] for name in _NAMES])
    schema = procrastinate.schema.SchemaManager(connector=PsycopgConnector()).get_schema()
    # The driver's own cursor: the schema's % signs are no placeholders.
    cursor = bind.connection.cursor()
    cursor.execute(schema)
    cursor.execute(_LOCK_RELEASED)
    cursor.close()


def downgrade() -> None:
    """Refuse: data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
