"""Runs the server's process: listens, logs without anybody's words, and stops in good order."""

import logging
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from server.patience import Patience, PatientConfig

SHUTDOWN_SECONDS = 10
# how long a connection may be idle between two requests
KEEP_ALIVE_SECONDS = 20
# so long a laptop may leave what is sent to it unread, or be out of reach, before its connection is given up
UNREAD_SECONDS = 120

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Log lines with the places of an error but never its text, which may quote what somebody wrote (promises T18)."""

    def formatException(self, ei: ExcInfo) -> str:
        """The error's kind and where it came from."""
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)[-8:]
        places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        return f"{kind.__name__ if kind else 'error'}\n{places}"


def set_up_logging(level: int = logging.INFO) -> None:
    """Sends all that the server says of itself to stderr."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in ("doorstep", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [out]
        logger.propagate = False
        logger.setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(max(level, logging.WARNING))
    threading.excepthook = _thread_ended


def _thread_ended(args: threading.ExceptHookArgs) -> None:
    """In place of Python's own words, which have the error's text."""
    name = args.thread.name if args.thread is not None else ""
    error = args.exc_value or args.exc_type()
    logging.getLogger("doorstep.threads").error("the thread %s ended", name, exc_info=error)


def listen(host: str, port: int, *, unread_seconds: float = UNREAD_SECONDS) -> socket.socket:
    """Takes the address. Raises OSError where it is taken, or none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=2048)
    # Connections take it over. asyncio sets it only on sockets that it made itself; without it every answer waits
    # 40 ms, head and body for one another.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # elsewhere than on Linux the system's own patience has to do, a quarter of an hour and more
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(unread_seconds * 1000))
    return listener


def run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serves until asked to stop by SIGTERM or SIGINT, and returns when what was under way is finished.

    uvicorn raises the signal once more when it is done; with a handler of ours that ends nothing, and the caller can
    close the database in good order.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _asked_to_stop)
    server.run(sockets=[listener])


def _asked_to_stop(number: int, frame: object) -> None:
    """Nothing more to do: the server has stopped by now."""


class _Serving(uvicorn.Server):
    """uvicorn's, which lets those go who wait for news before it waits for what is under way."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        self._stopping()
        await super().shutdown(sockets)


def server_of(
    app: ASGIApp, *, stopping: Callable[[], None] = lambda: None, patience: Patience | None = None
) -> uvicorn.Server:
    """The HTTP server, not yet running; `stopping` is called once, when it has been asked to stop."""
    config = PatientConfig(
        app,
        patience or Patience(),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        limit_concurrency=1_000,
    )
    return _Serving(config, stopping)
