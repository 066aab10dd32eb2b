"""Ways back for whoever was turned away: sign in, do what comes first, and lose no text."""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response

from console import kept_form
from console.errors import FormRejected, SignInNeeded, StepNeeded
from console.kept_form import KeptForm
from console.pages import Pages, own_path, see_other
from console.visitors import by_script, from_own_page
from izin.errors import StorageUnavailable
from izin.settings import Settings

log = structlog.get_logger()


def add_ways_back(app: FastAPI, settings: Settings, pages: Pages) -> None:
    """Answer what the door turned away."""

    async def kept_of(request: Request) -> KeptForm | None:
        # What another site sends in somebody's name must not come back as if they typed it.
        return await kept_form.of_request(request) if from_own_page(request, settings) else None

    @app.exception_handler(SignInNeeded)
    async def sign_in_needed(request: Request, error: SignInNeeded) -> Response:
        request.state.session = None
        if by_script(request):
            return pages.refusal(request, "console.refused.signed_out", 401)
        kept = await kept_of(request)
        if request.method == "POST" and kept is not None:
            return sign_in_page(pages, request, 401, to=kept.page or "/", kept=kept)
        path = "/" if request.method == "POST" else request.url.path
        query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
        return see_other(f"/masuk?{urlencode({'to': own_path(f'{path}{query}')})}")

    @app.exception_handler(FormRejected)
    async def rejected(request: Request, error: FormRejected) -> Response:
        kept = await kept_of(request)
        if kept is None or getattr(request.state, "session", None) is None or by_script(request):
            return pages.refusal(request, "console.refused.form", 403)
        return kept_page(pages, request, kept, "rejected", status=403)

    @app.exception_handler(StepNeeded)
    async def step_needed(request: Request, error: StepNeeded) -> Response:
        kept = await kept_of(request)
        if kept is None:
            return see_other(error.path)
        return kept_page(pages, request, kept, "first", step=error.path, status=403)

    @app.exception_handler(StorageUnavailable)
    async def storage_down(request: Request, error: StorageUnavailable) -> Response:
        log.error("storage_unavailable", reason=str(error))
        request.state.session = None  # the frame of a page would ask the database again
        kept = None
        if kept_form.may_be_kept(request.url.path) and not by_script(request):
            kept = await kept_of(request)
        if kept is None:
            return pages.refusal(request, "console.refused.storage", 503)
        token = (await request.form()).get(kept_form.CSRF)
        token = token if isinstance(token, str) else ""
        return kept_page(pages, request, kept, "storage", token=token, status=503)


def sign_in_page(
    pages: Pages,
    request: Request,
    status: int = 200,
    *,
    to: str,
    kept: KeptForm | None = None,
    login: str = "",
    problem: str = "",
    wait: str = "",
) -> Response:
    """Give the form that asks for login and password.

    Args:
        problem: ``failed`` or ``wait``, or empty.
        wait: For how long, in words.
    """
    return pages.page(
        request, "sign_in.html", status, to=to, kept=kept, login=login, problem=problem, wait=wait
    )  # fmt: skip


def kept_page(
    pages: Pages,
    request: Request,
    kept: KeptForm,
    why: str,
    *,
    step: str = "",
    token: str = "",
    status: int = 200,
) -> Response:
    """Give the page that shows a kept form and sends it again.

    Args:
        why: ``signed_in``, ``rejected``, ``first`` or ``storage``.
        step: Path of what comes first, if something does.
        token: The form's own, where the session's is not known.
    """
    return pages.page(request, "kept_form.html", status, kept=kept, why=why, step=step, token=token)
