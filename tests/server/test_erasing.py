"""A case that was deleted for good is gone everywhere, and nothing that comes later brings any of it back."""

import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from casework.answers import Status
from casework.commands import (
    AddTask,
    AnyCommand,
    AttachDocument,
    EditCase,
    EditContact,
    EditProperty,
    EraseCase,
    MoveStep,
    Said,
    SettleKept,
)
from casework.ids import new_id
from casework.kinds import PERSONAL_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import find
from casework.tables import TABLES
from casework.values import Case, Contact, KeptState, KeptWork, Queue, Source
from casework.wire import OpenUpload, UploadReply
from server.app import create_app
from server.config import Config
from server.parts import open_parts
from server.setting_up import WAITING_LIST
from server.tables import dead_id, outcome
from server.tidying import tidy
from tests.kit_server import PASSWORD
from tests.server.kit_central import Central, NextDoor, Visitor, a_new_case, a_note, given_to, said
from tests.server.test_verify import assert_right, assert_whole

CANARY = "canary: the cellar is damp"


def erased(central: Central, case: Case) -> Visitor:
    """Deletes the case for good, as an admin."""
    sam = central.visitor("sam")
    (ack,) = sam.say(EraseCase(case_id=case.id, reason="asked_by_client"))
    assert ack.st is Status.APPLIED
    return sam


def rows_about(central: Central, case: Case) -> list[str]:
    """The tables in which there is anything of the case."""
    found = []
    with central.database.reading() as conn:
        for kind in (*TREE_KINDS, *PERSONAL_KINDS):
            table = TABLES[kind]
            column = table.c.id if kind is Case else table.c.case_id
            if conn.execute(select(table.c.id).where(column == case.id)).first() is not None:
                found.append(table.name)
        for kind in SHARED_KINDS:
            table = TABLES[kind]
            if conn.execute(select(table.c.id).where(table.c.id.in_((case.contact_id, case.property_id)))).first():
                found.append(table.name)
    return found


def test_that_a_case_deleted_for_good_is_gone_with_all_that_was_on_it_and_from_every_laptop(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy, description=CANARY)
    other = central.opened(amy)
    refused = said(EditCase(case_id=case.id, changes={"number": ("", CANARY)}))
    amy.say(a_note(case, CANARY, mentions=[jo.id]))
    amy.push(refused)
    for visitor in (amy, jo):
        visitor.sync()
        assert refused.id in visitor.store.ids(KeptWork)
    erased(central, case)
    assert rows_about(central, case) == []
    for visitor in (amy, jo):
        page = visitor.pull()
        assert (page.evict, page.erase) == ((case.id,), (case.id,))
        visitor.sync()
        assert set(visitor.store.cases) == {other.id}
        assert refused.id not in visitor.store.ids(KeptWork)
        assert_whole(visitor)
    assert_right(central)


def test_that_a_client_with_another_case_stays(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    other = central.opened(amy, contact=None, contact_id=case.contact_id)
    erased(central, case)
    with central.database.reading() as conn:
        assert find(conn, Contact, other.contact_id) is not None
        dead = set(conn.execute(select(dead_id.c.id)).scalars())
    assert case.contact_id not in dead
    assert {case.id, case.property_id} <= dead


@pytest.mark.parametrize("of", ["case", "contact", "home", "project", "person"])
def test_that_a_case_deleted_for_good_takes_nothing_with_it_that_it_only_has_the_id_of(
    central: Central, of: str
) -> None:
    """Ids are made by devices: one may give a task, or a note, the id of something that lives elsewhere."""
    amy, ben, sam = central.visitor("amy"), central.visitor("ben"), central.visitor("sam")
    lives, case = central.opened(amy), central.opened(ben)
    ids = {
        "case": lives.id,
        "contact": lives.contact_id,
        "home": lives.property_id,
        "project": lives.project_id,
        "person": amy.id,
    }
    task = AddTask(case_id=case.id, task_id=ids[of], task_type="phone_call", title="Ring")
    note = msgspec.structs.replace(said(a_note(case, "hm")), id=ids[of])
    assert {ack.st for ack in ben.push(said(task), note)} == {Status.APPLIED}
    erased(central, case)
    acks = amy.say(
        a_note(lives, "still here"),
        EditContact(case_id=lives.id, contact_id=lives.contact_id, changes={"phone": ("", "1")}),
        EditProperty(case_id=lives.id, property_id=lives.property_id, changes={"town": ("", "T")}),
        AddTask(case_id=lives.id, task_id=new_id(), task_type="phone_call", title="Ring", assignee_id=amy.id),
        a_new_case(),
    )
    assert [ack.st for ack in acks] == [Status.APPLIED] * 5
    assert sam.say(a_note(case, "late"))[0].st is Status.DELETED_KEPT


@pytest.mark.parametrize("name", ["amy", "priya", "jo"])
def test_that_only_an_admin_deletes_for_good(central: Central, name: str) -> None:
    case = central.owned_by("amy")
    (ack,) = central.visitor(name).say(EraseCase(case_id=case.id, reason="test_data"))
    assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "for-admins-only")
    assert central.case(case.id)


