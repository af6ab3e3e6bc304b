"""Search or jump: from a piece of a number, name, phone, postcode or address to a case (J6)."""

from collections.abc import Sequence

import msgspec

from casework.connection import Connection
from casework.questions.filtering import MOST_WORDS, escaped
from casework.questions.names import names
from casework.questions.picks import JumpHit
from casework.questions.reading import address_of, digits_of, full_name, marks, read
from casework.questions.sheets import JumpList
from casework.questions.viewer import Viewer
from casework.values import CaseStatus

MOST = 20
# Fewer signs than these find too much to be of use.
SHORTEST = 2
SHORTEST_PHONE = 4

# Each search reads one index alone and stops at its limit; only what it found is joined to cases.
_NUMBER = "SELECT id FROM case_file WHERE number LIKE ? ESCAPE '!' LIMIT ?"
_OTHER_NUMBER = "SELECT id FROM case_file WHERE other_numbers LIKE ? ESCAPE '!' LIMIT ?"
_OF_CLIENT = "SELECT id FROM case_file WHERE contact_id IN (SELECT id FROM contact k WHERE {words} LIMIT ?)"
_OF_HOME = "SELECT id FROM case_file WHERE property_id IN (SELECT id FROM property p WHERE {words} LIMIT ?)"
_NAME = "(k.last_name LIKE ? ESCAPE '!' OR k.first_name LIKE ? ESCAPE '!')"
_PHONE = "(replace(replace(k.phone, ' ', ''), '-', '') LIKE ? OR replace(replace(k.mobile, ' ', ''), '-', '') LIKE ?)"
_POSTCODE = "replace(p.postcode, ' ', '') LIKE ? ESCAPE '!'"
_ADDRESS = "(p.address_1 LIKE ? ESCAPE '!' OR p.address_2 LIKE ? ESCAPE '!' OR p.town LIKE ? ESCAPE '!')"
_HITS = """
SELECT c.id, c.number, c.status, c.step_id, c.owner_id, k.title, k.first_name, k.last_name,
    p.address_1, p.address_2, p.town, p.postcode
FROM case_file c LEFT JOIN contact k ON k.id = c.contact_id LEFT JOIN property p ON p.id = c.property_id
WHERE c.id IN ({ids})
"""


class _Search(msgspec.Struct, frozen=True):
    """One way of looking: what it matches by, its SQL and the values for it, without the limit."""

    by: str
    query: str
    values: Sequence[str]


def jump(conn: Connection, viewer: Viewer, text: str, most: int = MOST) -> JumpList:
    """The cases that a few typed signs may mean, in the order number, phone, name, postcode, address; too few: none.

    A case that others were joined to is found by their numbers too (OC14).

    Words must all be found in the same place, and may stand inside longer ones. At most `most` hits.
    """
    del viewer
    typed = text.strip()
    found: dict[str, str] = {}
    for search in _searches(typed) if len(typed) >= SHORTEST else ():
        if len(found) <= most:
            for (case_id,) in conn.exec_driver_sql(search.query, (*search.values, most + 1)):
                found.setdefault(case_id, search.by)
    return JumpList(hits=_hits(conn, list(found)[:most], found), is_more=len(found) > most)


def _searches(typed: str) -> list[_Search]:
    words = [escaped(word) for word in typed.split()[:MOST_WORDS]]
    searches = []
    if any(mark.isdigit() for mark in typed):
        searches.append(_Search("number", _NUMBER, [f"%{escaped(typed)}%"]))
        searches.append(_Search("number", _OTHER_NUMBER, [f"%{escaped(typed)}%"]))
    number = digits_of(typed)
    if len(number) >= SHORTEST_PHONE and not any(mark.isalpha() for mark in typed):
        searches.append(_Search("phone", _OF_CLIENT.format(words=_PHONE), [f"%{number}%"] * 2))
    if any(mark.isalpha() for mark in typed):
        searches.append(_search("name", _OF_CLIENT, _NAME, words))
    postcode = escaped(typed.replace(" ", ""))
    searches.append(_Search("postcode", _OF_HOME.format(words=_POSTCODE), [f"{postcode}%"]))
    searches.append(_search("address", _OF_HOME, _ADDRESS, words))
    return searches


def _search(by: str, query: str, condition: str, words: Sequence[str]) -> _Search:
    values = [f"%{word}%" for word in words for _ in range(condition.count("?"))]
    return _Search(by, query.format(words=" AND ".join([condition] * len(words))), values)


def _hits(conn: Connection, ids: Sequence[str], found: dict[str, str]) -> tuple[JumpHit, ...]:
    if not ids:
        return ()
    known = names(conn)
    rows = {row["id"]: row for row in read(conn, _HITS.format(ids=marks(ids)), ids)}
    return tuple(
        JumpHit(
            case_id=row["id"],
            number=row["number"],
            client=full_name(row["title"], row["first_name"], row["last_name"]),
            address=address_of(row["address_1"], row["address_2"], row["town"]),
            postcode=row["postcode"] or "",
            status=CaseStatus(row["status"]),
            step_name=known.steps.get(row["step_id"], ""),
            owner_name=known.owner(row["owner_id"]),
            matched=found[row["id"]],
        )
        for row in (rows[case_id] for case_id in ids)
    )
