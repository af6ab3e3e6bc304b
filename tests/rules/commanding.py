"""Hypothesis strategies: any command that somebody in the small office might say about the one case."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from casework.commands import (
    AcceptOffer,
    AddNote,
    AddTask,
    AnyCommand,
    AskAboutKept,
    AskTeam,
    AttachDocument,
    CancelTask,
    ChangeOwner,
    CloseCase,
    DeclineOffer,
    EditCase,
    EditContact,
    EditProperty,
    FinishTask,
    GoOut,
    JoinCase,
    LogInteraction,
    LogReview,
    MoveAssignment,
    MoveStep,
    OfferCase,
    OpenCase,
    PutOffKept,
    ReassignTask,
    RemoveQueue,
    ReopenCase,
    SeeCase,
    SeeNotices,
    SeenOwner,
    SetConsent,
    SetPriority,
    SettleKept,
    TriageCase,
    UndoSettling,
    WithdrawOffer,
)
from casework.rules.consent import consent_of
from casework.rules.merging import lines_by_others
from casework.values import (
    AssignmentStatus,
    Contact,
    KeptWork,
    Priority,
    Property,
    Source,
    TriageOutcome,
)
from tests.rules.commanding_client import MORE
from tests.rules.paper import BACK_OFFICE, CASE, CLIENT, HOME, NINE, WAITING, CaseDesk, person

NAMES = ("amy", "ben", "cara", "dan", "priya", "quinn", "lena", "adam", "rhys", "gone")
TASKS = ("visit", "loose", "new", "no-such")
words = st.sampled_from(["", " ", "hm", "🙂 <b>", "x" * 201])
owners = st.sampled_from([WAITING, BACK_OFFICE, *(person(name) for name in NAMES)])
steps = st.sampled_from(["s1", "s2", "s3", "s4", "s8", "elsewhere", "no-such"])
values = st.one_of(st.none(), words, st.lists(words, max_size=3), st.integers(-1, 2))


case: dict[str, Any] = {"case_id": st.just(CASE)}
base = st.just(SeenOwner(WAITING, ""))
pair = st.tuples(values, values)
changes = st.dictionaries(
    st.sampled_from(["description", "phone", "birth_date", "vulnerabilities", "town", "owner_id"]), pair, max_size=3
)
task = st.sampled_from(TASKS)
name = st.sampled_from(["", *NAMES])
offer = st.sampled_from(["standing", "", "no-such"])
asked = st.sampled_from(["asked", "new-request"])
statuses = st.sampled_from(AssignmentStatus)
mentions = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
made: list[st.SearchStrategy[Any]] = [
    st.builds(
        OpenCase,
        **case,
        contact_id=st.just(CLIENT),
        property_id=st.just(HOME),
        project_id=st.sampled_from(["warm", "ended"]),
        contact=st.just(Contact(id=CLIENT)),
        home=st.just(Property(id=HOME)),
        source=st.sampled_from(Source),
    ),
    st.builds(
        TriageCase,
        **case,
        base=base,
        outcome=st.sampled_from(TriageOutcome),
        step_id=steps,
        owner=st.one_of(st.none(), owners),
        reason=words,
    ),
    st.builds(ChangeOwner, **case, base=base, owner=owners, reason=words, with_tasks=st.booleans()),
    st.builds(MoveStep, **case, step=st.tuples(st.just(""), steps)),
    st.builds(SetPriority, **case, priority=st.tuples(st.just(Priority.NORMAL), st.sampled_from(Priority))),
    st.builds(EditCase, **case, changes=changes),
    st.builds(EditContact, **case, contact_id=st.just(CLIENT), changes=changes),
    st.builds(EditProperty, **case, property_id=st.just(HOME), changes=changes),
    st.builds(AddTask, **case, task_id=task, task_type=st.just("phone_call"), title=words, assignee_id=name),
    st.builds(FinishTask, **case, task_id=task, outcome=words, done_at=st.just(NINE - timedelta(hours=1))),
    st.builds(ReassignTask, **case, task_id=task, assignee=st.tuples(name, name)),
    st.builds(CancelTask, **case, task_id=task, reason=words),
    st.builds(AddNote, **case, text=words, mentions=mentions),
    st.builds(
        LogInteraction,
        **case,
        channel=st.sampled_from(["call", "pigeon"]),
        happened_at=st.just(NINE),
        text=words,
        mentions=mentions,
    ),
    st.builds(LogReview, **case, text=words, seen=st.none() | st.just("")),
    st.builds(
        AttachDocument,
        **case,
        document_id=st.sampled_from(["photo", "letter"]),
        name=words,
        mime=st.just("image/jpeg"),
        size=st.sampled_from([0, 10, 300_000_000]),
        sha256=st.sampled_from(["ab" * 32, "cd" * 32, "no hash"]),
    ),
    st.builds(CloseCase, **case, base=base, reason=st.sampled_from(["", "moved", "other"]), words=words),
    st.builds(ReopenCase, **case, reason=words),
    st.builds(
        SettleKept,
        **case,
        kept_id=st.sampled_from(["0", "1", "no-such"]),
        how=st.sampled_from(["use", "leave", "fields", "note", "?"]),
        fields=st.dictionaries(st.sampled_from(["phone", "description"]), values, max_size=2),
    ),
    st.builds(PutOffKept, **case, kept_id=st.sampled_from(["0", "1", "no-such"]), until=st.just(NINE.date())),
    st.builds(AskAboutKept, **case, kept_id=st.sampled_from(["0", "1"]), person_id=name, text=words),
    st.builds(UndoSettling, **case, kept_id=st.sampled_from(["0", "1"]), settling=st.just("said")),
    st.builds(SeeCase, **case, upto=st.integers(-1, 9)),
    st.builds(SeeNotices, **case, notice_ids=st.just(("no-such",))),
    st.builds(OfferCase, **case, base=base, to_id=name, reason=words, with_tasks=st.booleans(), instead_of=offer),
    st.builds(AcceptOffer, **case, offer_id=offer, evidence=st.just(("no-such",))),
    st.builds(DeclineOffer, **case, offer_id=offer, reason=words),
    st.builds(WithdrawOffer, **case, offer_id=offer, reason=words),
    st.builds(AskTeam, **case, assignment_id=asked, team_id=st.sampled_from(["grants", "resolution"]), reason=words),
    st.builds(MoveAssignment, **case, assignment_id=asked, status=st.tuples(statuses, statuses), words=words),
    st.builds(GoOut, **case, until=st.sampled_from([None, NINE, NINE + timedelta(hours=6), NINE + timedelta(days=9)])),
    st.builds(RemoveQueue, case_id=st.just(""), queue_id=st.sampled_from(["waiting", "back-office", "no-such"])),
]
SPOKEN = st.one_of(made + MORE)


def commands(desk: CaseDesk, kept_ids: tuple[str, ...] = ()) -> st.SearchStrategy[AnyCommand]:
    """Anything that could be said by somebody who sees this desk, sensible or not."""

    def as_seen(command: AnyCommand) -> AnyCommand:
        if isinstance(command, TriageCase | ChangeOwner | CloseCase | OfferCase):
            return msgspec.structs.replace(command, base=desk.seen)
        if isinstance(command, MoveStep):
            return msgspec.structs.replace(command, step=(desk.case.step_id, command.step[1]))
        if isinstance(command, SetPriority):
            return msgspec.structs.replace(command, priority=(desk.case.priority, command.priority[1]))
        if isinstance(command, JoinCase):
            seen = lines_by_others(desk, desk.case, "lena") if command.case_id == CASE else 0
            return msgspec.structs.replace(command, seen=seen)
        if isinstance(command, SetConsent):
            consent = consent_of(desk, desk.case, command.scope)
            return msgspec.structs.replace(command, seen=consent.set_by_cmd if consent else "")
        about_kept = SettleKept | PutOffKept | AskAboutKept | UndoSettling
        if isinstance(command, about_kept) and kept_ids and command.kept_id.isdigit():
            command = msgspec.structs.replace(command, kept_id=kept_ids[int(command.kept_id) % len(kept_ids)])
        if isinstance(command, UndoSettling):
            kept = desk.find(KeptWork, command.kept_id)
            return msgspec.structs.replace(command, settling=kept.settled_cmd if kept else "")
        return command

    return SPOKEN.map(as_seen)
