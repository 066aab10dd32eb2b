"""The Rasa server: stock HTTP API for reading, our channel for turns, loopback by default."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from rasa.core import agent as rasa_agent
from rasa.core.run import configure_app
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu.components import rasa_fixes
from nlu.components.action_endpoint import ActionEndpoint
from nlu.components.agent import TurnAgent
from nlu.components.channel import TurnChannel, readiness
from nlu.components.process_logging import quieten_sanic
from nlu.components.processor import confidence_threshold
from nlu.components.tracker_store import PostgresTrackerStore

log = structlog.get_logger(__name__)

# An unchanged model costs one 304 answer; a new one is wanted within seconds of publishing.
MODEL_PULL_EVERY_S = 2


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the server reads from the environment.

    Attributes:
        database_url: libpq URL of the database that holds ``rasa_trackers``.
        secret: Required of the gateway; empty in the demo.
        api_token: Required (``?token=``) by Rasa's HTTP API; the secret unless given.
        model_server_url: Address models are pulled from; empty means the folder alone.
        model_server_token: Sent as ``?token=`` with each pull.
    """

    database_url: str
    secret: str = ""
    api_token: str = ""
    model_server_url: str = ""
    model_server_token: str = ""

    @classmethod
    def from_environment(cls) -> ServerSettings:
        """Read the settings.

        Raises:
            ValueError: DATABASE_URL is missing, or the confidence threshold is no number
                from 0 to 1.
        """
        env = os.environ
        if not env.get("DATABASE_URL"):
            raise ValueError("DATABASE_URL is not set: the trackers need the database")
        confidence_threshold()
        secret = env.get("TANYA_RASA_SECRET", "")
        return cls(
            database_url=env["DATABASE_URL"],
            secret=secret,
            api_token=env.get("TANYA_RASA_API_TOKEN") or secret,
            model_server_url=env.get("TANYA_MODEL_SERVER_URL", ""),
            model_server_token=env.get("TANYA_MODEL_SERVER_TOKEN", ""),
        )


def build_app(model: Path, settings: ServerSettings) -> Sanic:
    """The server's application; the model is loaded when it starts.

    Args:
        model: A model archive, or a folder whose newest archive is taken.
        settings: Addresses and secrets.
    """
    rasa_fixes.apply()
    found = model.exists()  # it may also come from the model server later
    app = configure_app(
        input_channels=[TurnChannel(settings.secret)],
        auth_token=settings.api_token or None,
        enable_api=True,
    )
    quieten_sanic()
    app.config.ACCESS_LOG = False  # addresses carry the token
    app.on_request(_refuse_what_goes_round_the_channel)

    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.agent = await _load(model if found else None, settings)

    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        agent: TurnAgent = app.ctx.agent
        await agent.tracker_store.close()
        await agent.action_endpoint.close()

    async def healthz(request: Request) -> HTTPResponse:
        return response.json({"status": "ok"})

    async def readyz(request: Request) -> HTTPResponse:
        return await readiness(getattr(request.app.ctx, "agent", None))

    # Like every other process of the house; they tell nothing worth a secret.
    app.add_route(healthz, "/healthz", methods=["GET"])
    app.add_route(readyz, "/readyz", methods=["GET"])
    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "after_server_stop")
    return app


async def _load(model: Path | None, settings: ServerSettings) -> TurnAgent:
    agent = TurnAgent(
        PostgresTrackerStore(None, settings.database_url), ActionEndpoint.from_environment()
    )
    if model is not None:
        # The model server knows a model by the same sum: what is loaded is not pulled again.
        agent.load_model(str(model), _archive_sum(model))
        log.info("model_loaded", model_id=agent.model_id, archive=agent.processor.model_filename)
    if settings.model_server_url:
        server = EndpointConfig(
            settings.model_server_url,
            token=settings.model_server_token or None,
            wait_time_between_pulls=MODEL_PULL_EVERY_S,
        )
        await rasa_agent.load_from_server(agent, server)
    return agent


def _archive_sum(model: Path) -> str | None:
    """SHA-256 of an archive; None for a folder, whose archive Rasa chooses."""
    return hashlib.sha256(model.read_bytes()).hexdigest() if model.is_file() else None


async def _refuse_what_goes_round_the_channel(request: Request) -> HTTPResponse | None:
    """Stock routes that write trackers or swap models would lose every guarantee."""
    path = request.path.rstrip("/")
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if writes and (path == "/model" or path.startswith(("/model/train", "/conversations"))):
        return response.json({"error": "not offered here"}, status=404)
    return None


def run(app: Sanic, host: str, port: int) -> Any:
    """Serve until a signal ends the process."""
    app.run(host=host, port=port, workers=1, access_log=False, debug=False)
