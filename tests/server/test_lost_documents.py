"""Whoever added a document of which the server has lost the bytes hears of it once, wherever the case is by now."""

import pytest

from server.journal import Journal
from server.lost_documents import note_back, note_lost
from tests.server.kit_central import Central, Visitor, given_to
from tests.server.test_erasing import bring, store_document


def lose(central: Central, sha256: str) -> None:
    with central.database.writing() as conn:
        note_lost(Journal(central.database), conn, [sha256])


def told(visitor: Visitor, after: int = 0) -> tuple[str, ...]:
    """Of which documents a hello tells that knows all up to a number."""
    return visitor.hello(told=after).lost_documents


@pytest.mark.covers("FI11")
def test_that_its_author_alone_is_told_of_a_lost_document_and_once(central: Central) -> None:
    amy, ben, priya = (central.visitor(name) for name in ("amy", "ben", "priya"))
    case = central.opened(amy)
    first, second = store_document(amy, case, b"a photo"), store_document(amy, case, b"a letter")
    lose(central, first)
    head = amy.hello().head[0]
    priya.say(given_to(case, "ben"))
    assert told(amy) == (first,)
    assert (told(ben), told(priya)) == ((), ())
    assert told(amy, head) == ()
    lose(central, second)
    assert told(amy, head) == (second,)


def test_that_the_same_bytes_on_another_case_bring_back_those_of_the_case_that_left(central: Central) -> None:
    amy, ben, priya = (central.visitor(name) for name in ("amy", "ben", "priya"))
    left, stays = central.opened(amy), central.opened(amy)
    for case in (left, stays):
        sha256 = store_document(amy, case, b"a leaflet")
    priya.say(given_to(left, "ben"))
    lose(central, sha256)
    bring(amy, stays, b"a leaflet")
    ben.sync()
    (row,) = ben.store.rows["document"].values()
    assert (row["case_id"], bool(row["is_stored"])) == (left.id, True)
    assert told(amy) == ()


def test_that_a_document_that_is_here_again_is_told_of_no_more(central: Central) -> None:
    amy = central.visitor("amy")
    sha256 = store_document(amy, central.opened(amy), b"a photo")
    lose(central, sha256)
    with central.database.writing() as conn:
        note_back(Journal(central.database), conn, [sha256])
    assert told(amy) == ()
