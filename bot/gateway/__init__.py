"""Durable inbox, ordered turns, outbox delivery, health and metrics."""
