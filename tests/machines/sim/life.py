"""One run: laptops, a server of two processes, and people who do things; all that happens follows from a seed."""

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from casework.answers import Accepted, Answer
from casework.commands import AnyCommand, ChangeOwner, OpenCase, Said, SeenOwner
from casework.connection import FileConnection
from casework.rows import all_of, find
from casework.store_faults import NoRoom, StoreFault
from casework.values import Case, Owner, OwnerKind, Person, Role
from casework.wire import MOST_BYTES, START, HelloReply, Page, ReconcileReply, Stamp
from server.restores import OTHERS_RETURN_WITHIN, are_returning
from sync import ending, recovery, state
from sync.carrying import attach
from sync.engine import SyncReport
from sync.faults import AccessEnded
from tests.kit_near import Makes, NearCentral, NearWorld, person_id
from tests.machines.organisation import Killed, Spoken
from tests.machines.sim.desks import SimDesk
from tests.machines.sim.eyes import Eyes, Sight
from tests.machines.sim.quick import Point, nothing_fails
from tests.machines.sim.stage import ADMIN, LAPTOPS, Stage
from tests.machines.sim.weather import BAD, Air, Fate, calm
from tests.machines.verbs import VERBS, choose, open_a_case
from tests.machines.verbs_of_hands import HAND_VERBS, UNKNOWN_TO_OLDER

# Rounds of everybody until nobody has anything to do: one sends, one brings what that changed, one finds nothing.
MOST_PASSES = 4
EVERY_VERB = VERBS | HAND_VERBS


