"""``make audit``: asks OSV.dev for known faults of every locked package, in one question.

Sent are names and versions of public packages, nothing of the office. Exit code 0: nothing new is
known; 1: something is; 2: nobody could be asked, which is never taken for good news.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from izin.wording import Wording
from ops.settings import CHECKOUT

LOCKS = (CHECKOUT / "uv.lock", CHECKOUT / "nlu" / "uv.lock")
JUDGED = CHECKOUT / "ops" / "advisories.toml"
OSV = "https://api.osv.dev/v1/querybatch"
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, order=True)
class Locked:
    """A package of a lock file; ``hashes`` of every file that may be installed of it."""

    name: str
    version: str
    lock: str
    hashes: tuple[str, ...]


def locked(path: Path) -> Iterator[Locked]:
    """Give every package of a lock file that comes from a registry."""
    for package in tomllib.loads(path.read_text("utf-8"))["package"]:
        if "registry" in package["source"]:
            files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
            hashes = tuple(file.get("hash", "") for file in files)
            lock = path.parent.name if path.parent != CHECKOUT else "."
            yield Locked(package["name"], package["version"], lock, hashes)


def judged(path: Path = JUDGED) -> Mapping[str, str]:
    """Give, by id, why an advisory that we know of does not reach us."""
    return {one["id"]: one["why"] for one in tomllib.loads(path.read_text("utf-8"))["advisory"]}


def known_faults(packages: Sequence[Locked], http: httpx.Client) -> dict[Locked, list[str]]:
    """Give the ids of advisories by package.

    Raises:
        httpx.HTTPError: Nobody could be asked.
        ValueError: What came back is no answer to the question.
    """
    queries = [
        {"package": {"name": item.name, "ecosystem": "PyPI"}, "version": item.version}
        for item in packages
    ]
    answer = http.post(OSV, json={"queries": queries})
    answer.raise_for_status()
    results: list[dict[str, Any]] = answer.json().get("results", [])
    if len(results) != len(packages):
        raise ValueError("not as many answers as questions")
    return {
        item: [str(found["id"]) for found in result["vulns"]]
        for item, result in zip(packages, results, strict=True)
        if result.get("vulns")
    }


def run(http: httpx.Client, wording: Wording) -> int:
    """Print what is known; gives the exit code."""
    packages = sorted(item for path in LOCKS for item in locked(path))
    try:
        found = known_faults(packages, http)
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        print(wording.say("ops.audit.unknown", reason=type(error).__name__))
        return 2
    why, new = judged(), 0
    for item, ids in sorted(found.items()):
        for one in ids:
            new += one not in why
            said = why.get(one) or wording.say("ops.audit.new")
            print(f"{item.name} {item.version} ({item.lock}): {one}: {said}")
    print(wording.say("ops.audit.done", packages=len(packages), new=new))
    return 1 if new else 0


def main() -> int:
    """Ask, print and give the exit code."""
    with httpx.Client(timeout=TIMEOUT_S) as http:
        return run(http, Wording())


if __name__ == "__main__":
    sys.exit(main())
