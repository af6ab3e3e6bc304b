"""Who may be picked as an owner, for the owner picker: with caseloads, suggested ones first (R4, S27, S65)."""

from collections.abc import Sequence

from casework.questions.sheets import OwnerChoices
from casework.questions.shown import SuggestedOwner
from casework.questions.viewer import Viewer
from casework.values import Owner, OwnerKind, Role
from desktop.messages import count_words
from desktop.widgets.people_list import Pick


def owner_of(kind: str, owner_id: str) -> Owner:
    """What was picked, as commands name it."""
    return Owner(OwnerKind(kind), owner_id)


def load_words(open_cases: int) -> str:
    """How much somebody has on their hands: `14 open cases`."""
    return count_words(open_cases, "open case")


def picks_from(choices: OwnerChoices, suggested: Sequence[SuggestedOwner] = ()) -> list[Pick]:
    """People and queues with the open cases that they have; those suggested first, in their order."""
    first = [Pick(one.id, named(one.name, one.is_me), _suggested_words(one)) for one in suggested]
    ahead = {one.id for one in suggested}
    people = [
        Pick(one.id, named(one.name, one.is_me), load_words(one.open_cases))
        for one in choices.people
        if one.id not in ahead
    ]
    queues = [Pick(one.id, one.name, load_words(one.open_cases), "queue") for one in choices.queues]
    return [*first, *people, *queues]


def named(name: str, is_me: bool) -> str:
    """A person's name, and that it is oneself."""
    return f"{name} (me)" if is_me else name


def _suggested_words(one: SuggestedOwner) -> str:
    near = f", {one.cases_in_area} near here" if one.cases_in_area else ""
    return f"{one.open_cases} open{near}"


def gives_to_colleagues(conn: object, viewer: Viewer) -> bool:
    """Whether this person may make a colleague the owner; advisors take from queues and give back (domain.md 5.5)."""
    del conn
    return viewer.person.role is not Role.ADVISOR


def only_mine(choices: OwnerChoices) -> OwnerChoices:
    """Oneself and the queues: what an advisor can pick."""
    return OwnerChoices(people=tuple(one for one in choices.people if one.is_me), queues=choices.queues)
