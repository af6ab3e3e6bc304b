"""What befalls whole computers: backups put back, laptops copied and put back, devices lost, the log cut short.

A run has one kind of going back in time at most, of the server or of laptops: what a laptop no longer remembers it
cannot offer again to a server that does not either.
"""

import shutil
from datetime import timedelta
from pathlib import Path

from casework.commands import AttachDocument, JoinCase
from casework.connection import Connection
from casework.rows import all_of
from casework.values import Case, Document
from server.backups import back_up, note_restore
from server.horizon import move_horizon
from server.lost_documents import note_lost
from sync import leaving, outbox, state
from sync.carrying import paper_of
from sync.laptop import STORE
from tests.machines.sim.desks import SPOILS, SPOILT, SimDesk, copy_files
from tests.machines.sim.life import Life

DOCUMENTS = "documents"
_STORE_FILES = (STORE, f"{STORE}-wal", f"{STORE}-shm")


def back_the_server_up(life: Life, name: str) -> None:
    """A backup that is looked through and that the server knows of."""
    folder = life.stage.folder
    made = back_up(life.world.server.database, folder / "backups", documents=None, clock=life.world.clock)
    shutil.copytree(folder / DOCUMENTS, _documents_of(made.path))
    life.backup = made.path


def lose_a_documents_bytes(life: Life, name: str) -> None:
    """The disk below the server gives a document's bytes no more, and the next look through all of them finds it out.

    Not what an earlier backup may bring back a database for: that knows nothing of it.
    """
    if life.backup is not None:
        return
    server = life.world.server
    with life.reading() as conn:
        stored = sorted({document.sha256 for document in all_of(conn, Document) if document.is_stored})
    if not stored:
        return
    sha256 = life.pick.choice(stored)
    server.blobs.delete(sha256)
    with server.database.writing() as conn:
        note_lost(server.journal, conn, [sha256])
    life.lost_there.add(sha256)


def put_the_server_back(life: Life, name: str) -> None:
    """Yesterday's backup is today's database; an admin says so, or does not."""
    forgetful = [desk for desk in life.desks.values() if desk.is_put_back or life.is_lost(desk)]
    if life.backup is None or forgetful:
        return
    life.copies.clear()
    life.was_dead |= life.dead().keys()
    for desk in life.desks.values():
        life.buried |= desk.look(_blank_receipts)
    life.eyes.close()
    database = life.stage.folder / "server.db"
    for server in life.stage.servers:
        server.database.close()
        server.heard.clear()
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    shutil.copyfile(life.backup, database)
    if life.pick.random() < 0.5:
        # the documents lie on the disk that was put back, or somewhere else
        shutil.rmtree(life.stage.folder / DOCUMENTS)
        shutil.copytree(_documents_of(life.backup), life.stage.folder / DOCUMENTS)
    for server in life.stage.servers:
        life.stage.restart(server)
    life.open_eyes()
    life.cut_lines = {rev: chain for rev, chain in life.cut_lines.items() if rev <= max(life.log())}
    if life.pick.random() < 0.5:
        note_restore(life.world.server.database, clock=life.world.clock)


def _blank_receipts(conn: Connection) -> set[str]:
    """Of what was said here and was deleted for good since, all that is left."""
    return set(conn.exec_driver_sql("SELECT id FROM receipt WHERE body = ?", (outbox.ERASED,)).scalars())


def _documents_of(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}-{DOCUMENTS}")


def cut_the_log(life: Life, name: str) -> None:
    """The nightly tidying: what all devices seen lately have applied goes from the log."""
    life.cut_lines |= life.log()
    lately = timedelta(days=life.pick.choice((1, 30)))
    move_horizon(life.world.server.database, devices_last=lately, clock=life.world.clock)


def copy_the_laptop(life: Life, name: str) -> None:
    """Somebody makes a copy of the disk of a laptop."""
    to = life.stage.folder / f"copy of {name}"
    shutil.rmtree(to, ignore_errors=True)
    copy_files(life.desks[name].folder, to)
    life.copies[name] = to
    life.desks[name].mislaid_in_copy = set(life.desks[name].mislaid)


