"""What a client holds, kept exactly as docs/wire.md tells it."""

from collections.abc import Iterable
from typing import Any

from casework.kinds import TREE_KINDS
from casework.tables import TABLES
from casework.values import Record
from casework.wire import START, Page, Stamp, Sum, mark_of, sum_of


class Store:
    """What a client holds, kept exactly as docs/wire.md tells it."""

    def __init__(self) -> None:
        self.cur: Stamp = START
        self.held: tuple[str, ...] = ()
        self.cases: dict[str, set[str]] = {}
        self.stamps: dict[str, Stamp] = {}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}

    def ids(self, kind: type[Record]) -> set[str]:
        """The ids of what it holds of a kind."""
        return set(self.rows.get(TABLES[kind].name, {}))

    def apply(self, page: Page) -> None:
        """One page, in the order of docs/wire.md."""
        for case_id in [case_id for case_id, scopes in self.cases.items() if not scopes & set(page.now)]:
            self.forget(case_id)
        for case_id in page.evict:
            self.forget(case_id)
        for name in ("kept_work", "notice", "sighting"):
            for row_id, row in list(self.rows.get(name, {}).items()):
                if row["case_id"] in page.erase:
                    del self.rows[name][row_id]
        for case_id, scopes in page.whole.items():
            self.forget(case_id)
            self.cases[case_id] = set(scopes)
        self.stamps.update({case_id: stamp for case_id, stamp in page.stamps.items() if case_id in self.cases})
        for name, rows in page.rows.items():
            for values in rows.r:
                row = dict(zip(rows.c, values, strict=True))
                mine = self.rows.setdefault(name, {})
                if row["rev"] >= mine.get(row["id"], {"rev": 0})["rev"]:
                    mine[row["id"]] = row

    def forget_all_but(self, case_ids: Iterable[str]) -> None:
        """Lets go of every case that is not on a list."""
        for case_id in self.cases.keys() - set(case_ids):
            self.forget(case_id)

    def sums(self, scopes: Iterable[str]) -> dict[str, Sum]:
        """The sums over what it holds, for `verify`."""
        return {scope: sum_of(mark_of(one, self.stamps[one]) for one in self._in(scope)) for scope in scopes}

    def buckets(self, scope: str) -> dict[str, Sum]:
        """One scope's sums by the end of the cases' ids."""
        found: dict[str, list[int]] = {}
        for case_id in self._in(scope):
            found.setdefault(case_id[-2:], []).append(mark_of(case_id, self.stamps[case_id]))
        return {bucket: sum_of(marks) for bucket, marks in found.items()}

    def _in(self, scope: str) -> list[str]:
        return [case_id for case_id, scopes in self.cases.items() if scope in scopes]

    def forget(self, case_id: str) -> None:
        """Lets go of a case."""
        self.cases.pop(case_id, None)
        self.stamps.pop(case_id, None)
        for name in (TABLES[kind].name for kind in TREE_KINDS):
            column = "id" if name == "case_file" else "case_id"
            mine = self.rows.get(name, {})
            for row_id in [row_id for row_id, row in mine.items() if row[column] == case_id]:
                del mine[row_id]
