"""What somebody has seen: lines of their Today, and cases of theirs that others wrote on."""

import msgspec

from casework.answers import Done, Verdict
from casework.commands import SeeCase, SeeNotices
from casework.ids import child_id
from casework.rules.access import is_owner
from casework.rules.moment import Desk, Moment
from casework.values import Activity, Case, Notice, Sighting


def see_notices(desk: Desk, command: SeeNotices, moment: Moment) -> Verdict:
    """Marks my own lines as read; anybody else's, and what is gone, is passed over."""
    found = (desk.find(Notice, notice_id) for notice_id in command.notice_ids)
    mine = [notice for notice in found if notice and notice.person_id == moment.who.id and not notice.is_seen]
    return Done(tuple(msgspec.structs.replace(notice, is_seen=True) for notice in mine))


def see_case(desk: Desk, command: SeeCase, case: Case | None, moment: Moment) -> Verdict:
    """Tells everybody who wrote on a case that its owner has had it on the screen up to a number of the server's (X2).

    Only the owner's own looking counts, and only where it takes in something that it had not before. It counts up to
    the newest line that there is, whatever number the owner's laptop knows: what comes later was not looked at.
    """
    if case is None or not is_owner(moment.who, case):
        return Done()
    newest: dict[str, int] = {}
    for line in desk.of_case(Activity, case.id):
        if 0 < line.rev <= command.upto:
            newest[line.by] = max(newest.get(line.by, 0), line.rev)
    upto = max(newest.values(), default=0)
    newest.pop(moment.who.id, None)
    before = {one.author_id: one.upto for one in desk.of_case(Sighting, case.id) if one.person_id == moment.who.id}
    return Done(
        tuple(
            Sighting(
                id=child_id(case.id, f"seen/{moment.who.id}/{author_id}"),
                case_id=case.id,
                person_id=moment.who.id,
                author_id=author_id,
                upto=upto,
                at=moment.said_at,
            )
            for author_id, rev in sorted(newest.items())
            if before.get(author_id, 0) < rev
        )
    )