def test_that_deleting_needs_a_reason_of_the_list_and_is_done_once(central: Central) -> None:
    case = central.owned_by("amy")
    sam = central.visitor("sam")
    (ack,) = sam.say(EraseCase(case_id=case.id, reason="because Mrs Evans asked"))
    assert (ack.st, ack.code) == (Status.REFUSED_KEPT, "reason-needed")
    once = said(EraseCase(case_id=case.id, reason="test_data"))
    acks = [*sam.push(once), *sam.push(once), *sam.say(EraseCase(case_id=case.id, reason="test_data"))]
    assert [ack.st for ack in acks] == [Status.APPLIED] * 3
    assert acks[0] == acks[1]


@pytest.mark.covers("FD1", "FD2")
def test_that_an_edit_of_what_is_gone_is_kept_whole_for_its_author_and_their_lead(central: Central) -> None:
    amy, jo, ben = (central.visitor(name) for name in ("amy", "jo", "ben"))
    case = central.opened(amy)
    erased(central, case)
    late = said(a_note(case, "Said before I knew."))
    (ack,) = amy.push(late)
    assert (ack.st, ack.code) == (Status.DELETED_KEPT, "case-deleted")
    assert amy.push(late) == (ack,)
    for visitor in (amy, jo, ben):
        visitor.sync()
    for visitor in (amy, jo):
        assert msgspec.json.decode(visitor.store.rows["kept_work"][late.id]["said"], type=Said) == late
    assert late.id not in ben.store.ids(KeptWork)
    assert rows_about(central, case) == ["kept_work"]


