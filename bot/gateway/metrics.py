"""Prometheus metrics of the gateway, on a registry of its own."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """Counts turns and deliveries; never holds anything about a citizen."""

    def __init__(self) -> None:
        """Register every metric."""
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "tanya_turns_total", "Turns by channel and result", ["channel", "result"],
            registry=self.registry,
        )  # fmt: skip
        self._deliveries = Counter(
            "tanya_deliveries_total", "Deliveries by channel and result", ["channel", "result"],
            registry=self.registry,
        )  # fmt: skip
        self._intents = Counter(
            "tanya_intents_total", "Turns by the intent they were routed by", ["intent"],
            registry=self.registry,
        )  # fmt: skip
        self._latency = Histogram(
            "tanya_latency_seconds", "Time by part of a turn's way", ["part"],
            registry=self.registry, buckets=_BUCKETS_S,
        )  # fmt: skip
        self._depth = Gauge(
            "tanya_queue_jobs", "Jobs waiting or running", ["queue", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.fallback_rate = Gauge(
            "tanya_fallback_ratio", "Share of turns routed to fallback since start",
            registry=self.registry,
        )  # fmt: skip
        self._alarm = Gauge(
            "tanya_alarm", "Alarms: 0 none, 1 needs attention, 2 failed", ["name"],
            registry=self.registry,
        )  # fmt: skip
        self._alarms_read = Gauge(
            "tanya_alarms_read_timestamp_seconds", "When the alarms were last read",
            registry=self.registry,
        )  # fmt: skip
        self._asked = 0
        self._lost = 0

    def turn(self, channel: str, result: str) -> None:
        """Count a turn: answered, failed or held."""
        self._turns.labels(channel, result).inc()

    def delivery(self, channel: str, result: str) -> None:
        """Count a delivery: accepted, retried or failed."""
        self._deliveries.labels(channel, result).inc()

    def intent(self, intent: str) -> None:
        """Count the intent a turn was routed by and renew the fallback share."""
        self._intents.labels(intent or "unknown").inc()
        self._asked += 1
        self._lost += intent == "nlu_fallback"
        self.fallback_rate.set(self._lost / self._asked)

    def latency(self, part: str, milliseconds: float) -> None:
        """Observe the time one part of a turn took."""
        self._latency.labels(part).observe(milliseconds / 1000)

    def alarms(self, levels: Mapping[str, int]) -> None:
        """Set the alarms by name."""
        for name, level in levels.items():
            self._alarm.labels(name).set(level)
        self._alarms_read.set_to_current_time()

    def queue_depth(self, counts: dict[tuple[str, str], int]) -> None:
        """Set the queue's depth by (queue, status)."""
        self._depth.clear()
        for (queue, status), count in counts.items():
            self._depth.labels(queue, status).set(count)
