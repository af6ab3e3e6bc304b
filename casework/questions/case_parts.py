"""The parts of a case page that stand still: owner, journey, how it began, letter, files, ownership story."""

from casework.connection import Connection
from casework.questions.names import Names
from casework.questions.reading import from_json, is_clock_off, read
from casework.questions.shown import (
    ContributorShown,
    CreatedShown,
    DocumentShown,
    Letter,
    OwnershipLine,
    OwnerShown,
    ReviewShown,
    StepShown,
)
from casework.questions.viewer import Viewer
from casework.rows import all_of, of_case
from casework.values import Case, Contributor, Document, OwnerKind, OwnershipEvent, Step
from casework.values.times import sound


def owner_of(case: Case, viewer: Viewer, known: Names) -> OwnerShown:
    """Who owns the case, since when and by whom."""
    return OwnerShown(
        kind=case.owner_kind,
        id=case.owner_id,
        name=known.owner(case.owner_id),
        is_me=viewer.owns(case.owner),
        is_my_queue=case.owner_kind is OwnerKind.QUEUE and case.owner_id in viewer.queue_ids,
        since=case.owner_since,
        by_id=case.owner_by,
        by_name=known.person(case.owner_by),
    )


def steps_of(conn: Connection, case: Case) -> tuple[StepShown, ...]:
    """The journey that the case is on, in order. A step that was taken out is still there for cases closed in it."""
    steps = all_of(conn, Step)
    journeys = {step.journey_id for step in steps if step.id == case.step_id}
    there = [step for step in steps if step.journey_id in journeys and (step.is_active or step.id == case.step_id)]
    mine = sorted(there, key=lambda step: step.position)
    return tuple(
        StepShown(
            id=step.id,
            name=step.name,
            position=step.position,
            kind=step.kind,
            target_days=step.target_days,
            is_current=step.id == case.step_id,
        )
        for step in mine
    )


def created_of(case: Case, known: Names) -> CreatedShown:
    """When the case was made, by the device's clock and by the server's (S60, A12)."""
    return CreatedShown(
        at=case.created_at,
        arrived_at=case.arrived_at,
        clock_off=case.clock_off,
        has_clock_mark=is_clock_off(case.clock_off),
        by_id=case.created_by,
        by_name=known.person(case.created_by),
        source=case.source,
        source_name=case.source_name,
        source_reference=case.source_reference,
        referred_on=case.referred_on,
    )


def review_of(case: Case, known: Names) -> ReviewShown | None:
    """The newest review, if there was one."""
    if case.last_review_at is None:
        return None
    return ReviewShown(
        id=case.last_review_id,
        at=case.last_review_at,
        by_id=case.last_review_by,
        by_name=known.person(case.last_review_by),
        text=case.last_review_text,
    )


def letter_of(conn: Connection, case_id: str) -> Letter | None:
    """The referral as it came, if the case came by one."""
    found = read(conn, "SELECT letter, flags FROM referral WHERE case_id = ? ORDER BY id LIMIT 1", (case_id,))
    if not found:
        return None
    lines = tuple((column, cell) for column, cell in from_json(found[0]["letter"]))
    return Letter(lines=lines, flags=tuple((code, column, cell) for code, column, cell in from_json(found[0]["flags"])))


def documents_of(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[DocumentShown, ...]:
    """The files on the case, newest first."""
    every = of_case(conn, Document, case_id)
    found = sorted((one for one in every if not one.preview_of), key=lambda one: (sound(one.added_at), one.id))
    previews = {one.preview_of: one.sha256 for one in every if one.preview_of}
    return tuple(
        DocumentShown(
            id=document.id,
            case_id=case_id,
            task_id=document.task_id,
            name=document.name,
            mime=document.mime,
            size=document.size,
            sha256=document.sha256,
            caption=document.caption,
            added_at=document.added_at,
            added_by_name=known.person(document.added_by),
            is_stored=document.is_stored,
            is_unsent=viewer.is_unsent(document.id, document.rev),
            preview_sha256=previews.get(document.id, ""),
        )
        for document in reversed(found)
    )


def ownership_of(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[OwnershipLine, ...]:
    """The story of who owned the case, by epoch and never by clock."""
    found = sorted(of_case(conn, OwnershipEvent, case_id), key=lambda event: (event.epoch, event.id))
    return tuple(
        OwnershipLine(
            epoch=event.epoch,
            how=event.kind,
            from_kind=event.from_kind,
            from_id=event.from_id,
            from_name=known.owner(event.from_id),
            to_kind=event.to_kind,
            to_id=event.to_id,
            to_name=known.owner(event.to_id),
            by_id=event.by,
            by_name=known.person(event.by),
            reason=event.reason,
            at=sound(event.at),
            arrived_at=event.arrived_at,
            is_unsent=viewer.is_unsent(event.id, event.rev),
        )
        for event in found
    )


def contributors_of(conn: Connection, viewer: Viewer, case_id: str, known: Names) -> tuple[ContributorShown, ...]:
    """Who else may see the case for now, each person once, with the last day that holds."""
    until: dict[str, ContributorShown] = {}
    for one in of_case(conn, Contributor, case_id):
        before = until.get(one.person_id)
        if one.until > viewer.now and (before is None or before.until < one.until):
            until[one.person_id] = ContributorShown(
                person_id=one.person_id, name=known.person(one.person_id), until=one.until
            )
    return tuple(sorted(until.values(), key=lambda one: one.name))
