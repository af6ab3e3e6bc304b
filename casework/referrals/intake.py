"""Turns what a dry run found into the commands that take the people in, the same ones each time for the same file."""

import hashlib
from collections.abc import Collection, Iterable, Iterator

import msgspec

from casework.commands import OpenCase
from casework.ids import child_id
from casework.referrals.dry_run import DryRun
from casework.referrals.likeness import KnownPerson
from casework.referrals.person import ReferredContact, ReferredHome, ReferredPerson
from casework.referrals.table import RawTable
from casework.referrals.text import LINE_LIMIT
from casework.referrals.triage_facts import triage_facts
from casework.rules.fields import MANY, TEXT
from casework.rules.triage_score import score
from casework.values import Contact, Property, Source


def mark_of(table: RawTable) -> str:
    """What tells a file from any other: 64 hex digits of its headings and cells, whatever its name and format."""
    cells = (table.columns, tuple((row.line, row.cells) for row in table.rows))
    return hashlib.sha256(msgspec.json.encode(cells)).hexdigest()


def case_id_of(mark: str, line: int) -> str:
    """The id of the case that the row at `line` becomes: the same on every device, so nobody comes in twice (OC14)."""
    return child_id(mark, f"line/{line}")


def here_already(table: RawTable, known: Iterable[KnownPerson]) -> frozenset[int]:
    """The lines of this very file that were imported before."""
    mark = mark_of(table)
    cases = {person.case_id for person in known}
    return frozenset(row.line for row in table.rows if case_id_of(mark, row.line) in cases)


def others_known(table: RawTable, known: Iterable[KnownPerson]) -> tuple[KnownPerson, ...]:
    """Known people without those that this very file brought in: nobody is offered as like themselves."""
    mark = mark_of(table)
    ours = {case_id_of(mark, row.line) for row in table.rows}
    return tuple(person for person in known if person.case_id not in ours)


def commands_of(
    found: DryRun, project_id: str, source_name: str, *, mark: str, left_out: Collection[int] = ()
) -> Iterator[OpenCase]:
    """One command for each person of the file, in its order, without the lines left out (A11: to the waiting list).

    `source_name` is who sent the file; a row that names its own referrer keeps that one. `mark` is `mark_of` the table
    that the dry run read.
    """
    taken = {one.line for one in found.referrals if one.line not in left_out}
    alike: dict[int, list[str]] = {}
    for likeness in found.duplicates:
        other = likeness.known_case_id
        if likeness.other_line is not None:
            other = case_id_of(mark, likeness.other_line) if likeness.other_line in taken else ""
        if other:
            alike.setdefault(likeness.line, []).append(other)
    for one in found.referrals:
        if one.line in taken:
            case_id = case_id_of(mark, one.line)
            yield _opened(one, case_id, project_id, source_name, tuple(dict.fromkeys(alike.get(one.line, ()))))


def _opened(one: ReferredPerson, case_id: str, project_id: str, source_name: str, alike: tuple[str, ...]) -> OpenCase:
    weighed = score(triage_facts(one))
    contact = _contact(one.contact, child_id(case_id, "contact"))
    home = _home(one.home, child_id(case_id, "home"))
    letter = tuple(_in_pieces(one.letter))
    flags = tuple((flag.code, flag.column[:TEXT], flag.value[:TEXT]) for flag in one.flags)
    if len(letter) > MANY or len(flags) > MANY:
        # nothing is left out without a word: whoever reads the letter is sent back to the file
        flags = (("not_all_fits", "", ""), *flags)
    return OpenCase(
        case_id=case_id,
        contact_id=contact.id,
        property_id=home.id,
        project_id=project_id,
        contact=contact,
        home=home,
        source=Source.IMPORT,
        source_name=(one.referred_by or source_name)[:LINE_LIMIT],
        source_reference=one.reference,
        referred_on=one.referred_on,
        consent=one.consent,
        description=one.reason,
        triage_score=weighed.total,
        triage_reasons=weighed.reasons,
        letter=letter[:MANY],
        flags=flags[:MANY],
        alike=alike[:MANY],
        leftover=one.leftover,
    )


def _in_pieces(letter: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The cells, each under its column; one that is longer than a text may be, as a thread of e-mails, in pieces."""
    for column, cell in letter:
        for at in range(0, len(cell), TEXT):
            yield column[:TEXT], cell[at : at + TEXT]


def _contact(said: ReferredContact, contact_id: str) -> Contact:
    return Contact(
        id=contact_id,
        title=said.title,
        first_name=said.first_name,
        last_name=said.last_name,
        birth_date=said.birth_date,
        birth_text=said.birth_text,
        phone=said.phone,
        mobile=said.mobile,
        email=said.email,
        preferred_channel=said.preferred_channel,
        language=said.language,
        vulnerabilities=said.vulnerabilities,
    )


def _home(said: ReferredHome, home_id: str) -> Property:
    return Property(
        id=home_id,
        address_1=said.address_1,
        address_2=said.address_2,
        town=said.town,
        postcode=said.postcode,
        uprn=said.uprn,
        tenure=said.tenure,
        property_type=said.property_type,
        epc=said.epc_band,
        heating=said.heating,
        prepayment=said.prepayment,
    )
