"""The text of the systemd units of one installation, by file name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.children import ACTIONS, CONSOLE, GATEWAY, POSTGRES, PREPARE, RASA, WORKER

NAME = "tanya-izin"
BACKUP_AT = "01:30"
_RUNTIME = f"/run/{NAME}"

_HARDENED = (
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("ProtectSystem", "strict"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectClock", "yes"),
    ("ProtectHostname", "yes"),
    ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("SystemCallArchitectures", "native"),
    ("UMask", "0077"),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an installation lies and who runs it.

    Attributes:
        checkout: folder of the program; only read.
        home: production folder; written.
        user: account everything runs under, its group has the same name.
        embedded_database: PostgreSQL is ours to run.
        outside: folders outside the production folder that are written, too: backups on
            another disk, citizens' files.
    """

    checkout: Path
    home: Path
    user: str
    embedded_database: bool = True
    outside: tuple[Path, ...] = ()


Text = Mapping[str, str]
"""Descriptions by the unit's part."""


def whole(installation: Installation, texts: Text) -> dict[str, str]:
    """The units of one machine: one service for everything, and the nightly backup."""
    service = _service(
        installation, texts["up"], ["up"], after=["network-online.target"], stop_s=120,
        wanted_by="multi-user.target", kill_mode="mixed",
    )  # fmt: skip
    return {f"{NAME}.service": service, **backup(installation, texts, f"{NAME}.service")}


def split(installation: Installation, texts: Text) -> dict[str, str]:
    """One unit for each process, held together by a target."""
    target = f"{NAME}.target"
    first = [POSTGRES] if installation.embedded_database else []
    order: Sequence[tuple[str, list[str], int, Text]] = (
        *((POSTGRES, [], 60, {}) for _ in first),
        (PREPARE, first, 60, {}),
        (ACTIONS, [PREPARE], 40, {}),
        (RASA, [PREPARE], 40, {}),
        (GATEWAY, [PREPARE], 40, {"TANYA_GATEWAY_ROLE": "web"}),
        # On the same machine it has other ports than the gateway with the doors.
        (WORKER, [PREPARE], 60, {"TANYA_GATEWAY_PORT": "8081", "TANYA_METRICS_PORT": "9465"}),
        (CONSOLE, [PREPARE], 40, {}),
    )
    units = {target: _target(texts["target"], [part for part, *_ in order])}
    for part, needs, stop_s, environment in order:
        units[_unit(part)] = _service(
            installation, texts[part], ["run", part],
            after=["network-online.target", *map(_unit, {*first, *needs} - {part})],
            requires=[_unit(need) for need in needs], part_of=target, stop_s=stop_s,
            environment=environment, wanted_by=target, once=part == PREPARE,
            kill_mode="mixed" if part == POSTGRES else "control-group",
        )  # fmt: skip
    return {**units, **backup(installation, texts, target)}


def backup(installation: Installation, texts: Text, after: str) -> dict[str, str]:
    """The nightly backup: a service and the timer that starts it."""
    service = _service(
        installation, texts["backup"], ["backup"], after=[after], stop_s=60, once=True,
        nightly=True, kill_mode="mixed",
    )  # fmt: skip
    timer = _sections(
        ("Unit", [("Description", texts["backup"])]),
        ("Timer", [("OnCalendar", f"*-*-* {BACKUP_AT}:00"), ("RandomizedDelaySec", "15min"),
                   ("Persistent", "true")]),
        ("Install", [("WantedBy", "timers.target")]),
    )  # fmt: skip
    return {f"{NAME}-backup.service": service, f"{NAME}-backup.timer": timer}


def _unit(part: str) -> str:
    return f"{NAME}-{part}.service"


def _target(text: str, parts: Sequence[str]) -> str:
    wants = " ".join(_unit(part) for part in parts)
    return _sections(
        ("Unit", [("Description", text), ("Wants", wants)]),
        ("Install", [("WantedBy", "multi-user.target")]),
    )


def _service(
    installation: Installation, text: str, arguments: Sequence[str], *, after: Sequence[str],
    stop_s: int, requires: Sequence[str] = (), part_of: str = "", wanted_by: str = "",
    environment: Text | None = None, once: bool = False, nightly: bool = False,
    kill_mode: str = "control-group",
) -> str:  # fmt: skip
    python = installation.checkout / ".venv" / "bin" / "python"
    command = " ".join([_quoted(python), "-m", "ops.cli", *arguments])
    unit = [
        ("Description", text),
        ("Wants", "network-online.target"),
        ("After", " ".join(dict.fromkeys(after))),
    ]
    unit += [("Requires", " ".join(requires))] if requires else []
    unit += [("PartOf", part_of)] if part_of else []
    unit += [] if once else [("StartLimitIntervalSec", "0")]
    settings = {
        "TANYA_HOME": str(installation.home),
        "HOME": str(installation.home / "var"),  # libraries write their small settings there
        "XDG_RUNTIME_DIR": _RUNTIME,  # of the database's socket, shared by the units
        "PYTHONDONTWRITEBYTECODE": "1",
        **(environment or {}),
    }
    kind = "oneshot" if once else "simple"
    body = [
        ("Type", kind),
        ("User", installation.user),
        ("Group", installation.user),
        ("WorkingDirectory", str(installation.checkout).replace("%", "%%")),
        *(("Environment", _quoted(f"{name}={value}")) for name, value in settings.items()),
        ("ExecStart", command),
        ("KillMode", kill_mode),
        ("TimeoutStopSec", str(stop_s)),
        ("RuntimeDirectory", NAME),
        ("RuntimeDirectoryMode", "0700"),
        ("RuntimeDirectoryPreserve", "yes"),
    ]
    if nightly:
        body += [("TimeoutStartSec", "6h"), ("Nice", "10"), ("IOSchedulingClass", "idle")]
    elif once:
        body += [("RemainAfterExit", "yes"), ("TimeoutStartSec", "30min")]
    else:
        body += [("Restart", "always"), ("RestartSec", "5"), ("LimitNOFILE", "65536")]
    body += [*_HARDENED, *_folders(installation)]
    install = [("WantedBy", wanted_by)] if wanted_by else []
    return _sections(("Unit", unit), ("Service", body), ("Install", install))


def _folders(installation: Installation) -> Iterator[tuple[str, str]]:
    """Of the whole machine it writes its own folder alone; homes it sees when it lies in one."""
    inside = any(
        Path(base) in folder.parents
        for base in ("/home", "/root", "/run/user")
        for folder in (installation.checkout, installation.home, *installation.outside)
    )
    yield "ProtectHome", "read-only" if inside else "yes"
    yield "ReadWritePaths", _quoted(installation.home)
    for folder in installation.outside:
        # "-": a disk that is not mounted is no reason to answer nobody.
        yield "ReadWritePaths", _quoted(f"-{folder}")


def _quoted(value: object) -> str:
    text = str(value).replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _sections(*sections: tuple[str, Sequence[tuple[str, str]]]) -> str:
    written = []
    for name, lines in sections:
        if lines:
            body = "\n".join(f"{key}={value}" for key, value in lines)
            written.append(f"[{name}]\n{body}\n")
    return "\n".join(written)
