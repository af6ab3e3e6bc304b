"""A store with an office in it, asked by its people."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
import pytest

from casework.answers import Done, Verdict
from casework.carry_out import carry_out, write_all
from casework.commands import AnyCommand, Said
from casework.connection import Connection
from casework.questions.viewer import Viewer
from casework.rows import RowDesk, find
from casework.rules.keeping import keep
from casework.store_file import StoreFile
from casework.values import Case, Record
from tests.office_kit import NOW, Office, a_store, an_id, an_office, put_down

P = ParamSpec("P")
T = TypeVar("T")


class _Stamped:
    """A Book that gives every row a number of the server's."""

    def before_write(self, conn: Connection, record: Record, current: Record | None) -> Record:
        del conn, current
        return msgspec.structs.replace(record, rev=100)


class Asked:
    """The store, put to by `has` and `happened`, and questioned by `ask`."""

    def __init__(self, office: Office, store: StoreFile) -> None:
        self.office = office
        self.store = store
        self._said = 0

    def has(self, *piles: Record | Iterable[Record]) -> None:
        """Puts rows into the store."""
        put_down(self.store, *piles)

    def ask(
        self,
        who: str,
        question: Callable[Concatenate[Connection, Viewer, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What the question answers to that person."""
        return self.ask_as(self.office.viewer(who), question, *args, **kwargs)

    def ask_as(
        self,
        viewer: Viewer,
        question: Callable[Concatenate[Connection, Viewer, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What the question answers to that viewer."""
        with self.store.reading() as conn:
            return question(conn, viewer, *args, **kwargs)

    def happened(self, who: str, command: AnyCommand, *, under: str | None = None) -> Verdict:
        """Somebody said it and the server judged it; a late one is kept, as the server keeps it.

        `under` is the owner-command that the author saw, by default the one that stands.
        """
        self._said += 1
        with self.store.writing() as conn:
            case = find(conn, Case, command.case_id)
            said = Said(
                id=an_id(f"said {self._said}"),
                at=NOW,
                say=command,
                under=(case.owner_cmd if case else "") if under is None else under,
                epoch=case.owner_epoch if case else 0,
            )
            moment = self.office.moment(who, command_id=said.id, under=said.under, epoch=said.epoch)
            verdict, _ = carry_out(conn, said, moment, _Stamped())
            if not isinstance(verdict, Done):
                write_all(conn, keep(RowDesk(conn), said, verdict, case, moment), _Stamped())
        return verdict


@pytest.fixture
def office() -> Office:
    """Amy, Ben, Cara, Priya, Jo and Sam, with their queues, projects and journey."""
    return an_office()


@pytest.fixture
def asked(office: Office, tmp_path: Path) -> Iterator[Asked]:
    """A store that holds that office and nothing else yet."""
    store = a_store(tmp_path, office.rows)
    yield Asked(office, store)
    store.close()
