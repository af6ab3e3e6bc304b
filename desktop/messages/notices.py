"""Lines of somebody's Today: one sentence each, with who did it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desktop.messages import handing
from desktop.messages.refusals import REFUSALS
from desktop.messages.times import clock_words, moment_words, parsed
from desktop.messages.troubles import TROUBLES
from desktop.messages.words import Facts, fill, fill_text

if TYPE_CHECKING:
    from casework.questions.shown import NoticeShown

# {who} did it; the other facts are the notice's own, ids by their names.
NOTICES: Mapping[str, str] = {
    **handing.NOTICES,
    "given-to-you": "{who} gave you this case.",
    "owner-changed": "{who} moved your case to {to}.",
    "mentioned-you": "{who} mentioned you.",
    "task-for-you": "{who} gave you the task “{title}”.",
    "task-not-yours": "The task “{title}” is not yours any more.",
    "case-closed": "{who} closed your case.",
    "case-reopened": "{who} reopened your case.",
    "facts-on-closed": "{who} added something to this case after it was closed. Reopen it, or open a follow-up?",
    "late-change": "A change by {who} came too late and waits for a decision.",
    "decision-made": "{who} decided about your change.",
    "taken-in-after-update": "The server could not take in a change of yours before; since its update it has.",
    "decision-undone": "{who} took back a decision; it is open again.",
    "asked-about-decision": "{who} asks you about a decision: {text}",
    "answered-about-decision": "{who} answered you about a decision: {text}",
    "left-unsent": "What {who} wrote before they left came in after that. It waits for your decision.",
    "new-case-stuck": "{who} opened a new case of a client whom they do not see. It waits for your decision.",
    "consent-as-before": "{who} took back a decision. What the client said before about their consent counts again.",
    "cases-joined": "{who} joined case {joined} to this one. What was written on it is here now.",
    "joined-the-other-way": "The two cases had been joined already, the other way round.",
    "consent-taken-back": "{who} noted down that the client has taken back a consent.",
    "step-was-removed": "{who} took a step out of the journey. Your case is at {step} now.",
    "shared-clash": "{who} wants “{mine}” as {field_words} on case {other}. “{theirs}” stands until that is decided.",
}
_DECIDED: Mapping[str, str] = {
    "use": "{who} used your change.",
    "leave": "{who} left it as it is; your change was not used.",
    "fields": "{who} chose between your values and theirs.",
    "note": "{who} kept your change as a note.",
}
_TASK_TAKEN: Mapping[str, str] = {
    "moved": "{who} gave your task “{title}” to {assignee}.",
    "nobody": "{who} took the task “{title}” from you; nobody has it now.",
    "cancelled": "{who} cancelled your task “{title}”.",
    "closed": "{who} closed the case, and your task “{title}” with it.",
    "done": "{who} finished your task “{title}”.",
    "undone": "{who} took back a decision, and your task “{title}” with it.",
}
# What became of one's own words: the codes of kept work.
OWN: Mapping[str, str] = {
    **handing.OWN,
    "claimed-first": "{owner} took it first ({clock}). Your notes and tasks are on the case.",
    "assigned-first": "{by} had given it to {owner} meanwhile. Still want {wanted}?",
    "release-came-late": "{by} had given it to {owner} meanwhile, so it was not given back.",
    "takeover-came-late": "{by} had given it to {owner} meanwhile. What you wrote is on the case.",
    "owner-moved": "The case is with {owner} now. What you wrote is on it; your decision waits for them.",
    "step-moved": "The case had been moved to {step} meanwhile. Your move waits for a decision.",
    "triaged-first": "Somebody had decided about this case already. Yours waits for a decision.",
    "closed-meanwhile": "{closed_by} had closed the case. Your move waits for a decision.",
    "changed-meanwhile": "{by} had changed the same field. Yours is kept, and waits for a decision.",
    "priority-moved": "Somebody had changed the priority meanwhile. Yours waits for a decision.",
    "task-moved": "The task “{title}” was with {assignee} by then. Your change waits for a decision.",
    "task-done-already": "The task “{title}” had been done already.",
    "joined-meanwhile": "The case had been joined to {joined}. Your decision waits there.",
    "other-closed-meanwhile": "{closed_by} had closed the other case. The two are still apart.",
    "changed-before-joining": "Somebody had changed the case meanwhile. Look at it, then join the two again.",
    "consent-changed-meanwhile": "The client had told {by} otherwise. Their consent stands as they told {by}.",
    "consent-not-given": "The client had taken back their consent. Your referral to {organisation} was not sent.",
    "step-removed": "The step {removed} is gone. Your move waits for a decision; the nearest step is {to_step}.",
}


def notice_sentence(notice: "NoticeShown") -> str:
    """A line of Today in a sentence. What it is about (number and client) is shown beside it.

    A case that was somebody's by a task alone is gone with it, which no other line would tell them.
    """
    sentence = notice_text(notice.code, notice.facts, notice.named, notice.by_name)
    is_gone = notice.code == "task-not-yours" and not notice.is_here
    return f"{sentence} The case is not on this device any more." if is_gone else sentence


def notice_text(code: str, facts: Facts, named: Facts, who: str) -> str:
    """The same from its parts: `named` are the facts with names in place of ids."""
    if code == "decision-made" and facts.get("how") in _DECIDED:
        return fill_text(_DECIDED[facts["how"]], {**named, "who": who or "Somebody"})
    if code == "task-not-yours":
        how = "nobody" if facts.get("how") == "moved" and not facts.get("assignee") else facts.get("how", "")
        return fill_text(_TASK_TAKEN.get(how, NOTICES[code]), {**named, "who": who or "Somebody"})
    if code == "owner-changed" and facts.get("how") == "takeover":
        return fill_text("{who} took your case over.", {"who": who or "Somebody"})
    if code == "owner-changed" and facts.get("how") == "transfer_accept":
        return fill_text("{who} accepted the case that was yours.", {"who": who or "Somebody"})
    template = NOTICES.get(code) or OWN.get(code)
    if template is not None:
        since = parsed(facts.get("since", ""))
        clock = {"clock": clock_words(since) if _is_today(facts) else moment_words(since)} if since else {}
        return fill_text(template, {**named, **clock, "who": who or "Somebody"})
    words = REFUSALS.get(code) or TROUBLES.get(code)
    return f"Not accepted: {fill(words, named).title}." if words else "A change of yours was not accepted."


def _is_today(facts: Facts) -> bool:
    since = parsed(facts.get("since", ""))
    return since is not None and moment_words(since).startswith("at ")
