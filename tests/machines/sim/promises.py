"""What must hold at the end of a run beside the protocol's invariants: the rules' own promises (domain.md 5.3, 6)."""

from collections import Counter
from operator import itemgetter

from casework.commands import SendReferral, SetConsent, WithdrawConsent
from casework.rows import all_of
from casework.values import Case, CaseAssignment, ConsentScope, Contributor, Offer, OfferState, OwnerKind, Queue
from tests.machines.invariants import IN_EFFECT
from tests.machines.sim.life import Life

_SHARING = ConsentScope.SHARE_WITH_PARTNER


def offers_end(life: Life) -> None:
    """A case is offered to one at a time, a closed one to nobody, and who was let in by an offer goes with it (OC9)."""
    with life.reading() as conn:
        cases = {case.id: case for case in all_of(conn, Case)}
        offers = {offer.id: offer for offer in all_of(conn, Offer)}
        guests, asked = all_of(conn, Contributor), all_of(conn, CaseAssignment)
        gone = {queue.id for queue in all_of(conn, Queue) if not queue.is_active}
    still = [offer.case_id for offer in offers.values() if offer.state is OfferState.OPEN]
    assert not [case_id for case_id, count in Counter(still).items() if count > 1], "two offers of one case stand"
    assert not [case_id for case_id in still if cases[case_id].is_closed], "a closed case stands offered"
    now = life.world.clock.now
    for guest in guests:
        offer = offers.get(guest.because)
        assert offer is None or offer.state is OfferState.OPEN or guest.until <= now, f"{offer} still lets somebody in"
    assert not [one for one in asked if one.case_id not in cases], "a request is about no case"
    lying = [case.id for case in cases.values() if case.owner.kind is OwnerKind.QUEUE and case.owner.id in gone]
    assert not lying, "a case lies in a queue that nobody looks into (OC30)"


def nobody_was_passed_on_against_their_word(life: Life) -> None:
    """OC21: a referral took effect only while the last word about sharing, by the server's order, was a yes."""
    with life.reading() as conn:
        found = conn.exec_driver_sql("SELECT cmd_id, status, rev FROM outcome").all()
    joined = life.joined() | life.joined_into
    in_effect = {command_id: rev for command_id, status, rev in found if status in IN_EFFECT}
    words = sorted(((in_effect[one.id], one.command) for one in life.spoken if one.id in in_effect), key=itemgetter(0))
    stands: dict[str, bool] = {}
    for _, command in words:
        if isinstance(command, SetConsent) and command.scope is _SHARING:
            stands[command.case_id] = command.is_given
        elif isinstance(command, WithdrawConsent) and command.scope is _SHARING:
            stands[command.case_id] = False
        elif isinstance(command, SendReferral) and command.case_id not in joined:
            assert stands.get(command.case_id, False), "somebody was passed on who had not agreed (OC21)"
