"""What may happen in a run, and how often."""

from collections.abc import Callable
from typing import Any

import msgspec

from casework.values import Role, Team
from server.setting_up import BACK_OFFICE, WAITING_LIST, defaults
from tests.machines.sim import disasters, office
from tests.machines.sim.life import EVERY_VERB, Life
from tests.machines.sim.stage import ADMIN
from tests.machines.verbs import NAMES, VERBS
from tests.machines.verbs_of_hands import HAND_VERBS

_WORDS = sorted(EVERY_VERB)
_USUAL, _HANDS = sorted(VERBS), sorted(HAND_VERBS)
_TEAMS = [record.id for record in defaults(2026) if isinstance(record, Team)]
Disaster = Callable[[Life, str], None]


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may happen, at or around the laptop that was drawn for it; with a theme only in runs of that."""

    name: str
    weight: float
    happens: Callable[[Life, Any, str], None]
    theme: str = ""


def _say(life: Life, watch: Any, name: str) -> None:
    life.say(name, life.pick.choice(_USUAL))


def _hand(life: Life, watch: Any, name: str) -> None:
    life.say(name, life.pick.choice(_HANDS))


def _give(life: Life, watch: Any, name: str) -> None:
    life.say(name, "owner")


def _sync(life: Life, watch: Any, name: str) -> None:
    wire = life.desks[name].wire
    wire.meanwhile = lambda: watch.after_act(name)
    report = life.sync(name)
    wire.meanwhile = None
    watch.after_round(name, report)


def _bad_weather(life: Life, watch: Any, name: str) -> None:
    life.sync_in_bad_weather(name)


def _speak_during_a_round(life: Life, watch: Any, name: str) -> None:
    life.sync_while(name, lambda: life.say(name, life.pick.choice(_WORDS)))


def _others_sync_during_a_round(life: Life, watch: Any, name: str) -> None:
    other = life.pick.choice(life.names)
    if other != name:
        life.sync_while(name, lambda: life.sync(other))


def _office_acts_during_a_round(life: Life, watch: Any, name: str) -> None:
    life.sync_while(name, lambda: _staff(life, watch, name))


def _late_arrival(life: Life, watch: Any, name: str) -> None:
    life.air.deliver()


def _late_arrival_during_a_round(life: Life, watch: Any, name: str) -> None:
    life.sync_while(name, life.air.deliver)


def _die_in_a_round(life: Life, watch: Any, name: str) -> None:
    life.kill(name, life.sync)


def _die_while_speaking(life: Life, watch: Any, name: str) -> None:
    act = life.pick.choice((life.open_case, life.attach, lambda who: life.say(who, life.pick.choice(_WORDS))))
    life.kill(name, act)


def _full_disk(life: Life, watch: Any, name: str) -> None:
    speak = lambda who: life.say(who, life.pick.choice(_WORDS))  # noqa: E731
    life.fill_the_disk(name, life.pick.choice((life.sync, life.sync, life.attach, speak)))


def _restart(life: Life, watch: Any, name: str) -> None:
    life.desks[name].restart()


def _restart_server(life: Life, watch: Any, name: str) -> None:
    life.stage.restart(life.pick.choice(life.stage.servers))


def _change_process(life: Life, watch: Any, name: str) -> None:
    life.desks[name].wire.server = life.pick.choice(life.stage.servers)


def _cable(life: Life, watch: Any, name: str) -> None:
    cable = life.desks[name].cable
    cable.is_cut = not cable.is_cut


def _staff(life: Life, watch: Any, name: str) -> None:
    life.world.staff(life.pick.choice((BACK_OFFICE, WAITING_LIST)), *(n for n in NAMES if life.pick.random() < 0.5))


def _role(life: Life, watch: Any, name: str) -> None:
    if name == ADMIN:
        # what only an admin may say is said by one who is so for good, or a restore would have it judged anew
        return
    life.give_role(life.desks[name].name, life.pick.choice((Role.ADVISOR, Role.COORDINATOR, Role.LEAD, Role.READER)))


def _employ(life: Life, watch: Any, name: str) -> None:
    life.world.employ(life.desks[name].name, life.pick.random() < 0.5)


def _queue_comes_and_goes(life: Life, watch: Any, name: str) -> None:
    if name != ADMIN:
        watch.after_round(name, office.take_a_queue_and_give_it_back(life, name))


def _open(life: Life, watch: Any, name: str) -> None:
    life.open_case(name)


def _attach(life: Life, watch: Any, name: str) -> None:
    life.attach(name)


def _skew(life: Life, watch: Any, name: str) -> None:
    life.desks[name].clock.pass_time(days=life.pick.randint(-5, 5))


def _days_go_by(life: Life, watch: Any, name: str) -> None:
    life.world.clock.pass_time(days=life.pick.randint(1, 20))


def _join_team(life: Life, watch: Any, name: str) -> None:
    teams = life.pick.sample(_TEAMS, life.pick.randrange(3))
    life.change_person(life.desks[name].name, team_ids=tuple(teams))


def _older_app(life: Life, watch: Any, name: str) -> None:
    life.desks[name].fall_behind()


def _newer_app(life: Life, watch: Any, name: str) -> None:
    life.desks[name].catch_up()


def _older_app_speaks(life: Life, watch: Any, name: str) -> None:
    desk = life.desks[name]
    life.sync(name)
    desk.fall_behind()
    for _ in range(life.pick.randint(1, 3)):
        life.say(name, life.pick.choice(_WORDS))
    life.sync_in_bad_weather(name)
    if life.pick.random() < 0.5:
        # what had no answer is sent once more, by an app that says all that there is to say
        desk.catch_up()
    life.sync(name)


def _bulk_reassign(life: Life, watch: Any, name: str) -> None:
    life.reassign_all("priya", life.pick.choice(NAMES))


def _befalls(disaster: Disaster) -> Callable[[Life, Any, str], None]:
    return lambda life, watch, name: disaster(life, name)


# Those with a weight below five are left out, or come often, by a run's temper.
ACTS: tuple[Act, ...] = (
    Act(name="speaks", weight=9, happens=_say),
    Act(name="hands something on", weight=5, happens=_hand),
    Act(name="gives a case away", weight=3, happens=_give),
    Act(name="syncs", weight=7, happens=_sync),
    Act(name="syncs in bad weather", weight=4, happens=_bad_weather),
    Act(name="speaks during a round", weight=2, happens=_speak_during_a_round),
    Act(name="others sync during a round", weight=2, happens=_others_sync_during_a_round),
    Act(name="queues change during a round", weight=1, happens=_office_acts_during_a_round),
    Act(name="something late arrives", weight=1, happens=_late_arrival),
    Act(name="something late arrives during a round", weight=1, happens=_late_arrival_during_a_round),
    Act(name="dies in a round", weight=2, happens=_die_in_a_round),
    Act(name="dies while speaking", weight=1, happens=_die_while_speaking),
    Act(name="disk fills", weight=1, happens=_full_disk),
    Act(name="restarts", weight=0.5, happens=_restart),
    Act(name="server restarts", weight=0.5, happens=_restart_server),
    Act(name="gets to the other process", weight=1, happens=_change_process),
    Act(name="cable is cut or mended", weight=0.5, happens=_cable),
    Act(name="queue is staffed", weight=1, happens=_staff),
    Act(name="gets another role", weight=1, happens=_role),
    Act(name="leaves or comes back", weight=1, happens=_employ),
    Act(name="takes a case in", weight=1, happens=_open),
    Act(name="adds a document", weight=1.5, happens=_attach),
    Act(name="has another time", weight=0.5, happens=_skew),
    Act(name="days go by", weight=0.5, happens=_days_go_by),
    Act(name="priya gives all cases to one", weight=1, happens=_bulk_reassign),
    Act(name="joins or leaves a team", weight=0.7, happens=_join_team),
    Act(name="gets an older app", weight=0.5, happens=_older_app),
    Act(name="gets a newer app", weight=0.5, happens=_newer_app),
    Act(name="a case is deleted for good", weight=0.5, happens=_befalls(office.erase_a_case)),
    Act(name="a queue is removed", weight=0.3, happens=_befalls(office.remove_a_queue)),
    Act(name="a step is removed", weight=0.3, happens=_befalls(office.remove_a_step)),
    Act(name="two cases are joined", weight=0.5, happens=_befalls(office.join_cases)),
    Act(name="a case is offered", weight=0.7, happens=_befalls(office.offer_a_case)),
    Act(name="a case is deleted", weight=2, happens=_befalls(office.erase_a_case), theme="hands"),
    Act(name="cases are joined", weight=3, happens=_befalls(office.join_cases), theme="hands"),
    Act(name="cases are offered", weight=4, happens=_befalls(office.offer_a_case), theme="hands"),
    Act(name="documents are added", weight=4, happens=_attach, theme="hands"),
    Act(name="documents are lost", weight=4, happens=_befalls(disasters.lose_a_documents_bytes), theme="hands"),
    Act(name="much is handed on", weight=9, happens=_hand, theme="hands"),
    Act(name="a form is published", weight=0.3, happens=_befalls(office.publish_a_form)),
    Act(name="the log is cut", weight=0.7, happens=_befalls(disasters.cut_the_log)),
    Act(name="a case is mislaid", weight=0.3, happens=_befalls(disasters.mislay_a_case)),
    Act(name="a row is spoilt", weight=0.3, happens=_befalls(disasters.spoil_a_row)),
    Act(name="a document is lost", weight=0.5, happens=_befalls(disasters.lose_a_documents_bytes)),
    Act(name="the server is backed up", weight=3, happens=_befalls(disasters.back_the_server_up), theme="server"),
    Act(name="the server is put back", weight=4, happens=_befalls(disasters.put_the_server_back), theme="server"),
    Act(name="is copied", weight=3, happens=_befalls(disasters.copy_the_laptop), theme="laptop"),
    Act(name="is put back", weight=4, happens=_befalls(disasters.put_the_laptop_back), theme="laptop"),
    Act(name="is cloned", weight=3, happens=_befalls(disasters.clone_the_laptop), theme="clone"),
    Act(name="is lost", weight=3, happens=_befalls(disasters.lose_the_laptop), theme="loss"),
    Act(name="speaks with an older app", weight=4, happens=_older_app_speaks, theme="laptop"),
    Act(
        name="a case is deleted while one is away", weight=4, happens=_befalls(office.erase_out_of_reach), theme="loss"
    ),
    Act(name="a queue comes and goes during a round", weight=2, happens=_queue_comes_and_goes, theme="hands"),
)
# What a run is about besides its ordinary days; the server's going back is the worst that there is.
THEMES = ("", "", "hands", "hands", "server", "server", "laptop", "clone", "loss")
