"""The journal gives back every frame that was said to be there, and nothing that was not."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from casework.store_faults import DiskFault, StoreBusy, StoreDamaged, WrongKey
from sync.journal_file import Damage, Frame, JournalFile

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
BODIES = (b"take the case", b"", b"note: \x00\xff" * 100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.journal"


def written(path: Path, *bodies: bytes) -> list[int]:
    """Write a journal of these bodies; returns where each frame ends in the file."""
    ends = []
    with JournalFile.open(path, KEY) as journal:
        for body in bodies:
            journal.append(journal.last_seq + 1, body)
            ends.append(path.stat().st_size)
    return ends


def read(path: Path) -> list[bytes]:
    with JournalFile.open(path, KEY) as journal:
        return [frame.body for frame in journal.read_all().frames]


def test_that_what_was_appended_is_read_after_a_restart(path: Path) -> None:
    written(path, *BODIES)
    with JournalFile.open(path, KEY) as journal:
        reading = journal.read_all()
        assert journal.last_seq == 3
    assert [(frame.seq, frame.body) for frame in reading.frames] == list(enumerate(BODIES, start=1))
    assert (reading.damage, reading.torn) == ((), 0)


def test_that_a_tear_at_any_byte_of_the_last_frame_costs_that_frame_alone(path: Path) -> None:
    _, second, third = written(path, *BODIES)
    whole = path.read_bytes()
    for cut in range(second, third):
        path.write_bytes(whole[:cut])
        with JournalFile.open(path, KEY) as journal:
            assert [frame.body for frame in journal.read_all().frames] == list(BODIES[:2])
            assert journal.read_all().damage == ()
            journal.append(7, b"after the tear")
        assert read(path) == [*BODIES[:2], b"after the tear"]


def test_that_a_last_frame_of_which_only_the_length_reached_the_disk_is_a_tear(path: Path) -> None:
    _, second, third = written(path, *BODIES)
    path.write_bytes(path.read_bytes()[:second] + bytes(third - second))
    with JournalFile.open(path, KEY) as journal:
        assert len(journal.read_all().frames) == 2
        assert journal.read_all().damage == ()


def test_that_one_wrong_bit_anywhere_costs_one_frame_and_is_reported(path: Path) -> None:
    first, second, _ = written(path, *BODIES)
    whole = path.read_bytes()
    for place in range(first, second):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        path.write_bytes(broken)
        with JournalFile.open(path, KEY) as journal:
            reading = journal.read_all()
        assert [frame.body for frame in reading.frames] == [BODIES[0], BODIES[2]]
        assert reading.damage == (Damage(offset=first, size=second - first),)


def test_that_another_key_changes_not_a_byte(path: Path) -> None:
    written(path, *BODIES)
    before = path.read_bytes()
    with pytest.raises(WrongKey):
        JournalFile.open(path, OTHER_KEY)
    assert path.read_bytes() == before


def test_that_a_file_that_is_no_journal_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"shopping list")
    with pytest.raises(StoreDamaged):
        JournalFile.open(path, KEY)
    assert path.read_bytes() == b"shopping list"


def test_that_trimming_forgets_what_was_answered_and_keeps_the_high_water_mark(path: Path) -> None:
    with JournalFile.open(path, KEY) as journal:
        for number in range(1, 11):
            journal.append(number, f"command {number}".encode())
        journal.trim(8)
        assert [frame.seq for frame in journal.read_all().frames] == [8, 9, 10]
        journal.append(11, b"command 11")
        journal.trim(99)
        assert (journal.last_seq, [frame.seq for frame in journal.read_all().frames]) == (11, [11])
    assert read(path) == [b""], "the number, and nobody's words"
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_that_a_journal_with_damage_in_it_is_not_shortened(path: Path) -> None:
    _, second, _ = written(path, *BODIES)
    damaged = bytearray(path.read_bytes())
    damaged[second - 5] ^= 1
    path.write_bytes(damaged)
    with JournalFile.open(path, KEY) as journal:
        journal.trim(3)
    assert path.read_bytes() == damaged


class Scanned(JournalFile):
    """A journal whose new file a virus scan holds for a moment."""

    is_held = False

    def _open(self) -> None:
        if self.is_held:
            raise DiskFault("EACCES")
        super()._open()


def test_that_a_file_that_could_not_be_opened_again_is_opened_with_the_next_word(path: Path) -> None:
    journal = Scanned.open(path, KEY)
    for number in (1, 2, 3):
        journal.append(number, b"note")
    journal.is_held = True
    with pytest.raises(DiskFault):
        journal.trim(3)
    for again in (lambda: journal.append(4, b"meanwhile"), journal.read_all, lambda: journal.trim(3)):
        with pytest.raises(DiskFault):
            again()
    journal.is_held = False
    journal.append(4, b"and on")
    journal.trim(4)
    journal.close()
    assert read(path) == [b"and on"]


def test_that_a_closed_journal_takes_no_word_and_stays_as_it_is(path: Path) -> None:
    journal = JournalFile.open(path, KEY)
    journal.append(1, b"note")
    journal.close()
    whole = path.read_bytes()
    for late in (lambda: journal.append(2, b"late"), journal.read_all, lambda: journal.trim(2)):
        with pytest.raises(StoreBusy):
            late()
    assert path.read_bytes() == whole


def test_that_numbers_only_go_up(path: Path) -> None:
    with JournalFile.open(path, KEY) as journal:
        journal.append(5, b"five")
        with pytest.raises(AssertionError, match="only go up"):
            journal.append(5, b"five again")


def test_that_two_threads_mix_no_frames(path: Path) -> None:
    turn = threading.Lock()

    def work(name: str) -> None:
        for number in range(50):
            with turn:
                journal.append(journal.last_seq + 1, f"{name} {number}".encode() * 20)

    with JournalFile.open(path, KEY) as journal:
        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        reading = journal.read_all()
    assert len(reading.frames) == 100
    assert (reading.damage, reading.torn) == ((), 0)


def test_that_nothing_can_be_read_without_the_key(path: Path) -> None:
    written(path, b"Mrs Abernathy, 4 Mill Lane", b"Mrs Abernathy, 4 Mill Lane")
    assert b"Abernathy" not in path.read_bytes()
    assert len(set(path.read_bytes().split(b"DSjf")[1:])) == 2


@given(garbage=some.binary(max_size=300), place=some.integers(min_value=0, max_value=10_000))
def test_that_whatever_is_overwritten_what_is_read_was_written(
    tmp_path_factory: pytest.TempPathFactory, garbage: bytes, place: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "outbox.journal"
    written(path, *BODIES)
    content = bytearray(path.read_bytes())
    head = 36
    start = head + place % (len(content) - head)
    content[start : start + len(garbage)] = garbage
    path.write_bytes(content)
    with JournalFile.open(path, KEY) as journal:
        found = [(frame.seq, frame.body) for frame in journal.read_all().frames]
    assert set(found) <= set(enumerate(BODIES, start=1))
    assert found == sorted(found)


class AJournalAndAList(RuleBasedStateMachine):
    """Whatever is appended, trimmed and reopened, the journal equals a plain list."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.expected: list[Frame] = []
        self.last = 0
        self.path = self.folder / f"{id(self)}.journal"
        self.path.unlink(missing_ok=True)
        self.journal = JournalFile.open(self.path, KEY)

    @rule(body=some.binary(max_size=200), gap=some.integers(min_value=1, max_value=3))
    def append(self, body: bytes, gap: int) -> None:
        self.last += gap
        self.journal.append(self.last, body)
        self.expected.append(Frame(seq=self.last, body=body))

    @rule(back=some.integers(min_value=-2, max_value=8))
    def trim(self, back: int) -> None:
        self.journal.trim(self.last - back)
        last = [Frame(seq=frame.seq, body=b"") for frame in self.expected[-1:]]
        self.expected = [frame for frame in self.expected if frame.seq >= self.last - back] or last

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = JournalFile.open(self.path, KEY)

    @precondition(lambda self: len(self.expected) > 0)
    @rule(size=some.integers(min_value=1, max_value=40))
    def die_in_the_middle_of_an_append(self, size: int) -> None:
        self.journal.close()
        with self.path.open("ab") as file:
            file.write(b"DSjf\x00\x00\x00\x20" + bytes(size))
        self.journal = JournalFile.open(self.path, KEY)

    @invariant()
    def they_are_equal(self) -> None:
        reading = self.journal.read_all()
        assert list(reading.frames) == self.expected
        assert (reading.damage, reading.torn, self.journal.last_seq) == ((), 0, self.last)

    def teardown(self) -> None:
        self.journal.close()


def test_that_a_journal_behaves_like_a_list(tmp_path: Path) -> None:
    AJournalAndAList.folder = tmp_path
    AJournalAndAList.TestCase().runTest()
