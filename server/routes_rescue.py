"""Rescue copies that an admin hands in over the network: the file first, then a look at it, then carrying it out."""

import msgspec
from fastapi import APIRouter, Request, Response

from casework.handing_in import OpenRescue, RescueHeld, RescuePart, RescueReply
from casework.values import Person
from server.accounts import Session
from server.asking import Served, Words, answer, is_id, understand
from server.parts import Parts
from server.problem import not_found
from server.rescue import Found, HandedIn
from server.routes_people import Admin, admin_asker

router = APIRouter(prefix="/v1/rescue")


@router.post("")
def take(request: Request, who: Admin, body: Words, parts: Served) -> Response:
    """Takes the next bytes of a file in. Raises Problem 404, 409 `rescue-broken` where some before them are missing."""
    asked = understand(request, body, RescuePart)
    if not is_id(asked.copy):
        raise not_found()
    _still_admin(parts, who)
    size = parts.rescue.take(asked.copy, asked.start, asked.content)
    return answer(request, RescueHeld(rid=asked.rid, size=size))


@router.post("/open")
def open_it(request: Request, who: Admin, body: Words, parts: Served) -> Response:
    """Says what is in it, or carries it out. Raises Problem 404, 400 `rescue-...`, 409 `rescue-unproved`."""
    asked = understand(request, body, OpenRescue)
    place = parts.rescue.path_of(asked.copy)
    if not is_id(asked.copy) or not place.exists():
        raise not_found()
    admin = _still_admin(parts, who)
    if not asked.submit:
        return answer(request, _reply(asked.rid, parts.rescue.look(place, passphrase=asked.passphrase)))
    done = parts.rescue.submit(place, admin, passphrase=asked.passphrase, even_unproved=asked.even_unproved)
    return answer(request, _reply(asked.rid, done.found, done))


def _still_admin(parts: Parts, who: Session) -> Person:
    """Who asks, as they stand when all of the request is here. Raises Problem 401, 403."""
    with parts.database.reading() as conn:
        return admin_asker(parts, who)(conn)


def _reply(rid: str, found: Found, done: HandedIn | None = None) -> RescueReply:
    reply = RescueReply(
        rid=rid,
        person_id=found.author.id,
        name=found.author.display_name,
        device=found.device,
        made_at=found.made_at,
        changes=found.changes,
        papers=found.papers,
        known=found.known,
        is_proved=found.is_proved,
        is_lost=found.is_lost,
    )
    if done is None:
        return reply
    return msgspec.structs.replace(
        reply,
        is_submitted=True,
        applied=done.applied,
        kept=done.kept,
        waiting=done.waiting,
        unreadable=done.unreadable,
        stored=done.stored,
        loose=done.loose,
    )
