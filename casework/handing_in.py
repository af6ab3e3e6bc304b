"""What an admin's laptop and the server say to each other about a rescue copy that is handed in (X8)."""

from datetime import datetime

from casework.wire import Message, Reply


class RescuePart(Message, frozen=True, kw_only=True):
    """Bytes of a rescue copy from `start` on, in order (admins); `copy` is an id that its sender made. X8."""

    copy: str
    start: int
    content: bytes


class RescueHeld(Reply, frozen=True, kw_only=True):
    """So many bytes of it are here."""

    size: int


class OpenRescue(Message, frozen=True, kw_only=True):
    """Opens a rescue copy that has come in whole; with `submit` all of it is carried out in its author's name (X8).

    `even_unproved` says that an admin has made sure in another way that it comes from its author.
    """

    copy: str
    passphrase: str = ""
    submit: bool = False
    even_unproved: bool = False


class RescueReply(Reply, frozen=True, kw_only=True):
    """What is in a rescue copy, and once it is submitted what came of it: counts of changes and of documents.

    `known` changes had reached the server before. Where `is_lost` the device was reported lost, and what is in its copy
    is kept whole for a decision. `loose` documents are on no case here; only the copy has them.
    """

    person_id: str
    name: str
    device: str
    made_at: datetime
    changes: int
    papers: int
    known: int
    is_proved: bool
    is_lost: bool = False
    is_submitted: bool = False
    applied: int = 0
    kept: int = 0
    waiting: int = 0
    unreadable: int = 0
    stored: int = 0
    loose: int = 0
