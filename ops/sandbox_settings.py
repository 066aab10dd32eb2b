"""With what a sandbox runs: ports and folders of its own, and nothing of the office's secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ops.settings import CHECKOUT, LOOPBACK, OpsSettings
from ops.trial import free_ports

NEEDED_MB = 800
"""Memory that must be free for a sandbox: measured 560 MB in use, and room for work."""

_OURS = ("TANYA_", "TELEGRAM_", "WHATSAPP_", "DATABASE_", "PERMIT_")
_KEPT = ("TANYA_PG_BIN", "TANYA_PG_USER")
_ADDRESSES = (
    "_URL", "_API", "_ID", "_SECRET", "_TOKEN", "_KEY", "_PORT", "_HOST", "_FOLDER", "_DATA",
    "_PROXIES",
)  # fmt: skip


def sandbox_settings(root: Path) -> OpsSettings:
    """Settings of a sandbox in a folder, on ports that are free now."""
    gateway, rasa, actions = free_ports(3)
    return OpsSettings(
        checkout=CHECKOUT,
        data_root=root / "pg",
        var_folder=root / "var",
        gateway_host=LOOPBACK,
        gateway_port=gateway,
        rasa_port=rasa,
        actions_port=actions,
        metrics_port=0,
        demo=True,
        demo_desk=False,
    )


def sandbox_environment(
    settings: OpsSettings, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The operator's environment without addresses, secrets and platforms of ours."""
    given = os.environ if environment is None else environment
    kept = {
        name: value
        for name, value in given.items()
        if name in _KEPT or not (name.startswith(_OURS) and name.endswith(_ADDRESSES))
    }
    return {**kept, "TANYA_MEDIA_FOLDER": str(settings.var / "media")}


def free_mb(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Memory in MB that programs can still get; None where the system does not say."""
    try:
        lines = meminfo.read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) // 1024 if found else None
