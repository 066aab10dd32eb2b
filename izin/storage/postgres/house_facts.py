"""Measures what our own database knows of the house's health; every query is short at any size."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from izin.health_facts import BackupFacts, ChannelFacts, HouseFacts, Understanding
from izin.storage.postgres.alarm_book import counted, signs_of
from izin.storage.postgres.engine import transaction
from izin.talk_figures import NOT_UNDERSTOOD

REFUSED = "webhook_refused:"
"""Begins the name of the count of webhook calls with a wrong secret, by channel."""

CHANNELS = ("telegram", "whatsapp")
RECENT = timedelta(hours=3)
USUAL_DAYS = 28
FALLBACK_EVERY = timedelta(minutes=5)

_LATELY = timedelta(minutes=15)
_FAILED_WITHIN = timedelta(hours=1)
_LATEST = 2_000
_TRIES = 3

_QUEUE = text("""
    select
      (select extract(epoch from :now - min(received_at)) from turns where state = 'queued'),
      (select extract(epoch from :now - min(o.created_at))
         from procrastinate_jobs j join outbox o on o.id = (j.args->>'message_id')::uuid
        where j.status in ('todo', 'doing') and j.queue_name = 'deliveries'
          and o.state = 'waiting' and (j.scheduled_at is null or j.scheduled_at <= now())),
      (select extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers)
""")
"""Workers write their moments by the database's clock, so those are compared with it."""

_DOING = text("""
    select id, attempts from procrastinate_jobs where status = 'doing' and queue_name = 'turns'
""")

_SENT = text("""
    select c.channel,
           count(*) filter (where o.state = 'failed' and o.created_at >= :failed_since
                              and coalesce(o.error, '') not in
                                  ('Undeliverable', 'WindowClosed')) as given_up,
           count(*) filter (where o.state = 'waiting' and o.attempts >= :tries) as retried,
           count(*) filter (where o.accepted_at >= :since) as accepted
      from (select * from outbox order by seq desc limit :latest) o
      join conversations c on c.id = o.conversation_id
     where c.namespace = 'live'
     group by c.channel
""")

_RECEIVED = text("""
    select channel, count(*) as received from turns
     where received_at >= :since and namespace = 'live' group by channel
""")

_BACKUP = text("""
    select (select max(finished_at) from backup_runs where ok) as last_good,
           (select case when not ok then started_at end from backup_runs
             where ok is not null order by started_at desc limit 1) as failed,
           (select min(created_at) from accounts) as since
""")

_RECENT = text("""
    select count(*) as judged,
           count(*) filter (where understood->>'intent' = any(:lost)) as lost
      from turns
     where received_at >= :since and namespace = 'live'
       and coalesce(understood->>'intent', '') <> ''
""")

_USUAL = text("""
    select coalesce(sum(judged), 0) as judged, coalesce(sum(lost), 0) as lost
      from figure_talks where namespace = 'live' and day >= :first and day < :today
""")


class PostgresHouseFacts:
    """``izin.ports.health.MeasuredHouse`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; a look is one transaction."""
        self._engine = engine
        self._doing: dict[tuple[int, int], float] = {}
        self._understanding: tuple[datetime, Understanding, Understanding] | None = None

    def measure(self, now: datetime) -> HouseFacts:
        """Give what the database knows."""
        with transaction(self._engine) as connection:
            turn, delivery, silent = connection.execute(_QUEUE, {"now": now}).one()
            recent, usual = self._understood(connection, now)
            return HouseFacts(
                oldest_turn_s=_seconds(turn),
                oldest_delivery_s=_seconds(delivery),
                longest_turn_s=self._longest(connection),
                worker_silent_s=None if silent is None else _seconds(silent),
                channels=_channels(connection, now),
                backup=_backup(connection),
                recent=recent,
                usual=usual,
                signs=signs_of(connection),
                published=_published(connection),
            )

    def _longest(self, connection: Connection) -> float:
        """Give how long the longest of the jobs now done has been seen at it.

        The queue keeps no moment of a job's beginning: it is when a look first found it done.
        """
        moment = time.monotonic()
        jobs = [(row.id, row.attempts) for row in connection.execute(_DOING)]
        self._doing = {job: self._doing.get(job, moment) for job in jobs}
        return max((moment - since for since in self._doing.values()), default=0.0)

    def _understood(
        self, connection: Connection, now: datetime
    ) -> tuple[Understanding, Understanding]:
        """Give recent and usual understanding; of a large office that is worth keeping a while."""
        kept = self._understanding
        if kept is None or not timedelta(0) <= now - kept[0] < FALLBACK_EVERY:
            since = {"since": now - RECENT, "lost": sorted(NOT_UNDERSTOOD)}
            recent = connection.execute(_RECENT, since).one()
            days = {"first": now.date() - timedelta(days=USUAL_DAYS), "today": now.date()}
            usual = connection.execute(_USUAL, days).one()
            kept = (now, Understanding(*recent), Understanding(*usual))
            self._understanding = kept
        return kept[1], kept[2]


def _seconds(value: Any) -> float:
    return max(0.0, float(value or 0))


def _channels(connection: Connection, now: datetime) -> dict[str, ChannelFacts]:
    since = now - _LATELY
    asked = {
        "since": since, "failed_since": now - _FAILED_WITHIN, "latest": _LATEST, "tries": _TRIES,
    }  # fmt: skip
    sent = {row.channel: row for row in connection.execute(_SENT, asked)}
    received = {row.channel: row.received for row in connection.execute(_RECEIVED, asked)}
    found = {}
    for channel in CHANNELS:
        row = sent.get(channel)
        found[channel] = ChannelFacts(
            given_up=row.given_up if row else 0,
            retried=row.retried if row else 0,
            accepted=row.accepted if row else 0,
            refused=counted(connection, REFUSED + channel, since),
            received=received.get(channel, 0),
        )
    return found


def _backup(connection: Connection) -> BackupFacts:
    row = connection.execute(_BACKUP).one()
    return BackupFacts(row.last_good, row.failed, row.since)


def _published(connection: Connection) -> str:
    query = text("select rasa_id from language_models where state = 'published'")
    return str(connection.execute(query).scalar() or "")
