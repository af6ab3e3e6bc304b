"""What every command has in common, and what commands say of what their author saw."""

import msgspec

from casework.values import Owner

# [what the author saw, what the author wants], both as plain JSON values
Change = tuple[object, object]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """The verb of a change; `case_id` names the case that it is about, "" where it is about none."""

    case_id: str


class SeenOwner(msgspec.Struct, frozen=True):
    """The ownership that the author was looking at (protocol 10)."""

    owner: Owner
    owner_cmd: str
