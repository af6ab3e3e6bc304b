"""Everybody who is a client here already, for finding out whether a referral is about them again (L1, OC14)."""

from casework.connection import Connection
from casework.questions.reading import day_or_none, digits_of, full_name
from casework.referrals.likeness import KnownPerson

_KNOWN = """
SELECT c.id, k.id, k.first_name, k.last_name, k.birth_date, k.phone, k.mobile, p.postcode, p.uprn,
    c.source_reference, p.address_1
FROM case_file c JOIN contact k ON k.id = c.contact_id JOIN property p ON p.id = c.property_id ORDER BY c.id
"""


def known_people(conn: Connection) -> tuple[KnownPerson, ...]:
    """The client and the home of every case on this device, one for each case."""
    return tuple(
        KnownPerson(
            id=contact_id,
            case_id=case_id,
            name=full_name("", first, last),
            birth_date=day_or_none(born),
            postcode=postcode,
            phones=tuple(dict.fromkeys(number for number in (_abroad(phone), _abroad(mobile)) if number)),
            uprn=uprn,
            reference=reference,
            address_1=address,
        )
        for case_id, contact_id, first, last, born, phone, mobile, postcode, uprn, reference, address in (
            conn.exec_driver_sql(_KNOWN)
        )
    )


def _abroad(phone: str) -> str:
    """A number as dialled from abroad, +44...: the form in which the import compares."""
    digits = digits_of(phone)
    if digits.startswith("0"):
        return f"+44{digits[1:]}"
    return f"+{digits}" if phone.startswith("+") and digits else digits
