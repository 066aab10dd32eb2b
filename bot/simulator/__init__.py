"""A demo phone: the same inbox, queue, Rasa, outbox and renderers, but no platform."""
