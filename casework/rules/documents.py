"""Files on a case: the row travels at once, the bytes follow by their hash (S58, S59)."""

import re
from datetime import datetime

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import AttachDocument
from casework.ids import child_id
from casework.rules import feed
from casework.rules.fields import LINE, too_long
from casework.rules.moment import Desk, Moment
from casework.values import ActivityKind, Case, Document

# Twice the 25 MiB of promises.md 5.5: a full survey as PDF with its photographs has 30 to 40 MiB, and 50 still go
# over a line of 2 Mbit/s in under four minutes.
LARGEST = 50 * 1024 * 1024
# On one case (promises.md 5.5): far beyond what a person adds, and what a program run wild stops at.
MOST = 2_000
# A preview goes with other small documents, before all large ones.
LARGEST_PREVIEW = 64 * 1024
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
    if command.preview_sha256 and not _is_fit_for_preview(command):
        return Refused("not-valid", {"why": "preview"})
    documents = [document for document in desk.of_case(Document, case.id) if not document.preview_of]
    if len(documents) >= MOST:
        return Refused("document-too-many", {"name": command.name, "limit": str(MOST)})
    here = {document.sha256 for document in desk.of_case(Document, case.id) if document.is_stored}
    document, *preview = (
        msgspec.structs.replace(row, is_stored=row.sha256 in here)
        for row in rows_of(command, case_id=case.id, at=moment.said_at, by=moment.who.id)
    )
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.DOCUMENT,
        text=command.caption,
        facts={"document": document.id, "name": document.name},
    )
    return Done((document, *preview, line, *feed.new_facts_on_closed(desk, case, moment)))


def rows_of(command: AttachDocument, *, case_id: str, at: datetime, by: str) -> tuple[Document, ...]:
    """What the command puts on a case: the document, and its preview where it has one. No bytes are there yet."""
    document = Document(
        id=command.document_id,
        case_id=case_id,
        task_id=command.task_id,
        name=command.name,
        mime=command.mime,
        size=command.size,
        sha256=command.sha256,
        caption=command.caption,
        added_at=at,
        added_by=by,
    )
    if not command.preview_sha256:
        return (document,)
    preview = msgspec.structs.replace(
        document,
        id=child_id(document.id, "preview"),
        mime="image/jpeg",
        size=command.preview_size,
        sha256=command.preview_sha256,
        caption="",
        preview_of=document.id,
    )
    return (document, preview)


def _is_fit_for_preview(command: AttachDocument) -> bool:
    is_small = 0 < command.preview_size <= LARGEST_PREVIEW
    return is_small and command.preview_sha256 != command.sha256 and bool(SHA256.fullmatch(command.preview_sha256))
