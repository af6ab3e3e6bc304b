"""A story played to its end, with every invariant checked on the way: for hypothesis to draw, or from a seed alone."""

import random
from collections.abc import Callable

from casework.wire import START, Stamp
from sync.engine import SyncReport
from tests.kit_near import Makes
from tests.machines import invariants
from tests.machines.organisation import NAMES, VERBS, Beginning, Story


class Play:
    """A story under watch: what each act may break is checked right after it."""

    def __init__(self, beginning: Beginning, makes: Makes | None = None) -> None:
        self.story = Story(beginning, makes)
        self._cursors: dict[str, Stamp] = dict.fromkeys(NAMES, START)

    def sync(self, name: str) -> None:
        """A round, with a look at the screen at each request, and after which the laptop's status must be honest."""
        desk = self.story.desks[name]
        desk.wire.meanwhile = lambda: invariants.saved_words_show(self.story, desk)
        report: SyncReport = self.story.sync(name)
        desk.wire.meanwhile = None
        invariants.all_sent_is_true(self.story, desk, report)

    def check_the_screens(self) -> None:
        """What must hold after every act."""
        for name, desk in self.story.desks.items():
            invariants.saved_words_show(self.story, desk)
            self._cursors[name] = invariants.the_cursor_went_forward(desk, self._cursors[name])

    def finish(self) -> None:
        """Ends the story as it stands, lets everybody settle down, and checks the rest."""
        try:
            for desk in self.story.desks.values():
                invariants.taking_back_gives_the_base(desk.laptop)
                invariants.no_row_is_missing_below_the_cursor(self.story, desk)
            self.story.settle_down()
            self.check_the_screens()
            invariants.the_outboxes_are_empty(self.story)
            invariants.every_word_has_one_outcome(self.story)
            invariants.nothing_took_effect_twice(self.story)
            invariants.laptops_hold_what_the_server_lets_them_see(self.story)
            invariants.words_took_effect_in_order(self.story)
            invariants.nothing_came_back_or_went_missing(self.story)
            invariants.every_case_has_one_owner_with_a_cause(self.story)
            invariants.authors_see_their_kept_work(self.story, self.story.desks.values())
            invariants.documents_are_whole(self.story)
        finally:
            self.story.end()


Act = Callable[[Play, str, random.Random], object]

# Each act with its weight.
ACTS: tuple[tuple[Act, int], ...] = (
    (lambda play, name, pick: play.story.say(name, pick.choice(sorted(VERBS)), pick), 9),
    (lambda play, name, pick: play.story.say(name, "owner", pick), 3),
    (lambda play, name, pick: play.sync(name), 8),
    (lambda play, name, pick: play.story.speak_during_a_round(name, pick.choice(sorted(VERBS)), pick), 4),
    (lambda play, name, pick: play.story.lose_an_answer(name, pick), 4),
    (lambda play, name, pick: play.story.sync_with_an_echo(name), 1),
    (lambda play, name, pick: play.story.kill(name, pick), 1),
    (lambda play, name, pick: play.story.desks[name].restart(), 1),
    (lambda play, name, pick: play.story.restart_server(), 1),
    (lambda play, name, pick: play.story.staff_a_queue(pick), 1),
    (lambda play, name, pick: play.story.open_case(name, pick), 1),
    (lambda play, name, pick: play.story.attach(name, pick), 1),
)


def play(beginning: Beginning, seed: int, *, acts: int = 40, makes: Makes | None = None) -> None:
    """Plays the story that follows from a seed; fails where an invariant does not hold."""
    pick = random.Random(seed)
    one = Play(beginning, makes)
    acted = False
    try:
        for act in pick.choices([act for act, _ in ACTS], [weight for _, weight in ACTS], k=acts):
            act(one, pick.choice(NAMES), pick)
            one.check_the_screens()
        acted = True
    finally:
        if not acted:
            one.story.end()
    one.finish()
