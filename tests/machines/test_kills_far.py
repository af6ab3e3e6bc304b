"""Kills in a first sync, under evictions, of documents both ways, of upgrades, of clearing, of backups.

DOORSTEP_KILLS says how many in all, those of test_kills.py counted in (machines/kill_shares.py).
"""

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from casework.commands import AddNote, ChangeOwner, SeenOwner
from casework.database import Database
from casework.rows import all_of
from casework.sqlite_file import Behind
from casework.values import Case, Owner, OwnerKind
from server.config import Config
from server.facts import BACKED_UP_REV, number
from server.journal import Speaker
from server.ledger import head_of
from server.sums import are_right
from sync import outbox
from sync.keyslots import read_key_file
from sync.laptop import Laptop, prepare_store
from tests.kit_server import RunningServer, free_port, person_id, running_server
from tests.kit_victims import Victims
from tests.machines.accounts import nothing_lost_and_nothing_twice, set_up, settled_store, sign_in, sync_until_quiet
from tests.machines.invariants import taking_back_gives_the_base
from tests.machines.kill_far import FULL, bring_up_to_date, make_older, write_revisions
from tests.machines.kill_shares import PATIENCE, Share, facts_of, tell
from tests.machines.kill_work import KEY, Person, central_of, open_laptop
from tests.machines.organisation import snapshot
from tests.machines.travellers import Crew, Traveller, hold_to_account, no_document_is_spoilt_here
from tests.server.kit_central import a_new_case, said
from tests.sync.alike import require_same

WORK = "tests.machines.kill_far"
CASES = 250
# about so many kills fall into one first sync
A_FILL = 8