class Trace:
    """What happened, step by step: the same seed gives the same lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []

    def note(self, *told: object) -> None:
        """One more line."""
        self.lines.append(tuple(str(part) for part in told))

    @property
    def digest(self) -> str:
        """The whole of it in a few digits."""
        return hashlib.blake2b(repr(self.lines).encode(), digest_size=8).hexdigest()


class Life:
    """One run. What it offers to invariants.py is what a Story offers: world, desks, spoken, case_ids."""

    def __init__(self, stage: Stage, seed: int, makes: Makes | None = None) -> None:
        self.stage = stage
        self.pick = random.Random(seed)
        self.trace = Trace()
        self.world: NearWorld = stage.set(makes or Makes())
        self.air = Air(self.pick, self.trace.note)
        self.air.heard = self._heard
        self.open_eyes()
        # The office is always there; who else is, is different each time.
        others = self.pick.sample(
            [key for key in LAPTOPS if key not in ("priya", ADMIN)], self.pick.choice((1, 1, 1, 2, 2, 3))
        )
        keys = [name for name in LAPTOPS if name == "priya" or name in others]
        self.desks = {key: SimDesk(self.world, self.air, key) for key in keys}
        self.spoken: list[Spoken] = []
        self.at_first = set(self.case_ids)
        self.tried: set[str] = set()
        # where the server's last backup is, and copies of laptops by their keys (disasters.py)
        self.backup: Path | None = None
        self.copies: dict[str, Path] = {}
        self.rewound: set[str] = set()
        # what was cut off the log
        self.cut_lines: dict[int, str] = {}
        # what laptops may have heard was deleted for good, before the server forgot it with a restore
        self.was_dead: set[str] = set()
        # words of which a laptop heard that their case was deleted for good, before the server forgot it with a restore
        self.buried: set[str] = set()
        # documents of which the words may have come to the server, and the bytes were on a disk that is lost
        self.lost_papers: set[str] = set()
        # documents of which the server had the bytes, and lost them
        self.lost_there: set[str] = set()
        # the server ends what lasts until a day with the first hello after it; a request may have been away for days
        self._greeted_at = self.world.clock.now
        self._joined: set[str] = set()
        # and what they were joined to
        self.joined_into: set[str] = set()

    def open_eyes(self) -> None:
        """Looks at the server's file from now on, as it is by now."""
        self.eyes = Eyes(self.stage.folder / "server.db")

    @property
    def names(self) -> tuple[str, ...]:
        """The laptops."""
        return tuple(self.desks)

    @property
    def case_ids(self) -> list[str]:
        """The cases that the server has now."""
        return [row[0] for row in self.eyes.raw.execute("SELECT id FROM case_file ORDER BY id").fetchall()]

    @contextmanager
    def reading(self) -> Iterator[FileConnection]:
        """What the server has on its disk; nothing else goes on meanwhile."""
        yield FileConnection(self.eyes.raw)

    def sight_of(self, desk: SimDesk) -> Sight:
        """What the person at that laptop may see now."""
        return self.eyes.of(desk.person_id, self.world.clock.now)

    def is_lost(self, desk: SimDesk) -> bool:
        """Whether that laptop was reported lost, as far as the server remembers."""
        fates = self.eyes.raw.execute("SELECT fate FROM device WHERE id = ?", (desk.laptop.device,)).fetchall()
        return any(fate for (fate,) in fates)

    def dead(self) -> dict[str, int]:
        """What was deleted for good, by id, with the number under which it was."""
        return dict(self.eyes.raw.execute("SELECT id, rev FROM dead_id").fetchall())

    def joined(self) -> set[str]:
        """The cases that were joined to another one; those too that were deleted since, for a laptop may hold them."""
        joins = self.eyes.raw.execute("SELECT id, joined_to FROM case_file WHERE joined_to <> ''").fetchall()
        self._joined |= {case_id for case_id, _ in joins}
        self.joined_into |= {into for _, into in joins}
        return self._joined

    def is_of_this_history(self, stamp: Stamp) -> bool:
        """Whether the server ever committed that, as far as it remembers or somebody who looks on does."""
        return stamp == START or {**self.cut_lines, **self.log()}.get(stamp[0]) == stamp[1]

    def log(self) -> dict[int, str]:
        """The log as it is now, cut or not."""
        return dict(self.eyes.raw.execute("SELECT rev, chain FROM commit_log").fetchall())

    def outcomes(self) -> dict[str, str]:
        """What became of each command that the server knows of."""
        with self.reading() as conn:
            return dict(conn.exec_driver_sql("SELECT cmd_id, status FROM outcome").all())

    def end(self) -> None:
        """Lets go of the files."""
        self.eyes.close()
        for desk in self.desks.values():
            desk.laptop.close()

    def fetch_admin(self) -> str:
        """The admin's laptop, which takes part from now on; its key."""
        if ADMIN not in self.desks:
            self.desks[ADMIN] = SimDesk(self.world, self.air, ADMIN)
        return ADMIN

    # what people do

    def say(self, name: str, verb: str) -> None:
        """Somebody says something about a case as their screen shows it, if there is something to say."""
        desk = self.desks[name]
        if desk.is_behind and verb in UNKNOWN_TO_OLDER:
            return
        command = choose(desk.laptop, verb, self.pick, verbs=EVERY_VERB)
        if command is not None:
            self.enter_words(name, command)

    def open_case(self, name: str) -> None:
        """Somebody takes a new case in."""
        self.enter_words(name, open_a_case(self.pick))

    def attach(self, name: str) -> None:
        """Somebody puts a file on a case; there are few different files, so that two add the same (OC18)."""
        desk = self.desks[name]
        cases = desk.look(lambda conn: all_of(conn, Case))
        if not cases:
            return
        content = f"photograph {self.pick.randrange(3)}"
        source = self.stage.folder / f"{content}.txt"
        source.write_text(content, encoding="utf-8")
        case_id = self.pick.choice(cases).id
        self._enter(name, lambda: attach(desk.laptop, source, case_id=case_id, mime="text/plain"))

    def enter_words(self, name: str, command: AnyCommand) -> None:
        """Somebody says this."""
        if isinstance(command, OpenCase):
            self.tried.add(command.case_id)
        self._enter(name, lambda: self.desks[name].laptop.say(command))

    def _enter(self, name: str, enter: Callable[[], Answer]) -> None:
        """Somebody enters something, unless their desk is locked; of what fails a screen tells that it is not saved."""
        desk = self.desks[name]
        if desk.look(lambda conn: ending.lock_of(conn, desk.clock.now)):
            self.trace.note(name, "is locked")
            return
        with suppress(StoreFault):
            self._record(name, enter())

    def _record(self, name: str, answer: Answer) -> None:
        """Writes down, outside the laptop, what its screen called saved (I1)."""
        self.trace.note(name, "says", answer.code if not isinstance(answer, Accepted) else answer.command_id)
        if not isinstance(answer, Accepted):
            return
        query = "SELECT body FROM outbox WHERE id = ?"
        body = self.desks[name].look(lambda conn: conn.exec_driver_sql(query, (answer.command_id,)).scalar())
        if body is not None:
            self.spoken.append(Spoken(name, answer.command_id, msgspec.json.decode(str(body), type=Said).say))

    def reassign_all(self, name: str, to: str) -> None:
        """Somebody gives every case that they see to one person."""
        desk = self.desks[name]
        for case in desk.look(lambda conn: all_of(conn, Case)):
            base = SeenOwner(case.owner, case.owner_cmd)
            owner = Owner(OwnerKind.PERSON, person_id(to))
            self.enter_words(
                name, ChangeOwner(case_id=case.id, base=base, owner=owner, with_tasks=self.pick.random() < 0.5)
            )

    def give_role(self, who: str, role: Role) -> None:
        """Somebody does other work from now on, and may see more or less."""
        self.change_person(who, role=role)

    def change_person(self, who: str, **changes: Any) -> None:
        """An admin changes something about somebody."""
        server = self.world.server
        with server.database.reading() as conn:
            person = find(conn, Person, person_id(who))
        assert person is not None
        server.put(msgspec.structs.replace(person, **changes))

    # rounds

    def sync(self, name: str) -> SyncReport:
        """A round, wherever it ends."""
        report = self.desks[name].try_to_sync()
        self.desks[name].was_purged |= isinstance(report.fault, AccessEnded)
        if report.fault is None and not self.desks[name].look(
            lambda conn: state.get(conn, state.IS_DOUBTED, bool, False)
        ):
            self.desks[name].mislaid.clear()
        if report.again and report.fault is None:
            assert recovery.copies_of(self.desks[name].folder), "a recovery without a copy first (FE1)"
        fault = report.fault.code if report.fault else "-"
        self.trace.note(name, "round", fault, *(ack.st for ack in report.acks))
        return report

    def sync_in_bad_weather(self, name: str) -> None:
        """A round in which each request may meet with something."""
        desk, badness = self.desks[name], self.pick.choice((0.1, 0.3, 0.6))
        weather, here, seen = desk.weather, self._cases_at(desk), self.sight_of(desk).cases
        weather.fate = lambda: self.pick.choice(BAD) if self.pick.random() < badness else Fate.CALM
        weather.met_emptiness = False
        self.sync(name)
        weather.fate = calm
        if weather.met_emptiness and not desk.was_purged:
            gone = (here & seen & self.sight_of(desk).cases) - self._cases_at(desk)
            assert not gone, f"{name} took emptiness for deletion (FD6)"

    def _cases_at(self, desk: SimDesk) -> set[str]:
        query = "SELECT case_id FROM held_case WHERE is_leaving = 0"
        return {str(case_id) for (case_id,) in desk.look(lambda conn: conn.exec_driver_sql(query).all())}

    def sync_while(self, name: str, happens: Callable[[], object]) -> SyncReport:
        """A round during which something happens while some of its requests are on their way, there or back."""
        weather, left = self.desks[name].weather, self.pick.randrange(1, 8)

        def meanwhile() -> None:
            nonlocal left
            left -= 1
            if left == 0 or self.pick.random() < 0.3:
                weather.meanwhile = None
                happens()
                weather.meanwhile = meanwhile

        weather.meanwhile = meanwhile
        report = self.sync(name)
        weather.meanwhile = None
        return report

    # mishaps

    def kill(self, name: str, act: Callable[[str], object]) -> None:
        """The laptop's process dies at some point of some write while it does something."""
        desk, left, point = self.desks[name], self.pick.randrange(12), self.pick.choice(list(Point))

        def die(now: Point) -> None:
            nonlocal left
            if now is point:
                left -= 1
                if left < 0:
                    desk.die()

        desk.laptop.fail_at(die)
        try:
            act(name)
        except Killed:
            if point is Point.AFTER and self.pick.random() < 0.5:
                desk.tear_the_journal(self.pick.randrange(1, 12))
            self.trace.note(name, "dies", point)
            desk.come_back()
            # it may have come between the purge and word of it
            desk.was_purged |= desk.look(lambda conn: state.get(conn, state.ACCESS, str, "ok")) != "ok"
        desk.laptop.fail_at(nothing_fails)

    def fill_the_disk(self, name: str, act: Callable[[str], object]) -> None:
        """The disk is full at some point of something that the laptop does, and has room again afterwards."""
        desk, left = self.desks[name], self.pick.randrange(6)

        def refuse(now: Point) -> None:
            nonlocal left
            if now is Point.COMMITTING:
                left -= 1
                if left < 0:
                    raise NoRoom("simulated")

        desk.laptop.fail_at(refuse)
        act(name)
        desk.laptop.fail_at(nothing_fails)

    # the end

    def settle_down(self) -> None:
        """Gives everybody their work and a network until nothing is left to say (I9: that must be soon)."""
        while self.air.late:
            self.air.deliver()
        for desk in self.desks.values():
            self.world.employ(desk.name)
            desk.cable.is_cut = False
            desk.wire.page_bytes = MOST_BYTES
        if self._comes_to_rest():
            return
        still = f"{MOST_PASSES} rounds of everybody, and there is still something to do (I9)"
        with self.world.server.database.reading() as conn:
            assert are_returning(conn, self.world.clock.now), still
        # after a restore: it waits for words of somebody who does not bring them any more
        self.world.clock.pass_time(days=OTHERS_RETURN_WITHIN.days)
        assert self._comes_to_rest(), still

    def _comes_to_rest(self) -> bool:
        """Whether so many rounds of everybody lead to one in which nobody has anything to do."""
        for _ in range(MOST_PASSES):
            for desk in self.desks.values():
                if desk.spoilt_cases():
                    desk.engine.check_soon()
                # so long that what failed is tried again
                desk.clock.pass_time(days=1)
            if all([self._has_nothing_to_do(name) for name in self.desks]):
                return True
        return False

    def _has_nothing_to_do(self, name: str) -> bool:
        """Whether a round found everything as it should be."""
        desk = self.desks[name]
        before = len(desk.wire.requests)
        report = self.sync(name)
        if self.is_lost(desk):
            assert isinstance(report.fault, AccessEnded), f"{name} was lost, and goes on: {report.fault!r} (I7)"
        else:
            assert report.fault is None, f"{name}'s round does not reach its end: {report.fault!r} (I9)"
        return set(desk.wire.requests[before:]) <= {"Hello", "Verify", "CheckRows"}

    def _heard(self, wire: NearCentral, answer: Any) -> None:
        if isinstance(answer, HelloReply):
            self._greeted_at = self.world.clock.now
        if isinstance(answer, Page | ReconcileReply):
            self.eyes.of(wire.person_id, self._greeted_at).check(answer)
