"""Being out on a visit with a case: a soft mark that others see before they give it away, and that ends by itself."""

from datetime import timedelta

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import GoOut
from casework.rules.moment import Desk, Moment
from casework.values import Case

LONGEST = timedelta(hours=16)


def go_out(desk: Desk, command: GoOut, case: Case, moment: Moment) -> Verdict:
    """Sets the mark until a time, or ends one's own (X5). It locks nothing.

    The time is the device's; on the server its clock's fault is taken out, so that a wrong clock makes no long mark.
    Of two people out with one case the one who stays longer is shown.
    """
    if command.until is None:
        if case.out_with != moment.who.id:
            return Done()
        return Done((msgspec.structs.replace(case, out_until=None, out_with=""),))
    until = command.until - timedelta(seconds=moment.clock_off)
    if until > moment.now + LONGEST:
        return Refused("out-too-long", {"hours": str(int(LONGEST.total_seconds()) // 3600)})
    is_others = case.out_with not in ("", moment.who.id) and case.out_until is not None and case.out_until >= until
    if until <= moment.now or is_others:
        return Done()
    return Done((msgspec.structs.replace(case, out_until=until, out_with=moment.who.id),))
