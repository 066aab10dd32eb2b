"""`tanya content …` over a database with the office's content."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from izin.content import ItemName
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.engine import create
from izin.storage.postgres.journeys import PostgresSavedJourneys
from izin.storage.seed import seed_all
from izin.wording import Wording
from ops import content_cli
from ops.cli import _parser
from ops.journeys.script import read_journeys
from ops.settings import CHECKOUT

DATA = CHECKOUT / "data"


class Kept:
    """An audit log that tests can read."""

    def __init__(self) -> None:
        self.actions: list[str] = []

    def record(self, entry) -> None:
        assert entry.actor == "terminal"
        self.actions.append(entry.action)


@pytest.fixture
def desk(database_url: str):
    seed_all(database_url, DATA)
    engine = create(database_url, pool_size=2)
    yield content_cli.Desk(engine, Kept(), DATA, Wording())
    engine.dispose()


def run(desk: content_cli.Desk, *words: str) -> int:
    options = _parser(desk.wording, "content").parse_args(["content", *words])
    return content_cli.run_at(desk, options.run.args[0], options)


def test_a_folder_goes_out_and_comes_back(
    desk: content_cli.Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "data"
    assert run(desk, "export", "--to", str(folder)) == 0
    for path in folder.rglob("*.yml"):
        assert path.read_bytes() == (DATA / path.relative_to(folder)).read_bytes()
    assert run(desk, "diff", str(tmp_path)) == 0
    assert "sama dengan isi sekarang" in capsys.readouterr().out

    file = folder / "faq" / "nib_kbli.yml"
    file.write_text(file.read_text().replace("Di mana mengunduh NIB", "Di mana mencetak NIB"))
    assert run(desk, "diff", str(folder)) == 0
    assert "~ faq nib_unduh: question" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("tidak\n"))
    assert run(desk, "import", str(folder), "--publish") == 1
    room, name = PostgresContentRoom(desk.engine), ItemName("faq", "nib_unduh")
    assert room.item(name).document["question"].startswith("Di mana mengunduh")
    monkeypatch.setattr("sys.stdin", io.StringIO("terbitkan\n"))
    assert run(desk, "import", str(folder), "--publish") == 0
    assert room.item(name).document["question"].startswith("Di mana mencetak")

    file.write_text(file.read_text().replace("Di mana mencetak NIB", "Di mana melihat NIB"))
    assert run(desk, "import", str(folder)) == 0
    assert room.item(name).open_version is not None
    assert run(desk, "import", str(folder)) == 1
    assert "nib_unduh sedang disunting" in capsys.readouterr().err
    assert desk.audit.actions == ["isi.ekspor", "isi.impor_terbit", "isi.impor_draf"]

    file.write_text("topic: [")
    assert run(desk, "diff", str(folder)) == 1
    assert "faq/nib_kbli.yml" in capsys.readouterr().err
    assert run(desk, "diff", str(tmp_path / "nichts")) == 1


def test_journeys_that_editors_kept_go_out_with_the_content(
    desk: content_cli.Desk, tmp_path: Path
) -> None:
    saved = PostgresSavedJourneys(desk.engine)
    text = "perjalanan:\n- nama: {}\n  langkah:\n  - warga: biaya slf\n    memuat: [Rp0]\n"
    now = datetime(2026, 5, 4, tzinfo=UTC)
    saved.add("Biaya SLF", text.format("Biaya SLF"), "a", "1", now)
    saved.switch(saved.add("Lama", text.format("Lama"), "a", "2", now), False)
    assert run(desk, "export", "--to", str(tmp_path)) == 0
    (journey,) = read_journeys(["simpanan"], tmp_path / "journeys")
    assert journey.name == "Biaya SLF"
    assert run(desk, "diff", str(tmp_path)) == 0