def put_the_laptop_back(life: Life, name: str) -> None:
    """Its copy is all that there is: the whole folder, or the store alone while the journal is today's.

    What was on the disk and nowhere else went with the disk.
    """
    if not life.copies:
        return
    name = life.pick.choice(list(life.copies))
    desk = life.desks[name]
    if life.is_lost(desk):
        return
    desk.is_put_back = True
    desk.is_behind = False
    desk.mislaid = set(desk.mislaid_in_copy)
    life.rewound.add(name)
    life.backup = None
    if life.pick.random() < 0.5:
        desk.put_back(life.copies[name], *_STORE_FILES)
        return
    desk.put_back(life.copies[name])
    added = {one.command.sha256 for one in life.spoken if one.name == name and isinstance(one.command, AttachDocument)}
    life.lost_papers |= {sha256 for sha256 in added if paper_of(desk.laptop, sha256) is None}
    known = {*life.outcomes(), *(one.said.id for one in desk.look(outbox.everything))}
    life.spoken = [one for one in life.spoken if one.name != name or one.id in known]


def clone_the_laptop(life: Life, name: str) -> None:
    """A laptop's disk is copied to another one, and both are used from then on."""
    original = life.desks[name]
    if len(life.desks) < 5 and not life.is_lost(original) and not any(desk.is_put_back for desk in life.desks.values()):
        life.backup = None
        key = f"{name} copied"
        life.desks[key] = SimDesk(life.world, life.air, key, copy_of=original)


def lose_the_laptop(life: Life, name: str) -> None:
    """Somebody reports that a laptop was lost; whoever has it goes on with it."""
    desk = life.desks[name]
    if name != "priya" and desk.wire.requests and not desk.is_put_back:
        life.world.server.devices.lose(desk.laptop.device)


def mislay_a_case(life: Life, name: str) -> None:
    """A bug of an earlier release, or a bit on the disk, loses a case at one laptop that nothing waits about there."""
    desk = life.desks[name]
    waiting = _waited_about(desk)
    held = desk.look(lambda conn: conn.exec_driver_sql("SELECT case_id FROM held_case WHERE is_leaving = 0").all())
    ids = sorted(str(case_id) for (case_id,) in held if case_id not in waiting)
    if ids:
        case_id = life.pick.choice(ids)
        with desk.laptop.database.writing() as conn:
            leaving.delete_trees(conn, [case_id])
            conn.exec_driver_sql("DELETE FROM held_case WHERE case_id = ?", (case_id,))
            for shared in ("contact", "property"):
                conn.exec_driver_sql(f"DELETE FROM {shared} WHERE id NOT IN (SELECT {shared}_id FROM case_file)")
            state.put(conn, state.IS_DOUBTED, True)
        desk.mislaid.add(case_id)


def spoil_a_row(life: Life, name: str) -> None:
    """Or it changes a value under a stamp that stays as it was; half the time somebody asks for a check right away."""
    desk = life.desks[name]
    waiting = _waited_about(desk)
    table, (column, cases) = life.pick.choice(list(SPOILS.items()))
    rows = desk.look(lambda conn: conn.exec_driver_sql(f"{cases} WHERE t.id NOT IN (SELECT row_id FROM shadow)").all())
    ids = sorted({str(row_id) for row_id, _ in rows} - {str(row_id) for row_id, case_id in rows if case_id in waiting})
    if not ids:
        return
    row_id = life.pick.choice(ids)
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql(f"UPDATE {table} SET {column} = ? WHERE id = ?", (SPOILT, row_id))
    desk.has_been_spoilt = True
    if life.pick.random() < 0.5:
        desk.engine.check_soon()


def _waited_about(desk: SimDesk) -> set[str]:
    """The cases that unsent words are about; what is said about a joined case lies on the one it was joined to."""
    words = [one.said.say for one in desk.look(outbox.everything)]
    said = {say.case_id for say in words} | {say.into for say in words if isinstance(say, JoinCase)}
    return said | {case.joined_to for case in desk.look(lambda conn: all_of(conn, Case)) if case.id in said}
