"""`tanya officer …`: a small office holds and answers conversations from the terminal.

The desk of an office without a console: presence lasts until closing time, a hold as long as
its lease. Only what citizens left for officers is shown, never what they told the assistant.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time

import structlog

from izin.errors import Conflict, InvalidInput
from izin.officers import OfficerSession, Waiting, in_order
from izin.storage.postgres.engine import create
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officers import PostgresOfficers
from izin.usecases.serve_citizen import DEFAULT_ROLE, ServeCitizen
from izin.wording import Wording
from ops.databases import database
from ops.settings import OpsSettings

SHOWN_CODE = 8
"""Characters of a conversation's id that tell it from the others."""

NEXT = "next"
_SESSION = "terminal:"

Desk = Callable[["Terminal", argparse.Namespace], int]


class NotAsked(Exception):
    """What was asked cannot be done; ``sentence`` is its id in the wording."""

    def __init__(self, sentence: str, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.parameters = parameters


class Terminal:
    """One officer's terminal over the office's database."""

    def __init__(self, serve: ServeCitizen, wording: Wording, now: datetime) -> None:
        """Take the desk's work, the sentences and the present moment."""
        self.serve = serve
        self.wording = wording
        self.now = now

    def say(self, key: str, **parameters: object) -> None:
        """Print a sentence."""
        print(self.wording.say(f"officers.cli.{key}", **parameters), flush=True)

    def officer(self, options: argparse.Namespace) -> OfficerSession:
        """Give who sits here: the one named, or the only one present.

        Raises:
            NotAsked: Nobody is named, and not exactly one is present.
        """
        present = self.serve.officers.present(self.now)
        if options.name:
            known = next((item for item in present if item.officer == options.name), None)
            return known or OfficerSession("", options.name, DEFAULT_ROLE, self.now)
        if len(present) != 1:
            raise NotAsked("who")
        return present[0]

    def conversation(self, code: str) -> str:
        """Give the id of the waiting or held conversation whose id begins with ``code``.

        Raises:
            NotAsked: There is none, or more than one.
        """
        if len(code) == len(str(uuid.UUID(int=0))):
            return code
        known = [item.conversation_id for item in self.serve.officers.waiting()]
        found = [item for item in known if item.startswith(code)]
        if len(found) != 1:
            raise NotAsked("unknown_conversation", code=code)
        return found[0]


def present(desk: Terminal, options: argparse.Namespace) -> int:
    """Begin to be present, until closing time or the time given."""
    until = _until(desk, options.until)
    session = OfficerSession(f"{_SESSION}{options.name}", options.name, options.role, until)
    desk.serve.officers.beat(session, desk.now)
    zone = desk.serve.office.office().zone
    desk.say("is_present", officer=options.name, time=desk.wording.time(until, zone))
    return 0


def absent(desk: Terminal, options: argparse.Namespace) -> int:
    """Stop being present."""
    was = desk.serve.officers.leave(f"{_SESSION}{options.name}")
    desk.say("is_absent" if was else "was_not_present", officer=options.name)
    return 0


def queue(desk: Terminal, options: argparse.Namespace) -> int:
    """Show who waits, those in the chat first, in the order they are served."""
    waiting = in_order(desk.serve.officers.waiting())
    if not waiting:
        desk.say("nobody_waits")
    for item in sorted(waiting, key=lambda item: not item.in_chat):
        desk.say("waits", **_row(desk, item))
    return 0


def take(desk: Terminal, options: argparse.Namespace) -> int:
    """Hold the conversation named, or the next one."""
    officer = desk.officer(options)
    if options.conversation == NEXT:
        held = desk.serve.take_next(officer.officer, officer.role, desk.now)
        if held is None:
            desk.say("nobody_waits")
            return 1
    else:
        chosen = desk.conversation(options.conversation)
        held = desk.serve.take(chosen, officer.officer, officer.role, desk.now)
    desk.say("taken", code=held.conversation_id[:SHOWN_CODE])
    return _show(desk, held.conversation_id)


def read(desk: Terminal, options: argparse.Namespace) -> int:
    """Show what was said between the citizen and officers."""
    return _show(desk, desk.conversation(options.conversation))


def reply(desk: Terminal, options: argparse.Namespace) -> int:
    """Send an answer, signed by role."""
    officer, chosen = desk.officer(options), desk.conversation(options.conversation)
    desk.serve.reply(chosen, officer.officer, options.text, uuid.uuid4().hex, desk.now)
    desk.say("sent")
    return 0


def release(desk: Terminal, options: argparse.Namespace) -> int:
    """Give a conversation back to the assistant."""
    officer, chosen = desk.officer(options), desk.conversation(options.conversation)
    if not desk.serve.release(chosen, officer.officer, desk.now):
        raise NotAsked("not_yours")
    desk.say("released")
    return 0


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the officer's commands to those of `tanya officer`."""

    def add(name: str, run: Desk) -> argparse.ArgumentParser:
        about = wording.say(f"officers.cli.{name}")
        command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=lambda options, said: _at_desk(run, options, said))
        return command

    named = wording.say("officers.cli.name")
    begins = add("present", present)
    begins.add_argument("name", help=named)
    begins.add_argument("--role", default=DEFAULT_ROLE, help=wording.say("officers.cli.role"))
    begins.add_argument("--until", help=wording.say("officers.cli.until"))
    add("absent", absent).add_argument("name", help=named)
    add("queue", queue)
    for name, run in (("take", take), ("read", read), ("reply", reply), ("release", release)):
        command = add(name, run)
        which = "conversation_or_next" if name == "take" else "conversation"
        command.add_argument("conversation", help=wording.say(f"officers.cli.{which}"))
        if name == "reply":
            command.add_argument("text", help=wording.say("officers.cli.text"))
        if name != "read":
            command.add_argument("--name", help=named)


