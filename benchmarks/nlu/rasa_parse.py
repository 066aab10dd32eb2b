"""Lets one trained pipeline understand a list of messages, in process, one after the other.

Run as a program by Python 3.10 to 3.12 with Rasa. The CPU time of a message is that of the whole
process (all its threads) while Rasa's message processor parses it; the libraries that compute
in threads are held to one each by the caller's environment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path

WARM_UP = 30


def main(arguments: list[str] | None = None) -> int:
    """Parse ``texts.json`` and write rankings, entities and CPU times as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fenced", action="store_true", help="our environment, not stock Rasa")
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True, type=Path, help="JSON: [{text, now}]")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    if options.fenced:
        sys.path.insert(0, os.getcwd())
        from nlu.components.launcher import prepare

        prepare()
    else:
        from rasa.utils.log_utils import configure_structlog

        # Outside Rasa's own command line every parse would print a line, which costs CPU.
        configure_structlog(logging.ERROR)
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    processor = Agent.load(options.model).processor
    loop = asyncio.new_event_loop()
    items = json.loads(options.texts.read_text(encoding="utf-8"))

    def parse(item: dict) -> dict:
        message = UserMessage(item["text"], metadata={"now": item["now"]} if item["now"] else None)
        return loop.run_until_complete(processor.parse_message(message))

    for item in items[:WARM_UP]:
        parse(item)
    results = []
    for item in items:
        started = time.process_time_ns()
        parsed = parse(item)
        spent = time.process_time_ns() - started
        results.append(
            {
                "ranking": [[one["name"], one["confidence"]] for one in parsed["intent_ranking"]],
                "entities": [[one["entity"], one["value"]] for one in parsed["entities"]],
                "cpu_us": spent // 1000,
            }
        )
    report = {
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "results": results,
    }
    options.output.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
