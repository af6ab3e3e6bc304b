"""Reads commands as they come in, the same from a push, a lost device and a rescue copy."""

import msgspec

from casework.commands import Said
from casework.ids import is_id
from casework.values.times import sound


class _OnlyId(msgspec.Struct, frozen=True):
    id: str


def read_said(raw: msgspec.Raw) -> Said | None:
    """A command whose ids are ids; None for one that this version cannot read. What it says is the rules' to judge.

    The device's time is only shown, so an odd one stops nothing: it is read as the nearest that every screen can show,
    and each time as the same, for a command is known again by all that is in it.
    """
    try:
        said = msgspec.json.decode(raw, type=Said)
    except msgspec.MsgspecError:
        return None
    links = (said.prev, said.under, said.missed, said.say.case_id)
    if not is_id(said.id) or not all(not link or is_id(link) for link in links):
        return None
    return msgspec.structs.replace(said, at=sound(said.at))


def id_in(raw: msgspec.Raw) -> str:
    """The id of a command, also of one that this version cannot read; "" where there is none."""
    try:
        return msgspec.json.decode(raw, type=_OnlyId).id
    except msgspec.MsgspecError:
        return ""
