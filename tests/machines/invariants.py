"""The invariants of protocol.md 1, each by its number, checked against what the recorder heard and the server has."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol

from casework.commands import AddNote, AddTask, AttachDocument, LogInteraction, OpenCase, SeeNotices
from casework.connection import Connection
from casework.kinds import REF_KINDS, TREE_KINDS
from casework.rows import all_of, find, of_case
from casework.tables import TABLES
from casework.values import Activity, Case, Document, KeptWork, OwnershipEvent, Person, Record, Task
from casework.wire import START, Stamp
from server import scope
from server.ledger import head_of
from server.tables import case_scope
from sync import outbox, paper_rows, shadow, state
from sync.carrying import paper_of
from sync.engine import SyncReport
from sync.laptop import Laptop
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import Spoken, Tables, snapshot

SHARED = ("contact", "property")
COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES.values()}
IN_EFFECT = ("applied", "applied_changed")


class Story(Protocol):
    """What is looked at: laptops and a server, and what a recorder outside them heard people being told."""

    world: NearWorld
    spoken: list[Spoken]
    # what need not be on the server: see sim/life.py
    buried: set[str]
    lost_papers: set[str]
    lost_there: set[str]

    @property
    def desks(self) -> Mapping[str, Desk]:
        """The laptops."""
        ...

    @property
    def case_ids(self) -> Sequence[str]:
        """All cases."""
        ...

    def reading(self) -> AbstractContextManager[Any]:
        """One snapshot of what the server has."""
        ...


def every_word_has_one_outcome(story: Story) -> None:
    """I1: what a screen called saved is in effect or in kept work."""
    with story.reading() as conn:
        found = conn.exec_driver_sql("SELECT cmd_id, status, rev FROM outcome").all()
        outcomes: dict[str, tuple[str, int]] = {command_id: (status, rev) for command_id, status, rev in found}
        dead = deaths(conn)
        for spoken in story.spoken:
            status, rev = outcomes.get(spoken.id, ("", 0))
            if spoken.id in story.buried and not status:
                # deleted with its case, for good: its laptop heard of that before the server forgot it with a restore
                continue
            assert status, f"{spoken} was lost"
            if rev <= dead.get(spoken.command.case_id, 0):
                # deleted with its case, for good
                continue
            if status not in IN_EFFECT:
                kept = find(conn, KeptWork, spoken.id)
                assert kept is not None, f"{spoken} ended as {status} and is kept nowhere"
                assert kept.author_id == story.desks[spoken.name].person_id
            elif isinstance(spoken.command, OpenCase):
                assert find(conn, Case, spoken.command.case_id) is not None
            elif isinstance(spoken.command, AttachDocument):
                assert find(conn, Document, spoken.command.document_id) is not None


def nothing_took_effect_twice(story: Story) -> None:
    """I4: however often a request arrived, it was answered the same, and what it adds is there once."""
    for answers in story.world.server.heard.values():
        final = {(ack.st, ack.rev, ack.code) for ack in answers if ack.st.is_final}
        assert len(final) <= 1, f"answered differently: {answers}"
    with story.reading() as conn:
        outcomes: dict[str, str] = dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())
        dead = deaths(conn)
        for spoken in story.spoken:
            if isinstance(spoken.command, AddNote | LogInteraction):
                line = find(conn, Activity, spoken.id)
                wanted = spoken.command.text if outcomes.get(spoken.id) in IN_EFFECT else None
                is_there = (line.text if line else None) == wanted
                # it may have been deleted for good, with the case that it was on
                assert is_there or (line is None and spoken.id in dead), f"{spoken} is not there, or is there twice"


def laptops_hold_what_the_server_lets_them_see(story: Story) -> None:
    """I2: row by row; what a laptop holds is exactly what its person may see now."""
    with story.reading() as conn:
        everything = snapshot(conn)
        for desk in story.desks.values():
            seen = scope.visible(conn, scope.scopes_of(conn, _person(conn, desk)), story.case_ids)
            _same_rows(desk, everything, seen)


def _same_rows(desk: Desk, everything: Tables, seen: frozenset[str]) -> None:
    here = desk.look(snapshot)
    for kind in (*TREE_KINDS, *REF_KINDS):
        name = TABLES[kind].name
        of = _place_of_case(name)
        wanted = {row_id: row for row_id, row in everything[name].items() if of is None or str(row[of]) in seen}
        assert here[name] == wanted, f"{desk.name}'s {name} differ"
    for name in SHARED:
        wanted_ids = {str(row[COLUMNS["case_file"].index(f"{name}_id")]) for row in here["case_file"].values()}
        assert here[name] == {row_id: everything[name][row_id] for row_id in wanted_ids}, f"{desk.name}'s {name} differ"
    theirs = COLUMNS["notice"].index("person_id")
    mine = {row_id: row for row_id, row in everything["notice"].items() if row[theirs] == desk.person_id}
    assert here["notice"] == mine, f"{desk.name}'s notices differ"
    for row_id, row in here["kept_work"].items():
        assert row == everything["kept_work"][row_id], f"{desk.name}'s kept work differs"


def saved_words_show(story: Story, desk: Desk) -> None:
    """I3: what I saved is on my screen until its outcome is here, and then as the outcome says."""
    with desk.laptop.database.reading() as conn:
        waiting = {one.said.id for one in outbox.everything(conn)}
        answered: dict[str, str] = dict(conn.exec_driver_sql("SELECT id, status FROM receipt").all())
        held = {str(row[0]) for row in conn.exec_driver_sql("SELECT case_id FROM held_case WHERE is_leaving = 0")}
        for one in story.spoken:
            if one.name != desk.name:
                continue
            assert one.id in waiting or one.id in answered, f"{one} is neither waiting nor answered"
            status, row = answered.get(one.id), _row_of(one)
            is_owed = status is None or (status == "applied" and (one.id in waiting or one.command.case_id in held))
            if row and is_owed:
                assert find(conn, *row) is not None, f"{one} does not show"


def _row_of(spoken: Spoken) -> tuple[type[Record], str] | None:
    """A row that is there because of a command and nothing else."""
    command = spoken.command
    if isinstance(command, AddNote | LogInteraction):
        return Activity, spoken.id
    if isinstance(command, AddTask):
        return Task, command.task_id
    return (Document, command.document_id) if isinstance(command, AttachDocument) else None


def words_took_effect_in_order(story: Story) -> None:
    """I5: one laptop's words about one case were judged in the order in which they were said."""
    with story.reading() as conn:
        revs: dict[str, int] = dict(conn.exec_driver_sql("SELECT cmd_id, rev FROM outcome").all())
    last: dict[tuple[str, str], int] = {}
    for spoken in story.spoken:
        # of what has no outcome `every_word_has_one_outcome` tells
        if not isinstance(spoken.command, SeeNotices) and spoken.id in revs:
            key = (spoken.name, spoken.command.case_id)
            assert revs[spoken.id] > last.get(key, 0), f"{spoken} overtook an earlier one"
            last[key] = revs[spoken.id]


