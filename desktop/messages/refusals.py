"""Words for what the rules will not take: the codes of casework/rules, said before anything is written."""

from collections.abc import Mapping

from desktop.messages import handing
from desktop.messages.words import Words

REFUSALS: Mapping[str, Words] = {
    **handing.REFUSALS,
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
    "for-admins-only": Words("Only an admin can do this", "", "Ask an admin, and say which case it is about."),
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
    "joining-is-for-leads": Words(
        "Joining two cases is for team leads", "", "Ask a lead, and name the two case numbers in a note."
    ),
    "set-up-is-for-admins": Words("Forms and steps are set up by admins", "", "Ask an admin to change it."),
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
    "step-is-needed": Words(
        "Every journey needs this step", "It is where cases begin or end.", "Choose another step to take out."
    ),
    "step-has-no-neighbour": Words(
        "There is no step for its cases to go to", "", "Add another step to the journey, or choose one that is there."
    ),
    "form-gone": Words(
        "This form is not there any more", "", "Choose the form again; what you typed stays as a draft."
    ),
    "queue-gone": Words("{queue} is not in use any more", "", "Choose another queue."),
    "project-gone": Words("This project takes no new cases", "", "Choose another project."),
    "decision-made-already": Words(
        "This has been decided already",
        "{by} was there first, with another answer.",
        "Look under Decisions for it.",
    ),
    "rescue-passphrase-short": Words(
        "The passphrase is too short",
        "This device has not learnt your organisation’s key yet, so the passphrase is all that protects the copy.",
        "Use at least 15 characters; several words are easy to remember.",
    ),
    "rescue-nothing": Words("Everything has been sent", "There is nothing to save in a copy.", "Nothing more to do."),
    "rescue-paper-damaged": Words(
        "One of the documents cannot be read",
        "It was damaged while the copy was being written, so there is no copy.",
        "Try once more; if it happens again, tell your admin.",
    ),
    "rescue-not-one": Words("That is no rescue copy", "", "Choose the file that was saved on the other device."),
    "rescue-broken": Words(
        "The copy cannot be opened",
        "It is damaged or cut short, or the passphrase does not fit. Nothing was changed.",
        "Copy the file from the other device once more, or ask its author for the passphrase.",
    ),
    "rescue-not-for-us": Words(
        "The copy was made for another organisation", "", "Ask its author which server their device works with."
    ),
    "rescue-of-another-server": Words(
        "Nobody here is the author of that copy",
        "It was made for another server.",
        "Ask its author which server their device works with.",
    ),
    "rescue-needs-passphrase": Words(
        "The copy needs its passphrase", "", "Ask its author for it, and type it in as they did."
    ),
    "rescue-unproved": Words(
        "It is not sure that the copy comes from {person}’s device",
        "That device has signed in anew since, or the file was made elsewhere.",
        "Ask {person} whether they made it, then hand it in all the same.",
    ),
    "not-all-sent": Words(
        "Not everything has been sent",
        "What is only on this device would be lost.",
        "Send it, or save a rescue copy and give that to your admin; then clear this device.",
    ),
    "question-is-empty": Words("The question is empty", "", "Write what you would like to know."),
    "not-to-be-asked": Words(
        "{person} has nothing to do with this decision",
        "Only whoever wrote it, owns the case or was asked before can be asked.",
        "Ask one of them, or mention {person} in a note.",
    ),
    "changed-since": Words(
        "Somebody has changed it since",
        "{field_words} is not any more what the decision had set.",
        "Look at the case as it is now, and change it there if you still want to.",
    ),
    "too-late-to-undo": Words(
        "It is too late to take this decision back",
        "That can be done for {days} days.",
        "Change it on the case instead; both values are in its story.",
    ),
    "decision-gone": Words("This has been decided already", "", "Look under Decisions for what came of it."),
    "client-missing": Words(
        "The client or the home is missing",
        "The new case names one that is not here, or is not among the cases that you work with.",
        "Type in who it is about, then save again, or ask a lead to open the case.",
    ),
    "case-here-already": Words(
        "This case is here already, with other words",
        "It came in before as {number}, and stays as it is. What you said otherwise is kept.",
        "Open {number} and correct what is wrong there, or keep your words as a note.",
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
    "consent-needed": Words(
        "The client has not been asked",
        "Nothing may be passed on before they have agreed to it.",
        "Ask the client, note their answer down under Consent, then refer them.",
    ),
    "referral-needs-whom": Words(
        "To whom, and for what?", "", "Name the organisation and what the client is referred for."
    ),
    "how-did-they-say-so": Words("How did the client say so?", "", "Choose signature, in words, e-mail or letter."),
    "form-is-empty": Words("Nothing is filled in", "", "Answer at least one question, then save."),
    "form-asks-twice": Words(
        "Two questions of this form have the same key", "", "Give each question a key of its own, then publish it."
    ),
    "form-is-out": Words(
        "This version is out already and stays as it is", "", "Publish your changes as the next version."
    ),
    "form-version-taken": Words(
        "Somebody published a version of this form meanwhile",
        "Version {version} is the newest.",
        "Look at it, then publish yours as the next one.",
    ),
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
    "step-removed": Words(
        "The step has been taken out of the journey meanwhile", "The nearest is {to_step}.", "Choose another step."
    ),
    "joined-for-good": Words(
        "Cases that were joined stay joined",
        "What was written on them cannot be told apart again.",
        "Open a new case if they turn out to be two.",
    ),
    "opened-for-good": Words(
        "A case that was taken in stays", "", "Close it, with a reason, if it should not be there."
    ),
    "sent-for-good": Words(
        "What was sent to others cannot be called back",
        "They have been told about the client.",
        "Tell them, and note that down on the case.",
    ),
    "words-stay": Words("What was written stays on the case", "", "Write a note beside it that says what is right."),
    "consent-is-asked-anew": Words(
        "Only the client can say yes again",
        "Taking this back would count an answer that they have not given since.",
        "Ask the client, and note their answer down under Consent.",
    ),
    "first-answer-stays": Words(
        "A first answer stays",
        "The client had said nothing before it.",
        "Note down the client’s other answer under Consent, if they give one.",
    ),
    "nothing-to-take-back": Words(
        "There is nothing to take back", "This decision changed nothing.", "Look at the case as it is now."
    ),
    "joined-meanwhile": Words(
        "This case was joined to another one", "It is a part of {joined} now.", "Open that case and decide there."
    ),
    "other-closed-meanwhile": Words(
        "The other case was closed meanwhile",
        "{closed_by} closed it.",
        "Reopen it first, or join them the other way round.",
    ),
    "changed-before-joining": Words(
        "Somebody changed this case meanwhile", "", "Look at what is new, then join the two again."
    ),
    "consent-changed-meanwhile": Words(
        "The client has told {by} otherwise", "That was noted down {when}.", "Ask the client again if you are not sure."
    ),
    "consent-not-given": Words(
        "The client does not agree to this", "{by} noted that down {when}.", "Ask the client before you refer them."
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
