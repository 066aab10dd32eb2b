"""Loads a model in an unmodified Rasa and lets it understand two messages (stock check)."""

from __future__ import annotations

import asyncio
import os
import sys

sys.path.insert(0, os.getcwd())

EXPECTED = {
    "syarat bikin imb rumah apa aja ya": (["tanya_syarat"], ["PBG"]),
    "syarat sama biaya slf apa": (["tanya_syarat", "tanya_biaya"], ["SLF"]),
}


def main(model: str) -> int:
    """Return 0 when both messages are understood as expected, else 1 with the difference."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    failed = False
    for text, (intents, permits) in EXPECTED.items():
        parsed = asyncio.run(agent.parse_message(text))
        found = (
            [question["intent"] for question in parsed["questions"]],
            [entity["value"] for entity in parsed["entities"] if entity["entity"] == "izin"],
        )
        good = found == (intents, permits)
        failed = failed or not good
        print(f"{'ok  ' if good else 'FAIL'} {text!r}: {found}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
