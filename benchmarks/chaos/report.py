"""The verdict of one run as a page of the documentation."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.chaos.evidence import Evidence
from benchmarks.chaos.faults import FAULTS, counted
from benchmarks.chaos.judge import DOUBLED, RULES, Breach, Case
from benchmarks.chaos.planted import PLANTED
from ops.settings import CHECKOUT

MOST_SHOWN = 40


def markdown(
    evidence: Evidence, case: Case, breaches: Sequence[Breach], unseen: Sequence[str],
    skipped: Sequence[str], seed: int, noise: float,
) -> str:  # fmt: skip
    """Give the page."""
    return "\n".join(
        [
            "# Nothing lost, nothing doubled: the proof under faults",
            "",
            *_METHOD,
            "",
            _circumstances(seed, noise),
            "",
            *_verdict(evidence, case, breaches, unseen),
            "",
            *_done(evidence, skipped),
            "",
            *_written(evidence, case),
            "",
        ]
    )


_METHOD = [
    "`make chaos` writes this page (`ARGS=--short` shows the small version that `make test` runs,",
    "`ARGS='--seed 7'` another day). A whole house runs: `tanya up` (gateway of role `all`, Rasa,",
    "action server, console, PostgreSQL), one more gateway of role `web` and one more of role",
    "`worker`. Citizens of the strict fake Telegram and WhatsApp write over real HTTP what offices",
    "hear (`benchmarks/chaos/dialogues.py`), at the pace of people; Telegram's updates come by",
    "webhook first and by polling from the middle on. Webhooks go to both doors in turn. What is",
    "not answered 200 is sent again: Telegram's in the order of each chat, WhatsApp's with growing",
    "pauses (shortened, so that a day fits into minutes). Faults are drawn from the seed.",
    "",
    "Judged is from the platforms' side. Each message is joined with its turn by the platform's",
    "own id, each answer by the id the platform gave it. Apart from our records, each question for",
    "a ticket that nobody else names must be answered once, in the order asked: its answer repeats",
    "the ticket. Messages that a citizen wrote while an earlier one still waited may be answered",
    "together (`TANYA_MERGED_MESSAGES`): one answer counts for all of them. An apology after three",
    "tries of the dialogue (`turns failed`) is an answer too, and opens the chat to an officer.",
    "A part of an answer may come twice only where the platform's acceptance was lost on the way,",
    "or where the process or database that had to record it was killed: platforms offer no",
    "idempotency key ([decision 4](../decisions/0004-queue-and-retries.md)). Each such repeat must",
    "be explained by the fault that caused it, and is counted: by a lost acceptance just one, by a",
    "kill one of each chat and no more than the killed process delivers at once.",
]


def _circumstances(seed: int, noise: float) -> str:
    described = machine.describe()
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=CHECKOUT, text=True,
                            capture_output=True, check=False).stdout.strip()  # fmt: skip
    return (
        f"{datetime.now(UTC):%d %B %Y}, commit {commit or 'unknown'}, seed {seed},"
        f" {described['cpu']}, {described['cores']} cores, {described['memory_gb']} GB,"
        f" Python {described['python']}; noise {noise:.2f} (1.00 = idle)."
    )


def _verdict(
    evidence: Evidence, case: Case, breaches: Sequence[Breach], unseen: Sequence[str]
) -> list[str]:
    of_rule = Counter(item.rule for item in breaches)
    lines = ["## Verdict", "", "| rule | |", "|---|---|"]
    for name, rules in _SHOWN.items():
        count = sum(of_rule[rule] for rule in rules)
        lines.append(f"| {name} | {f'**{count} breaches**' if count else 'holds'} |")
    planted = "all" if not unseen else f"**misses {', '.join(unseen)}**"
    lines.append(f"| the judge finds what is planted ({', '.join(PLANTED)}) | {planted} |")
    if breaches:
        lines += ["", "Breaches:", ""]
        lines += [f"- {item.rule}: {item.what}" for item in breaches[:MOST_SHOWN]]
    repeats = Counter(why for _, why in case.repeats)
    lost = sum(item.lost for item in evidence.received)
    told = ", ".join(f"{count} after “{why}”" for why, count in repeats.most_common()) or "none"
    return [*lines, "", f"Repeated parts: {told}. Acceptances lost on the way by order: {lost}."]


_SHOWN = {
    "every accepted message is stored once, nothing else is": ("stored",),
    "every message is answered, every part of it reached the platform": ("answered", "lost"),
    DOUBLED: ("doubled", "unknown"),
    "answers come in the order of the messages": ("order",),
    "each asked ticket is answered once, by words alone": ("once",),
    "each marked question has the words it asked for": ("words",),
    "one complaint and one ticket for each confirmation": ("complaint",),
    "no delivery status goes backwards": ("status",),
    "malformed items are kept for review and answered by nothing; forged ones leave nothing": (
        "malformed", "forged"),
    "no turn, delivery, job or update is left": ("left",),
    "at most a tenth is answered by an apology (judged of the long run)": ("apologies",),
}  # fmt: skip
assert len(_SHOWN) == len(RULES) + 2


def _done(evidence: Evidence, skipped: Sequence[str]) -> list[str]:
    times = counted(evidence.shaken)
    lines = ["## Faults", "", "| fault | times |", "|---|--:|"]
    for name in FAULTS:
        missing = "not possible on this machine" if name in skipped else "0"
        lines.append(f"| {name} | {times.get(name, missing)} |")
    return lines


def _written(evidence: Evidence, case: Case) -> list[str]:
    citizens = {item.chat for item in evidence.written}
    kinds = Counter(item.kind for item in evidence.written)
    lines = [
        "## What was written",
        "",
        f"{len(evidence.written):,} messages of {len(citizens)} citizens"
        f" ({kinds['ticket']:,} questions with a ticket of their own, {kinds['marked']:,} with"
        f" words to find, {kinds['confirm']} complaints confirmed);"
        f" {len(evidence.received):,} messages received by the platforms.",
        "",
        "| count | |",
        "|---|--:|",
    ]
    lines += [f"| {name} | {count:,} |" for name, count in sorted(evidence.figures.items())]
    forged = len(evidence.silent) - len(evidence.malformed)
    lines.append(f"| malformed items | {len(evidence.malformed):,} |")
    return [*lines, f"| forged requests | {forged:,} |"]
