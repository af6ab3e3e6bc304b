"""Rows from the wire into the store: what this version knows into its tables, what it does not kept beside them."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from operator import itemgetter
from typing import Any

import msgspec

from casework.connection import Connection, RowRefused
from casework.kinds import KINDS, NAMES, PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import upsert
from casework.values import Case
from casework.wire import Malformed, Page, Rows
from sync import leaving, state

# {table: its columns} that a version of the app knows
Known = Mapping[str, frozenset[str]]

KNOWN: Known = {name: frozenset(kind.__struct_fields__) for name, kind in KINDS.items()}
_ORDER = tuple(NAMES[kind] for kind in (*REF_KINDS, *SHARED_KINDS, *PERSONAL_KINDS, *TREE_KINDS))
_SHARED = tuple(NAMES[kind] for kind in SHARED_KINDS)
_REF = tuple(NAMES[kind] for kind in REF_KINDS)
_MINE = tuple(NAMES[kind] for kind in PERSONAL_KINDS)


def take_in(conn: Connection, page: Page, known: Known = KNOWN) -> set[str]:
    """Takes a page's whole cases and rows in; returns the cases that they are of. Raises Malformed.

    Columns and tables of a newer server are kept word for word until an app that knows them is installed (FH1).
    """
    leaving.erase(conn, page.erase)
    leaving.forget_kept(conn, page.left)
    leaving.delete_trees(conn, _here(conn, page.whole))
    # few lists of scopes for many cases
    as_text = {scopes: json.dumps(scopes) for scopes in set(page.whole.values())}
    conn.exec_driver_sql(
        "INSERT INTO held_case (case_id, scopes, is_leaving) VALUES (?, ?, 0)"
        " ON CONFLICT (case_id) DO UPDATE SET scopes = excluded.scopes, is_leaving = 0",
        [(case_id, as_text[scopes]) for case_id, scopes in page.whole.items()],
    )
    cases = set(page.whole)
    for table_name in _ORDER:
        if table_name in page.rows and table_name in known:
            cases |= _write(conn, table_name, page.rows[table_name], known[table_name], page.whole.keys())
    for table_name in sorted(page.rows.keys() - known.keys()):
        _require_shape(table_name, page.rows[table_name])
        _keep_unknown(conn, table_name, page.rows[table_name].c, page.rows[table_name].r)
    _drop_halves(conn, page)
    return cases


def _drop_halves(conn: Connection, page: Page) -> None:
    """What changed of a case that the server takes to be here, and that this store has lost, would be half a case.

    No screen can show one. It goes again, and the comparison that is due from now on brings the whole case.
    """
    changed = json.dumps(list(page.stamps.keys() - page.whole.keys()))
    lost = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT case_id FROM held_case)"
    halves = conn.exec_driver_sql(lost, (changed,)).scalars().all()
    if halves:
        leaving.delete_trees(conn, halves)
        state.put(conn, state.IS_DOUBTED, True)


def note_stamps(conn: Connection, page: Page) -> None:
    """Keeps the stamp of each case's last change, as far as all of that change is here by now (protocol 11).

    A case of which a later page brings more has no stamp until that page is in.
    """
    conn.exec_driver_sql(
        "UPDATE held_case SET rev = ?, chain = ? WHERE case_id = ?",
        [
            (rev, chain if case_id in page.whole or rev <= page.cur[0] else "", case_id)
            for case_id, (rev, chain) in page.stamps.items()
        ],
    )
    unstamped = [case_id for case_id in page.whole if case_id not in page.stamps]
    if unstamped:
        conn.exec_driver_sql(
            "UPDATE held_case SET rev = 0, chain = '' WHERE case_id IN (SELECT value FROM json_each(?))",
            (json.dumps(unstamped),),
        )


def require_people(page: Page) -> None:
    """Raises Malformed for a page that should hold what everybody holds, and is empty: nowhere are there no people."""
    people = page.rows.get("person")
    if people is None or not people.r:
        raise Malformed("everybody's rows without any people")


def clear_ref(conn: Connection, page: Page, after: str) -> None:
    """Makes room for all that everybody holds, and for what is the person's own from a place on, as the page brings it.

    The page names the place up to which it does, none where there is no more (wire.Trees). What lies behind that stays
    until its own page comes: nobody's decisions are to vanish meanwhile.
    """
    if not after:
        require_people(page)
        for table_name in _REF:
            conn.exec_driver_sql(f"DELETE FROM {table_name}")
            conn.exec_driver_sql("DELETE FROM extra WHERE table_name = ?", (table_name,))
    behind = page.fill_after if "/" in page.fill_after else f"{len(_MINE)}/"
    (first, begin), (last, end) = _place(after or "0/"), _place(behind)
    for at, table_name in enumerate(_MINE):
        if first <= at <= last:
            stretch = begin if at == first else "", end if at == last else None
            conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE id > ? AND id <= coalesce(?, id)", stretch)
            within = "DELETE FROM extra WHERE table_name = ? AND row_id > ? AND row_id <= coalesce(?, row_id)"
            conn.exec_driver_sql(within, (table_name, *stretch))


def _place(place: str) -> tuple[int, str]:
    """A table of what is a person's own, by its number, and an id in it."""
    number, _, row_id = place.partition("/")
    if not number.isdecimal():
        raise Malformed("a place that is none")
    return int(number), row_id


