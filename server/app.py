"""Puts the server together: routes, what goes wrong, and what goes along with every answer."""

import logging
import traceback
from collections.abc import Callable
from time import perf_counter

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.store_faults import NoRoom, StoreFault
from casework.wire import Fault
from server import routes_documents, routes_people, routes_rescue, routes_session, routes_snapshot, routes_sync
from server.asking import answer, rid_of, session_of
from server.blobs import BlobsUnreachable
from server.parts import Parts
from server.problem import OUR_MISTAKES, Problem

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
]
ROUTERS = (
    routes_session.public,
    routes_session.router,
    routes_sync.router,
    routes_snapshot.router,
    routes_documents.router,
    routes_people.router,
    routes_rescue.router,
)
log = logging.getLogger("doorstep.requests")


def doors() -> list[tuple[str, str]]:
    """Every method and address that the server answers, as written in the code."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [("GET", "/healthz"), *((method, route.path) for route in routes for method in sorted(route.methods or ()))]


def create_app(parts: Parts) -> ASGIApp:
    """The server over these parts. No pages that describe it, no cookies, nothing public but what must be."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.parts = parts
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/healthz", healthz, methods=["GET"])
    faults: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        Problem: _problem,
        HTTPException: _no_such_address,
        RequestValidationError: _not_understood,
        StoreFault: _store_fault,
        BlobsUnreachable: _store_fault,
        # by name as well, for what is caught as `Exception` is raised again and printed whole by the HTTP server
        **dict.fromkeys(OUR_MISTAKES, _bug),
        Exception: _bug,
    }
    for kind, handler in faults.items():
        app.add_exception_handler(kind, handler)
    return Wrapped(app)


def healthz(request: Request) -> Response:
    """Whether this process and its database are up; says nothing else."""
    parts: Parts = request.app.state.parts
    with parts.database.reading() as conn:
        conn.exec_driver_sql("SELECT 1")
    return Response("ok\n", media_type="text/plain")


class Wrapped:
    """Adds the headers that every answer has, and writes one line a request: no names, no words, no query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
                took = (perf_counter() - began) * 1000
                log.info("%s %s %s %.0f ms", scope["method"], _place(scope), message["status"], took)
            await send(message)

        await self._app(scope, receive, send_more)


def _place(scope: Scope) -> str:
    """The route as it is written in the code, for an address may hold ids."""
    path: str = getattr(scope.get("route"), "path", "-")
    return path


def _fault(request: Request, status: int, code: str, facts: dict[str, str] | None = None) -> Response:
    return answer(request, Fault(rid=rid_of(request), code=code, facts=facts or {}), status=status)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    response = _fault(request, error.status, error.code, error.facts)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _no_such_address(request: Request, error: Exception) -> Response:
    """An address that is none is told so only to who is in: from outside all doors look alike (FF8)."""
    assert isinstance(error, HTTPException)
    try:
        session_of(request, request.headers.get("authorization", ""))
    except Problem as problem:
        return _problem(request, problem)
    return _fault(request, error.status_code, "not-found" if error.status_code == 404 else "not-understood")


def _not_understood(request: Request, error: Exception) -> Response:
    return _fault(request, 400, "not-understood")


def _store_fault(request: Request, error: Exception) -> Response:
    """The disk, the database or the object store: nothing was taken in, and the laptop shall come again."""
    assert isinstance(error, StoreFault | BlobsUnreachable)
    log.error("%s: %s", error.code, error)
    status = 507 if isinstance(error, NoRoom) else 503
    response = _fault(request, status, error.code)
    response.headers["Retry-After"] = "30"
    return response


def _bug(request: Request, error: Exception) -> Response:
    """A mistake of ours: where it happened is logged, what it was about is not."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    log.error("%s in %s %s at %s", type(error).__name__, request.method, _place(request.scope), where)
    return _fault(request, 500, "server-could-not")
