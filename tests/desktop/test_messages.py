"""Every code has words and every word a code; each says what to do next, in words that people use."""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from casework.answers import Status
from casework.commands import AnyCommand
from casework.referrals.fields import FIELDS
from casework.referrals.flags import GOOD_TO_KNOW, NEEDS_AN_EYE
from casework.referrals.vulnerabilities import CODES
from casework.rules.closing import CLOSED_REASONS
from casework.rules.consent import CONSENT_METHODS
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS
from casework.rules.notes import CHANNELS
from casework.rules.triage_score import WEIGHTS
from casework.values import (
    ActivityKind,
    CaseStatus,
    ConsentScope,
    ConsentState,
    OwnerChange,
    Priority,
    Role,
    Source,
    Standing,
    StepKind,
    TaskStatus,
    TriageOutcome,
)
from casework.values.times import EARLIEST, LATEST
from desktop import messages
from desktop.messages import deeds, feed, imports, kept, labels, notices, refusals, syncing, troubles
from desktop.messages.times import ago_words, clock_words, date_words, moment_words, stamp_words
from desktop.messages.words import Words, fill, size_words
from sync.status import SyncState

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 27, 14, 2, tzinfo=UTC)
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+|stopped|offline|diverged|refused")
# Whose text arguments are codes with words of their own; besides these, any argument named `code` is one.
SPEAKERS = {
    "Refused",
    "Late",
    "proposal",
    "tell",
    "tell_author",
    "late_about_task",
    "Rejected",
    "Problem",
    "Ack",
    "_keep_broken",
}
BANNED = re.compile(
    r"\b(sync conflicts?|merge[ds]?|merging|revisions?|payloads?|null|https?|[45]xx|(?:error|status|code) [45]\d\d"
    r"|records?|entit(?:y|ies)|an error occurred)\b",
    re.IGNORECASE,
)
TABLES: tuple[dict[str, Words], ...] = (
    dict(refusals.REFUSALS),
    dict(troubles.TROUBLES),
    dict(imports.UNREADABLE),
)


