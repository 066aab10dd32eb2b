"""Our whole house under load: every process of ``tanya up``, the real adapters, durable storage."""

from __future__ import annotations

from types import TracebackType
from urllib.parse import urlsplit

from benchmarks.load.fake_platform import TOKEN
from benchmarks.load.webhooks import Door
from benchmarks.processes import cpu_ms, memory
from ops.trial import Trial

FIRST_CHAT = 800_000_000
FIRST_NUMBER = 6_281_300_000_000
"""Of WhatsApp's citizens."""

SECRET = "kata_webhook_contoh_benchmark"  # noqa: S105 - opens nothing
APP_SECRET = "kunci-contoh-benchmark"  # noqa: S105
PHONE_ID = "100000000000001"
NOT_OURS_TO_LIMIT = "1000"
"""Messages a second that the platforms let pass: the house is measured, not their limits."""


class Ours:
    """Our house, ready between `start` and `stop`; also a context manager.

    Args:
        platform_url: The Bot API and Graph API that its adapters speak to.
    """

    def __init__(self, platform_url: str) -> None:
        self._trial = Trial(
            {
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_WEBHOOK_SECRET": SECRET,
                "TELEGRAM_API": platform_url,
                "TELEGRAM_MESSAGES_PER_SECOND": NOT_OURS_TO_LIMIT,
                "WHATSAPP_TOKEN": "token-contoh-benchmark",
                "WHATSAPP_PHONE_ID": PHONE_ID,
                "WHATSAPP_APP_SECRET": APP_SECRET,
                "WHATSAPP_VERIFY_TOKEN": "kata-contoh",
                "WHATSAPP_API": f"{platform_url}/v23.0",
                "WHATSAPP_MESSAGES_PER_SECOND": NOT_OURS_TO_LIMIT,
                # Only told to the platform: then Telegram's updates come by webhook.
                "TANYA_PUBLIC_URL": "https://contoh.invalid",
            }
        )
        self.cold_start_s = 0.0
        self.first_start_s = 0.0

    @property
    def trial(self) -> Trial:
        """The running stack."""
        return self._trial

    @property
    def telegram(self) -> Door:
        """Where Telegram's updates go."""
        return Door("telegram", self._port, "/webhooks/telegram", SECRET)

    @property
    def whatsapp(self) -> Door:
        """Where WhatsApp's messages go."""
        return Door("whatsapp", self._port, "/webhooks/whatsapp", APP_SECRET, PHONE_ID)

    @property
    def _port(self) -> int:
        return urlsplit(self._trial.gateway_url).port or 0

    def start(self, *, twice: bool = False) -> None:
        """Start everything; with ``twice`` once more, as the first start makes the database.

        Raises:
            ChildFailed: It was not ready in time.
        """
        self.first_start_s = self.cold_start_s = self._trial.start()
        if twice:
            self._trial.stop(keep=True)
            self.cold_start_s = self._trial.start()

    def spent_ms(self) -> dict[str, float]:
        """Give the CPU milliseconds of each part so far."""
        return cpu_ms(self._trial.pid)

    def memory_mb(self) -> dict[str, float]:
        """Give the memory (PSS) of each part now."""
        return {name: size.pss_mb for name, size in memory(self._trial.pid).items()}

    def stop(self) -> None:
        """Stop everything and delete its folders."""
        self._trial.stop()

    def __enter__(self) -> Ours:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
