"""How much of the disk documents take: the server's own are let go of when there are too many, and had again."""

from datetime import timedelta

from sync import paper_needs, paper_rows
from sync.laptop import Laptop
from sync.paper_wishes import wishes
from sync.papers import Paper

# Somebody may be looking at it.
JUST_USED = timedelta(minutes=10)
# An office that announces no backup at all: bytes that the server has verified need stay no longer than that. Words
# stay until a backup has them, for they take no room (decisions/008).
UNBACKED_LAST = timedelta(days=90)


def note_used(laptop: Laptop, paper: Paper) -> None:
    """Somebody is about to look at the document; those not looked at for longest are let go of first."""
    laptop.write(lambda conn: paper_rows.note_used(conn, paper.sha256, laptop.clock()))


def drop_broken(laptop: Laptop, paper: Paper) -> bool:
    """Forgets our own copy, found damaged, if the server has the document: then it can be fetched again."""
    is_dropped = laptop.write(lambda conn: paper_needs.drop_broken(conn, paper.sha256))
    if is_dropped:
        laptop.forget_papers([paper])
    return is_dropped


def make_room(laptop: Laptop, wanted: int = 0) -> None:
    """Lets go of documents that the server has, where they take more than their budget or `wanted` bytes do not fit.

    First from the store, then from the disk: a kill in between leaves a file that nobody can read any more, which the
    next start removes, and never a document that only seems to be here.
    """
    with laptop.database.reading() as conn:
        excess = paper_rows.room_taken(conn) - wishes(conn).budget
    full = laptop.papers.disk.room_for(laptop.papers.folder, wanted)
    short = 0 if full is None else full.wanted + full.keep - full.free
    if max(excess, short) <= 0:
        return
    now = laptop.clock()
    before, unbacked, size = now - JUST_USED, now - UNBACKED_LAST, max(excess, short)
    laptop.forget_papers(laptop.write(lambda conn: paper_needs.let_go(conn, size, before=before, unbacked=unbacked)))
