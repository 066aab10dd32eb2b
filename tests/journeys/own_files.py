"""A journey's step that opens a file the chat was sent: `berkas: json` (or `txt`)."""

from __future__ import annotations

from tests.journeys.script import PLAYED, Player, Step


def open_file(player: Player, step: Step, who: str) -> None:
    """Open the latest file with this ending, as the citizen would, and look at its words."""
    chat = player.chat(who)
    sent = [
        part["media"]
        for message in chat.messages()
        for part in message["replies"]
        if part["media"] and str(part["media"]["title"]).endswith(f".{step['berkas']}")
    ]
    assert sent, f"no .{step['berkas']} was sent"
    answer = player.stack.http.get(
        f"/simulator/api/media/{sent[-1]['media_id']}",
        params={"channel": chat.channel, "chat": chat.name},
    )
    if step.get("hilang"):
        assert answer.status_code == 404, "the file is still there"
        return
    assert answer.status_code == 200, answer.text
    player._check_text(step, answer.content.decode("utf-8-sig"))


PLAYED["berkas"] = open_file
