"""Taking a step out of a journey: where its cases go, and where moves into it that come later could go (OC20)."""

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import RemoveStep
from casework.ids import child_id
from casework.rules import feed
from casework.rules.moment import Desk, Moment
from casework.values import ActivityKind, Case, Record, Step, StepKind

ON_THE_WAY = (StepKind.ACTIVE, StepKind.FOLLOW_UP)


def remove_step(desk: Desk, command: RemoveStep, moment: Moment) -> Verdict:
    """Takes a step out of its journey; open cases in it go to the step that was named, else to the nearest.

    Where a journey begins and ends stays. The owners are told; a step that cases pass through on the way brings no
    tasks to those that are only put there.
    """
    step = desk.find(Step, command.step_id)
    if step is None:
        return Refused("step-gone", {"step": command.step_id})
    if not step.is_active:
        return Done()
    if step.kind not in ON_THE_WAY:
        return Refused("step-is-needed", {"step": step.id})
    to = desk.find(Step, command.to_id) if command.to_id else nearest_step(desk, step)
    if to is None or not _can_take_over(to, step):
        return Refused("step-has-no-neighbour", {"step": step.id})
    puts: list[Record] = [msgspec.structs.replace(step, is_active=False)]
    for case in desk.cases_with("step_id", step.id):
        if not case.is_closed:
            puts += _moved(desk, case, to, moment)
    return Done(tuple(puts))


def nearest_step(desk: Desk, step: Step) -> Step | None:
    """The step of the same journey that comes closest to one that is gone, the one before it where two are as near."""
    others = [one for one in desk.all_of(Step) if _can_take_over(one, step)]
    return min(others, key=lambda one: (abs(one.position - step.position), one.position, one.id), default=None)


def step_instead(desk: Desk, step_id: str) -> str:
    """The step itself, or the one nearest to it where it was taken out of its journey."""
    step = desk.find(Step, step_id)
    nearest = nearest_step(desk, step) if step is not None and not step.is_active else None
    return nearest.id if nearest is not None else step_id


def _can_take_over(one: Step, step: Step) -> bool:
    return one.id != step.id and one.journey_id == step.journey_id and one.is_active and one.kind in ON_THE_WAY


def _moved(desk: Desk, case: Case, to: Step, moment: Moment) -> list[Record]:
    # one command, many cases: each has lines of its own
    here = msgspec.structs.replace(moment, command_id=child_id(moment.command_id, case.id), under="", epoch=0)
    facts = {"from": case.step_id, "to": to.id, "because": "step_removed"}
    line = feed.line(desk, case, here, kind=ActivityKind.STEP, facts=facts)
    told = feed.tell(case, here, feed.owners_people(desk, case.owner), code="step-was-removed", facts={"step": to.id})
    return [msgspec.structs.replace(case, step_id=to.id, step_since=moment.happened_at), line, *told]
