"""The models behind list, table and board keep Qt's rules, page by key, and only say that what changed has changed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from casework.commands import ChangeOwner, SeenOwner
from casework.questions.sheets import CaseFilter, CaseOrder, CaseSort, Which
from casework.values import Owner, OwnerKind
from desktop.models.board import BoardModel
from desktop.models.case_table import CaseTable
from desktop.models.paged_rows import REREAD_MOST
from desktop.models.waiting_list import WaitingListModel
from tests.desktop.seeded import crowd
from tests.kit_desktop import Desk, an_id, person

Desks = Callable[..., Desk]


class Heard:
    """What a model told its views."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self.changed: list[tuple[int, int]] = []
        self.resets = 0
        self.put_in: list[int] = []
        self.taken_out: list[int] = []
        model.dataChanged.connect(lambda first, last: self.changed.append((first.row(), last.row())))
        model.modelReset.connect(self._reset)
        model.rowsInserted.connect(lambda parent, first, last: self.put_in.append(first))
        model.rowsRemoved.connect(lambda parent, first, last: self.taken_out.append(first))

    def _reset(self) -> None:
        self.resets += 1


def test_that_the_waiting_list_keeps_qts_rules(qtmodeltester: ModelTester, desks: Desks) -> None:
    desk = desks("priya")
    model = WaitingListModel(desk.office)
    model.reload()
    qtmodeltester.check(model)
    desk.supported("adeyemi", "ben")
    model.refresh()
    assert model.rowCount() == 3
    qtmodeltester.check(model)


def test_that_the_case_table_keeps_qts_rules(qtmodeltester: ModelTester, desks: Desks) -> None:
    desk = desks("priya")
    model = CaseTable(desk.office)
    model.show(CaseFilter(which=Which.ALL))
    model.tick(0)
    qtmodeltester.check(model)


def test_that_every_column_of_the_board_keeps_qts_rules(qtmodeltester: ModelTester, desks: Desks) -> None:
    model = BoardModel(desks("priya").office)
    model.show(CaseFilter(which=Which.ALL))
    for column in model.columns:
        qtmodeltester.check(column)


def test_that_a_case_that_was_decided_is_taken_out_alone(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    model = WaitingListModel(desk.office)
    model.reload()
    heard = Heard(model)
    desk.supported("evans", "ben")
    model.refresh()
    assert (heard.taken_out, heard.put_in, heard.changed, heard.resets) == ([1], [], [], 0)


def test_that_a_new_referral_is_put_in_where_it_belongs(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    desk.referral("evans", triage_score=60)
    desk.referral("price", triage_score=0)
    model = WaitingListModel(desk.office)
    model.reload()
    heard = Heard(model)
    desk.referral("khan", triage_score=40)
    model.refresh()
    assert (heard.put_in, heard.taken_out, heard.resets) == ([1], [], 0)


def test_that_a_changed_case_changes_one_row_of_the_table(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    model = CaseTable(desk.office)
    model.show(CaseFilter())
    place = model.place_of(desk.case("khan").id)
    heard = Heard(model)
    desk.given_to("khan", person("ben"))
    model.refresh(frozenset({desk.case("khan").id}))
    assert (heard.changed, heard.resets) == ([(place, place)], 0)


@pytest.mark.parametrize("by", list(CaseSort))
def test_that_pages_hold_every_case_once_in_every_order(desks: Desks, by: CaseSort) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 450, waiting=False)
    for is_descending in (True, False):
        model = CaseTable(desk.office)
        model.order = CaseOrder(by=by, is_descending=is_descending)
        model.show(CaseFilter())
        assert model.rowCount() == 200
        model.fetch_up_to(10_000)
        rows = [model.row_at(at) for at in range(model.rowCount())]
        assert len({row.id for row in rows if row is not None}) == 450
        assert not model.canFetchMore()


def test_that_a_long_list_reads_only_the_rows_that_moved(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, REREAD_MOST + 250, waiting=False)
    model = CaseTable(desk.office)
    model.show(CaseFilter())
    model.fetch_up_to(REREAD_MOST + 250)
    case_id = an_id("k7")
    place = model.place_of(case_id)
    row = model.row_at(place)
    assert row is not None
    heard = Heard(model)
    desk.office.changed.connect(lambda changes: model.refresh(changes.cases))
    model_owner = Owner(OwnerKind.PERSON, an_id("ben"))
    desk.happened("priya", _given(case_id, row.owner, row.owner_cmd, model_owner))
    assert heard.changed == [(place, place)]
    after = model.row_at(place)
    assert after is not None
    assert after.owner_name == "Ben Carter"


def _given(case_id: str, before: Owner, owner_cmd: str, owner: Owner) -> ChangeOwner:
    return ChangeOwner(case_id=case_id, base=SeenOwner(before, owner_cmd), owner=owner)


def test_that_ticks_hold_through_sorting_and_go_with_another_filter(desks: Desks) -> None:
    desk = desks("priya")
    model = CaseTable(desk.office)
    model.show(CaseFilter())
    model.tick(0)
    ticked = model.ticked()[0].id
    model.sort_by(2)
    assert [row.id for row in model.ticked()] == [ticked]
    model.show(CaseFilter(which=Which.ALL))
    assert model.ticked() == []
