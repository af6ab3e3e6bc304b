"""What the office does in a run: cases deleted for good, joined and offered, queues and steps removed, new forms."""

import itertools
from collections.abc import Callable

import msgspec

from casework.commands import (
    AcceptOffer,
    AnyCommand,
    ChangeOwner,
    DeclineOffer,
    EraseCase,
    JoinCase,
    OfferCase,
    PublishForm,
    RemoveQueue,
    RemoveStep,
    SeenOwner,
    WithdrawOffer,
)
from casework.connection import Connection
from casework.ids import new_id
from casework.rows import all_of, of_case
from casework.rules.erasing import ERASING_REASONS
from casework.rules.forms import newest_version
from casework.values import Activity, Case, FormQuestion, FormTemplate, Offer, Owner, OwnerKind, Role, Step
from server.setting_up import BACK_OFFICE, WAITING_LIST, default_id
from sync.engine import SyncReport
from tests.kit_near import person_id
from tests.machines.organisation import SMALL_PAGES
from tests.machines.sim.life import Life
from tests.machines.sim.stage import ADMIN

_QUEUES = (BACK_OFFICE, WAITING_LIST)
_REMOVABLE = (BACK_OFFICE, default_id("queue/phone_advice"))
Wish = Callable[[Life, Connection], AnyCommand | None]


def erase_a_case(life: Life, name: str) -> None:
    """Somebody has asked that all that is known of them is deleted."""
    _as_admin(life, _erase)


def erase_out_of_reach(life: Life, name: str) -> None:
    """The same while somebody who wrote about it does not work here; when they come back the log may not tell of it."""
    if name == ADMIN:
        return
    life.sync(name)
    life.say(name, life.pick.choice(("note", "review")))
    life.sync(name)
    life.world.employ(life.desks[name].name, False)
    life.sync(name)
    erase_a_case(life, name)
    life.world.employ(life.desks[name].name)


def remove_a_queue(life: Life, name: str) -> None:
    """A queue is taken out of use, with whatever lies in it (OC30)."""
    _as_admin(life, lambda life, conn: RemoveQueue(case_id="", queue_id=life.pick.choice(_REMOVABLE)))


def remove_a_step(life: Life, name: str) -> None:
    """A step is taken out of the journey while cases stand in it (OC20)."""
    _as_admin(life, _remove_step)


def publish_a_form(life: Life, name: str) -> None:
    """A form has a next version; answers to the one before it may still be on their way (OC19)."""
    _as_admin(life, _publish)


def join_cases(life: Life, name: str) -> None:
    """A lead finds that two cases are one (OC14)."""
    ((before,),) = life.eyes.raw.execute("SELECT role FROM person WHERE id = ?", (person_id("priya"),)).fetchall()
    life.give_role("priya", Role.LEAD)
    life.sync("priya")
    if _enter(life, "priya", _join):
        life.sync("priya")
    life.give_role("priya", Role(before))


def offer_a_case(life: Life, name: str) -> None:
    """Priya offers a case; it is answered, taken back or forgotten, and neither side waits for the other (OC9)."""
    other = life.pick.choice([name for name in life.names if name not in ("priya", ADMIN)])
    life.sync("priya")
    if not _enter(life, "priya", lambda life, conn: _offer(life, conn, other)):
        return
    life.sync("priya")
    life.sync(other)
    for what in life.pick.sample(("answers", "takes back", "time passes", "syncs"), 3):
        if what == "answers":
            _enter(life, other, _answer)
        elif what == "takes back":
            _enter(life, "priya", _take_back)
        elif what == "time passes":
            life.world.clock.pass_time(days=life.pick.randint(1, 6))
        else:
            life.sync(life.pick.choice(("priya", other)))