def clear_shared(conn: Connection, page: Page) -> None:
    """Makes room for the clients and homes that came with whole cases: here they may be wrong, and look newer."""
    for table_name in _SHARED:
        rows = page.rows.get(table_name)
        if rows is not None and "id" in rows.c:
            ids = json.dumps([row[rows.c.index("id")] for row in rows.r])
            conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE id IN (SELECT value FROM json_each(?))", (ids,))


def promote(conn: Connection, known: Known = KNOWN) -> int:
    """Moves what an older app had to keep aside to where it belongs now; returns how many rows got something (FH1).

    The rows must be base: without what waits here.
    """
    lines = conn.exec_driver_sql("SELECT table_name, row_id, body FROM extra").all()
    promoted = 0
    for table_name, row_id, body in lines:
        columns: dict[str, Any] = json.loads(body)
        found = {name: value for name, value in columns.items() if name in known.get(table_name, ())}
        if found and _promote(conn, table_name, row_id, found, known[table_name]):
            promoted += 1
            _put_extra(conn, table_name, row_id, {name: columns[name] for name in columns.keys() - found.keys()})
    return promoted


def _promote(conn: Connection, table_name: str, row_id: str, found: dict[str, Any], known: frozenset[str]) -> bool:
    """Whether it has found its place; a row of which this version too knows too little waits on."""
    if "id" not in found:
        sets = ", ".join(f"{name} = ?" for name in found)
        conn.exec_driver_sql(f"UPDATE {table_name} SET {sets} WHERE id = ?", (*found.values(), row_id))
        return True
    whole = found | _defaults(table_name, known - found.keys())
    try:
        conn.exec_driver_sql(upsert(conn, table_name, tuple(whole)), tuple(whole.values()))
    except RowRefused:
        return False
    return True


def _here(conn: Connection, case_ids: Iterable[str]) -> list[str]:
    """Those of the cases of which something is here: most that come whole are new."""
    ids = json.dumps(list(case_ids))
    query = (
        "SELECT case_id FROM held_case WHERE case_id IN (SELECT value FROM json_each(?))"
        " UNION SELECT id FROM case_file WHERE id IN (SELECT value FROM json_each(?))"
    )
    return [str(row[0]) for row in conn.exec_driver_sql(query, (ids, ids))]


def _write(
    conn: Connection, table_name: str, rows: Rows, known: frozenset[str], whole: Set[str] = frozenset()
) -> set[str]:
    """Upserts rows by id, never an older one over a newer one; returns the cases that they are of."""
    _require_shape(table_name, rows)
    named = "id" if table_name == NAMES[Case] else "case_id"
    cases = set(map(str, map(itemgetter(rows.c.index(named)), rows.r))) if named in rows.c else set()
    if rows.r:
        unknown = [place for place, name in enumerate(rows.c) if name not in known]
        if unknown:
            _keep_columns(conn, table_name, rows, unknown)
            rows = _without(rows, unknown)
        # next to nothing of a case that comes whole is still here
        _upsert(conn, table_name, rows, known, is_new=bool(cases) and cases <= whole)
    return cases


def _require_shape(table_name: str, rows: Rows) -> None:
    if not {"id", "rev"}.issubset(rows.c):
        raise Malformed(f"rows without id or rev in {table_name}")
    if not {len(rows.c)}.issuperset(map(len, rows.r)):
        raise Malformed(f"a row of another width in {table_name}")


