"""Kept work as piles to decide about: what waits for me, what I put off, what waits for others, what was decided."""

from casework.connection import Connection
from casework.questions.decision_cards import FOR_ME, cards, for_me
from casework.questions.names import Names, names
from casework.questions.reading import text_of
from casework.questions.sheets import Decisions
from casework.questions.shown_kept import DecisionCard
from casework.questions.viewer import Viewer
from casework.rules.undoing import UNDO_LASTS

MOST_SETTLED = 20

_SETTLED = "w.state NOT IN ('open', 'joined') AND w.settled_at >= ?"
_COUNT = f"""
SELECT count(*) FROM kept_work w LEFT JOIN case_file c ON c.id = w.case_id WHERE w.state = 'open' AND {FOR_ME}
"""


def decisions(conn: Connection, viewer: Viewer, *, most_settled: int = MOST_SETTLED) -> Decisions:
    """All kept work that this viewer has to do with, the oldest first.

    Of what was settled so lately that it may be taken back, at most so many: what the viewer settled comes first, and
    each part the latest first.
    """
    known = names(conn)
    waiting = cards(conn, viewer, known, "WHERE w.state = 'open' ORDER BY w.kept_at, w.id")
    since = text_of(viewer.now - UNDO_LASTS)
    settled = cards(
        conn,
        viewer,
        known,
        f"WHERE {_SETTLED} ORDER BY w.settled_by = ? DESC, w.settled_at DESC, w.id LIMIT ?",
        (since, viewer.person.id, most_settled),
    )
    every = conn.exec_driver_sql(f"SELECT count(*) FROM kept_work w WHERE {_SETTLED}", (since,)).scalar_one()
    rest = [card for card in waiting if not card.for_me]
    return Decisions(
        for_me=tuple(card for card in waiting if card.for_me and not is_later(card, viewer)),
        later=tuple(card for card in waiting if card.for_me and is_later(card, viewer)),
        mine=tuple(card for card in rest if card.is_mine),
        others=tuple(card for card in rest if not card.is_mine and card.may),
        settled=settled,
        settled_more=int(every) - len(settled),
    )


def is_later(card: DecisionCard, viewer: Viewer) -> bool:
    """Whether it was put off to a day that has not come; who is asked something is asked today."""
    return card.later_until is not None and card.later_until > viewer.today and not card.asks_me


def decisions_of_case(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[DecisionCard, ...]:
    """What is still to be decided about one case, the oldest first."""
    return cards(conn, viewer, known, "WHERE w.case_id = ? AND w.state = 'open' ORDER BY w.kept_at, w.id", (case_id,))


def decisions_count(conn: Connection, viewer: Viewer) -> int:
    """How many decisions wait for this viewer: as many as `Decisions.for_me` and `Decisions.later` have together."""
    return int(conn.exec_driver_sql(_COUNT, for_me(viewer)).scalar_one())
