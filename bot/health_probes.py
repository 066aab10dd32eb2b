"""Asks platforms, our own parts and public addresses how they are; none of it ever raises."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import structlog

from bot.telegram import webhook as telegram_webhook
from izin.health_facts import Answer, Certificate, OutsideFacts, PlatformFacts, RasaFacts
from izin.settings import Settings

log = structlog.get_logger()

TIMEOUT_S = 4.0
CERTIFICATES_EVERY = timedelta(hours=1)
WHATSAPP_EVERY = timedelta(minutes=5)
"""What was bad is asked again at every look, so that its end is seen soon."""

_REFUSED = frozenset({401, 404})
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_Found = TypeVar("_Found")


class OutsideLook:
    """``izin.ports.health.Outside`` over HTTP; the tokens are in no log and no answer."""

    def __init__(
        self, settings: Settings, transport: httpx.BaseTransport | None = None,
        certificate: Callable[[str, int], Certificate] | None = None,
    ) -> None:  # fmt: skip
        """Take the settings; tests replace the network."""
        self._settings = settings
        self._http = httpx.Client(timeout=TIMEOUT_S, transport=transport, trust_env=False)
        self._read_certificate = certificate or read_certificate
        self._kept: dict[str, tuple[datetime, Any]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def look(self, now: datetime) -> OutsideFacts:
        """Give what they say, after a few seconds at most."""
        settings = self._settings
        with ThreadPoolExecutor(4) as threads:
            rasa = [threads.submit(self._rasa, url) for url in settings.rasa_processes]
            actions = threads.submit(self._actions)
            asked = {}
            if settings.telegram_token:
                asked["telegram"] = threads.submit(self._telegram)
            if settings.whatsapp_token:
                asked["whatsapp"] = threads.submit(self._whatsapp, now)
            certificates = threads.submit(self._certificates, now)
            alive, registry, connected = actions.result()
            return OutsideFacts(
                platforms={name: answer.result() for name, answer in asked.items()},
                polled=not (settings.public_url and settings.telegram_secret),
                rasa=[answer.result() for answer in rasa],
                actions=alive,
                registry=registry,
                registry_connected=connected,
                certificates=certificates.result(),
            )

    def _rasa(self, url: str) -> RasaFacts:
        status, document = self._get(f"{url}/readyz")
        found = document.get("model_id") if status == 200 else None
        return RasaFacts(urlsplit(url).netloc, str(found) if found else None)

    def _actions(self) -> tuple[bool, bool | None, bool]:
        """Say whether it answers, whether it reaches the registry, and whether there is one."""
        for url in self._settings.actions_servers:
            if self._get(f"{url}/readyz")[0] == 200:
                document = self._get(f"{url}/registry")[1]
                return True, document.get("reachable"), document.get("connected") is not False
        return False, None, True

    def _telegram(self) -> PlatformFacts:
        base = f"{self._settings.telegram_api}/bot{self._settings.telegram_token}"
        status, document = self._get(f"{base}/getWebhookInfo")
        answer = _answer(status, _REFUSED)
        if answer != "ok":
            return PlatformFacts(answer)
        info = document.get("result")
        info = info if isinstance(info, Mapping) else {}
        words = str(info.get("last_error_message") or "")
        moment = info.get("last_error_date")
        ours = f"{self._settings.public_url}{telegram_webhook.PATH}"
        url = info.get("url")
        return PlatformFacts(
            answer,
            webhook="none" if not url else "ours" if url == ours else "other",
            pending=int(info.get("pending_update_count") or 0),
            error_at=datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) else None,
            error_status=_status_in(words),
            error_tls="ssl" in words.lower() or "certificate" in words.lower(),
        )

    def _whatsapp(self, now: datetime) -> PlatformFacts:
        def ask() -> PlatformFacts:
            settings = self._settings
            bearer = {"Authorization": f"Bearer {settings.whatsapp_token}"}
            url = f"{settings.whatsapp_api}/{settings.whatsapp_phone_id}?fields=id"
            status, _ = self._get(url, bearer)
            refused = status in (400, 401, 403, 404)
            # 400 with code 190 is Meta's way to say that a token has expired.
            return PlatformFacts("refused" if refused else _answer(status, frozenset()))

        return self._seldom(
            "whatsapp", now, WHATSAPP_EVERY, ask, lambda found: found.answer == "ok"
        )

    def _certificates(self, now: datetime) -> list[Certificate]:
        found = []
        for url in (self._settings.public_url, self._settings.console_url):
            place = urlsplit(url)
            if place.scheme != "https" or not place.hostname:
                continue
            host, port = place.hostname, place.port or 443
            if host in {item.host for item in found}:
                continue
            found.append(
                self._seldom(
                    f"{host}:{port}", now, CERTIFICATES_EVERY,
                    lambda host=host, port=port: self._read_certificate(host, port),  # type: ignore[misc]
                    lambda item: item.trusted and item.reached,
                )
            )  # fmt: skip
        return found

    def _seldom(
        self, name: str, now: datetime, every: timedelta, ask: Callable[[], _Found],
        good: Callable[[_Found], bool],
    ) -> _Found:  # fmt: skip
        """Give what was found within ``every``, or ask; what was bad is asked again soon."""
        kept = self._kept.get(name)
        if kept is not None and good(kept[1]) and timedelta(0) <= now - kept[0] < every:
            return kept[1]  # type: ignore[no-any-return]
        found = ask()
        self._kept[name] = (now, found)
        return found

    def _get(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping]:  # type: ignore[type-arg]
        """Give status and JSON object; status 0 when nothing answers."""
        try:
            answer = self._http.get(url, headers=dict(headers or {}))
            document = answer.json()
        except httpx.HTTPError as error:
            # Not the address: Telegram's holds the token.
            log.info("probe_failed", reason=type(error).__name__)
            return 0, {}
        except ValueError:
            return answer.status_code, {}
        return answer.status_code, document if isinstance(document, Mapping) else {}


def _answer(status: int, refused: frozenset[int]) -> Answer:
    if status in refused:
        return "refused"
    return "ok" if status == 200 else "unreachable"


def _status_in(words: str) -> int:
    """Give the HTTP status in "Wrong response from the webhook: 403 Forbidden", else 0."""
    return next(
        (int(word) for word in words.split() if word.isdigit() and 100 <= int(word) <= 599), 0
    )


def read_certificate(host: str, port: int) -> Certificate:
    """Give the certificate that is shown for a name, as browsers and platforms judge it."""
    try:
        with closing(socket.create_connection((host, port), TIMEOUT_S)) as raw:
            try:
                with ssl.create_default_context().wrap_socket(raw, server_hostname=host) as secure:
                    shown = secure.getpeercert() or {}
            except ssl.SSLCertVerificationError as error:
                until = datetime.now(UTC) if error.verify_code == _EXPIRED else None
                return Certificate(host, until, trusted=False)
    except (OSError, UnicodeError):
        return Certificate(host, reached=False)
    seconds = ssl.cert_time_to_seconds(str(shown.get("notAfter")))
    return Certificate(host, datetime.fromtimestamp(seconds, UTC))
