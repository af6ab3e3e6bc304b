CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    PRIMARY KEY (version_num)
);

CREATE TABLE activity (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    due_on TEXT,
    status TEXT NOT NULL,
    text TEXT NOT NULL,
    facts TEXT NOT NULL,
    mentions TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    arrived_at TEXT,
    clock_off INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_activity_case_id_arrived_at_at ON activity (case_id, arrived_at, at);

CREATE TABLE case_assignment (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    comments TEXT NOT NULL,
    due_on TEXT,
    status TEXT NOT NULL,
    assignee_id TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_case_assignment_case_id ON case_assignment (case_id);

CREATE TABLE case_file (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    number TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    property_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner_cmd TEXT NOT NULL,
    owner_epoch INTEGER NOT NULL,
    owner_since TEXT NOT NULL,
    owner_by TEXT NOT NULL,
    triage_outcome TEXT,
    triage_score INTEGER NOT NULL,
    triage_reasons TEXT NOT NULL,
    request_type TEXT NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL,
    source_name TEXT NOT NULL,
    source_reference TEXT NOT NULL,
    referred_on TEXT,
    consent TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    arrived_at TEXT,
    clock_off INTEGER NOT NULL,
    step_since TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT NOT NULL,
    closed_reason TEXT NOT NULL,
    duplicate_of TEXT NOT NULL,
    joined_to TEXT NOT NULL,
    other_numbers TEXT NOT NULL,
    apart_from TEXT NOT NULL,
    reopen_count INTEGER NOT NULL,
    last_review_at TEXT,
    last_review_by TEXT NOT NULL,
    last_review_text TEXT NOT NULL,
    last_review_epoch INTEGER NOT NULL,
    last_review_id TEXT NOT NULL,
    out_until TEXT,
    out_with TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_case_file_contact_id ON case_file (contact_id);

CREATE INDEX ix_case_file_created_at_id ON case_file (created_at, id);

CREATE INDEX ix_case_file_number_id ON case_file (number, id);

CREATE INDEX ix_case_file_other_numbers_id ON case_file (other_numbers, id);

CREATE INDEX ix_case_file_owner_id_status ON case_file (owner_id, status);

CREATE INDEX ix_case_file_project_id_status ON case_file (project_id, status);

CREATE INDEX ix_case_file_property_id ON case_file (property_id);

CREATE INDEX ix_case_file_status_step_id_step_since_id ON case_file (status, step_id, step_since, id);

CREATE TABLE consent (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    state TEXT NOT NULL,
    set_by_cmd TEXT NOT NULL,
    method TEXT NOT NULL,
    text_version TEXT NOT NULL,
    evidence_document_id TEXT NOT NULL,
    expires_on TEXT,
    at TEXT NOT NULL,
    "by" TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_consent_case_id ON consent (case_id);

CREATE TABLE contact (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    title TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    birth_date TEXT,
    birth_text TEXT NOT NULL,
    phone TEXT NOT NULL,
    mobile TEXT NOT NULL,
    email TEXT NOT NULL,
    preferred_channel TEXT NOT NULL,
    language TEXT NOT NULL,
    vulnerabilities TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_contact_search ON contact (last_name, first_name, phone, mobile, id);

CREATE TABLE contributor (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    because TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_contributor_case_id ON contributor (case_id);

CREATE TABLE document (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    caption TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    is_stored BOOLEAN NOT NULL,
    preview_of TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_document_case_id ON document (case_id);

CREATE INDEX ix_document_sha256 ON document (sha256);

CREATE TABLE draft (
    "key" TEXT NOT NULL,
    body TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE external_referral (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    organisation TEXT NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    words TEXT NOT NULL,
    consent_cmd TEXT NOT NULL,
    chase_on TEXT,
    sent_at TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_external_referral_case_id ON external_referral (case_id);

CREATE TABLE extra (
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (table_name, row_id)
);

CREATE TABLE form_answers (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    answers TEXT NOT NULL,
    task_id TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_form_answers_case_id ON form_answers (case_id);

CREATE TABLE form_template (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    questions TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE held_case (
    case_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    rev BIGINT DEFAULT '0' NOT NULL,
    chain TEXT DEFAULT '' NOT NULL,
    is_leaving INTEGER NOT NULL,
    PRIMARY KEY (case_id)
);

CREATE INDEX ix_held_case_leaving ON held_case (case_id) WHERE is_leaving = 1;

CREATE INDEX ix_held_case_scopes ON held_case (scopes);

CREATE TABLE held_sum (
    scope TEXT NOT NULL,
    bucket TEXT NOT NULL,
    count INTEGER NOT NULL,
    total TEXT NOT NULL,
    PRIMARY KEY (scope, bucket)
);

CREATE TABLE kept_work (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    said TEXT NOT NULL,
    command TEXT NOT NULL,
    facts TEXT NOT NULL,
    fields TEXT NOT NULL,
    theirs_from TEXT NOT NULL,
    earlier TEXT NOT NULL,
    author_id TEXT NOT NULL,
    said_at TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    for_kind TEXT NOT NULL,
    for_id TEXT NOT NULL,
    for_owner BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    later_until TEXT,
    later_by TEXT NOT NULL,
    asked_id TEXT NOT NULL,
    talk TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at TEXT,
    settled_cmd TEXT NOT NULL,
    effect TEXT NOT NULL,
    joined_to TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_kept_work_case_id ON kept_work (case_id);

CREATE INDEX ix_kept_work_state ON kept_work (state);

CREATE TABLE listed (
    case_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    rev BIGINT NOT NULL,
    chain TEXT NOT NULL,
    PRIMARY KEY (case_id)
);

CREATE TABLE notice (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    is_seen BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_notice_case_id ON notice (case_id);

CREATE INDEX ix_notice_person_id_is_seen ON notice (person_id, is_seen);

CREATE TABLE offer (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    "by" TEXT NOT NULL,
    under TEXT NOT NULL,
    reason TEXT NOT NULL,
    with_tasks BOOLEAN NOT NULL,
    made_at TEXT NOT NULL,
    until TEXT NOT NULL,
    state TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_offer_case_id ON offer (case_id);

CREATE TABLE outbox (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    said_at TEXT NOT NULL,
    status TEXT NOT NULL,
    rev BIGINT NOT NULL,
    UNIQUE (id)
);

CREATE INDEX ix_outbox_case_id ON outbox (case_id);

CREATE TABLE ownership_event (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    kind TEXT NOT NULL,
    from_kind TEXT,
    from_id TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_id TEXT NOT NULL,
    "by" TEXT NOT NULL,
    reason TEXT NOT NULL,
    batch TEXT NOT NULL,
    task_ids TEXT NOT NULL,
    at TEXT NOT NULL,
    arrived_at TEXT,
    PRIMARY KEY (id)
);

CREATE INDEX ix_ownership_event_case_id ON ownership_event (case_id);

CREATE TABLE paper (
    sha256 TEXT NOT NULL,
    sealed TEXT NOT NULL,
    size BIGINT NOT NULL,
    state TEXT NOT NULL,
    case_id TEXT NOT NULL,
    added_at TEXT NOT NULL,
    used_at TEXT DEFAULT '' NOT NULL,
    sent_at TEXT DEFAULT '' NOT NULL,
    sent_rev BIGINT DEFAULT '0' NOT NULL,
    PRIMARY KEY (sha256)
);

CREATE TABLE person (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT NOT NULL,
    team_ids TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    weekly_capacity INTEGER NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE project (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    name TEXT NOT NULL,
    funder TEXT NOT NULL,
    journey_id TEXT NOT NULL,
    waiting_queue_id TEXT NOT NULL,
    default_queue_id TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE property (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    address_1 TEXT NOT NULL,
    address_2 TEXT NOT NULL,
    town TEXT NOT NULL,
    postcode TEXT NOT NULL,
    uprn TEXT NOT NULL,
    tenure TEXT NOT NULL,
    property_type TEXT NOT NULL,
    epc TEXT NOT NULL,
    heating TEXT NOT NULL,
    prepayment TEXT NOT NULL,
    access_notes TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_property_search ON property (postcode, address_1, address_2, town, id);

CREATE TABLE queue (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    member_ids TEXT NOT NULL,
    is_waiting_list BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE receipt (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    said_at TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    rev BIGINT NOT NULL,
    chain TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_receipt_case_id ON receipt (case_id);

CREATE INDEX ix_receipt_rev ON receipt (rev);

CREATE INDEX ix_receipt_type ON receipt (type);

CREATE TABLE referral (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    letter TEXT NOT NULL,
    flags TEXT NOT NULL,
    alike TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_referral_case_id ON referral (case_id);

CREATE TABLE shadow (
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    image TEXT,
    PRIMARY KEY (table_name, row_id)
);

CREATE TABLE sighting (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    upto INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_sighting_case_id ON sighting (case_id);

CREATE TABLE step (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    journey_id TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target_days INTEGER NOT NULL,
    entry_tasks TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE sync_state (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE task (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    step_id TEXT NOT NULL,
    due_on TEXT,
    start_at TEXT,
    end_at TEXT,
    place TEXT NOT NULL,
    assignee_id TEXT NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT NOT NULL,
    completed_at TEXT,
    completed_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_task_assignee_id_status ON task (assignee_id, status);

CREATE INDEX ix_task_case_id ON task (case_id);

CREATE TABLE task_type (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    name TEXT NOT NULL,
    is_visit BOOLEAN NOT NULL,
    is_common BOOLEAN NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE team (
    id TEXT NOT NULL,
    rev BIGINT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    purpose TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    voids_when_returned BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);