def nothing_came_back_or_went_missing(story: Story) -> None:
    """I6: every case that ever was is there, once. One whose opening was turned down never was: kept work (I1)."""
    with story.reading() as conn:
        outcomes: dict[str, str] = dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())
        opened = [spoken for spoken in story.spoken if isinstance(spoken.command, OpenCase)]
        never = {spoken.command.case_id for spoken in opened if outcomes.get(spoken.id) == "refused_kept"}
        assert sorted(case.id for case in all_of(conn, Case)) == sorted(set(story.case_ids) - never)


def the_cursor_went_forward(desk: Desk, before: Stamp) -> Stamp:
    """I8, first half: the cursor never goes back, but to the very beginning where all was taken off the laptop."""
    now, held = desk.look(state.cursor), desk.look(state.held)
    is_emptied = now == START and not held
    assert now[0] >= before[0] or is_emptied, f"{desk.name}'s cursor went back"
    return now


def no_row_is_missing_below_the_cursor(story: Story, desk: Desk) -> None:
    """I8, second half: of the cases that were in reach at the cursor and still are, every row up to it is here."""
    cursor, held = desk.look(state.cursor), desk.look(state.held)
    base = _base(desk.laptop)
    with story.reading() as conn:
        everything = snapshot(conn)
        person = find(conn, Person, desk.person_id)
        still = scope.scopes_of(conn, person) if person is not None else ()
        table = case_scope
        query = table.select().where(table.c.until_rev.is_(None), table.c.since_rev <= cursor[0])
        whole = {row.case_id for row in conn.execute(query) if row.scope in held and row.scope in still}
    for kind in TREE_KINDS:
        name = TABLES[kind].name
        of, rev = _place_of_case(name), COLUMNS[name].index("rev")
        assert of is not None
        for row_id, row in everything[name].items():
            if str(row[of]) in whole and row[rev] <= cursor[0]:
                assert base[name].get(row_id) == row, f"{desk.name} lacks {name} {row_id} below the cursor"


def the_outboxes_are_empty(story: Story) -> None:
    """I9: with a network, what was said is heard, and documents are carried."""
    for desk in story.desks.values():
        assert desk.look(outbox.everything) == (), f"{desk.name} still has words waiting"
        assert desk.look(paper_rows.unsent) == (0, 0), f"{desk.name} still has documents waiting"
        assert desk.look(paper_rows.stuck) == {}


