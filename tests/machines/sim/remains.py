"""What may be left on a disk: nothing that is not its person's to see, nothing of what was deleted for good; I6, I7."""

from collections.abc import Iterator

from casework.commands import AddNote, AnswerForm, AnyCommand, LogReview, OpenCase
from casework.kinds import NAMES
from casework.values import Person
from sync.laptop import STORE
from tests.machines.organisation import Tables, snapshot
from tests.machines.sim.desks import SimDesk
from tests.machines.sim.life import Life


def nothing_of_others_is_left(life: Life) -> None:
    """I7: beside the rows that are somebody's to see nothing that others wrote is in their laptop's file."""
    for desk in life.desks.values():
        if life.is_lost(desk):
            holds_nothing(desk)
        _nothing_is_left(life, desk)


def nothing_is_left(life: Life, desk: SimDesk) -> None:
    """I7 at a laptop whose person's access has ended and that has nothing to send any more."""
    holds_nothing(desk)
    _nothing_is_left(life, desk)


def holds_nothing(desk: SimDesk) -> None:
    """No row but that which says whose laptop it is."""
    for name, rows in desk.look(snapshot).items():
        left = rows.keys() - ({desk.person_id} if name == NAMES[Person] else set())
        assert not left, f"{desk.key} still has {name} (I7)"


def _nothing_is_left(life: Life, desk: SimDesk) -> None:
    """Every byte of its file, freed pages too."""
    here = _text_of(desk.look(snapshot))
    others = [one.command for one in life.spoken if life.desks[one.name].person_id != desk.person_id]
    canaries = {text for command in others for text in _words_of(command) if text not in here}
    for canary in _found(desk, canaries):
        raise AssertionError(f"{canary!r} is left on {desk.key}'s disk (I7)")


def nothing_of_the_dead_is_left(life: Life) -> None:
    """I6: of a case that was deleted for good nothing that was written down is on any disk, freed pages included.

    But for what was said before its author could hear of that: it is kept whole, for them and a lead to see (FD1). And
    what was said about a case that was joined to another one is on that one now.
    """
    dead = life.dead()
    if not dead:
        return
    with life.reading() as conn:
        here = _text_of(snapshot(conn))
    about = [one.command for one in life.spoken if one.command.case_id in dead]
    canaries = {text for command in about for text in _words_of(command) if text not in here}
    for desk in life.desks.values():
        for canary in _found(desk, canaries):
            raise AssertionError(f"{canary!r} outlived its case on {desk.key}'s disk (I6)")


def _words_of(command: AnyCommand) -> tuple[str, ...]:
    """What somebody wrote with it and nobody else ever writes."""
    if isinstance(command, AddNote | LogReview):
        return (command.text,)
    if isinstance(command, AnswerForm):
        return tuple(answer for answers in command.answers.values() for answer in answers)
    return (command.contact.last_name,) if isinstance(command, OpenCase) and command.contact else ()


def _text_of(rows: Tables) -> str:
    return "\n".join(str(value) for table in rows.values() for row in table.values() for value in row)


def _found(desk: SimDesk, canaries: set[str]) -> Iterator[str]:
    if not canaries:
        return
    desk.restart()
    content = (desk.folder / STORE).read_bytes()
    yield from (canary for canary in sorted(canaries) if canary.encode() in content)
