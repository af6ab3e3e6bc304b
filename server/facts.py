"""Single facts about this server, by key: its epoch, the organisation's name, the next case number."""

from sqlalchemy import select, text

from casework.connection import Connection
from server.prepared import Prepared, among, given
from server.tables import meta

EPOCH = "epoch"
ORGANISATION = "organisation"
RENEWAL_SEED = "renewal_seed"
# what the ids of people follow from, with their user names: from the beginning on, so that every backup has it
PEOPLE_SEED = "people_seed"
HORIZON = "horizon"
# the organisation's keys for rescue copies, in base64
RESCUE_PRIVATE = "rescue_private_key"
RESCUE_PUBLIC = "rescue_public_key"
BACKED_UP_REV = "backed_up_rev"
# in front of the hash of a document on a case that was deleted for good
ERASED_DOCUMENT = "erased_document/"
# the number of the last change that deleted anything for good
LAST_ERASED = "last_erased_rev"
# the release that has judged anew what earlier ones broke over
JUDGED_ANEW_BY = "judged_anew_by"
# when a restore was told or noticed, and the time of the last command that was here then, empty if nobody told of it
RESTORED_AT = "restored_at"
RESTORED_TO = "restored_to"
# since when laptops come back after the last restore, told or noticed
RETURNING_SINCE = "returning_since"
# in front of the id of a device that has sent changes again since: how many
SENT_AGAIN = "sent_again/"


_ONE = Prepared(select(meta.c.value).where(meta.c.key == given("which")))
_SOME = Prepared(select(meta.c.key, meta.c.value).where(among(meta.c.key, "keys")))
_PUT = Prepared(
    text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
)


def fact(conn: Connection, key: str, default: str = "") -> str:
    """What is noted down under a key."""
    found = _ONE.first(conn, which=key)
    return default if found is None else str(found[0])


def facts(conn: Connection, *keys: str) -> dict[str, str]:
    """What is noted down under several keys; empty where there is nothing."""
    return {**dict.fromkeys(keys, ""), **dict(_SOME.rows(conn, keys=list(keys)))}


def set_fact(conn: Connection, key: str, value: str) -> None:
    """Notes a fact down, replacing what was there."""
    _PUT.run(conn, key=key, value=value)


def number(conn: Connection, key: str) -> int:
    """A whole number that is noted down under a key; 0 where there is none."""
    return int(fact(conn, key, "0"))


def peek_number(conn: Connection, year: int) -> str:
    """The number that the next case of that year gets: YY-NNNNN (domain.md 4)."""
    return f"{year % 100:02}-{int(fact(conn, _number_key(year), '1')):05}"


def use_number(conn: Connection, year: int) -> None:
    """Takes that number out of the pile, in the transaction of the case that got it: none is given twice."""
    set_fact(conn, _number_key(year), str(int(fact(conn, _number_key(year), "1")) + 1))


def _number_key(year: int) -> str:
    return f"next_case_number/{year}"
