"""What the author of a command wanted, in a few named facts: for telling the story of kept work."""

import json
from typing import Any

import msgspec

from casework.commands import AnyCommand, EditCase, EditContact, EditProperty, OpenCase
from casework.connection import Connection
from casework.questions.names import Names
from casework.questions.reading import address_of
from casework.questions.shown import Facts

# What tells a person nothing, or is shown elsewhere.
_LEFT_OUT = frozenset(
    {
        "type",
        "case_id",
        "base",
        "document_id",
        "contact_id",
        "property_id",
        "sha256",
        "mentions",
        "letter",
        "flags",
        "alike",
        "contact",
        "home",
        "triage_reasons",
        "with_tasks",
        "assignment_id",
        "offer_id",
        "instead_of",
        "evidence",
        "batch",
        "answers",
        "answers_id",
        "evidence_document_id",
        "referral_id",
        "template",
        "to_id",
    }
)
_LOOKED_UP = {
    "task_id": ("task", "SELECT title FROM task WHERE id = ?"),
    "template_id": ("form", "SELECT name FROM form_template WHERE id = ?"),
    "other_id": ("other", "SELECT number FROM case_file WHERE id = ?"),
    "into": ("into", "SELECT number FROM case_file WHERE id = ?"),
    "duplicate_of": ("duplicate_of", "SELECT number FROM case_file WHERE id = ?"),
}


def wish_of(conn: Connection, say: AnyCommand, known: Names) -> Facts:
    """{word: text} of what was wanted. `step`, `owner`, `assignee` are names; `*_before` is what the author saw."""
    if isinstance(say, EditCase | EditContact | EditProperty):
        return {name: _plain(new) for name, (_, new) in say.changes.items()}
    plain: dict[str, Any] = msgspec.to_builtins(say)
    wish: Facts = {"text": _about_whom(say)} if isinstance(say, OpenCase) else {}
    for word, value in plain.items():
        if word not in _LEFT_OUT and value:
            _put(conn, wish, word, value, known)
    return wish


def _about_whom(say: OpenCase) -> str:
    """Enough of a new case to know whom and what it is about."""
    home, contact = say.home, say.contact
    address = address_of(home.address_1, home.town, home.postcode) if home else ""
    phones = (contact.phone, contact.mobile) if contact else ()
    parts = (address, *phones, say.request_type, say.description, say.leftover)
    return " · ".join(part for part in parts if part)


def _put(conn: Connection, wish: Facts, word: str, value: Any, known: Names) -> None:
    if word == "owner":
        wish["owner"], wish["owner_kind"] = known.owner(value["id"]), value["kind"]
    elif word in ("step", "priority", "assignee", "status"):
        wish[f"{word}_before"], wish[word] = (known.ids.get(one, one) for one in value)
    elif word in _LOOKED_UP:
        key, query = _LOOKED_UP[word]
        found = conn.exec_driver_sql(query, (value,)).scalar()
        if found:
            wish[key] = found
    elif word in ("step_id", "assignee_id", "to_id", "team_id", "person_id", "queue_id"):
        wish[word.removesuffix("_id")] = known.ids.get(value, value)
    elif word == "task_type":
        wish["task_type"] = known.task_types.get(value, value)
    else:
        wish[word] = _plain(value)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