def take_a_queue_and_give_it_back(life: Life, name: str) -> SyncReport:
    """All cases lie in two queues that somebody comes into; while they come in, one is taken away and given back."""
    desk, before = life.desks[name], life.desks[name].wire.page_bytes
    life.give_role("priya", Role.COORDINATOR)
    life.sync("priya")
    for _ in range(3):
        life.open_case("priya")
    for case in life.desks["priya"].look(lambda conn: all_of(conn, Case)):
        owner = Owner(OwnerKind.QUEUE, life.pick.choice(_QUEUES))
        base = SeenOwner(case.owner, case.owner_cmd)
        life.enter_words("priya", ChangeOwner(case_id=case.id, base=base, owner=owner, with_tasks=True))
    life.sync("priya")
    life.give_role(desk.name, Role.ADVISOR)
    for members in ((), (desk.name,)):
        life.sync(name)
        for queue_id in _QUEUES:
            life.world.staff(queue_id, *members)
    queue_id, turns = life.pick.choice(_QUEUES), itertools.cycle(((), (desk.name,)))
    desk.wire.page_bytes = SMALL_PAGES
    report = life.sync_while(name, lambda: life.world.staff(queue_id, *next(turns)))
    desk.wire.page_bytes = before
    return report


def _as_admin(life: Life, wish: Wish) -> None:
    admin = life.fetch_admin()
    life.sync(admin)
    if _enter(life, admin, wish):
        life.sync(admin)


def _enter(life: Life, name: str, wish: Wish) -> bool:
    command = life.desks[name].look(lambda conn: wish(life, conn))
    if command is not None:
        life.enter_words(name, command)
    return command is not None


def _a_case(life: Life, conn: Connection) -> Case | None:
    cases = all_of(conn, Case)
    return life.pick.choice(cases) if cases else None


def _erase(life: Life, conn: Connection) -> AnyCommand | None:
    case = _a_case(life, conn)
    return EraseCase(case_id=case.id, reason=life.pick.choice(ERASING_REASONS)) if case else None


def _join(life: Life, conn: Connection) -> AnyCommand | None:
    cases = all_of(conn, Case)
    if len(cases) < 2:
        return None
    case, into = life.pick.sample(cases, 2)
    seen = sum(1 for line in of_case(conn, Activity, case.id) if line.by != person_id("priya"))
    return JoinCase(case_id=case.id, into=into.id, seen=seen, reason="Taken in twice")


def _offer(life: Life, conn: Connection, other: str) -> AnyCommand | None:
    case = _a_case(life, conn)
    if case is None:
        return None
    base, to_id = SeenOwner(case.owner, case.owner_cmd), life.desks[other].person_id
    return OfferCase(case_id=case.id, base=base, to_id=to_id, with_tasks=life.pick.random() < 0.5)


def _answer(life: Life, conn: Connection) -> AnyCommand | None:
    offers = [offer for offer in all_of(conn, Offer) if offer.to_id != person_id("priya")]
    if not offers:
        return None
    offer = life.pick.choice(offers)
    if life.pick.random() < 0.7:
        return AcceptOffer(case_id=offer.case_id, offer_id=offer.id)
    return DeclineOffer(case_id=offer.case_id, offer_id=offer.id, reason="Too much on")


def _take_back(life: Life, conn: Connection) -> AnyCommand | None:
    offers = all_of(conn, Offer)
    if not offers:
        return None
    offer = life.pick.choice(offers)
    return WithdrawOffer(case_id=offer.case_id, offer_id=offer.id, reason="Thought again")


def _remove_step(life: Life, conn: Connection) -> AnyCommand | None:
    steps = [step.id for step in all_of(conn, Step)]
    return RemoveStep(case_id="", step_id=life.pick.choice(steps)) if steps else None


def _publish(life: Life, conn: Connection) -> AnyCommand | None:
    templates = all_of(conn, FormTemplate)
    if not templates:
        return None
    newest = newest_version(templates, life.pick.choice(templates).code)
    assert newest is not None
    question = FormQuestion(key=f"asked_{newest.version}", label="And since when?")
    template = msgspec.structs.replace(
        newest, id=new_id(), rev=0, version=newest.version + 1, questions=(*newest.questions, question)
    )
    return PublishForm(case_id="", template=template)
