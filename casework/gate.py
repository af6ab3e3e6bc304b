"""The writer's gate: one thread at a time, strictly in the order in which they came."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """A fair lock between the threads of one process.

    `threading.Lock` hands itself to whoever happens to run next, so a busy sync thread can starve a click for
    a second and more. Here each comer takes a ticket, and the one who leaves wakes exactly the next in line.
    """

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._inside: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn and hold the gate for the body of the `with`.

        A thread that asks again while it is inside would wait for itself for ever: that is a bug in the
        caller, so it raises AssertionError at once.
        """
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @property
    def waiting(self) -> int:
        """How many threads stand in line (the one inside not counted)."""
        with self._door:
            return len(self._line)

    def _enter(self) -> None:
        me, ticket = threading.get_ident(), threading.Event()
        try:
            with self._door:
                if self._inside == me:
                    raise AssertionError("this thread is inside the gate already: one writing() within another")
                if self._inside is None:
                    self._inside = me
                    return
                self._line.append(ticket)
            ticket.wait()
        except BaseException:
            self._give_up(ticket)
            raise
        with self._door:
            self._inside = me

    def _give_up(self, ticket: threading.Event) -> None:
        """Leave the line, if this one stood in it (a signal came); if its turn had come meanwhile, pass it on."""
        with self._door:
            if ticket in self._line:
                self._line.remove(ticket)
        if ticket.is_set():
            self._leave()

    def _leave(self) -> None:
        with self._door:
            if self._line:
                # The gate is handed over shut: `_inside` stays taken until the next one has it, so
                # that nobody who comes in between can slip past the line.
                self._inside = 0
                self._line.popleft().set()
            else:
                self._inside = None
