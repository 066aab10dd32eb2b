"""Runs unmodified Rasa with its Telegram connector pointed at another Bot API.

A program for stock's environment (Python 3.10): ``server.py http://127.0.0.1:8081 run …``.
The connector knows no setting for the Bot API's address, so the constant of its aiogram library
is given another value before Rasa starts. No line of Rasa is changed, and plain HTTP to a
neighbour process is cheaper for stock than Telegram's TLS.

Of the versions of aiogram that Rasa 3.6.21 allows, its other requirements leave 2.15. There the
connector cannot answer at all: it opens its HTTP session in an event loop that is closed before
the server starts ("Event loop is closed" at every message). Later versions of aiogram open a new
session then; here 2.15 does so too, for there would be nothing to compare with.
"""

import sys

from aiogram.bot import api
from aiogram.bot.base import BaseBot
from rasa.__main__ import main

base = sys.argv.pop(1)
given = api.TelegramAPIServer.from_base(base)
for field in ("base", "file"):
    object.__setattr__(api.TELEGRAM_PRODUCTION, field, getattr(given, field))


def session(bot):
    """Give the bot's HTTP session, a new one where its event loop has been closed."""
    if bot._session is not None and bot._session._loop.is_closed():
        bot._session = None
    return opened(bot)


opened = BaseBot.session.fget
BaseBot.session = property(session)

if __name__ == "__main__":
    main()
