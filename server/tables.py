"""The tables that only the server keeps: its log, its outcomes, who may see what, and who may come in."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from casework.tables import metadata

_SERVER = {"side": "server"}

# One line per committed change to one case (or, where case_id is NULL, to what everybody holds), in order of commits.
commit_log = Table(
    "commit_log",
    metadata,
    Column("rev", BigInteger, primary_key=True, autoincrement=False),
    Column("chain", Text, nullable=False),
    Column("case_id", Text),
    Column("cmd_id", Text, nullable=False),
    Index("ix_commit_log_case_id", "case_id", "rev"),
    info=_SERVER,
)

# What became of each command, for good: asked again, it is answered from here.
outcome = Table(
    "outcome",
    metadata,
    Column("cmd_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    info=_SERVER,
)

# From which running number on, and up to which, a case was in a scope. `ends_at` is set where only a day limits it.
case_scope = Table(
    "case_scope",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("since_rev", BigInteger, primary_key=True),
    Column("until_rev", BigInteger),
    Column("ends_at", Text),
    Index("ix_case_scope_scope", "scope", "until_rev", "case_id"),
    Index("ix_case_scope_ends_at", "ends_at"),
    info=_SERVER,
)

# The stamp of each case's last change: with the case's scopes, all that a laptop needs to know what it lacks.
case_stamp = Table(
    "case_stamp",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    info=_SERVER,
)

# Each scope's cases in 256 buckets by the last two digits of their ids: how many, and the sum of their marks.
scope_sum = Table(
    "scope_sum",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("bucket", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    # 16 hex digits: PostgreSQL's whole numbers have a sign
    Column("total", Text, nullable=False),
    info=_SERVER,
)

# From which running number on somebody may not see a piece of kept work any more, of those who could; under a case's
# id, who had said anything about it when it was deleted for good.
kept_left = Table(
    "kept_left",
    metadata,
    Column("kept_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Index("ix_kept_left_person_id", "person_id", "rev"),
    info=_SERVER,
)

# Ids of what was deleted for good; never tidied away, so that nothing comes back under them (FD1, FD2).
dead_id = Table(
    "dead_id",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    info=_SERVER,
)

account = Table(
    "account",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("invite_hash", Text, nullable=False),
    Column("invite_until", Text, nullable=False),
    # when their access ended, empty while they work here
    Column("ended_at", Text, nullable=False),
    info=_SERVER,
)

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("renewal_hash", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("signed_in_at", Text, nullable=False),
    Column("renew_until", Text, nullable=False),
    Column("last_nonce", Text, nullable=False),
    # how far it has applied what changed, and whether what it brings is judged or only put by ("", "wipe")
    Column("cursor", BigInteger, nullable=False),
    Column("fate", Text, nullable=False),
    Column("clock_off", Integer, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    Index("ix_device_person_id", "person_id"),
    info=_SERVER,
)

token = Table(
    "token",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Index("ix_token_device_id", "device_id"),
    info=_SERVER,
)

# Wrong passwords by the hash of the name that was tried; a name itself may be a password typed into the wrong field.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("ix_sign_in_failure_name_hash", "name_hash", "at"),
    info=_SERVER,
)

upload = Table(
    "upload",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("touched_at", Text, nullable=False),
    Index("ix_upload_offer", "sha256", "case_id", "person_id"),
    info=_SERVER,
)

# The organisation's name, this history's epoch, the next case number of each year.
meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    info=_SERVER,
)
