"""The tables that only the server keeps: its log, its outcomes, who may see what, and who may come in."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table

from casework.tables import TEXT, metadata

_SERVER = {"side": "server"}

# One line per committed change to one case (or, where case_id is NULL, to what everybody holds), in order of commits.
commit_log = Table(
    "commit_log",
    metadata,
    Column("rev", BigInteger, primary_key=True, autoincrement=False),
    Column("chain", TEXT, nullable=False),
    Column("case_id", TEXT),
    Column("cmd_id", TEXT, nullable=False),
    Index("ix_commit_log_case_id", "case_id", "rev"),
    info=_SERVER,
)

# What became of each command, for good: asked again, it is answered from here.
outcome = Table(
    "outcome",
    metadata,
    Column("cmd_id", TEXT, primary_key=True),
    Column("status", TEXT, nullable=False),
    Column("code", TEXT, nullable=False),
    Column("facts", TEXT, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("chain", TEXT, nullable=False),
    Column("person_id", TEXT, nullable=False),
    Column("device_id", TEXT, nullable=False),
    Column("body_hash", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    info=_SERVER,
)

# From which running number on, and up to which, a case was in a scope. `ends_at` is set where only a day limits it.
case_scope = Table(
    "case_scope",
    metadata,
    Column("case_id", TEXT, primary_key=True),
    Column("scope", TEXT, primary_key=True),
    Column("since_rev", BigInteger, primary_key=True),
    Column("until_rev", BigInteger),
    Column("ends_at", TEXT),
    Index("ix_case_scope_scope", "scope", "until_rev", "case_id"),
    Index("ix_case_scope_ends_at", "ends_at"),
    info=_SERVER,
)

# The stamp of each case's last change: with the case's scopes, all that a laptop needs to know what it lacks.
case_stamp = Table(
    "case_stamp",
    metadata,
    Column("case_id", TEXT, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("chain", TEXT, nullable=False),
    info=_SERVER,
)

# Each scope's cases in 256 buckets by the last two digits of their ids: how many, and the sum of their marks.
scope_sum = Table(
    "scope_sum",
    metadata,
    Column("scope", TEXT, primary_key=True),
    Column("bucket", TEXT, primary_key=True),
    Column("count", BigInteger, nullable=False),
    # 16 hex digits: PostgreSQL's whole numbers have a sign
    Column("total", TEXT, nullable=False),
    info=_SERVER,
)

# From which running number on somebody may not see a piece of kept work any more, of those who could; under a case's
# id, who had said anything about it when it was deleted for good.
kept_left = Table(
    "kept_left",
    metadata,
    Column("kept_id", TEXT, primary_key=True),
    Column("person_id", TEXT, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Index("ix_kept_left_person_id", "person_id", "rev"),
    info=_SERVER,
)

# Ids of what was deleted for good; never tidied away, so that nothing comes back under them (FD1, FD2).
dead_id = Table(
    "dead_id",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    info=_SERVER,
)

account = Table(
    "account",
    metadata,
    Column("person_id", TEXT, primary_key=True),
    Column("username", TEXT, nullable=False, unique=True),
    Column("password_hash", TEXT, nullable=False),
    Column("invite_hash", TEXT, nullable=False),
    Column("invite_until", TEXT, nullable=False),
    # when their access ended, empty while they work here
    Column("ended_at", TEXT, nullable=False),
    info=_SERVER,
)

device = Table(
    "device",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("person_id", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("app", TEXT, nullable=False),
    Column("renewal_hash", TEXT, nullable=False),
    Column("previous_hash", TEXT, nullable=False),
    Column("signed_in_at", TEXT, nullable=False),
    Column("renew_until", TEXT, nullable=False),
    Column("last_nonce", TEXT, nullable=False),
    # how far it has applied what changed, the newest number of this history that it said it knows, and whether what it
    # brings is judged or only put by ("", "wipe")
    Column("cursor", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("fate", TEXT, nullable=False),
    Column("clock_off", Integer, nullable=False),
    Column("last_seen", TEXT, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    Index("ix_device_person_id", "person_id"),
    info=_SERVER,
)

token = Table(
    "token",
    metadata,
    Column("hash", TEXT, primary_key=True),
    Column("person_id", TEXT, nullable=False),
    Column("device_id", TEXT, nullable=False),
    Column("expires", TEXT, nullable=False),
    Index("ix_token_device_id", "device_id"),
    info=_SERVER,
)

# Wrong passwords by the hash of the name that was tried; a name itself may be a password typed into the wrong field.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("name_hash", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    Index("ix_sign_in_failure_name_hash", "name_hash", "at"),
    info=_SERVER,
)

upload = Table(
    "upload",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("sha256", TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("case_id", TEXT, nullable=False),
    Column("person_id", TEXT, nullable=False),
    Column("touched_at", TEXT, nullable=False),
    Index("ix_upload_offer", "sha256", "case_id", "person_id"),
    info=_SERVER,
)

# The organisation's name, this history's epoch, the next case number of each year.
meta = Table(
    "meta",
    metadata,
    Column("key", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
    info=_SERVER,
)
