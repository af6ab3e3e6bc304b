"""Whether a laptop holds just what the server lets its person see, row by row (I2)."""

from casework.database import Database
from casework.kinds import NAMES, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import find
from casework.tables import TABLES
from casework.values import Case, Person
from server import scope
from server.trees import Reader
from tests.kit_near import Desk
from tests.machines.organisation import Tables, snapshot

_COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES.values()}


def require_alike(desk: Desk) -> None:
    """Fails where the laptop has other rows, or other cases, than the server has for its person."""
    require_same(desk.look(snapshot), desk.world.server.database, desk.person_id, desk.name)


def require_same(here: Tables, database: Database, person_id: str, whose: str) -> None:
    """The same for the rows of any laptop; `whose` is for the words of the failure."""
    with database.reading() as conn:
        there = snapshot(conn)
        person = find(conn, Person, person_id)
        assert person is not None
        now = scope.scopes_of(conn, person)
        seen = scope.visible(conn, now, [str(row_id) for row_id in there[NAMES[Case]]])
        mine = {str(line.row_id) for _, line in Reader(conn, person, now).personal_after("", 1_000_000)}
    for kind in (*TREE_KINDS, *REF_KINDS):
        name = NAMES[kind]
        place = _place_of_case(name)
        wanted = {key: row for key, row in there[name].items() if place is None or str(row[place]) in seen}
        assert here[name] == wanted, f"{whose}'s {name} differ"
    for kind in SHARED_KINDS:
        name = NAMES[kind]
        column = _COLUMNS[NAMES[Case]].index(f"{name}_id")
        ids = {str(row[column]) for row in here[NAMES[Case]].values()}
        assert here[name] == {row_id: there[name][row_id] for row_id in ids}, f"{whose}'s {name} differ"
    for name in ("notice", "kept_work"):
        wanted = {key: row for key, row in there[name].items() if key in mine}
        assert here[name] == wanted, f"{whose}'s {name} differ"


def _place_of_case(name: str) -> int | None:
    columns = _COLUMNS[name]
    return columns.index("id") if name == NAMES[Case] else columns.index("case_id") if "case_id" in columns else None
