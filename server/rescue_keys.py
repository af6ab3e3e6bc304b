"""The organisation's keys for rescue copies: made once, the private one never leaves the server."""

from base64 import b64decode, b64encode

from sqlalchemy import Connection

from casework.rescue_copy import new_key, public_key
from server.facts import RESCUE_PRIVATE, RESCUE_PUBLIC, fact, set_fact


def make_rescue_keys(conn: Connection) -> None:
    """Makes them where there are none, in the caller's transaction."""
    if fact(conn, RESCUE_PRIVATE):
        return
    private = new_key()
    set_fact(conn, RESCUE_PRIVATE, b64encode(private).decode())
    set_fact(conn, RESCUE_PUBLIC, b64encode(public_key(private)).decode())


def rescue_key(conn: Connection) -> bytes:
    """The public one, for every laptop; empty before there is an organisation."""
    return b64decode(fact(conn, RESCUE_PUBLIC))


def private_key(conn: Connection) -> bytes:
    """The private one."""
    return b64decode(fact(conn, RESCUE_PRIVATE))
