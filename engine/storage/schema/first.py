"""Schema 1, released: feeds, signals, the plan, deviations, responses, the journal. Never edited any more."""

from __future__ import annotations

from typing import Final

FIRST: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- feeds -------------------------------------------------------------------------------------------------------------
CREATE TABLE source (
    name              TEXT PRIMARY KEY,
    kind              TEXT NOT NULL,              -- folder, http, command (files given to `ingest`)
    expected_every    INTEGER,                    -- microseconds; null: never judged stale
    first_seen_at     INTEGER NOT NULL,
    last_received_at  INTEGER,                    -- when a record was last taken, also a known one
    last_recorded_at  INTEGER,
    last_error        TEXT,
    last_error_at     INTEGER,
    next_poll_at      INTEGER,
    cursor            TEXT NOT NULL DEFAULT '{}', -- the connector's own, written in the rows' transaction
    signals           INTEGER NOT NULL DEFAULT 0,
    duplicates        INTEGER NOT NULL DEFAULT 0,
    quarantined       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE source_file (
    source      TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    name        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    modified_at INTEGER,
    state       TEXT NOT NULL,                    -- reading, taken, refused
    rows        INTEGER NOT NULL,                 -- records taken so far: where an interrupted read goes on
    first_at    INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (source, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,             -- source, file, line, raw: the same refusal is stored once
    source      TEXT NOT NULL,
    file        TEXT NOT NULL,
    line        INTEGER,
    column_name TEXT,
    reason      TEXT NOT NULL,
    mend        TEXT NOT NULL,
    raw         TEXT NOT NULL,                    -- at most 64 KiB, cleaned
    state       TEXT NOT NULL DEFAULT 'held',     -- held, taken (a retry worked)
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_held ON quarantine(source, id) WHERE state = 'held';

-- signals: never edited, never deleted --------------------------------------------------------------------------------
CREATE TABLE signal (
    id          INTEGER PRIMARY KEY,
    dedup_key   BLOB NOT NULL UNIQUE,             -- 16 bytes, engine.intake.ingest says of what
    row_key     BLOB NOT NULL,                    -- 8 bytes: statements of one source about one thing replace each other
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    as_of       INTEGER NOT NULL,                 -- when the statement was true: recorded, else occurred, else received
    tie         INTEGER NOT NULL,                 -- orders statements of one as_of: by row, whatever the order of arrival
    occurred_at INTEGER,
    recorded_at INTEGER,
    received_at INTEGER NOT NULL,
    order_kind  TEXT,
    order_ref   TEXT,
    item        TEXT,
    site        TEXT,
    party       TEXT,
    quantity    REAL,
    uom         TEXT,
    eta         INTEGER,
    status      TEXT,
    payload     TEXT NOT NULL,
    restatable  INTEGER                           -- 1: of a state source, whose rows are said again; null: an event
) STRICT;
CREATE INDEX signal_order ON signal(order_ref, as_of) WHERE order_ref IS NOT NULL;
CREATE INDEX signal_stock ON signal(item, site, as_of) WHERE order_ref IS NULL;
CREATE INDEX signal_site ON signal(site, as_of) WHERE order_ref IS NULL;
CREATE INDEX signal_row ON signal(row_key, as_of, tie) WHERE restatable = 1;

CREATE TABLE source_row (                         -- state sources only: the last content of each row
    key       BLOB PRIMARY KEY,                   -- 16 bytes of the row, and 8 of the statement's own time if it has one
    content   BLOB NOT NULL,
    dedup_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- the plan: what is current has to_version null ------------------------------------------------------------------------
CREATE TABLE baseline (
    version   INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    scope     TEXT NOT NULL,
    file      TEXT NOT NULL,
    loaded_at INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    added     INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    removed   INTEGER NOT NULL
) STRICT;

CREATE TABLE plan_line (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    ref          TEXT NOT NULL,
    scope        TEXT NOT NULL,
    item         TEXT,
    site         TEXT,                            -- where it arrives, or is wanted
    origin       TEXT,                            -- where it comes from
    party        TEXT,                            -- supplier, customer or carrier
    quantity     REAL,
    maximum      REAL,                            -- inventory targets
    uom          TEXT,
    planned_at   INTEGER,
    until_at     INTEGER,                         -- exclusive end of the promised day or of the bucket; null: an instant
    value_minor  INTEGER,                         -- of the whole line
    currency     TEXT,
    status       TEXT NOT NULL,                   -- open, closed, cancelled
    attributes   TEXT NOT NULL,
    content      BLOB NOT NULL,
    from_version INTEGER NOT NULL,
    to_version   INTEGER
) STRICT;
CREATE UNIQUE INDEX plan_line_current ON plan_line(ref, kind) WHERE to_version IS NULL;
CREATE INDEX plan_line_former ON plan_line(ref) WHERE to_version IS NOT NULL;
CREATE INDEX plan_line_stock ON plan_line(item, site, kind) WHERE to_version IS NULL AND item IS NOT NULL;
CREATE INDEX plan_line_origin ON plan_line(item, origin) WHERE to_version IS NULL AND origin IS NOT NULL;

CREATE TABLE plan_record (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,                   -- item, site, party, bom, lane, owner, calendar
    key          TEXT NOT NULL,
    scope        TEXT NOT NULL,
    data         TEXT NOT NULL,
    content      BLOB NOT NULL,
    from_version INTEGER NOT NULL,
    to_version   INTEGER
) STRICT;
CREATE UNIQUE INDEX plan_record_current ON plan_record(kind, key) WHERE to_version IS NULL;

CREATE TABLE stock_point (                        -- items at sites that have a stock reading, a demand or a target
    item TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (item, site)
) STRICT, WITHOUT ROWID;

CREATE TABLE tolerance (
    id         INTEGER PRIMARY KEY,
    rule       INTEGER,                           -- number of the rule as the user wrote them; null: the kind's setting
    kind       TEXT,                              -- null: every deviation kind
    matches    TEXT NOT NULL,                     -- {"party": "ACME"}; empty: every subject
    parameters TEXT NOT NULL                      -- {"days": 2}; engine.vocabulary.tolerance names them
) STRICT;

-- work that detection owes ---------------------------------------------------------------------------------------------
CREATE TABLE touched (
    type TEXT NOT NULL,                           -- order (a reference), stock (item and site), source, peg (item and site)
    a    TEXT NOT NULL,
    b    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (type, a, b)
) STRICT, WITHOUT ROWID;

CREATE TABLE wakeup (
    type   TEXT NOT NULL,
    a      TEXT NOT NULL,
    b      TEXT NOT NULL DEFAULT '',
    due_at INTEGER NOT NULL,
    PRIMARY KEY (type, a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX wakeup_due ON wakeup(due_at);

-- deviations and responses -----------------------------------------------------------------------------------------------
CREATE TABLE deviation (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL,
    subject_type     TEXT NOT NULL,
    subject_id       TEXT NOT NULL,
    episode          INTEGER NOT NULL,
    previous_id      INTEGER,
    state            TEXT NOT NULL,
    left_state       TEXT,                        -- what a recovered or ended one goes back to
    severity         TEXT NOT NULL,               -- low, medium, high, critical
    item             TEXT,
    site             TEXT,
    party            TEXT,
    summary          TEXT NOT NULL,
    planned          TEXT NOT NULL,
    observed         TEXT NOT NULL,
    gap              TEXT NOT NULL,
    terms            TEXT NOT NULL,               -- what explain prints, as engine.vocabulary.model.Term
    value_minor      INTEGER,                     -- value at risk, in currency
    currency         TEXT,
    likelihood       REAL NOT NULL,
    exposure_minor   INTEGER NOT NULL,            -- in the desk's currency: what the queue sorts by
    need_at          INTEGER,
    decide_by        INTEGER,
    owner            TEXT,
    baseline_version INTEGER NOT NULL,
    flaps            INTEGER NOT NULL DEFAULT 0,
    clear_since      INTEGER,
    snoozed_until    INTEGER,
    reason           TEXT,                        -- why it was resolved or dismissed
    dismissed_severity TEXT,
    occurred_at      INTEGER,
    detected_at      INTEGER NOT NULL,
    opened_at        INTEGER,
    acknowledged_at  INTEGER,
    responded_at     INTEGER,
    recovered_at     INTEGER,
    resolved_at      INTEGER,
    closed_at        INTEGER,
    version          INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX deviation_slot ON deviation(subject_id, subject_type, kind)
    WHERE state IN ('candidate', 'open', 'acknowledged', 'responding', 'recovered');
CREATE INDEX deviation_subject ON deviation(subject_id, subject_type, kind, episode);
CREATE INDEX deviation_queue ON deviation(state, decide_by, exposure_minor);

CREATE TABLE deviation_signal (
    deviation_id INTEGER NOT NULL,
    signal_id    INTEGER NOT NULL,
    PRIMARY KEY (deviation_id, signal_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE response (
    id               INTEGER PRIMARY KEY,
    deviation_id     INTEGER NOT NULL REFERENCES deviation(id),
    playbook         TEXT NOT NULL,
    playbook_version INTEGER NOT NULL,
    sha256           TEXT NOT NULL,
    title            TEXT NOT NULL,
    definition       TEXT NOT NULL,               -- frozen when the response began
    close_requires   TEXT NOT NULL DEFAULT '[]',  -- JSON list: what has to hold before the deviation is resolved
    state            TEXT NOT NULL,               -- running, done, cancelled
    owner            TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    closed_at        INTEGER,
    version          INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX response_once ON response(deviation_id, playbook, playbook_version) WHERE state != 'cancelled';

CREATE TABLE action (
    id               INTEGER PRIMARY KEY,
    response_id      INTEGER NOT NULL REFERENCES response(id),
    deviation_id     INTEGER NOT NULL REFERENCES deviation(id),
    step             TEXT NOT NULL,
    position         INTEGER NOT NULL,
    title            TEXT NOT NULL,
    instructions     TEXT NOT NULL,
    function         TEXT NOT NULL,
    role             TEXT NOT NULL,
    owner            TEXT NOT NULL,
    owner_because    TEXT NOT NULL,               -- how the role was resolved
    state            TEXT NOT NULL,
    needs            TEXT NOT NULL,               -- JSON list of step ids of the same response
    start_at         INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    due_because      TEXT NOT NULL,
    duration_minutes INTEGER NOT NULL,            -- working time
    mandatory        INTEGER NOT NULL,
    critical         INTEGER NOT NULL,
    on_fail          TEXT NOT NULL,               -- block, continue, abort
    approval         TEXT NOT NULL,               -- JSON; null where none is needed
    attempt          INTEGER NOT NULL DEFAULT 1,
    waiting_until    INTEGER,
    reason           TEXT,
    ready_at         INTEGER,
    assigned_at      INTEGER,
    started_at       INTEGER,
    done_at          INTEGER,
    version          INTEGER NOT NULL DEFAULT 1,
    UNIQUE (response_id, step)
) STRICT;
CREATE INDEX action_open ON action(owner, due_at) WHERE state NOT IN ('done', 'skipped', 'cancelled');
CREATE INDEX action_deviation ON action(deviation_id);

-- the journal: a hash chain that refuses edits ---------------------------------------------------------------------------
CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    txn          INTEGER NOT NULL,                -- seq of the first entry of one command
    actor        TEXT NOT NULL,                   -- a person, or system
    origin       TEXT NOT NULL,                   -- JSON: host, terminal, user ids as reported
    action       TEXT NOT NULL,
    subject_type TEXT NOT NULL,                   -- deviation, action, response, source, baseline, quarantine, desk
    subject_id   TEXT NOT NULL,
    reason       TEXT,
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    previous     BLOB NOT NULL,
    hash         BLOB NOT NULL
) STRICT;
CREATE INDEX journal_subject ON journal(subject_type, subject_id, seq);
CREATE INDEX journal_txn ON journal(txn);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_in_order BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN SELECT raise(ABORT, 'a journal entry must follow the last one'); END;
CREATE TRIGGER signal_no_update BEFORE UPDATE ON signal BEGIN SELECT raise(ABORT, 'signals are never edited'); END;
CREATE TRIGGER signal_no_delete BEFORE DELETE ON signal BEGIN SELECT raise(ABORT, 'signals are never deleted'); END;
"""
