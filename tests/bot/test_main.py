"""What the gateway joins in its main."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.main import main
from izin.errors import StorageUnavailable
from tests.bot.gateway.test_routes import gateway

pytestmark = pytest.mark.anyio


async def test_periodic_work_goes_on_after_any_failure(tmp_path: Path) -> None:
    item = gateway(tmp_path, telegram_token="", whatsapp_token="")
    failures: list[Exception] = [StorageUnavailable("away"), ZeroDivisionError()]
    worked = asyncio.Event()

    async def work() -> None:
        if failures:
            raise failures.pop()
        worked.set()

    task = asyncio.create_task(item._every(0.001, work))
    async with asyncio.timeout(20):
        await worked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await item.rasa.close()
    item.engine.dispose()


@pytest.mark.parametrize("value", ["", "abc"])
def test_unusable_settings_end_with_code_2_and_name_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    import logging

    import structlog

    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setenv("DATABASE_URL", "postgresql://x/y" if value else "")
    monkeypatch.setenv("TANYA_GATEWAY_PORT", value)
    try:
        assert main() == 2
    finally:
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()
    named = "TANYA_GATEWAY_PORT" if value else "DATABASE_URL"
    assert named in capsys.readouterr().err