def test_that_what_is_kept_of_the_dead_can_be_let_go(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    erased(central, case)
    late = said(a_note(case))
    amy.push(late)
    (ack,) = amy.say(SettleKept(case_id=case.id, kept_id=late.id, how="leave"))
    assert ack.st is Status.APPLIED
    with central.database.reading() as conn:
        kept = find(conn, KeptWork, late.id)
        assert kept is not None
        assert kept.state is KeptState.LEFT


@pytest.mark.covers("FD1", "FD2")
def test_that_taking_in_a_kept_new_case_does_not_bring_the_dead_back(central: Central) -> None:
    priya, jo = central.visitor("priya"), central.visitor("jo")
    first = a_new_case(source=Source.IMPORT)
    priya.say(first)
    case = central.case(first.case_id)
    erased(central, case)
    again = said(first)
    assert jo.push(again)[0].code == "case-deleted"
    assert taken_in(jo, again) == (Status.DELETED_KEPT, "case-deleted")
    assert set(rows_about(central, case)) == {"kept_work"}
    (ack,) = jo.say(SettleKept(case_id=case.id, kept_id=again.id, how="leave"))
    assert ack.st is Status.APPLIED, "it can be let go"


@pytest.mark.covers("FD1", "FD2")
def test_that_taking_in_a_kept_new_case_does_not_bring_back_a_client_who_was_deleted(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy)
    second = said(
        msgspec.structs.replace(
            a_new_case(source=Source.IMPORT), contact_id=case.contact_id, contact=Contact(id=case.contact_id)
        )
    )
    assert amy.push(second)[0].code == "import-is-for-office"
    erased(central, case)
    assert taken_in(jo, second) == (Status.DELETED_KEPT, "case-deleted")
    with central.database.reading() as conn:
        assert find(conn, Contact, case.contact_id) is None
        assert find(conn, Case, second.say.case_id) is None


def taken_in(visitor: Visitor, opening: Said) -> tuple[Status, str]:
    """What comes of using a new case that was kept."""
    (ack,) = visitor.say(SettleKept(case_id=opening.say.case_id, kept_id=opening.id, how="use"))
    return ack.st, ack.code


@pytest.mark.parametrize("is_at_once", [False, True], ids=["said before", "said in one go"])
def test_that_what_was_answered_about_the_dead_has_no_words_of_theirs(central: Central, is_at_once: bool) -> None:
    sam = central.visitor("sam")
    case, other = central.opened(sam), central.opened(sam)
    too_big: list[AnyCommand] = [
        AttachDocument(
            case_id=one.id,
            document_id=new_id(),
            name=f"{CANARY}.pdf",
            mime="application/pdf",
            size=60 * 1024 * 1024,
            sha256="a" * 64,
        )
        for one in (case, other)
    ]
    commands = [said(one) for one in (*too_big, EraseCase(case_id=case.id, reason="asked_by_client"))]
    for some in [commands] if is_at_once else [commands[:2], commands[2:]]:
        sam.push(*some)

    with central.database.reading() as conn:
        facts = dict(conn.execute(select(outcome.c.cmd_id, outcome.c.facts)).all())
    assert CANARY not in facts[commands[0].id]
    assert CANARY in facts[commands[1].id], "what is about another case stays"
    assert sam.push(commands[0])[0].st is Status.REFUSED_KEPT


@pytest.mark.covers("FD2")
def test_that_nothing_whatever_brings_a_row_of_the_dead_back(central: Central) -> None:
    """Everything that laptops may still say about it, in a random order, by everybody, again and again."""
    dice = random.Random(5)
    visitors = [central.visitor(name) for name in ("amy", "ben", "priya", "jo")]
    opening = a_new_case()
    first = said(opening)
    visitors[0].push(first)
    case = central.case(opening.case_id)
    erased(central, case)
    before = rows_about(central, case)
    again: list[AnyCommand] = [
        opening,
        msgspec.structs.replace(opening, case_id=new_id()),
        a_note(case),
        given_to(case, "ben"),
        EditCase(case_id=case.id, changes={"description": ("", "damp")}),
        EditContact(case_id=case.id, contact_id=case.contact_id, changes={"phone": ("", "1")}),
        MoveStep(case_id=case.id, step=(case.step_id, case.step_id)),
    ]
    for _ in range(40):
        (ack,) = dice.choice(visitors).say(dice.choice(again))
        assert ack.st is Status.DELETED_KEPT
        visitors[0].push(msgspec.structs.replace(first, again=True))
    assert set(rows_about(central, case)) - set(before) == {"kept_work"}
    for visitor in visitors:
        visitor.sync()
        assert case.id not in visitor.store.ids(Case)
        assert case.contact_id not in visitor.store.ids(Contact)


@pytest.mark.covers("FD4")
def test_that_a_store_that_held_it_has_it_no_more_after_two_rounds_and_nor_has_the_server(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    erased(central, case)
    for _ in range(2):
        amy.sync()
        amy.reconcile()
    assert amy.store.ids(Case) == set()
    assert rows_about(central, case) == []


@pytest.mark.covers("FD9")
def test_that_a_case_deleted_while_its_reader_leaves_the_queue_is_told_to_go(central: Central) -> None:
    case = central.waiting()
    amy = central.visitor("amy")
    amy.sync()
    assert case.id in amy.store.cases
    erased(central, case)
    with central.database.writing() as conn:
        queue = find(conn, Queue, WAITING_LIST)
        assert queue is not None
        others = tuple(member for member in queue.member_ids if member != amy.id)
        central.journal().write_down(conn, (msgspec.structs.replace(queue, member_ids=others),))
    assert amy.pull().erase == (case.id,)
    amy.sync()
    assert amy.store.ids(Case) == set()
    assert_whole(amy)


def test_that_a_documents_bytes_go_too_unless_another_case_has_them(tmp_path: Path) -> None:
    parts = open_parts(Config(data=tmp_path))
    parts.setting_up.start_sample({"amy": PASSWORD, "sam": PASSWORD})
    try:
        central = Central(line=NextDoor(create_app(parts)), database=parts.database)
        amy = central.visitor("amy")
        gone, stays = central.opened(amy), central.opened(amy)
        only, both = b"only here", b"on both"
        for case, content in ((gone, only), (gone, both), (stays, both)):
            store_document(amy, case, content)
        erased(central, gone)
        tidy(parts.database, parts.blobs, clock=lambda: datetime.now(UTC))
        here = [parts.blobs.has(hashlib.sha256(content).hexdigest()) for content in (only, both)]
        assert here == [False, True]
    finally:
        parts.close()


def store_document(visitor: Visitor, case: Case, content: bytes) -> str:
    """Adds a document to the case and sends its bytes; its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    visitor.say(
        AttachDocument(
            case_id=case.id, document_id=new_id(), name="a.txt", mime="text/plain", size=len(content), sha256=sha256
        )
    )
    bring(visitor, case, content)
    return sha256


def bring(visitor: Visitor, case: Case, content: bytes) -> None:
    """Sends the bytes of a document that is on the case."""
    sha256 = hashlib.sha256(content).hexdigest()
    offer = OpenUpload(rid=new_id(), sha256=sha256, size=len(content), case_id=case.id)
    upload = visitor.ask("/v1/uploads", offer, UploadReply)
    visitor.send_bytes("PUT", f"/v1/uploads/{upload.upload_id}/0", content, {"X-Chunk-SHA256": sha256})
    assert visitor.send_bytes("POST", f"/v1/uploads/{upload.upload_id}/finish", b"").status == 200
