"""The waiting list, most pressing first, and one waiting case with all that helps to decide about it (S13 to S18)."""

from datetime import date

from casework.connection import Connection, Row
from casework.questions.around import cases_of_client_or_home, suggested_owners, these_cases
from casework.questions.case_parts import created_of, letter_of, owner_of, steps_of
from casework.questions.names import Names, names
from casework.questions.reading import from_json, full_name, moment_of, outward, read
from casework.questions.sheets import PAGE, PageKey, WaitingCase, WaitingList
from casework.questions.shown import OtherCase, WaitingRow
from casework.questions.viewer import Viewer
from casework.referrals.flags import NEEDS_AN_EYE
from casework.rows import find
from casework.rules import access
from casework.rules.moment import CLOCK_MARK_SECONDS
from casework.rules.triage_score import HIGH_FROM, MOST_FOR_WAITING, URGENT_FROM, Score, with_waiting
from casework.values import (
    Case,
    Contact,
    OwnerKind,
    Priority,
    Project,
    Property,
    Source,
    StepKind,
)

_RANKS = (Priority.NORMAL, Priority.HIGH, Priority.URGENT)
# The day on which the case was opened; where the device's clock was wrong, without its fault (OC22).
_OPENED = f"""CASE WHEN abs(c.clock_off) > {CLOCK_MARK_SECONDS}
    THEN date(c.created_at, (-c.clock_off) || ' seconds') ELSE substr(c.created_at, 1, 10) END"""
# Waiting counts from the referral; a date after the case was opened must be a slip and counts for nothing.
_SINCE = f"""CASE WHEN c.referred_on IS NOT NULL AND c.referred_on <= {_OPENED} THEN c.referred_on ELSE {_OPENED} END"""


def _rank_of(score: str) -> str:
    return f"CASE WHEN {score} >= {URGENT_FROM} THEN 2 WHEN {score} >= {HIGH_FROM} THEN 1 ELSE 0 END"


_SET_RANK = "CASE priority WHEN 'urgent' THEN 2 WHEN 'high' THEN 1 ELSE 0 END"
# (today) -> id, since, score, rank of every waiting case: new, at a waiting step (R2). A priority that is not the one
# that the referral's score gave was set by a person, and holds whatever the waiting adds.
_WAITING = f"""
SELECT id, since, score,
    CASE WHEN {_SET_RANK} = {_rank_of("triage_score")} THEN {_rank_of("score")} ELSE {_SET_RANK} END AS rank
FROM (SELECT id, since, triage_score, priority, triage_score
        + min({MOST_FOR_WAITING}, max(0, CAST(julianday(?) - julianday(since) AS INTEGER))) AS score
    FROM (SELECT c.id, c.triage_score, c.priority, {_SINCE} AS since FROM case_file c
        WHERE c.status = 'new' AND c.step_id IN (SELECT id FROM step WHERE kind = 'waiting')))
"""
_ROWS = """
SELECT w.rank, w.score, w.since, c.id, c.rev, c.number, c.project_id, c.triage_score, c.triage_reasons, c.source,
    c.source_name, c.request_type, c.owner_kind, c.owner_id, c.owner_cmd, k.title, k.first_name, k.last_name,
    p.town, p.postcode, r.flags, r.alike
FROM ({waiting}) w JOIN case_file c ON c.id = w.id LEFT JOIN contact k ON k.id = c.contact_id
LEFT JOIN property p ON p.id = c.property_id LEFT JOIN referral r ON r.case_id = c.id
"""
_COUNTS = f"SELECT rank, count(*) FROM ({_WAITING}) GROUP BY rank"
_ALIKE = "SELECT alike FROM referral WHERE case_id = ?"
_ORDER = "-w.rank, -w.score, w.since, w.id"


