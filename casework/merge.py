"""Three-way joining of one record's fields: what it was, what I wrote, what stands now."""

from collections.abc import Mapping

import msgspec

from casework.commands import Change

Json = object


class Clash(msgspec.Struct, frozen=True):
    """A field that two people changed differently since both last agreed."""

    before: Json
    mine: Json
    theirs: Json


class Joined(msgspec.Struct, frozen=True):
    """`fields` can simply be set; `clashes` need a person."""

    fields: dict[str, Json]
    clashes: dict[str, Clash]


def join(current: Mapping[str, Json], changes: Mapping[str, Change]) -> Joined:
    """Joins one person's changes with what stands now (protocol 9). No clock takes part.

    A field is set where nobody else touched it, or where both want the same. Lists are sets: what I added is added,
    what I took away is taken away, and others' additions stay. Anything else that differs is a clash.
    """
    fields: dict[str, Json] = {}
    clashes: dict[str, Clash] = {}
    for name, (before, mine) in changes.items():
        theirs = current[name]
        if mine == theirs:
            continue
        if theirs == before:
            fields[name] = mine
        elif isinstance(before, list) and isinstance(mine, list) and isinstance(theirs, list):
            joined = _join_lists(before, mine, theirs)
            if joined != theirs:
                fields[name] = joined
        else:
            clashes[name] = Clash(before, mine, theirs)
    return Joined(fields, clashes)


def _join_lists(before: list[Json], mine: list[Json], theirs: list[Json]) -> list[Json]:
    """What stands, without what I took away, then what I added."""
    was, wanted = {_mark_of(item) for item in before}, {_mark_of(item) for item in mine}
    joined = [item for item in theirs if (mark := _mark_of(item)) in wanted or mark not in was]
    there = was | {_mark_of(item) for item in joined}
    for item in mine:
        mark = _mark_of(item)
        if mark not in there:
            there.add(mark)
            joined.append(item)
    return joined


def _mark_of(item: Json) -> str | bytes:
    """What an item of a list is told by: lists may be long, so they are not to be gone through for each of theirs."""
    return item if isinstance(item, str) else msgspec.json.encode(item, order="deterministic")
