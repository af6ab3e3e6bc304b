"""Other cases that matter to a case: of the same client, at the same home, or perhaps about the same person."""

from collections.abc import Iterable, Sequence

from casework.connection import Connection, Row
from casework.questions.names import Names
from casework.questions.reading import address_of, digits_of, full_name, marks, outward, read, time_of
from casework.questions.shown import OtherCase, SuggestedOwner
from casework.questions.viewer import Viewer
from casework.values import Case, CaseStatus, Contact, OwnerKind, Property

_OTHERS = """
SELECT c.id, c.number, c.status, c.step_id, c.owner_kind, c.owner_id, c.created_at, c.contact_id, c.property_id,
    k.title, k.first_name, k.last_name, k.birth_date, k.phone, k.mobile, k.email,
    p.address_1, p.address_2, p.town, p.postcode, p.uprn
FROM case_file c LEFT JOIN contact k ON k.id = c.contact_id LEFT JOIN property p ON p.id = c.property_id
"""
# Those who work cases; admins look after people and set-up.
_TAKERS = "SELECT id, display_name FROM person WHERE is_active AND role IN ('advisor', 'lead') ORDER BY display_name"
_LOADS = "SELECT owner_id, count(*) FROM case_file WHERE status <> 'closed' GROUP BY owner_id"
_NEAR = """
SELECT c.owner_id, count(*) FROM property p JOIN case_file c ON c.property_id = p.id
WHERE p.postcode >= ? AND p.postcode < ? AND c.status <> 'closed' GROUP BY c.owner_id
"""
# Loads this close count as equal, and knowing the area decides.
_LOAD_BAND = 5


def these_cases(
    conn: Connection, case: Case, contact: Contact, home: Property, ids: Sequence[str], known: Names
) -> tuple[OtherCase, ...]:
    """The cases with those ids, each with what it has in common with this one."""
    rows = read(conn, f"{_OTHERS} WHERE c.id IN ({marks(ids)})", ids) if ids else ()
    found = {row["id"]: _other(row, contact, home, known, ("said_by_import",)) for row in rows}
    return tuple(found[case_id] for case_id in ids if case_id in found and case_id != case.id)


def cases_of_client_or_home(
    conn: Connection, case: Case, contact: Contact, home: Property, known: Names
) -> tuple[OtherCase, ...]:
    """Every other case of this very client or home, newest first."""
    query = f"{_OTHERS} WHERE (c.contact_id = ? OR c.property_id = ?) AND c.id <> ? ORDER BY c.created_at DESC, c.id"
    rows = read(conn, query, (case.contact_id, case.property_id, case.id))
    return tuple(_other(row, contact, home, known, ()) for row in rows)


def suggested_owners(conn: Connection, viewer: Viewer, home: Property) -> tuple[SuggestedOwner, ...]:
    """Active advisors, the least loaded first; among those about equally loaded, who has cases near this home."""
    loads = open_cases(conn)
    near = _near(conn, home.postcode)
    found = [
        SuggestedOwner(
            id=person_id,
            name=name,
            open_cases=loads.get(person_id, 0),
            cases_in_area=near.get(person_id, 0),
            is_me=person_id == viewer.person.id,
        )
        for person_id, name in conn.exec_driver_sql(_TAKERS)
    ]
    return tuple(sorted(found, key=lambda one: (one.open_cases // _LOAD_BAND, -one.cases_in_area, one.open_cases)))


def open_cases(conn: Connection) -> dict[str, int]:
    """{owner id: open cases} for people and queues."""
    return {owner_id: int(count) for owner_id, count in conn.exec_driver_sql(_LOADS)}


def _near(conn: Connection, postcode: str) -> dict[str, int]:
    area = outward(postcode)
    if not area:
        return {}
    # the area alone, or with a space after it; "!" is the sign after the space
    rows = conn.exec_driver_sql(_NEAR, (area, f"{area}!"))
    return {owner_id: int(count) for owner_id, count in rows}


def _other(row: Row, contact: Contact, home: Property, known: Names, otherwise: tuple[str, ...]) -> OtherCase:
    return OtherCase(
        id=row["id"],
        number=row["number"],
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        address=address_of(row["address_1"], row["address_2"], row["town"], row["postcode"]),
        status=CaseStatus(row["status"]),
        step_name=known.steps.get(row["step_id"], ""),
        owner_kind=OwnerKind(row["owner_kind"]),
        owner_id=row["owner_id"],
        owner_name=known.owner(row["owner_id"]),
        opened_at=time_of(row["created_at"]),
        because=tuple(_in_common(row, contact, home)) or otherwise,
    )


def _in_common(row: Row, contact: Contact, home: Property) -> Iterable[str]:
    if row["contact_id"] == contact.id:
        yield "same_client"
    if row["property_id"] == home.id:
        yield "same_home"
    if row["contact_id"] != contact.id:
        yield from _same_person(row, contact)
    if row["property_id"] != home.id:
        if home.uprn and row["uprn"] == home.uprn:
            yield "same_uprn"
        if home.postcode and row["postcode"] == home.postcode:
            yield "same_postcode"


def _same_person(row: Row, contact: Contact) -> Iterable[str]:
    mine = full_name("", contact.first_name, contact.last_name).casefold()
    if mine and mine == full_name("", row["first_name"], row["last_name"]).casefold():
        yield "same_name"
    if contact.birth_date is not None and row["birth_date"] == contact.birth_date.isoformat():
        yield "same_birth_date"
    phones = {digits_of(contact.phone), digits_of(contact.mobile)} - {""}
    if phones & {digits_of(row["phone"] or ""), digits_of(row["mobile"] or "")}:
        yield "same_phone"
    if contact.email and contact.email.casefold() == (row["email"] or "").casefold():
        yield "same_email"