def waiting_list(conn: Connection, viewer: Viewer, after: PageKey | None = None, limit: int = PAGE) -> WaitingList:
    """A page of those who wait, by priority, score and age (R2, X11); `after` is where the page before it ended."""
    today = viewer.today.isoformat()
    beyond = f"WHERE ({_ORDER}) > (?, ?, ?, ?)" if after else ""
    # the page is cut before anything is looked up for its rows: hundreds may wait
    page_of = f"SELECT * FROM ({_WAITING}) w {beyond} ORDER BY {_ORDER} LIMIT ?"
    query = f"{_ROWS.format(waiting=page_of)} ORDER BY {_ORDER}"
    found = read(conn, query, (today, *(after or ()), limit + 1))
    counts = {rank: int(count) for rank, count in conn.exec_driver_sql(_COUNTS, (today,))}
    known = names(conn)
    page, last = found[:limit], found[limit - 1] if len(found) > limit else None
    return WaitingList(
        rows=tuple(_row(row, viewer, known) for row in page),
        after=(-last["rank"], -last["score"], last["since"], last["id"]) if last else None,
        total=sum(counts.values()),
        urgent=counts.get(2, 0),
        high=counts.get(1, 0),
    )


def waiting_case(conn: Connection, viewer: Viewer, case_id: str) -> WaitingCase | None:
    """A waiting case with its letter and what helps to decide; None when it does not wait here (any more)."""
    found = read(conn, f"{_ROWS.format(waiting=_WAITING)} WHERE c.id = ?", (viewer.today.isoformat(), case_id))
    case = find(conn, Case, case_id) if found else None
    project = find(conn, Project, case.project_id) if case else None
    if case is None or project is None:
        return None
    known = names(conn)
    contact = find(conn, Contact, case.contact_id) or Contact(id=case.contact_id)
    home = find(conn, Property, case.property_id) or Property(id=case.property_id)
    alike, earlier = _others(conn, case, contact, home, known)
    steps = tuple(step for step in steps_of(conn, case) if step.kind in (StepKind.ACTIVE, StepKind.FOLLOW_UP))
    return WaitingCase(
        row=_row(found[0], viewer, known),
        case=case,
        contact=contact,
        home=home,
        project=project,
        letter=letter_of(conn, case_id),
        alike=alike,
        earlier=earlier,
        owners=suggested_owners(conn, viewer, home),
        next_steps=steps,
        next_step_id=steps[0].id if steps else "",
        owner=owner_of(case, viewer, known),
        created=created_of(case, known),
        offers=access.offers(case, moment_of(viewer)),
    )


def _others(
    conn: Connection, case: Case, contact: Contact, home: Property, known: Names
) -> tuple[tuple[OtherCase, ...], tuple[OtherCase, ...]]:
    """Cases that may be about the same person, and those of this very client or home; none is in both."""
    earlier = cases_of_client_or_home(conn, case, contact, home, known)
    ids = [case_id for (text,) in conn.exec_driver_sql(_ALIKE, (case.id,)) for case_id in from_json(text)]
    here = {other.id for other in earlier}
    return these_cases(conn, case, contact, home, [one for one in ids if one not in here], known), earlier


def _row(row: Row, viewer: Viewer, known: Names) -> WaitingRow:
    reasons = tuple((code, int(points)) for code, points in from_json(row["triage_reasons"]))
    score = with_waiting(Score(row["triage_score"], reasons), row["score"] - row["triage_score"])
    return WaitingRow(
        id=row["id"],
        number=row["number"],
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        area=outward(row["postcode"] or "") or row["town"] or "",
        town=row["town"] or "",
        project_id=row["project_id"],
        project_name=known.projects.get(row["project_id"], ""),
        waiting_since=date.fromisoformat(row["since"]),
        days=max((viewer.today - date.fromisoformat(row["since"])).days, 0),
        score=row["score"],
        reasons=score.reasons,
        priority=_RANKS[row["rank"]],
        source=Source(row["source"]),
        source_name=row["source_name"],
        request_type=row["request_type"],
        owner_kind=OwnerKind(row["owner_kind"]),
        owner_id=row["owner_id"],
        owner_name=known.owner(row["owner_id"]),
        owner_cmd=row["owner_cmd"],
        flags=sum(code in NEEDS_AN_EYE for code, _, _ in from_json(row["flags"] or "[]")),
        alike=len(from_json(row["alike"] or "[]")),
        is_unsent=viewer.is_unsent(row["id"], row["rev"]),
    )
