"""People: an admin adds them, gives codes and roles, ends and restores access."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from casework.values import Person, Role
from casework.wire import Message, NewPerson, NewPersonReply, Reply
from server.accounts import Asker, Session
from server.asking import Served, Who, Words, answer, id_in_path, rid_of, understand
from server.parts import Parts
from server.problem import Problem


class ChangePerson(Message, frozen=True, kw_only=True):
    """What an admin changes about somebody; what is None stays."""

    role: Role | None = None
    is_active: bool | None = None


def admin_of(who: Who) -> Session:
    """Who asks, if they are an admin (domain.md 5.5). Raises Problem 403."""
    _require_admin(who.person)
    return who


def admin_asker(parts: Parts, who: Session) -> Asker:
    """`Accounts.asker`, who must also be an admin still. Raises Problem 403."""
    asker = parts.accounts.asker(who)
    return lambda conn: _require_admin(asker(conn))


def _require_admin(person: Person) -> Person:
    if person.role is not Role.ADMIN:
        raise Problem(403, "not-allowed")
    return person


Admin = Annotated[Session, Depends(admin_of)]
router = APIRouter(prefix="/v1/people")


@router.post("")
def add(request: Request, who: Admin, body: Words, parts: Served) -> Response:
    """Adds somebody (S8, S9)."""
    asked = understand(request, body, NewPerson)
    return answer(request, parts.people.add(asked, still=admin_asker(parts, who)))


@router.post("/{person_id}/code")
def new_code(request: Request, who: Admin, parts: Served, person_id: str) -> Response:
    """A new one-time code."""
    code = parts.people.new_code(id_in_path(person_id), still=admin_asker(parts, who))
    return answer(request, NewPersonReply(rid=rid_of(request), person_id=person_id, code=code))


@router.post("/{person_id}")
def change(request: Request, who: Admin, body: Words, parts: Served, person_id: str) -> Response:
    """Another role, or access ended or restored."""
    asked = understand(request, body, ChangePerson)
    still = admin_asker(parts, who)
    parts.people.change(id_in_path(person_id), role=asked.role, is_active=asked.is_active, still=still)
    return answer(request, Reply(rid=asked.rid))
