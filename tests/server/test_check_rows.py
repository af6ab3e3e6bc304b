"""Rows are compared under one and the same stamp, and only for who may see them."""

from collections.abc import Mapping

import msgspec

from casework.ids import new_id
from casework.kinds import KINDS
from casework.row_sums import columns_of, row_sums
from casework.wire_rows import CheckedRows, CheckRows, RowsOf
from server.sums import stamps_of
from tests.server.kit_central import Central, Visitor, a_note

COLUMNS = columns_of({name: frozenset(kind.__struct_fields__) for name, kind in KINDS.items()})


def told(central: Central, *case_ids: str) -> tuple[RowsOf, ...]:
    """What a store says that holds these cases as they are."""
    with central.database.reading() as conn:
        stamps, sums = stamps_of(conn, case_ids), row_sums(conn, case_ids, COLUMNS)
    return tuple(RowsOf(one, *stamps[one], digest=sums[one][0]) for one in case_ids)


def check(visitor: Visitor, *cases: RowsOf, columns: Mapping[str, tuple[str, ...]] = COLUMNS) -> CheckedRows:
    asked = CheckRows(rid=new_id(), at=visitor.store.cur, columns=dict(columns), cases=cases)
    return visitor.ask("/v1/rows", asked, CheckedRows)


def wrong(case: RowsOf) -> RowsOf:
    return msgspec.structs.replace(case, digest="0" * 16)


def test_that_a_case_is_named_whose_rows_differ_under_its_stamp(central: Central) -> None:
    amy = central.visitor("amy")
    cases = [central.opened(amy).id for _ in range(3)]
    amy.sync()
    one, other, third = told(central, *cases)
    assert check(amy, one, other, third).differ == ()
    assert check(amy, one, wrong(other), third).differ == (other.id,)


def test_that_a_case_of_another_stamp_is_passed_over(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    (before,) = told(central, case.id)
    amy.say(a_note(case))
    assert check(amy, wrong(before)).differ == ()


def test_that_nobody_learns_anything_about_cases_out_of_their_reach(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(amy)
    ben.sync()
    (one,) = told(central, case.id)
    assert check(ben, wrong(one), RowsOf("0" * 32, 1, "", "")).differ == ()


def test_that_a_server_without_a_column_says_so_and_compares_nothing(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    (one,) = told(central, case.id)
    for columns in ({"weather": ("id",)}, {"task": ("id", "hue")}, {"task": ("1); DROP TABLE task; --",)}):
        reply = check(amy, wrong(one), columns={**COLUMNS, **columns})
        assert (reply.is_older, reply.differ) == (True, ())


def test_that_fewer_columns_make_another_digest_of_what_they_hold(central: Central) -> None:
    """As an app from before some columns compares."""
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    (one,) = told(central, case.id)
    few = {"task": ("id", "title"), "case_file": ("number", "id")}
    assert check(amy, one, columns=few).differ == (case.id,)
    with central.database.reading() as conn:
        digest = row_sums(conn, [case.id], few)[case.id][0]
    assert check(amy, msgspec.structs.replace(one, digest=digest), columns=few).differ == ()


def test_that_too_many_cases_at_once_are_turned_down(central: Central) -> None:
    amy = central.visitor("amy")
    amy.sync()
    cases = tuple(RowsOf(f"{number:032}", 1, "", "") for number in range(1001))
    asked = CheckRows(rid=new_id(), at=amy.store.cur, columns=COLUMNS, cases=cases)
    assert amy.send("/v1/rows", asked).status == 413
