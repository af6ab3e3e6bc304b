"""Files on a case: the row travels at once, the bytes follow by their hash (S58, S59)."""

import re

from casework.answers import Done, Refused, Verdict
from casework.commands import AttachDocument
from casework.rules import feed
from casework.rules.fields import LINE, too_long
from casework.rules.moment import Desk, Moment
from casework.values import ActivityKind, Case, Document

# Twice the 25 MiB of promises.md 5.5: a full survey as PDF with its photographs has 30 to 40 MiB, and 50 still go
# over a line of 2 Mbit/s in under four minutes.
LARGEST = 50 * 1024 * 1024
# On one case (promises.md 5.5): far beyond what a person adds, and what a program run wild stops at.
MOST = 2_000
SHA256 = re.compile(r"[0-9a-f]{64}")


def attach_document(desk: Desk, command: AttachDocument, case: Case, moment: Moment) -> Verdict:
    """Puts a file on the case. The same bytes added by two people are one file with two captions (OC18)."""
    if not command.name.strip():
        return Refused("document-needs-name")
    problem = too_long("name", command.name, LINE) or too_long("caption", command.caption, LINE)
    if problem is not None:
        return problem
    if not SHA256.fullmatch(command.sha256):
        return Refused("not-valid", {"why": "sha256"})
    if command.size <= 0:
        return Refused("document-is-empty", {"name": command.name})
    if command.size > LARGEST:
        return Refused("document-too-big", {"name": command.name, "size": str(command.size), "limit": str(LARGEST)})
    known = desk.find(Document, command.document_id)
    if known is not None:
        is_same = (known.case_id, known.sha256) == (case.id, command.sha256)
        return Done() if is_same else Refused("not-valid", {"field": "document_id", "why": "taken"})
    documents = desk.of_case(Document, case.id)
    if len(documents) >= MOST:
        return Refused("document-too-many", {"name": command.name, "limit": str(MOST)})
    twins = [document for document in documents if document.sha256 == command.sha256]
    document = Document(
        id=command.document_id,
        case_id=case.id,
        task_id=command.task_id,
        name=command.name,
        mime=command.mime,
        size=command.size,
        sha256=command.sha256,
        caption=command.caption,
        added_at=moment.said_at,
        added_by=moment.who.id,
        is_stored=any(twin.is_stored for twin in twins),
    )
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.DOCUMENT,
        text=command.caption,
        facts={"document": document.id, "name": document.name},
    )
    return Done((document, line, *feed.new_facts_on_closed(desk, case, moment)))
