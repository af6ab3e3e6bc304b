"""Kept work that is somebody's to see no more goes from their laptop, and comes to who it is for by now (I2, I7)."""

from pathlib import Path

import msgspec
import pytest

from casework.commands import AddTask
from casework.ids import child_id, new_id
from casework.rows import all_of
from casework.values import KeptKind, KeptState, KeptWork, OwnerKind
from casework.wire import Page, Pull
from server.setting_up import BACK_OFFICE
from tests.journeys import saying
from tests.kit_near import NINE, Desk, Makes, NearCentral, NearWorld, person_id
from tests.machines.organisation import snapshot
from tests.sync.alike import require_alike


def kept_here(desk: Desk) -> list[str]:
    return sorted(kept.id for kept in desk.look(lambda conn: all_of(conn, KeptWork)))


def a_case_seen_by_two(priya: Desk) -> str:
    """Amy's case, on which Cara has a task."""
    case_id = saying.a_case_of(priya, "amy")
    call = AddTask(case_id=case_id, task_id=new_id(), task_type="phone_call", title="Call")
    priya.say(msgspec.structs.replace(call, assignee_id=person_id("cara")))
    priya.sync()
    return case_id


def kept(case_id: str, **others: object) -> KeptWork:
    """Something of Jo's that waits for Amy, unless told otherwise."""
    usual = KeptWork(
        id=child_id(case_id, "kept"),
        case_id=case_id,
        kind=KeptKind.CLASH,
        code="edited-meanwhile",
        said="{}",
        command="case.edit",
        author_id=person_id("jo"),
        said_at=NINE,
        kept_at=NINE,
        for_kind=OwnerKind.PERSON,
        for_id=person_id("amy"),
    )
    return msgspec.structs.replace(usual, **others)


class Overheard(NearCentral):
    """Remembers the pages that came."""

    def pull(self, pull: Pull) -> Page:
        page = super().pull(pull)
        self.pages = (*self.pages, page)
        return page

    pages: tuple[Page, ...] = ()


def pages_of(desk: Desk) -> tuple[Page, ...]:
    assert isinstance(desk.wire, Overheard)
    return desk.wire.pages


def synced(*desks: Desk) -> None:
    for desk in desks:
        desk.sync()
        require_alike(desk)


@pytest.mark.covers("OC5")
@pytest.mark.parametrize("state", list(KeptState))
def test_that_what_passes_from_a_queue_to_a_person_leaves_the_others_of_the_queue(
    world: NearWorld, priya: Desk, state: KeptState
) -> None:
    world.staff(BACK_OFFICE, "amy", "cara", "ben")
    case_id = a_case_seen_by_two(priya)
    waits = kept(case_id, for_kind=OwnerKind.QUEUE, for_id=BACK_OFFICE, state=state)
    world.server.put(waits)
    cara, ben = world.desk("cara"), world.desk("ben")
    assert kept_here(cara) == kept_here(ben) == [waits.id]
    world.server.put(msgspec.structs.replace(waits, for_kind=OwnerKind.PERSON, for_id=cara.person_id))
    synced(cara, ben, priya)
    assert (kept_here(cara), kept_here(ben), kept_here(priya)) == ([waits.id], [], [waits.id])


def test_that_what_somebody_else_is_asked_about_leaves_who_was_asked_before(world: NearWorld, priya: Desk) -> None:
    case_id = a_case_seen_by_two(priya)
    world.server.put(kept(case_id, asked_id=person_id("cara")))
    cara, ben = world.desk("cara"), world.desk("ben")
    assert len(kept_here(cara)) == 1
    world.server.put(kept(case_id, asked_id=ben.person_id))
    synced(cara, ben)
    assert (len(kept_here(cara)), len(kept_here(ben))) == (0, 1)
    world.server.put(kept(case_id, asked_id=cara.person_id))
    synced(cara, ben)
    assert (len(kept_here(cara)), len(kept_here(ben))) == (1, 0)


def test_that_what_was_the_owners_leaves_an_owner_who_goes_on_seeing_the_case(world: NearWorld, priya: Desk) -> None:
    case_id = a_case_seen_by_two(priya)
    saying.give(priya, case_id, saying.person("cara"), with_tasks=False)
    priya.sync()
    world.server.put(kept(case_id, for_id=person_id("jo")))
    cara = world.desk("cara")
    assert len(kept_here(cara)) == 1
    saying.give(priya, case_id, saying.person("amy"), with_tasks=False)
    priya.sync()
    synced(cara, world.desk("amy"))
    assert case_id in cara.look(snapshot)["case_file"], "she has her task on it still"
    assert kept_here(cara) == []


@pytest.mark.parametrize("state", list(KeptState))
def test_that_what_was_kept_about_a_case_comes_with_it_to_a_new_owner_who_saw_it_before(
    world: NearWorld, priya: Desk, state: KeptState
) -> None:
    case_id = a_case_seen_by_two(priya)
    world.server.put(kept(case_id, state=state))
    cara = world.desk("cara")
    assert kept_here(cara) == [], "she has a task on it, and no say in it"
    saying.give(priya, case_id, saying.person("cara"), with_tasks=False)
    priya.sync()
    synced(cara)
    assert len(kept_here(cara)) == 1, "what was decided already is hers to read, too"


def test_that_what_waits_for_a_queue_leaves_and_comes_with_those_who_work_for_it(world: NearWorld, priya: Desk) -> None:
    case_id = a_case_seen_by_two(priya)
    world.staff(BACK_OFFICE, "cara")
    world.server.put(kept(case_id, for_kind=OwnerKind.QUEUE, for_id=BACK_OFFICE))
    cara, ben = world.desk("cara"), world.desk("ben")
    assert (len(kept_here(cara)), len(kept_here(ben))) == (1, 0)
    world.staff(BACK_OFFICE, "ben")
    synced(cara, ben)
    assert (len(kept_here(cara)), len(kept_here(ben))) == (0, 1)
    world.staff(BACK_OFFICE, "cara", "ben")
    synced(cara, ben)
    assert (len(kept_here(cara)), len(kept_here(ben))) == (1, 1)


def test_that_who_loses_the_office_role_keeps_no_kept_work_of_others(world: NearWorld, priya: Desk) -> None:
    case_id = a_case_seen_by_two(priya)
    world.server.put(kept(case_id), kept(case_id, id=new_id(), author_id=priya.person_id))
    synced(priya)
    assert len(kept_here(priya)) == 2
    world.change_role("priya", "advisor")
    synced(priya)
    assert len(kept_here(priya)) == 1


def test_that_nobody_hears_the_id_of_kept_work_that_they_never_held(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(wire=Overheard))
    priya = world.desk("priya")
    case_id = a_case_seen_by_two(priya)
    desks = [world.desk(name) for name in ("amy", "ben", "cara")]
    world.staff(BACK_OFFICE, "ben")
    waits = kept(case_id, author_id=priya.person_id, for_kind=OwnerKind.QUEUE, for_id=BACK_OFFICE)
    world.server.put(waits)
    synced(*desks)
    world.server.put(msgspec.structs.replace(waits, for_kind=OwnerKind.PERSON, for_id=person_id("jo")))
    synced(*desks)
    left = {desk.name: [page.left for page in pages_of(desk) if page.left] for desk in desks}
    assert left == {"amy": [], "ben": [(waits.id,)], "cara": []}
    world.close()
