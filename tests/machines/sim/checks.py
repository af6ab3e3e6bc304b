"""What must hold after each act and at the end of a run: the invariants of protocol.md 1, each by its number."""

from contextlib import suppress

from casework.commands import AddNote, AddTask, AttachDocument, LogInteraction, OpenCase
from casework.connection import Connection
from casework.kinds import NAMES, PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import all_of
from casework.values import Case, Document
from casework.wire import START, Stamp
from sync import held_sums, outbox, recovery, shadow, state, verifying
from sync.carrying import paper_of
from sync.engine import SyncReport
from sync.faults import AccessEnded
from tests.machines import invariants
from tests.machines.invariants import COLUMNS
from tests.machines.organisation import Spoken, Tables, snapshot
from tests.machines.sim.desks import SPOILS, SPOILT, SimDesk
from tests.machines.sim.life import Life
from tests.machines.sim.older import as_older_shows
from tests.machines.sim.promises import nobody_was_passed_on_against_their_word, offers_end
from tests.machines.sim.remains import nothing_is_left, nothing_of_others_is_left, nothing_of_the_dead_is_left

_REF = tuple(NAMES[kind] for kind in REF_KINDS)
_TREE = {NAMES[kind]: COLUMNS[NAMES[kind]].index("id" if kind is Case else "case_id") for kind in TREE_KINDS}
_SHARED = tuple(NAMES[kind] for kind in SHARED_KINDS)
_PERSONAL = tuple(NAMES[kind] for kind in PERSONAL_KINDS)


class Watch:
    """Looks at a life from outside: after each act at the laptop that acted, at the end at everything."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._cursors: dict[str, Stamp] = {}

    def after_act(self, name: str) -> None:
        """I3 and I8: words show, and the cursor goes forward."""
        saved_words_show(self.life, self.life.desks[name])
        for key, desk in self.life.desks.items():
            self._goes_forward(key, desk)

    def _goes_forward(self, name: str, desk: SimDesk) -> None:
        before, self._cursors[name] = self._cursors.get(name, START), desk.look(state.cursor)
        if name in self.life.rewound:
            self.life.rewound.remove(name)
        elif self._cursors[name][0] < before[0]:
            assert _may_go_back(self.life, desk, before), f"{name}'s cursor went back (I8)"

    def after_round(self, name: str, report: SyncReport) -> None:
        """I10: a laptop that says that all is sent is right, and its sums are those of its cases."""
        desk = self.life.desks[name]
        kept_sums_are_right(desk)
        assert desk.has_been_spoilt or not desk.look(_spoilt_cases), "rows differ under one stamp (protocol 11)"
        if desk.engine.look().all_sent:
            assert report.fault is None, "all is sent, and the round did not reach its end (I10)"
            all_is_sent(self.life, desk)
        if isinstance(report.fault, AccessEnded) and not desk.look(outbox.everything):
            nothing_is_left(self.life, desk)

    def at_the_end(self) -> None:
        """All of them: as the run left things, and once everybody has settled down."""
        life = self.life
        everything = _everything(life)
        for desk in life.desks.values():
            desk.catch_up()
            base = taking_back_gives_the_base(desk)
            no_row_is_missing_below_the_cursor(life, desk, base, everything)
        life.settle_down()
        everything = _everything(life)
        for name, desk in life.desks.items():
            self.after_act(name)
            if not life.is_lost(desk):
                holds_what_is_theirs_to_see(life, desk, everything)
        every_case_is_there_once(life)
        invariants.the_outboxes_are_empty(life)
        invariants.every_word_has_one_outcome(life)
        invariants.nothing_took_effect_twice(life)
        invariants.words_took_effect_in_order(life)
        invariants.every_case_has_one_owner_with_a_cause(life)
        invariants.authors_see_their_kept_work(life, [desk for desk in life.desks.values() if not life.is_lost(desk)])
        invariants.documents_are_whole(life)
        nothing_of_others_is_left(life)
        nothing_of_the_dead_is_left(life)
        offers_end(life)
        nobody_was_passed_on_against_their_word(life)
        every_store_is_a_device_of_its_own(life)


def _spoilt_cases(conn: Connection) -> int:
    """How many cases' rows this laptop ever found to differ."""
    return state.get(conn, state.SPOILT, int, 0)


def kept_sums_are_right(desk: SimDesk) -> None:
    """I10: the sums that the next check would go by are those of the cases that are held."""
    with desk.laptop.database.reading() as conn:
        kept = verifying.kept(conn, desk.laptop.clock())
        assert kept is None or held_sums.is_same(kept, held_sums.counted(conn)), "sums have not followed (I10)"


def _may_go_back(life: Life, desk: SimDesk, before: Stamp) -> bool:
    """Whether the cursor had to go back: the server's history did, or all that it stood for was taken away.

    Where the log is cut, a server may take a store of its own history for one of another: it believes it only what it
    named while the log had it.
    """
    is_emptied = desk.look(state.cursor) == START and _was_purged(desk)
    is_cut = before[0] not in life.log()
    return is_emptied or is_cut or not life.is_of_this_history(before)


