"""The feed of a case: what was said and done, in the order in which it happened, a stretch at a time."""

from collections.abc import Sequence

from casework.connection import Connection, Row
from casework.questions.names import Names, names
from casework.questions.reading import from_json, is_clock_off, read, time_of, time_or_none
from casework.questions.shown import FeedLine, FeedPage
from casework.questions.viewer import Viewer
from casework.values import ActivityKind, Standing

STRETCH = 60

# Who has seen what I wrote on a case, the latest first.
_SEEN = """
SELECT person_id, upto, at FROM sighting WHERE case_id = ? AND author_id = ? AND person_id <> ? ORDER BY at DESC
"""
# When a line was written, with the fault of its author's clock taken out (OC22).
HAPPENED = "strftime('%Y-%m-%dT%H:%M:%f', a.at, (-a.clock_off) || ' seconds')"


def feed_page(
    conn: Connection,
    viewer: Viewer,
    case_id: str,
    before: tuple[str, str] | None = None,
    limit: int = STRETCH,
) -> FeedPage:
    """The last lines of a case's feed, or the last ones before a key that an earlier page gave."""
    earlier = "AND (happened, id) < (?, ?)" if before else ""
    query = f"""SELECT * FROM (SELECT a.*, {HAPPENED} AS happened FROM activity a WHERE a.case_id = ?)
        WHERE true {earlier} ORDER BY happened DESC, id DESC LIMIT ?"""
    found = read(conn, query, (case_id, *(before or ()), limit + 1))
    total = conn.exec_driver_sql("SELECT count(*) FROM activity WHERE case_id = ?", (case_id,)).scalar_one()
    known = names(conn)
    page = found[:limit]
    seen = read(conn, _SEEN, (case_id, viewer.person.id, viewer.person.id))
    return FeedPage(
        lines=tuple(line_of(row, viewer, known, seen) for row in reversed(page)),
        before=(page[-1]["happened"], page[-1]["id"]) if len(found) > limit else None,
        total=int(total),
    )


def line_of(row: Row, viewer: Viewer, known: Names, seen: Sequence[Row] = ()) -> FeedLine:
    """A row of `activity` as a line; `seen` are the rows of `sighting` by others of what the viewer wrote."""
    facts = from_json(row["facts"])
    is_mine = row["by"] == viewer.person.id
    sighting = next((one for one in seen if is_mine and 0 < row["rev"] <= one["upto"]), None)
    mentions: Sequence[str] = from_json(row["mentions"])
    return FeedLine(
        id=row["id"],
        case_id=row["case_id"],
        kind=ActivityKind(row["kind"]),
        subject=row["subject"],
        text=row["text"],
        facts=facts,
        named=known.resolve(facts),
        mentions=tuple((person_id, known.person(person_id)) for person_id in mentions),
        by_id=row["by"],
        by_name=known.person(row["by"]),
        is_mine=is_mine,
        at=time_of(row["at"]),
        arrived_at=time_or_none(row["arrived_at"]),
        clock_off=row["clock_off"],
        has_clock_mark=is_clock_off(row["clock_off"]),
        standing=Standing(row["standing"]),
        status=row["status"],
        is_unsent=viewer.is_unsent(row["id"], row["rev"]),
        rev=row["rev"],
        seen_by_name=known.person(sighting["person_id"]) if sighting else "",
        seen_at=time_of(sighting["at"]) if sighting else None,
    )
