"""Kept work on paper, for the tests of how it is settled."""

from datetime import timedelta
from typing import Any

import msgspec

from casework.answers import Refused
from casework.commands import (
    Command,
    EditContact,
    MoveStep,
    Said,
    SettleKept,
)
from casework.values import (
    KeptKind,
    KeptState,
    KeptWork,
    OwnerKind,
)
from tests.rules.paper import (
    CASE,
    CLIENT,
    NINE,
    Server,
    an_active_case,
    person,
)


def kept_work(command: Command, author: str, *, kind: KeptKind = KeptKind.REFUSED, **more: Any) -> KeptWork:
    """Kept work as the server would have made it from what the author said."""
    said = Said(id="said", at=NINE - timedelta(hours=1), say=command, under="first", epoch=1)  # type: ignore[arg-type]
    kept = KeptWork(
        id="kept",
        case_id=command.case_id,
        kind=kind,
        code="read-only",
        said=msgspec.json.encode(said).decode(),
        command=str(command.__struct_config__.tag),
        author_id=author,
        said_at=said.at,
        kept_at=NINE,
        for_kind=OwnerKind.PERSON,
        for_id=author,
    )
    return msgspec.structs.replace(kept, **more)


def settle(how: str, **more: Any) -> SettleKept:
    return SettleKept(case_id=CASE, kept_id="kept", how=how, **more)


def a_clash(**more: Any) -> KeptWork:
    command = EditContact(case_id=CASE, contact_id=CLIENT, changes={"phone": ("0", "1"), "email": ("", "x@y")})
    told: dict[str, Any] = {
        "kind": KeptKind.CLASH,
        "for_id": "amy",
        "fields": {"phone": ('"0"', '"1"', '"01642 1"')},
    }
    return kept_work(command, "ben", **told | more)


def code_of(verdict: object) -> str:
    return verdict.code if isinstance(verdict, Refused) else type(verdict).__name__


def state(server: Server) -> KeptState:
    return server.desk.one(KeptWork, "kept").state


def a_server(*records: Any) -> Server:
    return Server(*an_active_case(person("amy")), *records)


def a_proposal(**more: Any) -> KeptWork:
    told: dict[str, Any] = {"kind": KeptKind.PROPOSAL, "code": "owner-moved", "for_id": "amy"}
    return kept_work(MoveStep(case_id=CASE, step=("s2", "s3")), "ben", **told | more)
