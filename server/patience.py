"""Lets go of connections on which nothing comes, so that nobody can use all of them up (promises T27).

Only waiting for the other side is limited: not what the server itself is at, nor a laptop that waits for news.
"""

import asyncio
from typing import Any

import h11
import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long the server waits, in seconds, for the head of a request.

    While a body comes in, `slowest` bytes a second have to come on average over every stretch of `body` seconds. That
    is what the laptops ask of an answer, too; over the slowest line that is promised they send sixteen times as much.
    """

    head: float = 10
    body: float = 60
    slowest: float = 500


class PatientConfig(uvicorn.Config):
    """uvicorn's settings, with these limits."""

    def __init__(self, app: Any, patience: Patience, **settings: Any) -> None:
        super().__init__(app, http=_Patient, **settings)
        self.patience = patience


class _Patient(H11Protocol):
    """uvicorn's side of one connection. It limits only how long a connection is idle between two requests."""

    _timer: asyncio.TimerHandle | None = None
    _waits_for = ""
    _came = _had_come = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._came += len(data)
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """See H11Protocol."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        super().connection_lost(exc)
        self._watch()

    def _watch(self) -> None:
        """Begins to count the time whenever something else is waited for."""
        waits_for = self._next()
        if waits_for != self._waits_for:
            self._waits_for = waits_for
            self._begin()

    def _next(self) -> str:
        """What has to come next: the head of a request, or more of its body; "" where nothing need come."""
        if self.transport.is_closing():
            return ""
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        is_idle = self.timeout_keep_alive_task is not None
        return "head" if self.conn.their_state is h11.IDLE and not is_idle else ""

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waits_for:
            assert isinstance(self.config, PatientConfig)
            patience = self.config.patience
            self._had_come = self._came
            self._timer = self.loop.call_later(
                patience.head if self._waits_for == "head" else patience.body, self._look
            )

    def _look(self) -> None:
        """The time is over: goes on waiting only for a body that comes quickly enough, or that the server holds up."""
        assert isinstance(self.config, PatientConfig)
        patience = self.config.patience
        is_quick = self._came - self._had_come >= patience.slowest * patience.body
        if self._waits_for == "body" and (is_quick or self.flow.read_paused):
            self._begin()
        else:
            # whoever does not read either would never let it be closed in good order
            self.transport.abort()
