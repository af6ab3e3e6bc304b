"""Documents leave a laptop with their case; those that were added here once no restored server could ask for them."""

from pathlib import Path

import pytest

from sync import chores, paper_rows
from sync.paper_room import UNBACKED_LAST
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.paper_kit import case_of, files, put


def test_that_documents_that_others_added_leave_with_their_case(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    priya.sync()
    put(priya, tmp_path, case_id=case_of(amy))
    priya.sync()
    amy.sync()
    amy.sync()
    assert files(amy) == 1
    saying.give(priya, case_of(amy), saying.person("ben"))
    priya.sync()
    amy.sync()
    assert amy.look(paper_rows.papers_here) == ()
    assert files(amy) == 0


@pytest.mark.covers("FE1", "FF1")
def test_that_my_own_documents_leave_with_their_case_once_a_backup_has_them(
    amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    _send_and_give_away(amy, priya, tmp_path)
    assert files(amy) == 1
    amy.world.server.back_up()
    amy.sync()
    assert amy.look(paper_rows.papers_here) == ()
    assert files(amy) == 0


@pytest.mark.covers("FE1", "FF1")
def test_that_where_nobody_announces_backups_my_own_documents_leave_after_a_long_time(
    amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    _send_and_give_away(amy, priya, tmp_path)
    amy.clock.pass_time(seconds=UNBACKED_LAST.total_seconds() - 3600)
    chores.tidy(amy.laptop)
    assert files(amy) == 1
    amy.clock.pass_time(days=1)
    chores.tidy(amy.laptop)
    assert files(amy) == 0


def test_that_a_document_of_a_case_of_mine_stays_however_long_ago_it_was_sent(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)
    amy.sync()
    amy.clock.pass_time(seconds=2 * UNBACKED_LAST.total_seconds())
    chores.tidy(amy.laptop)
    assert files(amy) == 1


def _send_and_give_away(amy: Desk, priya: Desk, folder: Path) -> None:
    """A document of Amy's reaches the server; then its case goes to Ben."""
    put(amy, folder)
    amy.sync()
    amy.sync()
    assert files(amy) == 1
    priya.sync()
    saying.give(priya, case_of(amy), saying.person("ben"))
    priya.sync()
    amy.sync()