def _upsert(conn: Connection, table_name: str, rows: Rows, known: frozenset[str], *, is_new: bool) -> None:
    """What an older server does not know yet gets its usual value in a new row, and stays as it is in an old one.

    Of old rows, columns that an index has are written only where they differ: SQLite moves a row in every index of
    which a column is so much as named. `is_new`: hardly any of the rows is an old one.
    """
    blank = _defaults(table_name, known.difference(rows.c))
    indexed = frozenset() if is_new else _indexed(conn, table_name)
    apart = [name for name in rows.c if name in indexed]
    names = ", ".join((*rows.c, *blank))
    marks = ", ".join("?" * (len(rows.c) + len(blank)))
    sets = ", ".join(f"{name} = excluded.{name}" for name in rows.c if name != "id" and name not in apart)
    statement = (
        f"INSERT INTO {table_name} ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}"
        f" WHERE excluded.rev >= {table_name}.rev"
    )
    usual = tuple(blank.values())
    try:
        conn.exec_driver_sql(statement, [(*row, *usual) for row in rows.r] if usual else list(rows.r))
        if apart:
            _write_apart(conn, table_name, rows, apart)
    except RowRefused as error:
        raise Malformed(f"an unfinished row in {table_name}") from error


def _write_apart(conn: Connection, table_name: str, rows: Rows, columns: Sequence[str]) -> None:
    """Writes these columns of the rows that are here as they came, where they differ."""
    sets = ", ".join(f"{name} = ?{place}" for place, name in enumerate(columns, start=3))
    differs = " OR ".join(f"{name} IS NOT ?{place}" for place, name in enumerate(columns, start=3))
    values = map(itemgetter(*map(rows.c.index, ("id", "rev", *columns))), rows.r)
    conn.exec_driver_sql(f"UPDATE {table_name} SET {sets} WHERE id = ?1 AND rev = ?2 AND ({differs})", list(values))


def _indexed(conn: Connection, table_name: str) -> frozenset[str]:
    """The columns that any index of the table has, but for its id."""
    query = "SELECT i.name FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE i.name <> 'id'"
    return frozenset(conn.exec_driver_sql(query, (table_name,)).scalars())


def _defaults(table_name: str, missing: Set[str]) -> dict[str, Any]:
    """The usual values of columns that nobody named, as they lie in the store; of those that have one."""
    blank: dict[str, Any] = {}
    for field in msgspec.structs.fields(KINDS[table_name]) if missing else ():
        if field.name not in missing:
            continue
        if field.default is not msgspec.NODEFAULT:
            blank[field.name] = _as_stored(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            blank[field.name] = _as_stored(field.default_factory())
    return blank


def _as_stored(value: object) -> Any:
    plain = msgspec.to_builtins(value)
    return json.dumps(plain) if isinstance(plain, list | dict | tuple) else plain


def _without(rows: Rows, places: Sequence[int]) -> Rows:
    kept = [place for place in range(len(rows.c)) if place not in places]
    return Rows(tuple(rows.c[place] for place in kept), tuple(tuple(row[place] for place in kept) for row in rows.r))


def _keep_columns(conn: Connection, table_name: str, rows: Rows, places: Sequence[int]) -> None:
    """Keeps the unknown columns of those rows that are not older than what is here."""
    at_id, at_rev = rows.c.index("id"), rows.c.index("rev")
    newer: dict[str, int] = {}
    ids = json.dumps([row[at_id] for row in rows.r])
    query = f"SELECT id, rev FROM {table_name} WHERE id IN (SELECT value FROM json_each(?))"
    for row_id, rev in conn.exec_driver_sql(query, (ids,)):
        newer[row_id] = rev
    for row in rows.r:
        if row[at_rev] >= newer.get(row[at_id], 0):
            _put_extra(conn, table_name, row[at_id], {rows.c[place]: row[place] for place in places})


def _keep_unknown(conn: Connection, table_name: str, columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    place = columns.index("id")
    for row in lines:
        _put_extra(conn, table_name, row[place], dict(zip(columns, row, strict=True)))


def _put_extra(conn: Connection, table_name: str, row_id: str, columns: dict[str, Any]) -> None:
    if not columns:
        conn.exec_driver_sql("DELETE FROM extra WHERE table_name = ? AND row_id = ?", (table_name, row_id))
        return
    conn.exec_driver_sql(
        "INSERT INTO extra (table_name, row_id, body) VALUES (?, ?, ?)"
        " ON CONFLICT (table_name, row_id) DO UPDATE SET body = excluded.body",
        (table_name, row_id, json.dumps(columns, ensure_ascii=False)),
    )
