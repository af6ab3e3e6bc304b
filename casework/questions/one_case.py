"""Everything that the page of one case shows (S15, S29, S60)."""

from casework.connection import Connection
from casework.questions.around import cases_of_client_or_home, these_cases
from casework.questions.case_parts import (
    contributors_of,
    created_of,
    documents_of,
    letter_of,
    owner_of,
    ownership_of,
    review_of,
    steps_of,
)
from casework.questions.decisions import decisions_of_case
from casework.questions.feed_lines import feed_page
from casework.questions.names import names
from casework.questions.reading import moment_of
from casework.questions.sheets import CaseSheet
from casework.questions.tasks import tasks_of_case
from casework.questions.viewer import Viewer
from casework.rows import find
from casework.rules import access
from casework.values import Case, CaseStatus, Contact, Project, Property


def case_sheet(conn: Connection, viewer: Viewer, case_id: str) -> CaseSheet | None:
    """The case whole, with the last stretch of its feed; None when it is not on this device (any more)."""
    case = find(conn, Case, case_id)
    project = find(conn, Project, case.project_id) if case else None
    if case is None or project is None:
        return None
    known = names(conn)
    contact = find(conn, Contact, case.contact_id) or Contact(id=case.contact_id)
    home = find(conn, Property, case.property_id) or Property(id=case.property_id)
    others = cases_of_client_or_home(conn, case, contact, home, known)
    twin = these_cases(conn, case, contact, home, [case.duplicate_of], known) if case.duplicate_of else ()
    return CaseSheet(
        case=case,
        contact=contact,
        home=home,
        project=project,
        steps=steps_of(conn, case),
        owner=owner_of(case, viewer, known),
        created=created_of(case, known),
        tasks=tasks_of_case(conn, viewer, case_id, known),
        feed=feed_page(conn, viewer, case_id),
        documents=documents_of(conn, viewer, case_id, known),
        review=review_of(case, known),
        ownership=ownership_of(conn, viewer, case_id, known),
        letter=letter_of(conn, case_id),
        kept=decisions_of_case(conn, viewer, case_id, known),
        others=tuple(other for other in others if other.status is not CaseStatus.CLOSED),
        duplicate_of=twin[0] if twin else None,
        contributors=contributors_of(conn, viewer, case_id, known),
        closed_by_name=known.person(case.closed_by),
        offers=access.offers(case, moment_of(viewer)),
        is_unsent=viewer.is_unsent(case.id, case.rev),
    )
