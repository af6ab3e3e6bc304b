"""Words for what the rules will not take: the codes of casework/rules, said before anything is written."""

from collections.abc import Mapping

from desktop.messages.words import Words

REFUSALS: Mapping[str, Words] = {
    # who may
    "read-only": Words(
        "You can look at this, not change it",
        "Your role is Reader.",
        "Ask an admin for another role if you need to make changes.",
    ),
    "person-inactive": Words(
        "Your access has ended",
        "{person} is no longer active here, so new decisions cannot be made.",
        "Ask an admin to let you in again. What you wrote stays on this device.",
    ),
    "not-in-reach": Words(
        "This case is not yours to change",
        "It is outside the cases that you work with.",
        "Ask its owner or a coordinator to mention you in a note; then you can open it.",
    ),
    "not-for-admins": Words(
        "Admins reassign cases, they do not work on them",
        "",
        "Ask the owner or a coordinator to do this.",
    ),
    "owner-only": Words(
        "Only the owner can do this",
        "{owner} owns this case.",
        "Write a note that mentions them, or ask a coordinator to give the case to you.",
    ),
    "assign-is-for-office": Words(
        "Giving a case to a colleague is the office's job",
        "",
        "Give it back to a queue, or ask a coordinator to pass it on.",
    ),
    "takeover-is-for-leads": Words(
        "This case has an owner",
        "It can be taken from a queue, but not from a colleague.",
        "Ask its owner to give it back, or a coordinator to pass it to you.",
    ),
    "import-is-for-office": Words(
        "Importing referrals is the office's job", "", "Send the file to a coordinator, or open the cases one by one."
    ),
    "not-yours-to-decide": Words(
        "This waits for {for}",
        "",
        "Ask them in a note, or leave it to them.",
    ),
    "review-is-the-owners": Words(
        "Reviews are logged by the owner",
        "{owner} owns this case.",
        "Write a note instead: it says the same and stays on the case.",
    ),
    # what is gone
    "case-gone": Words(
        "This case is not on this device any more",
        "",
        "Search for it; if it does not come up, ask a coordinator where it went.",
    ),
    "task-gone": Words(
        "This task is not there any more", "", "Go back to the case and look at its tasks as they are now."
    ),
    "step-gone": Words("This step has been taken out of the journey", "", "Choose another step."),
    "queue-gone": Words("{queue} is not in use any more", "", "Choose another queue."),
    "project-gone": Words("This project takes no new cases", "", "Choose another project."),
    "decision-made-already": Words(
        "This has been decided already",
        "Somebody was there first, with another answer.",
        "Look under Decisions for it.",
    ),
    "decision-gone": Words("This has been decided already", "", "Look under Decisions for what came of it."),
    "client-missing": Words(
        "The client or the home is missing",
        "The new case names one that is not on this device.",
        "Type in who it is about, then save again.",
    ),
    "not-of-this-case": Words(
        "These details belong to another case", "", "Open the case again and correct the details there."
    ),
    "person-reads-only": Words("{person} is a reader and takes no work", "", "Choose somebody else or a queue."),
    "owner-inactive": Words("{person} does not work here any more", "", "Choose somebody else or a queue."),
    "assignee-inactive": Words("{person} does not work here any more", "", "Give the task to somebody else."),
    # what is missing or does not fit
    "reason-needed": Words("A reason is needed", "", "Choose one, and say more in words where it is another reason."),
    "note-is-empty": Words("The note is empty", "", "Write something first."),
    "review-is-empty": Words("The review is empty", "", "Say how the case stands, then save."),
    "task-needs-title": Words("The task has no name", "", "Say in a few words what is to be done."),
    "document-needs-name": Words("The document has no name", "", "Give it a name, then add it again."),
    "channel-needed": Words("How did you talk?", "", "Choose call, visit, e-mail or another way."),
    "step-needed": Words("Where does the client go next?", "", "Choose the step that the case goes to."),
    "step-is-not-a-start": Words(
        "A supported client cannot go to that step", "", "Choose a step of the journey after the waiting list."
    ),
    "duplicate-of-what": Words(
        "Which case is it a duplicate of?", "", "Choose the other case; this one is closed with a link to it."
    ),
    "visit-ends-before-start": Words("The visit ends before it starts", "", "Correct one of the two times."),
    "close-instead": Words("Closing needs a reason", "", "Use Close case instead of moving it to this step."),
    "triage-first": Words("This case still waits to be triaged", "", "Decide about it on the waiting list first."),
    "journey-has-no-start": Words(
        "This project has no waiting step", "", "Ask an admin to add one to its journey, or choose another project."
    ),
    "too-long": Words(
        "{field_words} is too long",
        "It has {length} characters, and {limit} fit.",
        "Shorten it; nothing that you typed is lost meanwhile.",
    ),
    "no-such-field": Words("{field_words} cannot be changed here", "", "Leave it as it is, or write a note about it."),
    "not-valid": Words(
        "Something here does not fit", "It could not be read as it stands.", "Check dates and numbers, then save again."
    ),
    # closed
    "closed-too-long": Words(
        "This case was closed more than two weeks ago",
        "It can no longer be reopened.",
        "Open a new case for this client and mention this one.",
    ),
    # somebody else was first (the author sees it before saving)
    "claimed-first": Words(
        "{owner} has this case now",
        "They have had it since {when}, before you took it.",
        "Look at the case as it is now; a coordinator can still give it to you.",
    ),
    "assigned-first": Words(
        "The case has gone to {owner} meanwhile",
        "{by} moved it {when}.",
        "Look at it as it is now, then choose an owner again if you still want to.",
    ),
    "release-came-late": Words(
        "The case is with {owner} now",
        "{by} moved it {when}, so there is nothing left to give back.",
        "Nothing more to do.",
    ),
    "takeover-came-late": Words(
        "The case is with {owner} now",
        "{by} moved it {when}.",
        "Look at it as it is now, then take it over again if you still want to.",
    ),
    "owner-moved": Words(
        "The case has a new owner",
        "It is with {owner} since {when}.",
        "Ask {owner} to do this, or a coordinator to give you the case.",
    ),
    "step-moved": Words(
        "The case has moved on meanwhile",
        "It is at {step} now.",
        "Look where it stands, then move it again if it is still needed.",
    ),
    "triaged-first": Words(
        "Somebody has decided about this case already", "It is with {owner}.", "Look at the case as it is now."
    ),
    "closed-meanwhile": Words(
        "The case was closed meanwhile", "{closed_by} closed it.", "Reopen it first if there is more to do."
    ),
    "changed-meanwhile": Words(
        "Somebody changed the same field meanwhile",
        "",
        "Look at what stands there now, then type yours again if it is right.",
    ),
    "priority-moved": Words(
        "Somebody changed the priority meanwhile", "", "Look at it as it is now, then set it again if needed."
    ),
    "task-moved": Words("{title} is with {assignee} now", "", "Look at the task as it is now, then choose again."),
    "task-done-already": Words("{title} is done already", "{done_by} did it.", "Nothing more to do."),
}
