"""What a dry run found becomes commands: one a person, the same ones for the same file, and all of them taken."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from casework.answers import Accepted
from casework.commands import OpenCase
from casework.ids import child_id
from casework.questions.known import known_people
from casework.referrals.dry_run import DryRun
from casework.referrals.flags import Flag
from casework.referrals.intake import case_id_of, commands_of, here_already, mark_of, others_known
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable
from casework.rows import find, of_case, write
from casework.rules.fields import MANY
from casework.values import Case, OwnerKind, Priority, Referral
from sync.laptop import Laptop
from tests.office_kit import an_id, an_office

PROJECT = an_id("Warm Homes")


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """Priya's, with the people, projects and steps that a server hands out."""
    made = Laptop(tmp_path, bytes(range(32)), person_id=an_id("priya"), device=an_id("laptop"))
    made.prepare()
    with made.database.writing() as conn:
        for row in an_office().rows:
            write(conn, row)
    yield made
    made.close()


def said(found: DryRun, file: RawTable, **more: frozenset[int]) -> list[OpenCase]:
    return list(commands_of(found, PROJECT, "City council", mark=mark_of(file), **more))


def test_that_each_person_becomes_one_case_and_the_same_one_each_time(council: DryRun, council_table: RawTable) -> None:
    once, again = said(council, council_table), said(council, council_table)
    assert once == again
    assert len(once) == 320
    ids = {one_id for one in once for one_id in (one.case_id, one.contact_id, one.property_id)}
    assert len(ids) == 960
    assert all(len(one_id) == 32 for one_id in ids)


def test_that_another_file_makes_other_cases(council_table: RawTable) -> None:
    shorter = msgspec.structs.replace(council_table, rows=council_table.rows[:-2])
    assert mark_of(shorter) != mark_of(council_table)
    assert case_id_of(mark_of(shorter), 2) != case_id_of(mark_of(council_table), 2)


def test_that_a_renamed_file_is_still_the_same_one(council_table: RawTable) -> None:
    assert mark_of(msgspec.structs.replace(council_table, name="copy of it.csv")) == mark_of(council_table)


@pytest.mark.covers("OC14")
def test_that_likely_duplicates_come_in_as_cases_of_their_own_that_point_at_each_other(
    council: DryRun, council_table: RawTable
) -> None:
    commands = said(council, council_table)
    ids = {one.case_id for one in commands}
    alike = [one for one in commands if one.alike]
    assert len(alike) == 21
    assert all(set(one.alike) <= ids - {one.case_id} for one in alike)


def test_that_lines_left_out_do_not_come_in_and_nobody_points_at_them(council: DryRun, council_table: RawTable) -> None:
    first = next(likeness for likeness in council.duplicates if likeness.other_line is not None)
    assert first.other_line is not None
    commands = said(council, council_table, left_out=frozenset({first.other_line}))
    gone = case_id_of(mark_of(council_table), first.other_line)
    assert len(commands) == 319
    assert gone not in {other for one in commands for other in (one.case_id, *one.alike)}


def test_that_the_letter_holds_every_filled_cell_of_the_row(council: DryRun, council_table: RawTable) -> None:
    rows = {row.line: row for row in council_table.rows}
    for one, command in zip(council.referrals, said(council, council_table), strict=True):
        filled = [
            (column, cell)
            for column, cell in zip(council_table.columns, rows[one.line].cells, strict=True)
            if cell.strip()
        ]
        assert list(command.letter) == filled


@pytest.mark.covers("S14", "R1")
def test_that_the_rules_take_all_320_onto_the_waiting_list_with_their_score(
    council: DryRun, council_table: RawTable, laptop: Laptop
) -> None:
    commands = said(council, council_table)
    answers = [laptop.say(command) for command in commands]
    assert all(isinstance(answer, Accepted) for answer in answers)
    with laptop.database.reading() as conn:
        case = find(conn, Case, commands[0].case_id)
        assert case is not None
        assert (case.owner_kind, case.owner_id) == (OwnerKind.QUEUE, an_id("Waiting list"))
        assert (case.triage_score, case.priority) == (43, Priority.HIGH)
        assert conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one() == 320
        assert len(list(conn.exec_driver_sql("SELECT id FROM referral"))) == 320


@pytest.mark.covers("OC14")
def test_that_the_same_file_twice_brings_nobody_in_twice(
    council: DryRun, council_table: RawTable, laptop: Laptop
) -> None:
    commands = said(council, council_table)[:40]
    for command in (*commands[:25], *commands):
        assert isinstance(laptop.say(command), Accepted)
    with laptop.database.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one() == 40
        assert conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 40
        known = known_people(conn)
    lines = [one.line for one in council.referrals[:40]]
    assert here_already(council_table, known) == frozenset(lines)
    assert others_known(council_table, known) == ()


def test_that_cells_of_ten_thousand_letters_and_markup_come_in_whole(
    laptop: Laptop, run_of: Callable[[RawTable], DryRun]
) -> None:
    long = "Ffynnon " * 1_250
    hostile = ("<b>Ann</b>", "Price \u202eecirP 🏚", long, long, "SA1 1AA", long, "=1+1", long)
    heads = ("First name", "Surname", "Address 1", "Town", "Postcode", "Reason for referral", "Consent", "Referred by")
    file = read_table("\n".join(",".join(cells) for cells in (heads, hostile)).encode())
    (command,) = commands_of(run_of(file), PROJECT, "x" * 500, mark=mark_of(file))
    assert isinstance(laptop.say(command), Accepted)
    with laptop.database.reading() as conn:
        letter = find(conn, Referral, child_id(command.case_id, "referral"))
    assert letter is not None
    assert tuple(cell for _, cell in letter.letter) == hostile


def test_that_a_row_with_a_whole_thread_of_e_mails_in_it_comes_in_with_every_word(
    laptop: Laptop, run_of: Callable[[RawTable], DryRun]
) -> None:
    thread = "Dear team the boiler is off " * 2_000 + "<b>Yours</b>"
    heads, cells = ("First name", "Surname", "Postcode", "Reason for referral"), ("Pat", "Khan", "TS1 1AA", thread)
    file = read_table("\n".join(",".join(row) for row in (heads, cells)).encode())
    (command,) = commands_of(run_of(file), PROJECT, "City council", mark=mark_of(file))
    assert isinstance(laptop.say(command), Accepted)
    with laptop.database.reading() as conn:
        (referral,) = of_case(conn, Referral, command.case_id)
    assert "".join(cell for column, cell in referral.letter if column == "Reason for referral") == thread


@pytest.mark.parametrize("beyond", [0, 1])
@pytest.mark.parametrize("what", ["flags", "letter"])
def test_that_a_row_with_more_than_a_case_can_hold_says_so(
    laptop: Laptop, run_of: Callable[[RawTable], DryRun], what: str, beyond: int
) -> None:
    file = read_table(b"First name,Surname,Postcode\nPat,Khan,TS1 1AA")
    found = run_of(file)
    heads = [f"Column {number}" for number in range(MANY + beyond)]
    much = {
        "flags": tuple(Flag("word_unknown", head, "x") for head in heads),
        "letter": tuple((head, "x") for head in heads),
    }
    one = msgspec.structs.replace(found.referrals[0], **{what: much[what]})
    (command,) = said(msgspec.structs.replace(found, referrals=(one,)), file)
    assert (command.flags[0][0] == "not_all_fits") is bool(beyond)
    assert isinstance(laptop.say(command), Accepted)
