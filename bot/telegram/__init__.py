"""Telegram Bot API: parse, send, poll, webhook."""

from __future__ import annotations

import os

# Opts in to python-telegram-bot's coming type of waiting times; without it the library
# warns each time Telegram asks for a pause.
os.environ.setdefault("PTB_TIMEDELTA", "true")
