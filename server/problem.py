"""A request that is not answered as asked: which code goes out with which status."""

import psycopg
from sqlalchemy.exc import StatementError

from casework import store_faults
from casework.answers import Facts
from casework.store_faults import fault_of

# The world's own faults are not among them: see raise_faults.
OUR_MISTAKES: tuple[type[Exception], ...] = (*store_faults.OUR_MISTAKES, psycopg.Error, StatementError)


class Problem(Exception):
    """Ends a request with a wire.Fault; `code` has its words on the laptop."""

    def __init__(self, status: int, code: str, facts: Facts | None = None, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.facts = facts or {}
        self.retry_after = retry_after


def not_found() -> Problem:
    """The same for what is not there and for what this person may not see: nobody learns which (promises T15)."""
    return Problem(404, "not-found")


def signed_out() -> Problem:
    """The token is missing, wrong or over: renew, or sign in."""
    return Problem(401, "signed-out")


def locked_out() -> Problem:
    """The person or the device may not come in any more."""
    return Problem(401, "locked-out")


def raise_faults(error: Exception) -> None:
    """Raises on what is the disk's or the database's own fault: the whole batch goes back, and the laptop keeps it."""
    if fault_of(getattr(error, "orig", error), None) is not None:
        raise error
