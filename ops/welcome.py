"""What `tanya up` prints when everything is ready: addresses, demo citizens, next steps."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from izin.wording import Wording
from ops.demo_officers import FILE, read_officers
from ops.demo_stories import read_people
from ops.settings import LOOPBACK, OpsSettings

_SHOWN_PEOPLE = 6


def welcome(
    settings: OpsSettings,
    wording: Wording,
    took_s: float,
    environment: Mapping[str, str] | None = None,
) -> str:
    """The text for the operator, several lines.

    Args:
        settings: ports, and whether the demo is on.
        wording: the operator's sentences.
        took_s: seconds from the start until ready.
        environment: tells which channels have a token; our own by default.
    """
    env = os.environ if environment is None else environment
    lines = ["", wording.say("ops.welcome.ready", seconds=wording.number(round(took_s, 1))), ""]
    if settings.demo:
        lines.append(_address(wording, "simulator", settings.address("/simulator")))
    lines.append(_address(wording, "console", settings.console_address))
    lines.append(_address(wording, "health", settings.address("/readyz")))
    lines.append(_address(wording, "parse", f"http://{LOOPBACK}:{settings.rasa_port}/model/parse"))
    if settings.metrics_port:
        metrics = f"http://{LOOPBACK}:{settings.metrics_port}/metrics"
        lines.append(_address(wording, "metrics", metrics))
    lines.append(_address(wording, "logs", _relative(settings.logs, settings.checkout)))
    if settings.demo and not settings.permit_database_url:
        lines += ["", *_people(settings.data, wording)]
    if settings.demo:
        lines += ["", *_officers(settings.data, wording)]
    lines += ["", wording.say("ops.welcome.next"), *_next_steps(settings, wording, env), ""]
    return "\n".join(lines)


def _address(wording: Wording, what: str, address: str) -> str:
    return f"  {wording.say(f'ops.welcome.{what}'):<22}{address}"


def _relative(path: Path, folder: Path) -> str:
    return f"{path.relative_to(folder)}/" if path.is_relative_to(folder) else str(path)


def _people(data: Path, wording: Wording) -> list[str]:
    lines = [wording.say("ops.welcome.people", file="data/demo/people.yaml")]
    for person in read_people(data)[:_SHOWN_PEOPLE]:
        numbers = ", ".join(application.number for application in person.applications)
        lines.append(f"  {person.name:<26}{person.phone:<17}{person.nik_last4:<7}{numbers}")
    return lines


def _officers(data: Path, wording: Wording) -> list[str]:
    lines = [wording.say("ops.welcome.officers", file=FILE)]
    for officer in read_officers(data):
        roles = ", ".join(wording.say(f"account.role.{role}") for role in officer.roles)
        lines.append(f"  {officer.login:<14}{officer.password:<28}{roles}")
    return lines


def _next_steps(settings: OpsSettings, wording: Wording, env: Mapping[str, str]) -> list[str]:
    steps = []
    if settings.demo:
        steps.append(wording.say("ops.welcome.try", address=settings.address("/simulator")))
    if env.get("TELEGRAM_TOKEN"):
        steps.append(wording.say("ops.welcome.telegram_on"))
    else:
        steps.append(wording.say("ops.welcome.telegram_off"))
    if not env.get("WHATSAPP_TOKEN"):
        steps.append(wording.say("ops.welcome.whatsapp_off"))
    steps.append(wording.say("ops.welcome.doctor"))
    steps.append(wording.say("ops.welcome.stop"))
    return [f"  {number}. {step}" for number, step in enumerate(steps, start=1)]
