"""Steps in which an officer of the office acts: `petugas_hadir`, `petugas`, and their like."""

from __future__ import annotations

import uuid
from datetime import timedelta

from izin.officers import OfficerSession
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officers import PostgresOfficers
from izin.usecases.serve_citizen import DEFAULT_ROLE, ServeCitizen
from ops.journeys.chat import expect, squeeze
from ops.journeys.player import ACTS, Player, Step

NAME = "Ani Petugas"
"""No citizen may ever read it: they see the role alone."""

SESSION = "perjalanan"
PRESENT = timedelta(hours=3)


def _serve(player: Player) -> ServeCitizen:
    engine = player.world.engine
    return ServeCitizen(PostgresOfficers(engine), PostgresOfficeBook(engine), player.world.wording)


def _conversation(player: Player, who: str) -> str:
    found = player.world.conversation(player.chat(who).name)
    expect(found, f"{who} wrote nothing yet")
    return str(found)


def present(player: Player, step: Step, who: str) -> None:
    """Let an officer be present, or (`false`) nobody."""
    officers = _serve(player).officers
    if step["petugas_hadir"]:
        session = OfficerSession(SESSION, NAME, DEFAULT_ROLE, player.now + PRESENT)
        officers.beat(session, player.now)
    else:
        officers.leave(SESSION)


def take(player: Player, step: Step, who: str) -> None:
    """Let the officer hold the conversation."""
    _serve(player).take(_conversation(player, who), NAME, DEFAULT_ROLE, player.now)
    player.check_pushed(step, who)


def answer(player: Player, step: Step, who: str) -> None:
    """Let the officer answer, holding the conversation first where needed."""
    serve, conversation = _serve(player), _conversation(player, who)
    if serve.officers.handling(conversation) is None:
        serve.take(conversation, NAME, DEFAULT_ROLE, player.now)
    text = player.filled(step["petugas"])
    serve.reply(conversation, NAME, text, uuid.uuid4().hex, player.now)
    player.check_pushed(step, who)


def release(player: Player, step: Step, who: str) -> None:
    """Let the officer give the conversation back."""
    released = _serve(player).release(_conversation(player, who), NAME, player.now)
    expect(released, "nobody holds the conversation")
    player.check_pushed(step, who)


def read(player: Player, step: Step, who: str) -> None:
    """Look at what the officer reads; `tanpa` is what must not be there."""
    lines = _serve(player).officers.conversation_with(_conversation(player, who))
    shown = squeeze("\n".join(line.text or line.kind for line in lines))
    wanted = step["petugas_membaca"]
    for fact in wanted if isinstance(wanted, list) else [wanted]:
        expect(squeeze(player.filled(fact)) in shown, f"{fact!r} not in:\n{shown}")
    for fact in step.get("tanpa", []):
        expect(squeeze(player.filled(fact)) not in shown, f"{fact!r} in:\n{shown}")


ACTS.update(
    {
        "petugas_hadir": present,
        "petugas_ambil": take,
        "petugas": answer,
        "petugas_lepas": release,
        "petugas_membaca": read,
    }
)
