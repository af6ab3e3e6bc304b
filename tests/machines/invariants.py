"""The invariants of the sync, each checked against what the recorder heard and what the server has."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from casework.commands import AddNote, LogInteraction
from casework.rows import all_of, find, of_case
from casework.tables import TABLES, TREE_KINDS
from casework.values import Activity, Case, KeptWork, Notice, OwnershipEvent, Person, TaskType
from server import scope
from sync import outbox, shadow, state
from tests.kit_near import Desk
from tests.machines.organisation import Spoken, Story, snapshot

PERSONAL = ("kept_work", "notice")
SHARED = ("contact", "property")


def every_word_has_one_outcome(story: Story) -> None:
    """I1, I4: what a screen called saved is in effect or in kept work, once."""
    with story.world.server.database.reading() as conn:
        outcomes = dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())
        for spoken in story.spoken:
            status = outcomes.get(spoken.id)
            assert status is not None, f"{spoken} was lost"
            if status != "applied":
                kept = find(conn, KeptWork, spoken.id)
                assert kept is not None, f"{spoken} ended as {status} and is kept nowhere"
                assert kept.author_id == story.desks[spoken.name].person_id
            _facts_are_there_once(conn, spoken)


def _facts_are_there_once(conn: Connection, spoken: Spoken) -> None:
    if isinstance(spoken.command, AddNote | LogInteraction):
        lines = [line for line in of_case(conn, Activity, spoken.command.case_id) if line.id == spoken.id]
        assert [line.text for line in lines] == [spoken.command.text]


def laptops_hold_what_the_server_lets_them_see(story: Story) -> None:
    """I2: row by row; what a laptop holds is exactly what its person may see now."""
    with story.world.server.database.reading() as conn:
        everything = snapshot(conn)
        for desk in story.desks.values():
            person = find(conn, Person, desk.person_id)
            assert person is not None
            scopes = scope.scopes_of(conn, person)
            seen = scope.visible(conn, scopes, story.case_ids)
            _same_rows(desk, everything, seen)


def _same_rows(desk: Desk, everything: dict[str, dict[str, tuple[Any, ...]]], seen: frozenset[str]) -> None:
    with desk.laptop.database.reading() as conn:
        here = snapshot(conn)
    for kind in (*TREE_KINDS, Person, TaskType):
        table = TABLES[kind]
        columns = [column.name for column in table.columns]
        of = columns.index("id") if kind is Case else columns.index("case_id") if "case_id" in columns else None
        wanted = {row_id: row for row_id, row in everything[table.name].items() if of is None or str(row[of]) in seen}
        assert here[table.name] == wanted, f"{desk.name}'s {table.name} differ"
    for name in SHARED:
        for row_id, row in here[name].items():
            assert row == everything[name][row_id], f"{desk.name}'s {name} differs"
    mine = set(here["notice"])
    theirs = TABLES[Notice].columns.keys().index("person_id")
    assert mine == {row_id for row_id, row in everything["notice"].items() if row[theirs] == desk.person_id}


def saved_words_show(desk: Desk, spoken: list[Spoken]) -> None:
    """I3: what I saved is on my screen until an outcome is shown to me."""
    with desk.laptop.database.reading() as conn:
        waiting = {one.said.id: one.said.say for one in outbox.everything(conn)}
        for one in spoken:
            if one.name == desk.name and isinstance(waiting.get(one.id), AddNote | LogInteraction):
                assert find(conn, Activity, one.id) is not None, f"{one} is waiting and does not show"


def words_took_effect_in_order(story: Story) -> None:
    """I5: one laptop's words about one case were judged in the order in which they were said."""
    with story.world.server.database.reading() as conn:
        revs = dict(conn.exec_driver_sql("SELECT cmd_id, rev FROM outcome").all())
    last: dict[tuple[str, str], int] = {}
    for spoken in story.spoken:
        key = (spoken.name, spoken.command.case_id)
        assert revs[spoken.id] > last.get(key, 0), f"{spoken} overtook an earlier one"
        last[key] = revs[spoken.id]


def nothing_came_back_or_went_missing(story: Story) -> None:
    """I6: every case that ever was is there, once."""
    with story.world.server.database.reading() as conn:
        assert sorted(case.id for case in all_of(conn, Case)) == sorted(story.case_ids)


def the_cursor_went_forward(desk: Desk, before: tuple[int, str]) -> tuple[int, str]:
    """I8: the cursor never goes back, and never beyond what the server has."""
    with desk.laptop.database.reading() as conn:
        now = state.cursor(conn)
        highest = max(
            int(conn.exec_driver_sql(f"SELECT coalesce(max(rev), 0) FROM {table.name}").scalar_one())
            for table in TABLES.values()
        )
    assert now[0] >= before[0]
    assert highest <= now[0], "rows are ahead of the cursor"
    return now


def the_outboxes_are_empty(story: Story) -> None:
    """I9: with a network, what was said is heard."""
    for desk in story.desks.values():
        with desk.laptop.database.reading() as conn:
            assert outbox.everything(conn) == (), f"{desk.name} still has words waiting"


def every_case_has_one_owner_with_a_cause(story: Story) -> None:
    """I11: owners follow one upon another without a gap; who lost has kept work to see."""
    with story.world.server.database.reading() as conn:
        for case in all_of(conn, Case):
            events = sorted(of_case(conn, OwnershipEvent, case.id), key=lambda event: event.epoch)
            assert [event.epoch for event in events] == list(range(1, case.owner_epoch + 1))
            assert (events[-1].id, events[-1].to_id) == (case.owner_cmd, case.owner_id)
            for earlier, later in zip(events, events[1:], strict=False):
                assert earlier.to_id == later.from_id
        kept_for = Counter(kept.author_id for kept in all_of(conn, KeptWork))
    for desk in story.desks.values():
        with desk.laptop.database.reading() as conn:
            mine = [kept for kept in all_of(conn, KeptWork) if kept.author_id == desk.person_id]
        assert len(mine) == kept_for[desk.person_id], f"{desk.name} cannot see all of their kept work"


class _TakeItBack(Exception):
    """Ends a transaction that only looked."""


def taking_back_gives_the_base(desk: Desk) -> None:
    """I12: without the waiting words the rows are the server's; saying them again shows what showed before."""
    try:
        with desk.laptop.database.writing() as conn:
            shown = snapshot(conn)
            shadow.revert(conn)
            base = snapshot(conn)
            outbox.replay(conn, desk.person_id)
            again = snapshot(conn)
            raise _TakeItBack
    except _TakeItBack:
        pass
    assert again == shown
    assert _unsent(base) == [], "a row that the server never sent is in the base"


def _unsent(tables: dict[str, dict[str, tuple[Any, ...]]]) -> list[str]:
    found = []
    for kind, table in TABLES.items():
        place = [column.name for column in table.columns].index("rev")
        found += [f"{kind.__name__} {row_id}" for row_id, row in tables[table.name].items() if row[place] == 0]
    return found
