"""Lines of somebody's Today: read by that person only."""

import msgspec

from casework.answers import Done, Verdict
from casework.commands import SeeNotices
from casework.rules.moment import Desk, Moment
from casework.values import Notice


def see_notices(desk: Desk, command: SeeNotices, moment: Moment) -> Verdict:
    """Marks my own lines as read; anybody else's, and what is gone, is passed over."""
    found = (desk.find(Notice, notice_id) for notice_id in command.notice_ids)
    mine = [notice for notice in found if notice and notice.person_id == moment.who.id and not notice.is_seen]
    return Done(tuple(msgspec.structs.replace(notice, is_seen=True) for notice in mine))