def _was_purged(desk: SimDesk) -> bool:
    """Whether its person's access has ever ended; a kill may come between the purge and word of it."""
    return desk.was_purged or desk.look(lambda conn: state.get(conn, state.ACCESS, str, "ok")) != "ok"


def _everything(life: Life) -> Tables:
    with life.reading() as conn:
        return snapshot(conn)


def saved_words_show(life: Life, desk: SimDesk) -> None:
    """I3: what I saved is on my screen until its outcome is here, and then as the outcome says."""
    mine = [one for one in life.spoken if one.name == desk.key]
    if not mine:
        return
    with desk.laptop.database.reading() as conn:
        waiting: dict[str, int] = dict(
            conn.exec_driver_sql("SELECT id, json_extract(body, '$.again') FROM outbox").all()
        )
        answered: dict[str, str] = dict(conn.exec_driver_sql("SELECT id, status FROM receipt").all())
        turned_down = "SELECT case_id FROM receipt WHERE type = 'case.open' AND status <> 'applied'"
        never_begun = set(conn.exec_driver_sql(turned_down).scalars().all())
        held = {str(row[0]) for row in conn.exec_driver_sql("SELECT case_id FROM held_case WHERE is_leaving = 0")}
        shown = {
            str(row[0])
            for row in conn.exec_driver_sql(
                "SELECT id FROM activity UNION ALL SELECT id FROM task UNION ALL SELECT id FROM document"
            )
        }
        access = state.get(conn, state.ACCESS, str, "ok")
        broken = state.get(conn, state.NOT_SHOWN, dict[str, str], {})
    assert not broken, f"a rule broke over what waits: {broken} (I3)"
    dead, joined = life.dead().keys() | life.was_dead, life.joined()
    outcomes = life.outcomes() if desk.is_put_back or _was_purged(desk) else {}
    for one in mine:
        is_known = one.id in waiting or one.id in answered or one.id in outcomes
        assert is_known, f"{one} is neither waiting nor answered (I3)"
        if one.command.case_id in joined and one.id not in waiting:
            # its row is the other case's now, and that may come with a later page
            continue
        if one.id in life.buried or (one.command.case_id in dead and one.command.case_id not in held):
            # gone for good, with all that was said about it; a server that forgets that with a restore sends it anew
            continue
        if access != "ok" or not (one.id in waiting or one.id in answered):
            # the desk is locked, or only the server remembers
            continue
        if one.command.case_id in never_begun and one.command.case_id not in held:
            # a new case that was turned down: what was said about it waits with it, and is shown so
            continue
        if one.id in waiting and (waiting[one.id] or desk.is_put_back) and one.command.case_id not in held:
            # its case left after it was answered, and what a restore took of it is sent again, on no screen; or it came
            # after the copy was made that was put back: it is here again with the next page, and the words wait for it
            continue
        status, row_id = answered.get(one.id), _row_of(one) if one.command.case_id not in desk.mislaid else ""
        is_owed = status is None or (status == "applied" and (one.id in waiting or one.command.case_id in held))
        assert not row_id or not is_owed or row_id in shown, f"{one} does not show (I3)"


def _row_of(spoken: Spoken) -> str:
    """The id of a row that is there because of a command and nothing else, "" where there is none."""
    command = spoken.command
    if isinstance(command, AddNote | LogInteraction):
        return spoken.id
    if isinstance(command, AddTask):
        return command.task_id
    return command.document_id if isinstance(command, AttachDocument) else ""


def every_case_is_there_once(life: Life) -> None:
    """I6: there is what was there at the beginning and what was taken in; what a kill cut short may be there."""
    there = set(life.case_ids)
    with life.reading() as conn:
        statuses: dict[str, str] = dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())
    opened = [one for one in life.spoken if isinstance(one.command, OpenCase)]
    taken_in = {one.command.case_id for one in opened if statuses.get(one.id) == "applied"}
    turned_down = {one.command.case_id for one in opened if statuses.get(one.id) != "applied"}
    dead = life.dead().keys()
    assert (life.at_first | taken_in) - dead <= there, "a case is gone (I6)"
    assert not there & dead, "a case came back from the dead (I6)"
    assert there <= (life.at_first | life.tried) - turned_down, "a case came from nowhere (I6)"


def holds_what_is_theirs_to_see(life: Life, desk: SimDesk, everything: Tables) -> None:
    """I2: row by row; what a laptop holds is exactly what its person may see now, by the bare rows."""
    here, sight = desk.look(snapshot), life.sight_of(desk)
    if desk.is_behind:
        everything = as_older_shows(everything)
    for name in _REF:
        assert here[name] == everything[name], f"{desk.key}'s {name} differ (I2)"
    for name, of in _TREE.items():
        wanted = {row_id: row for row_id, row in everything[name].items() if row[of] in sight.cases}
        assert here[name] == wanted, f"{desk.key}'s {name} differ (I2)"
    for name in _SHARED:
        of = COLUMNS[NAMES[Case]].index(f"{name}_id")
        named = {str(row[of]) for row in here[NAMES[Case]].values()}
        assert here[name] == {row_id: everything[name][row_id] for row_id in named}, f"{desk.key}'s {name} differ (I2)"
    for name in _PERSONAL:
        mine = {row_id: row for row_id, row in everything[name].items() if sight.may_have(name, row)}
        assert here[name] == mine, f"{desk.key}'s {name} differ (I2)"


