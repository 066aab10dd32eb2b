"""`tanya keys …`: the keys of what is stored encrypted: how it stands, encrypting, changing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from izin.errors import DataLocked
from izin.storage.keyring import Keyring
from izin.storage.postgres import data_keys
from izin.storage.postgres.engine import create
from izin.storage.postgres.reencryption import Reencryption
from izin.storage.tables.encrypted import give_keys, keyring_of
from izin.wording import Wording
from ops.data_key import DATA_KEY, keep_newest, key_file, new_key, put_in_front
from ops.databases import database
from ops.errors import DataKeyUnfit
from ops.kept_key import kept_key
from ops.settings import OpsSettings

_STEPS = ("status", "encrypt", "rotate", "new")


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the commands of `tanya keys`."""
    run = {"status": status, "encrypt": encrypt, "rotate": rotate, "new": new}
    for name in _STEPS:
        about = wording.say(f"keys.cli.{name}")
        step = commands.add_parser(name, help=about, description=about)
        if name == "rotate":
            step.add_argument("--forget", action="store_true", help=wording.say("keys.cli.forget"))
        step.set_defaults(run=run[name])


def new(options: argparse.Namespace, wording: Wording) -> int:
    """Print a new key, for an operator who keeps keys in the environment."""
    print(new_key())
    return 0


def status(options: argparse.Namespace, wording: Wording) -> int:
    """Print which keys are in use and what is still to be written anew."""
    with _house() as (settings, engine):
        keyring, known = keyring_of(engine), data_keys.known(engine)
        if keyring is None:
            print(wording.say("keys.cli.none"))
            return 1
        for item in known:
            moment = wording.date(item.first_used_at.date(), weekday=False)
            kind = "writes" if item.writes else "reads" if item.held else "missing"
            print(wording.say(f"keys.cli.key_{kind}", key=item.id, date=moment))
        if any(not item.held for item in known):
            raise DataKeyUnfit("a key is missing")
        left = {name: count for name, count in Reencryption(engine, settings.media).left().items()
                if count}  # fmt: skip
        for name, count in left.items():
            print(wording.say("keys.cli.left", name=name, count=count))
        print(wording.say("keys.cli.to_do" if left else "keys.cli.all_fresh"))
        return 0


def encrypt(options: argparse.Namespace, wording: Wording) -> int:
    """Encrypt all that is plain or encrypted with an older key, while the house runs."""
    with _house() as (settings, engine):
        _write_anew(settings, engine, wording)
    return 0


def rotate(options: argparse.Namespace, wording: Wording) -> int:
    """Change the key: the first run puts a new one in front, the second writes all anew."""
    with _house() as (settings, engine):
        file = key_file(settings.var)
        ours = file.is_file() and os.environ.get(DATA_KEY) == kept_key(file)
        keyring = keyring_of(engine)
        if keyring is None:
            raise DataKeyUnfit(f"{DATA_KEY} is not set")
        with _said():
            known = {item.id for item in data_keys.known(engine)}
            if known == {keyring.current} and len(keyring.ids) == 1:
                if ours:
                    # Processes must know the new key before anything is written with it.
                    put_in_front(file, new_key())
                    print(wording.say("keys.cli.new_in_front"))
                else:
                    print(wording.say("keys.cli.put_in_front", name=DATA_KEY))
                return 0
        _write_anew(settings, engine, wording)
        if options.forget and ours:
            keep_newest(file)
            print(wording.say("keys.cli.forgotten"))
        elif len(keyring.ids) > 1:
            print(wording.say("keys.cli.may_go", name=str(file) if ours else DATA_KEY))
    return 0


def _write_anew(settings: OpsSettings, engine: Engine, wording: Wording) -> None:
    shown = {"name": "", "count": 0}

    def tell(name: str, changed: int) -> None:
        if name != shown["name"] and shown["count"]:
            print(wording.say("keys.cli.changed", **shown), flush=True)
        shown.update(name=name, count=changed)

    with _said():
        Reencryption(engine, settings.media).run(datetime.now(UTC), tell)
    if shown["count"]:
        print(wording.say("keys.cli.changed", **shown))
    print(wording.say("keys.cli.all_fresh"))


@contextmanager
def _house() -> Iterator[tuple[OpsSettings, Engine]]:
    settings = OpsSettings.from_environment()
    with database(settings) as url:
        engine = create(url, pool_size=1)
        if not os.environ.get(DATA_KEY):  # as `tanya up` would draw it
            give_keys(engine, Keyring(kept_key(key_file(settings.var))))
        try:
            yield settings, engine
        finally:
            engine.dispose()


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except DataLocked as error:
        raise DataKeyUnfit(str(error)) from error
