"""A partner's file on its way in: read, its columns understood, tried out. Plain values, for a reader thread."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from casework.answers import Refused
from casework.commands import OpenCase
from casework.questions.known import known_people
from casework.referrals.columns import Guess, Mapping, fingerprint, guess_mapping
from casework.referrals.dry_run import DryRun, dry_run
from casework.referrals.intake import commands_of, here_already, mark_of, others_known
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable, UnreadableFile
from casework.store_faults import StoreFault
from desktop.office import Office

_JOINT = "|"


class Opened(NamedTuple):
    """A file that could be read: its rows, what its columns seem to mean, and what was remembered of its sender."""

    path: Path
    table: RawTable
    mark: str
    mapping: Mapping
    guesses: tuple[Guess, ...]
    is_remembered: bool
    source_name: str
    project_id: str


class Tried(NamedTuple):
    """What would come of the file. `here` are lines of it that are cases already, `names` of known cases by id."""

    opened: Opened
    found: DryRun
    here: frozenset[int]
    names: dict[str, str]

    def coming(self, left_out: frozenset[int]) -> int:
        """How many people would come in."""
        return sum(one.line not in left_out and one.line not in self.here for one in self.found.referrals)

    def commands(self, project_id: str, source_name: str, left_out: frozenset[int]) -> Iterator[OpenCase]:
        """What is to be said to take them in."""
        out = left_out | self.here
        return commands_of(self.found, project_id, source_name, mark=self.opened.mark, left_out=out)


def open_file(office: Office, path: Path, sheet: str = "") -> Opened | Refused:
    """Read a file and guess its columns, or take those of last time. Refused with a code where it cannot be read."""
    try:
        table = read_table(path, sheet=sheet)
    except UnreadableFile as fault:
        return Refused(fault.code, {"name": path.name, **fault.facts})
    kept = office.drafts.find(memory_key(table))
    remembered = _remembered(table, kept.get("fields", ""))
    mapping, guesses = guess_mapping(table, remembered)
    return Opened(
        path=path,
        table=table,
        mark=mark_of(table),
        mapping=mapping,
        guesses=guesses,
        is_remembered=remembered is not None,
        source_name=kept.get("source", ""),
        project_id=kept.get("project", ""),
    )


def try_out(office: Office, opened: Opened, mapping: Mapping, today: date) -> Tried:
    """What importing it would do, with nothing written."""
    known = office.read(known_people)
    found = dry_run(opened.table, mapping, others_known(opened.table, known), today)
    return Tried(
        opened=opened._replace(mapping=mapping),
        found=found,
        here=here_already(opened.table, known),
        names={person.case_id: person.name for person in known},
    )


def remember(office: Office, opened: Opened, *, source_name: str, project_id: str) -> None:
    """Keep what the columns mean, who sent the file and where it went, for the next file with these headings."""
    body = {"fields": _JOINT.join(opened.mapping.fields), "source": source_name, "project": project_id}
    with suppress(StoreFault):  # a comfort; the disk says so itself where it matters
        office.drafts.keep(memory_key(opened.table), body)


def memory_key(table: RawTable) -> str:
    """Under which key the columns of files like this one are remembered."""
    return f"import-mapping:{fingerprint(table.columns)}"


def left_out_before(office: Office, opened: Opened) -> frozenset[int]:
    """The lines that were ticked off in this very file, should one come back to it."""
    lines = office.drafts.find(f"import-left-out:{opened.mark}").get("lines", "")
    return frozenset(int(line) for line in lines.split(",") if line.isdigit())


def keep_left_out(office: Office, opened: Opened, lines: frozenset[int]) -> None:
    """Keep which lines were ticked off."""
    with suppress(StoreFault):
        office.drafts.keep(f"import-left-out:{opened.mark}", {"lines": ",".join(map(str, sorted(lines)))})


def _remembered(table: RawTable, fields: str) -> Mapping | None:
    found = tuple(fields.split(_JOINT)) if fields else ()
    return Mapping(fingerprint=fingerprint(table.columns), fields=found) if len(found) == len(table.columns) else None
