"""Every sentence the operations code can say exists, and its placeholders are filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from izin.wording import Wording
from ops import errors

OPS = Path(errors.__file__).parent
WORDING = Wording()


def test_every_sentence_named_in_the_code_exists() -> None:
    named = {
        match
        for file in OPS.glob("*.py")
        for match in re.findall(r'"(ops\.[a-z_.]+[a-z])"', file.read_text())
        if not match.startswith(("ops.cli.{", "ops.embedded_postgres", "ops.postgres"))
    }
    named -= {"ops.cli", "ops.doctor", "ops.sandbox", "ops.trainer"}  # module names
    assert len(named) > 30
    assert sorted(key for key in named if not WORDING.has(key)) == []


def test_every_finding_of_the_doctor_has_its_sentence() -> None:
    parts = set()
    for file in OPS.glob("doctor*.py"):
        text = file.read_text()
        parts |= set(re.findall(r'"(?:ok|warn|fail)", "([a-z_]+\.[a-z_]+)"', text))
    assert len(parts) > 20
    assert sorted(part for part in parts if not WORDING.has(f"ops.doctor.{part}")) == []


KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.OpsError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_for_the_operator(kind: type[errors.OpsError]) -> None:
    assert WORDING.has(kind.sentence)


def test_no_sentence_of_ours_is_unused() -> None:
    code = "".join(file.read_text() for file in OPS.glob("*.py"))
    unused = [
        key
        for key in WORDING.parameters()
        if key.startswith("ops.")
        and not any(part in code for part in (f'"{key}"', f'"{key.removeprefix("ops.doctor.")}"'))
    ]
    # Put together in code: ops.cli.<command>, ops.welcome.<address>, levels by name.
    composed = re.compile(
        r"ops\.(cli\.\w+|init\.(ask|wrong)\.\w+|systemd\.text\.\w+|webhook\.(check|register)|welcome\.\w+|doctor\.(level|disk|registry)\.\w+"
        r"|(error|doctor)\.[\w.]+\.production"
        r"|(backup|restore|upgrade|retention)\.(column|kind|option|secret|step)\.[\w-]+)$"
    )
    assert [key for key in unused if not composed.match(key)] == []
