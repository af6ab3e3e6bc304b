"""A rule that breaks over what waits here costs what that one command shows; the round, and all else, go on."""

import shutil

import pytest

from casework.store_faults import NoRoom
from casework.store_file import StoreFile
from casework.values import Activity
from sync import outbox, shadow
from sync.laptop import STORE
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.alike import require_alike


class Two:
    """Two of Amy's cases on her laptop: what she writes about the one breaks whatever lays it over the rows."""

    def __init__(self, priya: Desk, amy: Desk) -> None:
        self.amy = amy
        self.spoilt, self.sound = (saying.a_case_of(priya, "amy") for _ in range(2))
        priya.sync()
        amy.sync()

    def speak(self) -> None:
        """She writes about both, and the row of one is as no version of the app can have written it."""
        saying.note(self.amy, self.spoilt, "about the spoilt one")
        saying.note(self.amy, self.sound, "about the sound one")
        self.spoil()

    def spoil(self) -> None:
        with self.amy.laptop.database.writing() as conn:
            spoilt = "UPDATE case_file SET status = 'spoilt' WHERE id = ?"
            conn.exec_driver_sql(spoilt, (self.spoilt,))
            image = "UPDATE shadow SET image = json_set(image, '$.status', 'spoilt') WHERE row_id = ?"
            conn.exec_driver_sql(image, (self.spoilt,))

    def shown(self, case_id: str) -> list[str]:
        """What is on the case's page; read without its kind, for that is what breaks."""
        texts = "SELECT text FROM activity WHERE case_id = ? AND text <> '' ORDER BY text"
        return [str(text) for (text,) in self.amy.look(lambda conn: conn.exec_driver_sql(texts, (case_id,)).all())]


@pytest.fixture
def two(priya: Desk, amy: Desk) -> Two:
    return Two(priya, amy)


def test_that_pages_come_in_and_all_is_sent(priya: Desk, amy: Desk, two: Two, caplog: pytest.LogCaptureFixture) -> None:
    saying.note(priya, two.sound, "from the office")
    priya.sync()
    amy.wire.meanwhile = lambda: two.speak() if amy.wire.requests.count("Pull") and not amy.look(outbox.count) else None
    amy.wire.requests.clear()
    report = amy.sync()
    amy.wire.meanwhile = None
    assert report.acks == (), "it was not waiting when the page came"
    assert two.shown(two.sound) == ["about the sound one", "from the office"]
    now = amy.engine.look()
    assert (now.fault, now.facts["count"], now.all_sent) == ("not-shown", "1", False)
    assert "casework/" in now.facts["where"]
    assert [line.levelname for line in caplog.records if amy.look(outbox.waiting)[0].said.id in line.message] == [
        "ERROR"
    ]
    assert "about the spoilt one" not in caplog.text
    amy.sync()
    assert amy.look(outbox.everything) == ()
    assert [line.text for line in saying.on_server(amy, Activity, two.spoilt) if line.text] == ["about the spoilt one"]


def test_that_it_shows_again_once_the_case_is_as_it_was(amy: Desk, two: Two) -> None:
    two.speak()
    with amy.laptop.database.writing() as conn:
        shadow.revert(conn)
        outbox.replay(conn, amy.person_id)
    assert two.shown(two.spoilt) == []
    assert amy.engine.look().fault == "not-shown"
    amy.engine.check_soon()
    amy.sync()
    amy.sync()
    require_alike(amy)
    assert two.shown(two.spoilt) == ["about the spoilt one"]
    assert amy.engine.look().all_sent


def test_that_the_app_opens_on_words_that_only_the_journal_has(amy: Desk, two: Two) -> None:
    store = amy.folder / STORE
    amy.laptop.close()
    shutil.copyfile(store, amy.folder / "as it was")
    amy.reopen()
    saying.note(amy, two.spoilt, "about the spoilt one")
    saying.note(amy, two.sound, "about the sound one")
    amy.laptop.close()
    shutil.copyfile(amy.folder / "as it was", store)
    behind = StoreFile(store, amy.laptop.database.key)
    with behind.writing() as conn:
        conn.exec_driver_sql("UPDATE case_file SET status = 'spoilt' WHERE id = ?", (two.spoilt,))
    behind.close()
    amy.reopen()
    assert amy.look(outbox.count) == 2
    assert two.shown(two.sound) == ["about the sound one"]
    assert amy.engine.look().fault == "not-shown"


def test_that_a_full_disk_is_no_mistake_of_a_rule(amy: Desk, two: Two) -> None:
    saying.note(amy, two.sound, "long " * 3_500)
    with pytest.raises(NoRoom):
        _replay_without_room(amy)
    amy.restart()
    assert len(two.shown(two.sound)) == 1


def _replay_without_room(desk: Desk) -> None:
    with desk.laptop.database.writing() as conn:
        shadow.revert(conn)
        free = conn.exec_driver_sql("PRAGMA freelist_count").scalar_one()
        filler = "INSERT INTO draft (key, body, kept_at) VALUES ('filler', ?, '')"
        conn.exec_driver_sql(filler, ("x" * free * 8_192,))
        conn.exec_driver_sql("PRAGMA max_page_count = 1")
        outbox.replay(conn, desk.person_id)