def _at_desk(run: Desk, options: argparse.Namespace, wording: Wording) -> int:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with database(OpsSettings.from_environment()) as url:
        engine = create(url, pool_size=1)
        try:
            serve = ServeCitizen(PostgresOfficers(engine), PostgresOfficeBook(engine), wording)
            return run_at(Terminal(serve, wording, datetime.now(UTC)), run, options)
        finally:
            engine.dispose()


def run_at(desk: Terminal, run: Desk, options: argparse.Namespace) -> int:
    """Run one command; what cannot be done is said on standard error, with exit code 1."""
    try:
        return run(desk, options)
    except NotAsked as refusal:
        sentence = desk.wording.say(f"officers.cli.{refusal.sentence}", **refusal.parameters)
    except Conflict:
        sentence = desk.wording.say("officers.cli.not_yours")
    except InvalidInput:
        sentence = desk.wording.say("officers.cli.wrong_text")
    print(sentence, file=sys.stderr)
    return 1


def _until(desk: Terminal, given: str | None) -> datetime:
    if given is None:
        closing = desk.serve.until_closing(desk.now)
        if closing is None:
            raise NotAsked("after_closing")
        return closing
    zone = desk.serve.office.office().zone
    try:
        clock = time.fromisoformat(given.replace(".", ":"))
    except ValueError:
        raise NotAsked("bad_time") from None
    until = datetime.combine(desk.now.astimezone(zone).date(), clock, tzinfo=zone)
    if until <= desk.now:
        raise NotAsked("bad_time")
    return until


def _row(desk: Terminal, item: Waiting) -> dict[str, object]:
    say, zone = desk.wording.say, desk.serve.office.office().zone
    day = desk.wording.date(item.opened_at.astimezone(zone).date(), weekday=False)
    promised = desk.wording.date(item.respond_by, weekday=False) if item.respond_by else None
    held = say("officers.cli.held", officer=item.held_by) if item.held_by else ""
    return {
        "code": item.conversation_id[:SHOWN_CODE],
        "since": f"{day} {desk.wording.time(item.opened_at, zone)}",
        "channel": item.channel,
        "simulated": say("officers.cli.simulated") if item.namespace == "simulator" else "",
        "reasons": ", ".join(_reason(reason, desk.wording) for reason in item.reasons),
        "messages": item.messages,
        "date": promised or say("officers.cli.no_date"),
        "held": held,
    }


def _reason(reason: str, wording: Wording) -> str:
    key = f"officers.reason_{reason}"
    return wording.say(key) if wording.has(key) else reason.replace("_", " ")


def _printable(text: str) -> str:
    """Drop what could steer the terminal; a citizen's text is only read."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _show(desk: Terminal, conversation_id: str) -> int:
    lines = desk.serve.officers.conversation_with(conversation_id)
    if not lines:
        desk.say("nothing_left")
    zone = desk.serve.office.office().zone
    for line in lines:
        kind = "" if line.kind in ("text", "choice") else f"[{line.kind}] "
        who = desk.wording.say(f"officers.cli.{'by_citizen' if line.by_citizen else 'by_officer'}")
        text = _printable(f"{kind}{line.text}".strip())
        desk.say("line", time=desk.wording.time(line.at, zone), who=who, text=text)
    return 0
