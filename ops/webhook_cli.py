"""`tanya webhook check|register`: is the way from the platforms to us open, and is it ours."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping

import httpx

from izin.wording import Wording
from ops.doctor_addresses import Row
from ops.doctor_webhooks import (
    PUBLIC,
    WHATSAPP_PATH,
    address,
    client,
    examine,
    register_telegram,
)


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the steps of `tanya webhook`."""
    for name, work in (("check", check), ("register", register)):
        about = wording.say(f"ops.webhook.{name}")
        made = commands.add_parser(name, help=about, description=about)
        made.set_defaults(run=lambda options, said, work=work: work(os.environ, said, client()))


def check(env: Mapping[str, str], wording: Wording, http: httpx.Client) -> int:
    """Print what is found; 1 when a platform does not reach us."""
    with http:
        return _print(examine(env, http), wording)


def register(env: Mapping[str, str], wording: Wording, http: httpx.Client) -> int:
    """Register at Telegram once the address is fit for it, and say what Meta is to be told."""
    public = env.get(PUBLIC, "").strip().rstrip("/")
    with http:
        if not public:
            return _print([("fail", "webhook.no_address", {})], wording)
        if _print(address(public), wording):
            print(wording.say("ops.webhook.nothing_registered"))
            return 1
        failed = 0
        if env.get("TELEGRAM_TOKEN", "").strip():
            failed = _print([register_telegram(env, http)], wording)
        if env.get("WHATSAPP_TOKEN", "").strip():
            print(wording.say("ops.webhook.tell_meta", url=public + WHATSAPP_PATH))
        return failed or _print(_after(env, http), wording)


def _after(env: Mapping[str, str], http: httpx.Client) -> Iterable[Row]:
    """What is found beyond the address, which was said already."""
    return (row for row in examine(env, http) if not row[1].startswith("address."))


def _print(rows: Iterable[Row], wording: Wording) -> int:
    failed = 0
    for level, part, parameters in rows:
        failed = failed or int(level == "fail")
        said = wording.say(f"ops.doctor.{part}", **parameters)
        print(f"[{wording.say(f'ops.doctor.level.{level}')}] {said}", flush=True)
    return failed