def sources(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def codes_said(*packages: str) -> set[str]:
    """Every code that these packages can say: in calls, in the `code` of faults, in functions that pick one."""
    found: set[str] = set()
    for _, tree in sources(*packages):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found.update(_in_call(node))
            elif isinstance(node, ast.ClassDef):
                found.update(_in_class(node))
            elif isinstance(node, ast.FunctionDef) and re.search(r"(^|_)(code|problem)", node.name):
                found.update(_returned(node))
    return found


def _in_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    given = [one.value for one in node.keywords if one.arg == "code"]
    given += node.args if name in SPEAKERS else []
    for one in given:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
            yield one.value


def _in_class(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        is_code = isinstance(target, ast.Name) and target.id == "code"
        if is_code and isinstance(value, ast.Constant) and value.value:
            yield str(value.value)


def _returned(node: ast.FunctionDef) -> Iterator[str]:
    for line in ast.walk(node):
        if isinstance(line, ast.Constant) and isinstance(line.value, str) and CODE.fullmatch(line.value):
            yield line.value


def unreadable_codes() -> set[str]:
    found: set[str] = set()
    for _, tree in sources("casework/referrals"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnreadableFile":
                found.update(str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant))
    return found


def every_template() -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for code, words in table.items():
            for part in words:
                yield code, part
    for sentences in (notices.NOTICES, notices.OWN, imports.FLAGS, imports.EXCLUDED, imports.NOTES):
        yield from sentences.items()


def test_that_every_code_has_words() -> None:
    known = {code for table in TABLES for code in table} | set(notices.NOTICES)
    assert codes_said("casework", "sync", "server", "desktop") - known == set()


def test_that_every_word_has_a_code() -> None:
    said = codes_said("casework", "sync", "server", "desktop") | unreadable_codes() | ours()
    known = {code for table in TABLES for code in table} | set(notices.NOTICES) | set(notices.OWN)
    assert known - said == set()


def ours() -> set[str]:
    """Codes that only the desktop itself uses: any text in it, outside the messages, that is one."""
    found: set[str] = set()
    for path, tree in sources("desktop"):
        if "messages" not in path.parts or path.name == "syncing.py":
            found.update(
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
    return found


def test_that_every_file_that_cannot_be_read_has_words() -> None:
    assert unreadable_codes() == set(imports.UNREADABLE)


def test_that_everything_that_fails_says_what_to_do_next() -> None:
    silent = [code for table in TABLES for code, words in table.items() if not words.next_step.strip().endswith(".")]
    assert silent == []


def test_that_titles_are_no_sentences_and_sentences_are() -> None:
    for table in TABLES:
        for code, words in table.items():
            assert words.title, code
            assert not words.title.endswith("."), code
            assert not words.sentence or words.sentence.endswith("."), code


def test_that_no_message_uses_a_banned_word() -> None:
    assert [(code, part) for code, part in every_template() if BANNED.search(part)] == []


def test_that_no_text_in_a_view_or_a_widget_uses_a_banned_word() -> None:
    found = []
    for path, tree in sources("desktop"):
        strings = _shown_strings(tree)
        found += [(path.name, text) for text in strings if " " in text and BANNED.search(text)]
    assert found == []


def _shown_strings(tree: ast.Module) -> Iterable[str]:
    """The texts of a module but for docstrings, queries and imports."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_that_every_fact_in_a_template_is_one_that_words_know() -> None:
    for code, part in every_template():
        filled = fill(Words(part), {"name": "bill.pdf", "owner": "Ben"})
        assert "{" not in filled.title, code


@pytest.mark.parametrize("code", sorted({code for table in TABLES for code in table}))
def test_that_a_message_without_its_facts_is_still_a_sentence(code: str) -> None:
    words = messages.words_for(code)
    assert "  " not in words.whole
    assert " ." not in words.whole
    assert words.title[0].isupper()


def test_that_an_unknown_code_says_that_it_is_unknown_and_what_to_do() -> None:
    words = messages.words_for("from-the-future")
    assert "Update Doorstep" in words.next_step


def test_that_facts_are_shown_as_they_are_and_never_read_as_templates() -> None:
    words = messages.words_for("document-vanished", {"name": "{owner} <b>bill</b>.pdf"})
    assert words.title == "{owner} <b>bill</b>.pdf is not there any more"


def test_that_ids_become_names_and_unknown_ids_become_somebody() -> None:
    ben = "b" * 32
    assert messages.words_for("owner-only", {"owner": ben}, {ben: "Ben"}).sentence == "Ben owns this case."
    assert messages.words_for("owner-only", {"owner": ben}).sentence == "Somebody else owns this case."


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (Role, labels.ROLES),
        (Role, labels.ROLE_HINTS),
        (Priority, labels.PRIORITIES),
        (CaseStatus, labels.STATUSES),
        (StepKind, labels.STEP_KINDS),
        (TaskStatus, labels.TASK_STATUSES),
        (TriageOutcome, labels.OUTCOMES),
        (TriageOutcome, labels.OUTCOMES_DONE),
        (Source, labels.SOURCES),
        (Standing, labels.STANDINGS),
        (OwnerChange, labels.OWNER_CHANGES),
        (CLOSED_REASONS, labels.CLOSED_REASONS),
        (CHANNELS, labels.CHANNELS),
        (ConsentScope, labels.CONSENT_SCOPES),
        (ConsentState, labels.CONSENT_STATES),
        (CONSENT_METHODS, labels.CONSENT_METHODS),
        (CODES, labels.VULNERABILITIES),
        ({*WEIGHTS, "waited"}, labels.SCORE_REASONS),
        (NEEDS_AN_EYE | GOOD_TO_KNOW, imports.FLAGS),
        (FIELDS, imports.COLUMN_MEANS),
        (ActivityKind, feed.KINDS),
        ({str(kind.__struct_config__.tag) for kind in AnyCommand.__args__}, deeds.COMMANDS),
    ],
)
def test_that_every_fixed_choice_has_words_and_no_words_are_left_over(
    kinds: Iterable[str], words: Iterable[str]
) -> None:
    assert set(kinds) == set(words)


def test_that_every_field_that_can_be_edited_has_a_name() -> None:
    assert {*CASE_FIELDS, *CONTACT_FIELDS, *PROPERTY_FIELDS} - set(labels.FIELDS) == set()


def test_that_every_outcome_of_a_change_has_words() -> None:
    assert all(messages.receipt_words(status.value) for status in Status)


def test_that_every_late_change_has_a_story_and_a_line_for_its_author() -> None:
    late: set[str] = set()
    for _, tree in sources("casework"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Late", "proposal", "late_about_task"):
                late.update(_in_call(node))
            elif isinstance(node, ast.FunctionDef) and node.name == "_late_code":
                late.update(_returned(node))
    assert late == set(kept.STORIES)
    assert late == set(notices.OWN)


@pytest.mark.parametrize(
    ("state", "kind", "words", "detail"),
    [
        (SyncState(in_sync_at=NOW), "sent", "All sent", "Everything on this device is also on the server."),
        (SyncState(in_sync_at=NOW, unsent=3), "sending", "3 to send", "Sending now: 3 changes."),
        (
            SyncState(in_sync_at=NOW, unsent=3, papers=2, fault="offline"),
            "offline",
            "Offline",
            "You can carry on. 3 changes and 2 documents will be sent when you are back online.",
        ),
        (
            SyncState(in_sync_at=NOW, unsent=14, oldest_unsent=NOW - timedelta(days=2, hours=1), fault="offline"),
            "late",
            "Not sent for 2 days",
            "The office cannot see your last 14 changes. Connect to send.",
        ),
        (SyncState(in_sync_at=NOW, decisions=1), "decision", "1 needs your decision", ""),
        (SyncState(in_sync_at=NOW, decisions=2), "decision", "2 need your decision", ""),
        (
            SyncState(in_sync_at=NOW, papers=2, paper_bytes=8_000_000),
            "slow",
            "2 documents",
            "Sending now: 2 documents.",
        ),
        (SyncState(in_sync_at=NOW, fault="signed-out"), "late", "Sign in to send", "Sign in with your password"),
        (SyncState(in_sync_at=NOW, fault="locked-out"), "error", "Ask your admin", "Ask your admin"),
        (SyncState(), "sending", "Getting your cases", "you can start now"),
    ],
)
def test_that_the_chip_says_where_ones_work_is(state: SyncState, kind: str, words: str, detail: str) -> None:
    said = messages.chip(state, NOW)
    assert (said.kind, said.words) == (kind, words)
    assert detail in said.detail


def test_that_offline_is_never_alarming() -> None:
    for fault in ("offline", "not-our-server", "server-busy", "server-fault"):
        assert messages.chip(SyncState(in_sync_at=NOW, unsent=1, fault=fault), NOW).kind == "offline"


def test_that_a_time_that_no_clock_shows_has_words_all_the_same() -> None:
    for odd, shown in (
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), EARLIEST),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), LATEST),
        (NOW.replace(tzinfo=None), NOW),
    ):
        assert stamp_words(odd, NOW) == stamp_words(shown, NOW)
        assert moment_words(odd, NOW) == moment_words(shown, NOW)
        assert clock_words(odd) == clock_words(shown)


def test_that_times_are_said_as_people_say_them() -> None:
    local = NOW.astimezone()
    assert moment_words(NOW, NOW) == f"at {local:%H:%M}"
    assert stamp_words(NOW - timedelta(days=3), NOW).startswith("Tue ")
    assert date_words(NOW.date(), NOW.date()) == "Fri 27 Nov"
    assert date_words(NOW.date().replace(year=2025), NOW.date()).endswith("2025")
    assert [ago_words(timedelta(minutes=one)) for one in (0, 1, 90, 3000)] == [
        "1 minute",
        "1 minute",
        "1 hour",
        "2 days",
    ]


def test_that_sizes_are_said_as_people_say_them() -> None:
    sizes = [size_words(size) for size in (120, 120_000, 8_400_000, 300_000_000)]
    assert sizes == ["120 bytes", "120 KB", "8.4 MB", "300 MB"]


def test_that_stopping_faults_have_troubles_words() -> None:
    for fault in syncing.STOPPED | syncing.NO_WAY:
        assert fault in troubles.TROUBLES


def test_that_messages_know_no_qt() -> None:
    for path, tree in sources("desktop/messages"):
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith("PySide6") for name in names), path
