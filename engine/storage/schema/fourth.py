"""Schema 4: what playbooks that begin at stated times need beside schema 3, and by what a customer order is reached."""

from __future__ import annotations

from typing import Final

FOURTH: Final = """
CREATE TABLE timetable (                          -- triggers that hold at stated times (engine.commands.timetable)
    playbook TEXT NOT NULL,
    trigger  INTEGER NOT NULL,                    -- which of the playbook's, from 0
    days     TEXT NOT NULL,                       -- JSON list: mon to sun
    at       TEXT NOT NULL,                       -- time of day, such as 08:00
    zone     TEXT,                                -- IANA name; null: the desk's
    most     INTEGER NOT NULL,                    -- responses that one time begins at most
    due_at   INTEGER NOT NULL,                    -- the next time; moved on in the transaction of what it begins
    ran_at   INTEGER,                             -- when that was done last
    said     TEXT,                                -- and what came of it
    PRIMARY KEY (playbook, trigger)
) STRICT, WITHOUT ROWID;

-- One that begins at stated times answers a deviation again once its last response to it is done.
DROP INDEX response_once;
CREATE UNIQUE INDEX response_once ON response(deviation_id, playbook, playbook_version) WHERE state = 'running';
CREATE INDEX response_of ON response(deviation_id, playbook, playbook_version) WHERE state != 'cancelled';

-- Why the effect of an action, or a message, failed: of engine.vocabulary.terms.FAILURES; null: something else, or it did not.
ALTER TABLE action ADD COLUMN failure TEXT;
ALTER TABLE handoff ADD COLUMN failure TEXT;

ALTER TABLE hit ADD COLUMN supply INTEGER;        -- plan_line.id of the one line that serves it; null: several, or not judged since
"""