def all_is_sent(life: Life, desk: SimDesk) -> None:
    """I10: a laptop that says that all is sent holds what the server has, and owes it nothing."""
    assert desk.look(outbox.everything) == (), "all is sent, and words wait (I10)"
    with life.reading() as conn:
        head = conn.exec_driver_sql("SELECT rev, chain FROM commit_log ORDER BY rev DESC LIMIT 1").first()
        if tuple(head) == desk.look(state.cursor) and not desk.spoilt_cases():
            holds_what_is_theirs_to_see(life, desk, snapshot(conn))
        for document in all_of(conn, Document):
            # the laptop may not have heard yet that the server lost it
            is_known = document.is_stored or document.sha256 not in life.lost_there
            if is_known and document.added_by == desk.person_id and paper_of(desk.laptop, document.sha256):
                assert life.world.server.blobs.size_of(document.sha256) == document.size


class _TakeItBack(Exception):
    """Ends a transaction that only looked."""


def taking_back_gives_the_base(desk: SimDesk) -> Tables:
    """I12: without the waiting words the rows are the server's; saying them again shows what showed before."""
    shown, base, again = desk.look(snapshot), Tables(), Tables()
    with suppress(_TakeItBack), desk.laptop.database.writing() as conn:
        shadow.revert(conn)
        base = snapshot(conn)
        outbox.replay(conn, desk.person_id)
        again = snapshot(conn)
        raise _TakeItBack
    assert again == shown, "the waiting words said again show something else (I12)"
    for name, rows in base.items():
        rev = COLUMNS[name].index("rev")
        assert all(row[rev] > 0 for row in rows.values()), f"the base has {name} that no server sent (I12)"
    return base


def no_row_is_missing_below_the_cursor(life: Life, desk: SimDesk, base: Tables, everything: Tables) -> None:
    """I8: of the cases that were in reach at the cursor and still are, every row up to it is here."""
    if not all(life.is_of_this_history(desk.look(stamp)) for stamp in (state.cursor, recovery.known)):
        # what is here may be newer than what the server went back to, and this laptop has yet to hear of it
        return
    (cursor, _), held = desk.look(state.cursor), desk.look(state.held)
    since = "SELECT case_id, scope FROM case_scope WHERE until_rev IS NULL AND since_rev <= ?"
    still = life.sight_of(desk).scopes
    with life.reading() as conn:
        found = conn.exec_driver_sql(since, (cursor,)).all()
    whole = {case_id for case_id, scope in found if scope in held and scope in still} - desk.mislaid
    whole -= _cases_spoilt_in(base)
    whole -= _yet_to_be_compared(desk, whole)
    for name, of in _TREE.items():
        rev = COLUMNS[name].index("rev")
        for row_id, row in everything[name].items():
            if row[of] in whole and row[rev] <= cursor:
                assert base[name].get(row_id) == row, f"{desk.key} lacks {name} {row_id} below the cursor (I8)"


def _cases_spoilt_in(base: Tables) -> set[str]:
    """The cases of which a row was spoilt, by the base: a join that waits shows such a row on the case that stays,
    and takes it from the one that the server has it of.
    """
    found: set[str] = set()
    for name in SPOILS.keys() & _TREE.keys():
        spoilt, of = COLUMNS[name].index(SPOILS[name][0]), _TREE[name]
        found |= {str(row[of]) for row in base[name].values() if row[spoilt] == SPOILT}
    return found


def _yet_to_be_compared(desk: SimDesk, cases: set[str]) -> set[str]:
    """Those of the cases that a comparison of all has yet to bring.

    After a recovery the cursor stands where the histories part, and what the lost one did to the rows is there until
    the comparison, which comes before any page, has taken it back (protocol 8). It knows each such case by its missing
    stamp or by missing it; once the server's list has been agreed on, that list says which are left to fetch.
    """
    under_way = desk.look(state.comparing)
    if under_way is None or under_way.buckets:
        return set()
    if under_way.is_agreed:
        return desk.look(lambda conn: {str(row[0]) for row in conn.exec_driver_sql("SELECT case_id FROM listed")})
    stamped = "SELECT case_id FROM held_case WHERE chain <> '' AND is_leaving = 0"
    return cases - desk.look(lambda conn: {str(row[0]) for row in conn.exec_driver_sql(stamped)})


def every_store_is_a_device_of_its_own(life: Life) -> None:
    """FE3: a copied store has found out that it is one."""
    devices = [desk.laptop.device for desk in life.desks.values() if not life.is_lost(desk)]
    assert len(set(devices)) == len(devices), "two stores pass for one device (FE3)"
