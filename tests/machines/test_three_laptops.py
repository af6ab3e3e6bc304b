"""Three laptops and one server live through random stories, and the invariants of protocol.md hold in each."""

import random

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.machines import invariants
from tests.machines.organisation import CASES, NAMES, VERBS, Story

names = st.sampled_from(NAMES)
cases = st.integers(0, CASES - 1)
seeds = st.integers(0, 1 << 32)


class ThreeLaptops(RuleBasedStateMachine):
    """Says, syncs, cuts, lost answers, restarts, clocks that jump; what must hold is in invariants.py."""

    @initialize()
    def begin(self) -> None:
        self.story = Story()
        self.cursors = dict.fromkeys(NAMES, (0, ""))

    @rule(name=names, case=cases, verb=st.sampled_from(sorted(VERBS)), seed=seeds)
    def somebody_says_something(self, name: str, case: int, verb: str, seed: int) -> None:
        self.story.say(name, case, verb, random.Random(seed))

    @rule(name=names, case=cases, seed=seeds)
    def somebody_changes_the_owner(self, name: str, case: int, seed: int) -> None:
        self.story.say(name, case, "owner", random.Random(seed))

    @rule(name=names)
    def a_laptop_syncs(self, name: str) -> None:
        self.story.desks[name].try_to_sync()

    @rule(name=names, case=cases, verb=st.sampled_from(sorted(VERBS)), seed=seeds)
    def somebody_says_something_in_the_middle_of_a_round(self, name: str, case: int, verb: str, seed: int) -> None:
        pick = random.Random(seed)
        desk = self.story.desks[name]
        desk.wire.meanwhile = lambda: self.story.say(name, case, verb, pick)
        desk.try_to_sync()
        desk.wire.meanwhile = None

    @rule(name=names, pushes=st.booleans())
    def an_answer_gets_lost(self, name: str, pushes: bool) -> None:
        wire = self.story.desks[name].wire
        if pushes:
            wire.lose_pushes = 1
        else:
            wire.lose_replies = 1
        self.story.desks[name].try_to_sync()
        wire.lose_pushes = wire.lose_replies = 0

    @rule(name=names)
    def the_cable_is_cut_or_mended(self, name: str) -> None:
        cable = self.story.desks[name].cable
        cable.is_cut = not cable.is_cut

    @rule(name=names)
    def a_laptop_restarts(self, name: str) -> None:
        self.story.desks[name].restart()

    @rule()
    def the_server_restarts(self) -> None:
        self.story.restart_server()

    @rule(name=names, days=st.integers(-5, 5))
    def a_clock_jumps(self, name: str, days: int) -> None:
        self.story.desks[name].clock.pass_time(days=days)

    @invariant()
    def what_was_saved_shows_and_cursors_go_forward(self) -> None:
        for name, desk in self.story.desks.items():
            invariants.saved_words_show(desk, self.story.spoken)
            self.cursors[name] = invariants.the_cursor_went_forward(desk, self.cursors[name])

    def teardown(self) -> None:
        try:
            for desk in self.story.desks.values():
                invariants.taking_back_gives_the_base(desk)
            self.story.settle_down()
            invariants.the_outboxes_are_empty(self.story)
            invariants.every_word_has_one_outcome(self.story)
            invariants.laptops_hold_what_the_server_lets_them_see(self.story)
            invariants.words_took_effect_in_order(self.story)
            invariants.nothing_came_back_or_went_missing(self.story)
            invariants.every_case_has_one_owner_with_a_cause(self.story)
        finally:
            self.story.end()


A_HUNDRED_STORIES = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.covers("OC23", "FA9", "FA11", "FI17")
@pytest.mark.parametrize("number", range(5))
def test_that_the_invariants_hold_in_a_hundred_random_stories(number: int) -> None:
    """I1 to I6, I8, I9, I11 and I12, over stories of up to 40 steps; the number is the seed."""
    machine = type(f"ThreeLaptops{number}", (ThreeLaptops,), {})
    run_state_machine_as_test(seed(number)(machine), settings=A_HUNDRED_STORIES)
