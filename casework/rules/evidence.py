"""What speaks for handing a case to whoever worked on it unseen by its owner: visits, calls, forms that landed."""

import msgspec

from casework.answers import Done, Late, Verdict
from casework.rules.moment import Desk, Moment
from casework.values import Activity, ActivityKind, Case, KeptState, KeptWork

SPEAKING = frozenset({ActivityKind.TASK_DONE, ActivityKind.INTERACTION, ActivityKind.DOCUMENT, ActivityKind.FORM})
# By these one comes to own a case; when they came late, what was said under them is still its author's to say.
CLAIMS = frozenset({"case.owner", "case.triage", "offer.accept"})


def with_evidence(desk: Desk, late: Late, case: Case, moment: Moment, ids: tuple[str, ...]) -> Late:
    """The late wish with how much accepted work of its author's speaks for it (protocol 10.3)."""
    lines = [desk.find(Activity, line_id) for line_id in dict.fromkeys(ids)]
    mine = [line for line in lines if line and (line.case_id, line.by) == (case.id, moment.who.id)]
    count = sum(_speaks(line) for line in mine)
    return msgspec.structs.replace(late, facts={**late.facts, "evidence": str(count)}) if count else late


def speaking_for_claim(desk: Desk, verdict: Verdict, moment: Moment) -> Verdict:
    """Work that lands under a claim of its author's that came too late counts on that claim's card (protocol 10.3)."""
    claim = desk.find(KeptWork, moment.under) if moment.under else None
    if claim is None or not isinstance(verdict, Done) or claim.state is not KeptState.OPEN:
        return verdict
    if claim.author_id != moment.who.id or claim.command not in CLAIMS:
        return verdict
    count = sum(isinstance(put, Activity) and put.case_id == claim.case_id and _speaks(put) for put in verdict.puts)
    if not count or any(isinstance(put, KeptWork) and put.id == claim.id for put in verdict.puts):
        return verdict
    facts = {**claim.facts, "evidence": str(int(claim.facts.get("evidence", "0")) + count)}
    return Done((*verdict.puts, msgspec.structs.replace(claim, facts=facts)))


def _speaks(line: Activity) -> bool:
    return line.kind in SPEAKING
