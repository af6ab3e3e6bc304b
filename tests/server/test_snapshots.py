"""A snapshot holds the rows that the whole office holds and no others, and only the office gets it."""

import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import select

from casework.commands import AddNote, EraseCase
from casework.ids import new_id
from casework.kinds import NAMES, PERSONAL_KINDS, REF_KINDS, TREE_KINDS
from casework.snapshot import SnapshotReply, WantSnapshot
from casework.snapshot_blocks import opened
from casework.tables import TABLES
from server.parts import Parts
from server.setting_up import WAITING_LIST
from server.snapshot_file import layout
from server.snapshots import Snapshots
from server.tables import case_stamp
from tests.kit_server import person_id
from tests.server.kit_central import Answer, Central, SetClock, Visitor, to_a_queue

NOW = timedelta()


@pytest.fixture
def snapshots(central: Central, tmp_path: Path) -> Iterator[Snapshots]:
    """What the command makes, in the folder of the server under test."""
    made = Snapshots(central.database, tmp_path / "snapshots", least=1)
    yield made
    made.close()


def offer(visitor: Visitor) -> SnapshotReply:
    """What the server offers."""
    return visitor.ask("/v1/snapshot", WantSnapshot(rid=new_id(), layout=layout()), SnapshotReply)


def asked(visitor: Visitor, layout: str = layout()) -> Answer:
    """The same, however it is answered."""
    return visitor.send("/v1/snapshot", WantSnapshot(rid=new_id(), layout=layout))


def fetched(visitor: Visitor, snapshot_id: str, wanted: str = "") -> Answer:
    """The bytes of it, or of a part."""
    headers = {"Range": wanted} if wanted else {}
    return visitor.send_bytes("GET", f"/v1/snapshot/{snapshot_id}", b"", headers)


def test_that_it_has_the_rows_of_the_office_and_nobodys_own(
    central: Central, snapshots: Snapshots, tmp_path: Path
) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    cases = [central.opened(amy) for _ in range(3)]
    amy.say(to_a_queue(cases[1]))
    amy.say(AddNote(case_id=cases[0].id, text="the cellar is damp", mentions=(person_id("jo"),)))
    snapshots.make()
    told = offer(jo)
    answer = fetched(jo, told.id)
    plain = tmp_path / "plain.db"
    plain.write_bytes(b"".join(opened([answer.body], told.blocks)))
    assert plain.stat().st_size == told.size
    store = sqlcipher.connect(str(plain))
    with central.database.reading() as conn:
        for kind in (*REF_KINDS, *TREE_KINDS):
            there = conn.execute(select(TABLES[kind]).order_by(TABLES[kind].c.id)).all()
            here = store.execute(f"SELECT * FROM {NAMES[kind]} ORDER BY id").fetchall()
            assert here == [tuple(row) for row in there], NAMES[kind]
        stamps = conn.execute(select(case_stamp).order_by(case_stamp.c.case_id)).all()
    held = store.execute("SELECT case_id, rev, chain, scopes, is_leaving FROM held_case ORDER BY case_id").fetchall()
    assert held == [(*row, json.dumps(["all"]), 0) for row in stamps]
    for kind in PERSONAL_KINDS:
        assert store.execute(f"SELECT count(*) FROM {NAMES[kind]}").fetchone() == (0,)
    reach = store.execute("SELECT scope, case_id FROM reach").fetchall()
    assert reach == [(f"queue:{WAITING_LIST}", cases[1].id)]
    store.close()


def test_that_a_cut_transfer_goes_on_from_any_place(central: Central, snapshots: Snapshots) -> None:
    made = snapshots.make()
    sam = central.visitor("sam")
    whole = fetched(sam, made.id)
    assert (whole.status, len(whole.body)) == (200, made.length)
    rest = fetched(sam, made.id, "bytes=100-")
    assert (rest.status, rest.body) == (206, whole.body[100:])
    assert rest.headers["content-range"] == f"bytes 100-{made.length - 1}/{made.length}"
    for beyond in (f"bytes={made.length}-", "bytes=5-9", "bytes=-5", "bytes=x-"):
        assert fetched(sam, made.id, beyond).status == 416


def test_that_only_who_holds_all_gets_it(central: Central, snapshots: Snapshots) -> None:
    made = snapshots.make()
    for name in ("priya", "jo", "sam"):
        assert offer(central.visitor(name)).id == made.id
    amy = central.visitor("amy")
    assert (asked(amy).status, asked(amy).fault.code) == (403, "not-allowed")
    assert fetched(amy, made.id).status == 403
    assert asked(central.stranger()).status == 401
    assert fetched(central.stranger(), made.id).status == 401


def test_that_another_layout_or_another_snapshot_is_not_given(central: Central, snapshots: Snapshots) -> None:
    sam = central.visitor("sam")
    assert asked(sam).status == 404
    made = snapshots.make()
    assert asked(sam, "0" * 64).status == 404
    assert fetched(sam, new_id()).status == 404
    assert fetched(sam, "..%2fserver.db").status == 404
    latest = snapshots.make()
    assert fetched(sam, made.id).status == 404
    assert offer(sam).id == latest.id


def test_that_a_case_deleted_for_good_withdraws_it_and_takes_it_off_the_disk(
    central: Central, snapshots: Snapshots, tmp_path: Path
) -> None:
    sam = central.visitor("sam")
    case = central.opened(central.visitor("amy"))
    made = snapshots.make()
    assert offer(sam).id == made.id
    sam.say(EraseCase(case_id=case.id, reason="asked_by_client"))
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert asked(sam).status == 404
    assert fetched(sam, made.id).status == 404


def test_that_it_lies_where_nobody_else_can_read_it(central: Central, snapshots: Snapshots, tmp_path: Path) -> None:
    made = snapshots.make()
    snapshots.make()
    folder = tmp_path / "snapshots"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.iterdir())) == 2
    assert not snapshots.path_of(made).exists()
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_that_one_is_made_in_the_background_once_an_office_is_large_enough(parts: Parts, tmp_path: Path) -> None:
    folder = tmp_path / "others"
    small = Snapshots(parts.database, folder, clock=parts.clock, least=1, lull=NOW)
    jo, amy = (one for name in ("jo", "amy") for one in parts.people.all() if one.username == name)
    with parts.database.reading() as conn:
        small.make_soon(conn, jo)
        small.wait()
        assert small.offered(conn) is None
    ready = Snapshots(parts.database, folder, clock=parts.clock, least=0, lull=NOW)
    with parts.database.reading() as conn:
        ready.make_soon(conn, amy)
        ready.wait()
        assert ready.offered(conn) is None
        ready.make_soon(conn, jo)
        ready.wait()
        first = ready.offered(conn)
        assert first is not None
        ready.make_soon(conn, jo)
        ready.wait()
        assert ready.offered(conn) == first
    ready.close()
    small.close()


def test_that_it_is_made_anew_after_a_day_and_not_offered_after_a_week(
    timed: Central, parts: Parts, clock: SetClock, tmp_path: Path
) -> None:
    made = parts.snapshots.make()
    eager = Snapshots(parts.database, tmp_path / "snapshots", clock=clock, least=0, lull=NOW)
    clock.pass_time(days=2)
    with parts.database.reading() as conn:
        assert eager.offered(conn) == made
        (jo,) = (one for one in parts.people.all() if one.username == "jo")
        eager.make_soon(conn, jo)
        eager.wait()
        second = eager.offered(conn)
        assert second is not None
        assert second.id != made.id
        clock.pass_time(days=8)
        assert eager.offered(conn) is None
    eager.close()