@pytest.mark.serial
@pytest.mark.covers("FC4", "FC9", "FI2", "FA7")
def test_that_no_kill_during_a_first_sync_loses_or_skips_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, saved, kills = random.Random(2030), set[str](), Share.FILL.kills
    with running_server(tmp_path / "server") as server:
        speaker = Speaker(person_id=person_id("priya"), device_id="")
        server.parts.journal.push(speaker, [said(a_new_case(client=f"Client {one}")) for one in range(CASES)])
        people = [
            _signed_in(server.url, tmp_path / "new" / str(one), ("priya", "jo")[one % 2])
            for one in range(kills // A_FILL + 2)
        ]
        pairs = [f"{one.person_id}/{one.device}" for one in people]
        with Victims(WORK, "fill", str(tmp_path / "new"), server.url, *pairs) as victims:
            for _ in range(kills):
                saved |= facts_of(victims.kill_one(chance, patience=PATIENCE))
        full = 0
        laptops = []
        for one, person in enumerate(people):
            laptop = open_laptop(tmp_path / "new" / str(one), person)
            laptops.append(laptop)
            assert laptop.database.quick_check() == ()
            taking_back_gives_the_base(laptop)
            full += (tmp_path / "new" / str(one) / FULL).exists()
        for _ in range(2):
            for laptop, person in zip(laptops, people, strict=True):
                sync_until_quiet(laptop, central_of(server.url, laptop, person.device))
        nothing_lost_and_nothing_twice(server.database, laptops, saved)
        for laptop, person in zip(laptops, people, strict=True):
            with laptop.database.reading() as conn:
                require_same(snapshot(conn), server.database, person.person_id, person.person_id)
            laptop.close()
    assert full or kills < 3 * A_FILL
    tell(capsys, Share.FILL, len(saved), f"{full} first syncs came to their end meanwhile")


@pytest.mark.serial
@pytest.mark.covers("FA1", "FF1", "FF7", "FA11")
def test_that_no_kill_while_cases_come_and_go_loses_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = _roam_under_kills(tmp_path, Share.EVICT, "roam", random.Random(2031))
    tell(capsys, Share.EVICT, saved)


@pytest.mark.serial
@pytest.mark.covers("FI9", "FI11", "FG1")
def test_that_no_kill_while_documents_go_both_ways_loses_or_spoils_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = _roam_under_kills(tmp_path, Share.PAPERS, "papers", random.Random(2032))
    tell(capsys, Share.PAPERS, saved)


def _roam_under_kills(tmp_path: Path, share: Share, what: str, chance: random.Random) -> int:
    """Amy's laptop is killed again and again while Priya gives her cases away and back; how much Amy saved."""
    saved = set[str]()
    with running_server(tmp_path / "server") as server:
        amy = set_up(server.url, tmp_path)
        priya = Traveller(tmp_path / "priya", "priya", server.url, dice=random.Random(8))
        folder = tmp_path / "amy"

        def work(one: Traveller) -> None:
            _move_a_case(one, chance)
            if what == "papers" and len(one.papers) < 3 * share.kills:
                one.put_document()
            one.sync()

        with Crew([priya], work), Victims(WORK, what, str(folder), server.url, amy.person_id, amy.device) as victims:
            for _ in range(share.kills):
                saved |= facts_of(victims.kill_one(chance, patience=PATIENCE))
                with closing(open_laptop(folder, amy)) as laptop:
                    assert laptop.database.quick_check() == ()
        amys = Traveller(tmp_path, "amy", server.url, dice=random.Random(9), person=amy)
        amys.saved = saved
        for one in (amys, priya, amys):
            one.settle()
        _everybodys_documents(server, amys, priya)
        amys.close()
        priya.close()
    return len(saved)


def _everybodys_documents(server: RunningServer, *people: Traveller) -> None:
    hold_to_account(people, server.database, server.parts.blobs)
    for one in people:
        no_document_is_spoilt_here(one)


def _move_a_case(one: Traveller, chance: random.Random) -> None:
    with one.laptop.database.reading() as conn:
        cases = [case for case in all_of(conn, Case) if not case.is_closed]
    if not cases:
        return
    case = chance.choice(cases)
    owner = Owner(OwnerKind.PERSON, person_id(chance.choice(("amy", "ben", "amy"))))
    answer = one.laptop.say(ChangeOwner(case_id=case.id, base=SeenOwner(case.owner, case.owner_cmd), owner=owner))
    one.note(answer)


@pytest.mark.serial
@pytest.mark.covers("FA17")
def test_that_no_kill_during_an_upgrade_of_a_store_loses_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amy, scripts = settled_store(tmp_path, cases=40), write_revisions(tmp_path / "revisions")
    old = tmp_path / "stores" / "old"
    shutil.copytree(tmp_path / "amy-1", old)
    with closing(open_laptop(old, amy)) as laptop:
        for text in ("not sent", "before the upgrade"):
            laptop.say(_note(laptop, text))
        with laptop.database.reading() as conn:
            before, unsent = snapshot(conn), {one.said.id for one in outbox.everything(conn)}
    make_older(old)
    chance, total, found = random.Random(2033), 0, set[str]()
    with Victims(WORK, "update", str(tmp_path / "stores"), str(scripts), amy.person_id, amy.device) as victims:
        for _ in range(Share.MIGRATE.kills):
            facts = victims.kill_one(chance, patience=PATIENCE * 4)
            place, saved = _last_place(facts)
            with closing(Laptop(place, KEY, person_id=amy.person_id, device=amy.device)) as laptop:
                ready = prepare_store(laptop.database)
            found.add(type(ready).__name__)
            if isinstance(ready, Behind):
                assert not saved
                bring_up_to_date(place, scripts)
            with closing(open_laptop(place, amy)) as laptop:
                assert laptop.database.quick_check() == ()
                with laptop.database.reading() as conn:
                    waiting = {one.said.id for one in outbox.everything(conn)}
                    after = snapshot(conn)
            assert waiting >= unsent | saved
            if waiting == unsent:
                assert after == before
            total += len(saved) + len(unsent)
            for used in (tmp_path / "stores").glob(f"{place.name.split('-')[0]}-*"):
                shutil.rmtree(used)
    assert found == {"Ready", "Behind"}
    tell(capsys, Share.MIGRATE, total)


@pytest.mark.serial
@pytest.mark.covers("FA16")
def test_that_no_kill_while_a_device_is_cleared_loses_what_was_not_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amy = settled_store(tmp_path, cases=40)
    shutil.copytree(tmp_path / "amy-1", tmp_path / "stores" / "settled")
    chance, total, gone = random.Random(2034), 0, 0
    with Victims(WORK, "clear", str(tmp_path / "stores"), amy.person_id, amy.device) as victims:
        for _ in range(Share.CLEAR.kills):
            facts = victims.kill_one(chance, patience=PATIENCE)
            place, saved = _last_place(facts)
            total += len(saved)
            if read_key_file(place) is None:
                assert not saved, "the key to something unsent was destroyed"
                gone += 1
            else:
                # nothing of it is gone as long as its key is there
                with closing(open_laptop(place, amy)) as laptop:
                    assert laptop.database.quick_check() == ()
                    with laptop.database.reading() as conn:
                        assert saved <= {one.said.id for one in outbox.everything(conn)}
            for used in (tmp_path / "stores").glob(f"{place.name.split('-')[0]}-*"):
                shutil.rmtree(used)
    tell(capsys, Share.CLEAR, total, f"{gone} were past the key")


@pytest.mark.serial
@pytest.mark.covers("FE1")
def test_that_no_kill_of_a_backup_leaves_one_that_is_relied_on_and_is_not_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(2035)
    config = Config(data=tmp_path / "server", port=free_port())
    server = RunningServer(config)
    people = [
        Traveller(tmp_path / name, name, server.url, dice=random.Random(number))
        for number, name in enumerate(("amy", "priya"))
    ]

    def work(one: Traveller) -> None:
        one.say(2)
        if len(one.papers) < 40:
            one.put_document()
        one.sync()

    copies = tmp_path / "copies"
    with Crew(people, work), Victims(WORK, "backup", str(config.data), str(copies)) as victims:
        for _ in range(Share.BACKUP.kills):
            facts = victims.kill_one(chance, patience=PATIENCE)
            assert "broke" not in facts, "\n".join(facts)
    with server.database.reading() as conn:
        relied_on = number(conn, BACKED_UP_REV)
    revs = [_rev_of_whole(copy) for copy in copies.glob("server-*.db")]
    assert relied_on <= max(revs, default=0)
    # the newest one is put back: nobody loses anything
    if revs:
        newest = max(copies.glob("server-*.db"), key=_rev_of_whole)
        server.stop()
        shutil.copytree(copies / "documents", config.documents, dirs_exist_ok=True)
        for ending in ("-wal", "-shm"):
            (config.data / f"server.db{ending}").unlink(missing_ok=True)
        shutil.copyfile(newest, config.data / "server.db")
        server.restart()
    for one in (*people, *people):
        one.settle()
    _everybodys_documents(server, *people)
    saved = sum(len(one.saved) for one in people)
    for one in people:
        one.close()
    server.stop()
    assert revs
    tell(capsys, Share.BACKUP, saved, f"{len(revs)} copies")


def _rev_of_whole(copy: Path) -> int:
    """The head of a copy, which has to be sound whatever became of who made it."""
    database = Database.plain(copy)
    try:
        assert database.quick_check() == ()
        with database.reading() as conn:
            assert are_right(conn)
            return head_of(conn)[0]
    finally:
        database.close()


@pytest.mark.serial
@pytest.mark.covers("FI11", "FC6", "FB1")
def test_that_no_kill_of_the_server_while_documents_come_in_loses_or_spoils_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(data=tmp_path / "server", port=free_port())
    server = RunningServer(config)
    people = [
        Traveller(tmp_path / name, name, server.url, dice=random.Random(number))
        for number, name in enumerate(("amy", "priya"))
    ]
    server.stop()

    def work(one: Traveller) -> None:
        one.say(1)
        one.put_document()
        one.sync()

    chance = random.Random(2036)
    away = "tests.machines.kill_work", "uploads", str(config.data), str(config.port)
    with Victims(*away) as victims, Crew(people, work):
        for _ in range(Share.UPLOADS.kills):
            facts = victims.kill_one(chance, patience=PATIENCE)
            assert set(facts) == {"request"}, facts
    server.restart()
    for one in (*people, *people):
        one.settle()
    _everybodys_documents(server, *people)
    papers = sum(len(one.papers) for one in people)
    tell(capsys, Share.UPLOADS, sum(len(one.saved) for one in people), f"{papers} of them documents")
    for one in people:
        one.close()
    server.stop()
    assert papers


def _signed_in(url: str, folder: Path, name: str) -> Person:
    person, laptop, central = sign_in(url, folder, name)
    central.close()
    laptop.close()
    return person


def _note(laptop: Laptop, text: str) -> AddNote:
    """A note on one of the cases."""
    with laptop.database.reading() as conn:
        return AddNote(case_id=all_of(conn, Case)[0].id, text=text)


def _last_place(facts: list[str]) -> tuple[Path, set[str]]:
    """The last store that a victim was at, and what it said there."""
    assert "broke" not in facts, "\n".join(facts)
    at = max(place for place, fact in enumerate(facts) if fact.startswith("at "))
    return Path(facts[at].removeprefix("at ")), {fact for fact in facts[at:] if len(fact) == 32}
