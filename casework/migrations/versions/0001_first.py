"""The first tables: what both sides keep, then what only a laptop or only the server does."""

import sqlalchemy as sa
from alembic import op

# Revision ids count up as text ("0001", "0002"): `Database.prepare` compares them.
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _both()
    {"device": _device, "server": _server}[op.get_context().opts["side"]]()


def _both() -> None:
    op.create_table(
        "person",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("team_ids", TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("weekly_capacity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_person_rev", "person", ["rev"])
    op.create_table(
        "team",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("voids_when_returned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_team_rev", "team", ["rev"])
    op.create_table(
        "queue",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("member_ids", TEXT, nullable=False),
        sa.Column("is_waiting_list", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_queue_rev", "queue", ["rev"])
    op.create_table(
        "project",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("funder", TEXT, nullable=False),
        sa.Column("journey_id", TEXT, nullable=False),
        sa.Column("waiting_queue_id", TEXT, nullable=False),
        sa.Column("default_queue_id", TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_project_rev", "project", ["rev"])
    op.create_table(
        "step",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("journey_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target_days", sa.Integer(), nullable=False),
        sa.Column("entry_tasks", TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_step_rev", "step", ["rev"])
    op.create_table(
        "task_type",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("is_visit", sa.Boolean(), nullable=False),
        sa.Column("is_common", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_task_type_rev", "task_type", ["rev"])
    op.create_table(
        "form_template",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("questions", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_form_template_rev", "form_template", ["rev"])
    op.create_table(
        "contact",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("birth_date", TEXT, nullable=True),
        sa.Column("birth_text", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
        sa.Column("mobile", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("preferred_channel", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("vulnerabilities", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_contact_rev", "contact", ["rev"])
    if op.get_context().dialect.name == "sqlite":
        op.create_index("ix_contact_search", "contact", ["last_name", "first_name", "phone", "mobile", "id"])
    op.create_table(
        "property",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("address_1", TEXT, nullable=False),
        sa.Column("address_2", TEXT, nullable=False),
        sa.Column("town", TEXT, nullable=False),
        sa.Column("postcode", TEXT, nullable=False),
        sa.Column("uprn", TEXT, nullable=False),
        sa.Column("tenure", TEXT, nullable=False),
        sa.Column("property_type", TEXT, nullable=False),
        sa.Column("epc", TEXT, nullable=False),
        sa.Column("heating", TEXT, nullable=False),
        sa.Column("prepayment", TEXT, nullable=False),
        sa.Column("access_notes", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_property_rev", "property", ["rev"])
    if op.get_context().dialect.name == "sqlite":
        op.create_index("ix_property_search", "property", ["postcode", "address_1", "address_2", "town", "id"])
    op.create_table(
        "case_file",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("contact_id", TEXT, nullable=False),
        sa.Column("property_id", TEXT, nullable=False),
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("step_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("owner_kind", TEXT, nullable=False),
        sa.Column("owner_id", TEXT, nullable=False),
        sa.Column("owner_cmd", TEXT, nullable=False),
        sa.Column("owner_epoch", sa.Integer(), nullable=False),
        sa.Column("owner_since", TEXT, nullable=False),
        sa.Column("owner_by", TEXT, nullable=False),
        sa.Column("triage_outcome", TEXT, nullable=True),
        sa.Column("triage_score", sa.Integer(), nullable=False),
        sa.Column("triage_reasons", TEXT, nullable=False),
        sa.Column("request_type", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("source_name", TEXT, nullable=False),
        sa.Column("source_reference", TEXT, nullable=False),
        sa.Column("referred_on", TEXT, nullable=True),
        sa.Column("consent", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("arrived_at", TEXT, nullable=True),
        sa.Column("clock_off", sa.Integer(), nullable=False),
        sa.Column("step_since", TEXT, nullable=False),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("closed_reason", TEXT, nullable=False),
        sa.Column("duplicate_of", TEXT, nullable=False),
        sa.Column("joined_to", TEXT, nullable=False),
        sa.Column("other_numbers", TEXT, nullable=False),
        sa.Column("apart_from", TEXT, nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("last_review_at", TEXT, nullable=True),
        sa.Column("last_review_by", TEXT, nullable=False),
        sa.Column("last_review_text", TEXT, nullable=False),
        sa.Column("last_review_epoch", sa.Integer(), nullable=False),
        sa.Column("last_review_id", TEXT, nullable=False),
        sa.Column("out_until", TEXT, nullable=True),
        sa.Column("out_with", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_file_contact_id", "case_file", ["contact_id"])
    op.create_index("ix_case_file_created_at_id", "case_file", ["created_at", "id"])
    op.create_index("ix_case_file_number_id", "case_file", ["number", "id"])
    op.create_index("ix_case_file_other_numbers_id", "case_file", ["other_numbers", "id"])
    op.create_index("ix_case_file_owner_id_status", "case_file", ["owner_id", "status"])
    op.create_index("ix_case_file_project_id_status", "case_file", ["project_id", "status"])
    op.create_index("ix_case_file_property_id", "case_file", ["property_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_case_file_rev", "case_file", ["rev"])
    op.create_index("ix_case_file_status_step_id_step_since_id", "case_file", ["status", "step_id", "step_since", "id"])
    op.create_table(
        "referral",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("letter", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("alike", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referral_case_id", "referral", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_referral_rev", "referral", ["rev"])
    op.create_table(
        "ownership_event",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("from_kind", TEXT, nullable=True),
        sa.Column("from_id", TEXT, nullable=False),
        sa.Column("to_kind", TEXT, nullable=False),
        sa.Column("to_id", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("task_ids", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("arrived_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ownership_event_case_id", "ownership_event", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_ownership_event_rev", "ownership_event", ["rev"])
    op.create_table(
        "contributor",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("because", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contributor_case_id", "contributor", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_contributor_rev", "contributor", ["rev"])
    op.create_table(
        "offer",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("to_id", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("under", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("with_tasks", sa.Boolean(), nullable=False),
        sa.Column("made_at", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("answered_by", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_offer_case_id", "offer", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_offer_rev", "offer", ["rev"])
    op.create_table(
        "case_assignment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("comments", TEXT, nullable=False),
        sa.Column("due_on", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("assignee_id", TEXT, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("asked_at", TEXT, nullable=False),
        sa.Column("answered_by", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_assignment_case_id", "case_assignment", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_case_assignment_rev", "case_assignment", ["rev"])
    op.create_table(
        "task",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("step_id", TEXT, nullable=False),
        sa.Column("due_on", TEXT, nullable=True),
        sa.Column("start_at", TEXT, nullable=True),
        sa.Column("end_at", TEXT, nullable=True),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("assignee_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("completed_at", TEXT, nullable=True),
        sa.Column("completed_by", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_assignee_id_status", "task", ["assignee_id", "status"])
    op.create_index("ix_task_case_id", "task", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_task_rev", "task", ["rev"])
    op.create_table(
        "activity",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("due_on", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("mentions", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("arrived_at", TEXT, nullable=True),
        sa.Column("clock_off", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("standing", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_case_id_arrived_at_at", "activity", ["case_id", "arrived_at", "at"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_activity_rev", "activity", ["rev"])
    op.create_table(
        "document",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("task_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("mime", TEXT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("caption", TEXT, nullable=False),
        sa.Column("added_at", TEXT, nullable=False),
        sa.Column("added_by", TEXT, nullable=False),
        sa.Column("is_stored", sa.Boolean(), nullable=False),
        sa.Column("preview_of", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_document_case_id", "document", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_document_rev", "document", ["rev"])
    op.create_index("ix_document_sha256", "document", ["sha256"])
    op.create_table(
        "consent",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("set_by_cmd", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("text_version", TEXT, nullable=False),
        sa.Column("evidence_document_id", TEXT, nullable=False),
        sa.Column("expires_on", TEXT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_case_id", "consent", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_consent_rev", "consent", ["rev"])
    op.create_table(
        "external_referral",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("organisation", TEXT, nullable=False),
        sa.Column("service", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("consent_cmd", TEXT, nullable=False),
        sa.Column("chase_on", TEXT, nullable=True),
        sa.Column("sent_at", TEXT, nullable=False),
        sa.Column("sent_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_external_referral_case_id", "external_referral", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_external_referral_rev", "external_referral", ["rev"])
    op.create_table(
        "form_answers",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("template_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", TEXT, nullable=False),
        sa.Column("task_id", TEXT, nullable=False),
        sa.Column("answered_at", TEXT, nullable=False),
        sa.Column("answered_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_form_answers_case_id", "form_answers", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_form_answers_rev", "form_answers", ["rev"])
    op.create_table(
        "kept_work",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("command", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("fields", TEXT, nullable=False),
        sa.Column("theirs_from", TEXT, nullable=False),
        sa.Column("earlier", TEXT, nullable=False),
        sa.Column("author_id", TEXT, nullable=False),
        sa.Column("said_at", TEXT, nullable=False),
        sa.Column("kept_at", TEXT, nullable=False),
        sa.Column("for_kind", TEXT, nullable=False),
        sa.Column("for_id", TEXT, nullable=False),
        sa.Column("for_owner", sa.Boolean(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("later_until", TEXT, nullable=True),
        sa.Column("later_by", TEXT, nullable=False),
        sa.Column("asked_id", TEXT, nullable=False),
        sa.Column("talk", TEXT, nullable=False),
        sa.Column("settled_by", TEXT, nullable=False),
        sa.Column("settled_at", TEXT, nullable=True),
        sa.Column("settled_cmd", TEXT, nullable=False),
        sa.Column("effect", TEXT, nullable=False),
        sa.Column("joined_to", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_kept_work_case_id", "kept_work", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_kept_work_rev", "kept_work", ["rev"])
    op.create_index("ix_kept_work_state", "kept_work", ["state"])
    op.create_table(
        "notice",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_case_id", "notice", ["case_id"])
    op.create_index("ix_notice_person_id_is_seen", "notice", ["person_id", "is_seen"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_notice_rev", "notice", ["rev"])
    op.create_table(
        "sighting",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("author_id", TEXT, nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sighting_case_id", "sighting", ["case_id"])
    if op.get_context().opts["side"] == "server":
        op.create_index("ix_sighting_rev", "sighting", ["rev"])


def _device() -> None:
    op.create_table(
        "held_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("chain", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_leaving", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_held_case_leaving", "held_case", ["case_id"], sqlite_where=sa.text("is_leaving = 1"))
    op.create_index("ix_held_case_scopes", "held_case", ["scopes"])
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"])
    op.create_table(
        "shadow",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("table_name", "row_id"),
    )
    op.create_table(
        "held_sum",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "bucket"),
    )
    op.create_table(
        "listed",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_receipt_case_id", "receipt", ["case_id"])
    op.create_index("ix_receipt_rev", "receipt", ["rev"])
    op.create_index("ix_receipt_type", "receipt", ["type"])
    op.create_table(
        "extra",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_id"),
    )
    op.create_table(
        "sync_state",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "paper",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("used_at", sa.Text(), nullable=False, server_default=""),
        sa.Column("sent_at", sa.Text(), nullable=False, server_default=""),
        sa.Column("sent_rev", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("sha256"),
    )


def _server() -> None:
    op.create_table(
        "commit_log",
        sa.Column("rev", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=True),
        sa.Column("cmd_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("rev"),
    )
    op.create_index("ix_commit_log_case_id", "commit_log", ["case_id", "rev"])
    op.create_table(
        "outcome",
        sa.Column("cmd_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("device_id", TEXT, nullable=False),
        sa.Column("body_hash", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("cmd_id"),
    )
    op.create_table(
        "case_scope",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("since_rev", sa.BigInteger(), nullable=False),
        sa.Column("until_rev", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "scope", "since_rev"),
    )
    op.create_index("ix_case_scope_ends_at", "case_scope", ["ends_at"])
    op.create_index("ix_case_scope_scope", "case_scope", ["scope", "until_rev", "case_id"])
    op.create_table(
        "case_stamp",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "scope_sum",
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("bucket", TEXT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "bucket"),
    )
    op.create_table(
        "kept_left",
        sa.Column("kept_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kept_id", "person_id"),
    )
    op.create_index("ix_kept_left_person_id", "kept_left", ["person_id", "rev"])
    op.create_table(
        "dead_id",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account",
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("invite_hash", TEXT, nullable=False),
        sa.Column("invite_until", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "device",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("app", TEXT, nullable=False),
        sa.Column("renewal_hash", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("signed_in_at", TEXT, nullable=False),
        sa.Column("renew_until", TEXT, nullable=False),
        sa.Column("last_nonce", TEXT, nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("fate", TEXT, nullable=False),
        sa.Column("clock_off", sa.Integer(), nullable=False),
        sa.Column("last_seen", TEXT, nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_device_person_id", "device", ["person_id"])
    op.create_table(
        "token",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("device_id", TEXT, nullable=False),
        sa.Column("expires", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_token_device_id", "token", ["device_id"])
    op.create_table(
        "sign_in_failure",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name_hash", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sign_in_failure_name_hash", "sign_in_failure", ["name_hash", "at"])
    op.create_table(
        "upload",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("touched_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_upload_offer", "upload", ["sha256", "case_id", "person_id"])
    op.create_table(
        "meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