def all_sent_is_true(story: Story, desk: Desk, report: SyncReport) -> None:
    """I10: a laptop that says that all is sent holds what the server has, and owes it nothing."""
    now = desk.engine.look()
    if not now.all_sent:
        return
    assert report.fault is None
    assert desk.look(outbox.everything) == ()
    with story.reading() as conn:
        if head_of(conn) == desk.look(state.cursor):
            seen = scope.visible(conn, scope.scopes_of(conn, _person(conn, desk)), story.case_ids)
            _same_rows(desk, snapshot(conn), seen)
        for document in all_of(conn, Document):
            if document.added_by == desk.person_id and paper_of(desk.laptop, document.sha256):
                assert story.world.server.blobs.size_of(document.sha256) == document.size


def documents_are_whole(story: Story) -> None:
    """I10: each document that the server took in is stored, as its author's laptop has it.

    One that the server has lost is stored again unless no laptop of its author's has it any more.
    """
    with story.reading() as conn:
        documents = all_of(conn, Document)
    for document in documents:
        if not document.is_stored and document.sha256 in story.lost_papers:
            continue
        if not document.is_stored and document.sha256 in story.lost_there:
            held = [desk.name for desk in story.desks.values() if _may_bring(story, desk, document)]
            assert held == [], f"{held} have {document} and were not asked for it"
            continue
        assert document.is_stored, f"{document} never arrived"
        assert story.world.server.blobs.size_of(document.sha256) == document.size


def _may_bring(story: Story, desk: Desk, document: Document) -> bool:
    """Whether that laptop is its author's, may still speak to the server and has the document's bytes."""
    if desk.person_id != document.added_by or paper_of(desk.laptop, document.sha256) is None:
        return False
    fate = "SELECT fate FROM device WHERE id = ?"
    with story.reading() as conn:
        return not conn.exec_driver_sql(fate, (desk.laptop.device,)).scalar()


def every_case_has_one_owner_with_a_cause(story: Story) -> None:
    """I11: owners follow one upon another without a gap, each by a command that is known."""
    with story.reading() as conn:
        for case in all_of(conn, Case):
            events = sorted(of_case(conn, OwnershipEvent, case.id), key=lambda event: event.epoch)
            assert [event.epoch for event in events] == list(range(1, case.owner_epoch + 1))
            assert (events[-1].id, events[-1].to_id) == (case.owner_cmd, case.owner_id)
            for earlier, later in zip(events, events[1:], strict=False):
                assert earlier.to_id == later.from_id


def authors_see_their_kept_work(story: Story, desks: Iterable[Desk]) -> None:
    """I11: at those laptops who lost has kept work to see."""
    with story.reading() as conn:
        kept_for = Counter(kept.author_id for kept in all_of(conn, KeptWork))
    for desk in desks:
        mine = [kept for kept in desk.look(lambda conn: all_of(conn, KeptWork)) if kept.author_id == desk.person_id]
        assert len(mine) == kept_for[desk.person_id], f"{desk.name} cannot see all of their kept work"


class _TakeItBack(Exception):
    """Ends a transaction that only looked."""


def taking_back_gives_the_base(laptop: Laptop) -> None:
    """I12: without the waiting words the rows are the server's; saying them again shows what showed before."""
    with laptop.database.reading() as conn:
        shown = snapshot(conn)
    base, again = Tables(), Tables()
    with suppress(_TakeItBack), laptop.database.writing() as conn:
        shadow.revert(conn)
        base = snapshot(conn)
        outbox.replay(conn, laptop.person_id)
        again = snapshot(conn)
        assert not state.get(conn, state.NOT_SHOWN, dict[str, str], {}), "a rule broke over what waits"
        raise _TakeItBack
    assert again == shown, "the waiting words said again show something else"
    for name, rows in base.items():
        rev = COLUMNS[name].index("rev")
        assert all(row[rev] > 0 for row in rows.values()), f"the base has {name} that no server sent"


def _base(laptop: Laptop) -> Tables:
    base = Tables()
    with suppress(_TakeItBack), laptop.database.writing() as conn:
        shadow.revert(conn)
        base = snapshot(conn)
        raise _TakeItBack
    return base


def _person(conn: Connection, desk: Desk) -> Person:
    person = find(conn, Person, desk.person_id)
    assert person is not None
    return person


def deaths(conn: Connection) -> dict[str, int]:
    """What was deleted for good, by id, with the number under which it was."""
    return dict(conn.exec_driver_sql("SELECT id, rev FROM dead_id").all())


def _place_of_case(name: str) -> int | None:
    columns = COLUMNS[name]
    return (
        columns.index("id") if name == TABLES[Case].name else columns.index("case_id") if "case_id" in columns else None
    )
