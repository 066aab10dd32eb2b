"""The bot's command menu, and the sentence each command stands for.

Both come from ``locales``: every ``gateway.command.<name>.description`` with its
``.sentence`` is a command, in the order of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from izin.errors import InvalidInput
from izin.wording import Wording

_KEY = re.compile(r"gateway\.command\.([a-z0-9_]{1,32})\.description")
MOST_COMMANDS = 100
DESCRIPTION_LIMIT = 256


def command_menu(wording: Wording) -> list[tuple[str, str]]:
    """Give (name, description) of every command, ready for setMyCommands.

    Raises:
        InvalidInput: More than 100 commands, or a description not of 1-256 characters
            (limits of core.telegram.org/bots/api#botcommand).
    """
    menu = []
    for key in list(wording.keys()):
        match = _KEY.fullmatch(key)
        if match:
            menu.append((match[1], wording.say(key)))
    if len(menu) > MOST_COMMANDS:
        raise InvalidInput(f"{len(menu)} commands, at most {MOST_COMMANDS}", field="commands")
    for name, description in menu:
        if not 1 <= len(description) <= DESCRIPTION_LIMIT:
            raise InvalidInput(f"description of /{name} is too long", field=name)
    return menu


def command_sentences(wording: Wording) -> Mapping[str, str]:
    """Give the sentence each command stands for, by command name."""
    return {
        name: wording.say(f"gateway.command.{name}.sentence") for name, _ in command_menu(wording)
    }


@cache
def default_sentences() -> Mapping[str, str]:
    """Give the Indonesian sentences of ``locales``, read once."""
    return command_sentences(Wording())
