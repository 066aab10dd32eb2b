"""The production folder that `TANYA_HOME` or `--home` names, and the settings read from it."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from izin.wording import Wording
from ops.errors import ProductionFolderUnusable
from ops.settings import load_env_file

HOME = "TANYA_HOME"
ENV_FILE = "tanya.env"
READ_ALREADY = "TANYA_SETTINGS_READ"
"""Set for our processes: what was kept from one of them must not come back from the file."""


def in_production(sentence: str, wording: Wording) -> str:
    """Give the id of what is said instead in a production folder, where `make run` is the demo's.

    Args:
        sentence: id of the sentence elsewhere.
        wording: knows which sentences have one of production's own.
    """
    own = f"{sentence}.production"
    return own if os.environ.get(HOME) and wording.has(own) else sentence


def load_settings(checkout: Path, environment: MutableMapping[str, str]) -> None:
    """Add what the environment file says: the production folder's, else the checkout's ``.env``.

    Raises:
        ProductionFolderUnusable: ``TANYA_HOME`` names a folder that was not made by `tanya init`,
            or root was about to work in another account's.
        SettingInvalid: a line of the file is none.
    """
    if environment.get(READ_ALREADY):
        return
    named = environment.get(HOME, "").strip()
    if not named:
        load_env_file(checkout / ".env", environment)
        return
    home = Path(named).expanduser().resolve()
    _refuse_root(home)
    file = home / ENV_FILE
    if not os.access(file, os.R_OK):
        raise ProductionFolderUnusable(f"{file} cannot be read", folder=str(home))
    load_env_file(file, environment)
    environment[HOME] = str(home)
    for name, folder in (
        ("TANYA_VAR_FOLDER", home / "var"),
        ("TANYA_MEDIA_FOLDER", home / "var" / "media"),
        ("TANYA_PG_DATA", home / "pg"),
        ("TANYA_BACKUP_FOLDER", home / "cadangan"),
    ):
        if not environment.get(name):
            environment[name] = str(folder)


def _refuse_root(home: Path) -> None:
    """Refuse root in the folder of another account: what root leaves there stops its service.

    Raises:
        ProductionFolderUnusable: it is so.
    """
    try:
        owner = home.stat().st_uid
        name = home.owner()
    except (OSError, KeyError):
        return  # whoever reads it next says what is wrong
    if os.geteuid() == 0 and owner != 0:
        refused = ProductionFolderUnusable(f"root in {home}", folder=str(home), owner=name)
        refused.sentence = "ops.error.production_root"
        raise refused
