"""Runs unmodified Rasa with its Telegram connector pointed at another Bot API.

A program for stock's environment (Python 3.10): ``stock_server.py http://127.0.0.1:8081 run …``.
The connector knows no setting for the Bot API's address, so the constant of its aiogram library
is given another value before Rasa starts. No line of Rasa or aiogram is changed, and plain HTTP
to a neighbour process is cheaper for stock than Telegram's TLS.
"""

import sys

from aiogram.bot import api
from rasa.__main__ import main

base = sys.argv.pop(1)
given = api.TelegramAPIServer.from_base(base)
for field in ("base", "file"):
    object.__setattr__(api.TELEGRAM_PRODUCTION, field, getattr(given, field))

if __name__ == "__main__":
    main()
