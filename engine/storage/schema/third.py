"""Schema 3: what responses that get done need beside schema 2, a section for each subject."""

from __future__ import annotations

from typing import Final

THIRD: Final = """
-- pegs and bills of material ----------------------------------------------------------------------------------------------
DROP INDEX plan_record_component;                 -- SQLite of 2022 takes json_extract in an index for unsafe
DROP INDEX plan_record_parent;
ALTER TABLE plan_record ADD COLUMN parent TEXT;   -- of a bill of material: what is made
ALTER TABLE plan_record ADD COLUMN component TEXT; -- and of what
UPDATE plan_record SET parent = json_extract(data, '$.parent'), component = json_extract(data, '$.item') WHERE kind = 'bom';
CREATE INDEX plan_record_component ON plan_record(component) WHERE kind = 'bom' AND to_version IS NULL;
CREATE INDEX plan_record_parent ON plan_record(parent) WHERE kind = 'bom' AND to_version IS NULL;
ALTER TABLE peg ADD COLUMN dated INTEGER NOT NULL DEFAULT 1; -- 0: a customer order without a date
UPDATE peg SET dated = 0 WHERE customer
    AND EXISTS (SELECT 1 FROM plan_line WHERE plan_line.id = peg.demand AND planned_at IS NULL);

-- actions -----------------------------------------------------------------------------------------------------------------
ALTER TABLE action ADD COLUMN kind TEXT NOT NULL DEFAULT 'task';  -- of terms.STEP_KINDS
ALTER TABLE action ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';   -- JSON: engine.vocabulary.terms.Terms, frozen with the response

-- execution ---------------------------------------------------------------------------------------------------------------
ALTER TABLE action ADD COLUMN state_at INTEGER;                   -- since when it is in its state
UPDATE action SET state_at = coalesce(done_at, started_at, assigned_at, ready_at,
    (SELECT created_at FROM response WHERE response.id = response_id));
ALTER TABLE action ADD COLUMN escalation INTEGER NOT NULL DEFAULT 0;  -- how many of its escalations have fired
ALTER TABLE action ADD COLUMN escalated_at INTEGER;                   -- when the last one did
ALTER TABLE action ADD COLUMN approved_by TEXT;
ALTER TABLE action ADD COLUMN approved_at INTEGER;
ALTER TABLE action ADD COLUMN answers TEXT NOT NULL DEFAULT '{}';     -- JSON: name to value, to the form of its step
ALTER TABLE action ADD COLUMN cost_minor INTEGER;                     -- what it cost, in cost_currency
ALTER TABLE action ADD COLUMN cost_currency TEXT;
ALTER TABLE deviation ADD COLUMN outcome TEXT;                        -- what came of it, as who resolved it says
ALTER TABLE deviation ADD COLUMN cost_minor INTEGER;                  -- what it cost in all, in cost_currency
ALTER TABLE deviation ADD COLUMN cost_currency TEXT;
ALTER TABLE deviation ADD COLUMN contained_at INTEGER;                -- since when no further harm comes of it
CREATE INDEX deviation_contained ON deviation(opened_at) WHERE contained_at IS NOT NULL;

CREATE TABLE timer (                              -- when time alone does something to an action (engine.deviations.timers)
    id         INTEGER PRIMARY KEY,
    due_at     INTEGER,                           -- null: not armed
    kind       TEXT NOT NULL,                     -- of timers.KINDS
    subject    INTEGER NOT NULL REFERENCES action(id),
    generation INTEGER NOT NULL,                  -- counts arming, disarming and firing: who holds an older one does nothing
    fired_at   INTEGER,                           -- the last time
    held       INTEGER NOT NULL DEFAULT 0,        -- 1: no time arms it, only more signals do (engine.deviations.escalating)
    UNIQUE (subject, kind)
) STRICT;
CREATE INDEX timer_held ON timer(subject) WHERE held;
CREATE INDEX timer_due ON timer(due_at) WHERE due_at IS NOT NULL;
INSERT INTO timer(due_at, kind, subject, generation)
    SELECT due_at, 'overdue', action.id, 1 FROM action JOIN response ON response.id = response_id
    WHERE response.state = 'running' AND action.state IN ('ready', 'assigned', 'in_progress', 'waiting', 'unknown', 'failed')
    UNION ALL
    SELECT waiting_until, 'wait', action.id, 1 FROM action JOIN response ON response.id = response_id
    WHERE response.state = 'running' AND action.state = 'waiting' AND waiting_until IS NOT NULL;

CREATE TABLE effect (                             -- effects outside that were begun (engine.commands.effects)
    action_id INTEGER NOT NULL REFERENCES action(id),
    attempt   INTEGER NOT NULL,
    key       TEXT NOT NULL,                      -- for the receiver, to know a repetition by
    state     TEXT NOT NULL,                      -- begun, again, done, failed, unknown
    begun_at  INTEGER NOT NULL,
    ended_at  INTEGER,
    PRIMARY KEY (action_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX effect_open ON effect(state) WHERE state IN ('begun', 'again');

-- playbooks ---------------------------------------------------------------------------------------------------------------
ALTER TABLE response ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';     -- JSON: what it was given, by name
ALTER TABLE response ADD COLUMN start_key TEXT;                        -- of its playbook's concurrency
ALTER TABLE response ADD COLUMN waits_for INTEGER REFERENCES response(id);  -- the one that has to end before it begins
ALTER TABLE deviation ADD COLUMN raised_at INTEGER;                    -- when its severity was raised last
ALTER TABLE deviation ADD COLUMN joined INTEGER REFERENCES response(id);    -- a response of another one that answers it too
CREATE INDEX deviation_joined ON deviation(joined) WHERE joined IS NOT NULL;
CREATE INDEX deviation_joins ON deviation(id, joined) WHERE joined IS NOT NULL;  -- the same from the other side, without its row
CREATE INDEX response_key ON response(playbook, start_key) WHERE state = 'running' AND start_key IS NOT NULL;
CREATE INDEX response_waiting ON response(waits_for) WHERE waits_for IS NOT NULL;
ALTER TABLE response ADD COLUMN reversals TEXT NOT NULL DEFAULT '[]';  -- JSON: engine.actions.reversals, frozen with the response

-- hand-offs ---------------------------------------------------------------------------------------------------------------
CREATE TABLE handoff (                            -- messages that tell owners of their actions, one for each channel
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,             -- by which a receiver knows a repeat
    channel     TEXT NOT NULL,
    once        INTEGER NOT NULL,                 -- 1: never repeated by itself
    owner       TEXT NOT NULL,
    response_id INTEGER NOT NULL REFERENCES response(id),
    reason      TEXT NOT NULL,                    -- of telling
    content     TEXT NOT NULL,                    -- JSON, as it is told: frozen, so that a repeat says the same
    open        TEXT NOT NULL,                    -- JSON: what the channel knows once it is sent, as in handoff_ledger
    ended       TEXT NOT NULL,
    state       TEXT NOT NULL,                    -- pending, begun, sent, failed, unknown
    attempt     INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER,                          -- of a pending or failed one: when it is tried; null: not by itself
    fault       TEXT,
    created_at  INTEGER NOT NULL,
    begun_at    INTEGER,
    ended_at    INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX handoff_due ON handoff(channel, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX handoff_open ON handoff(state) WHERE state IN ('pending', 'begun', 'failed', 'unknown');
CREATE INDEX handoff_response ON handoff(response_id);

CREATE TABLE handoff_action (                     -- which actions a message tells of
    handoff_id INTEGER NOT NULL REFERENCES handoff(id),
    action_id  INTEGER NOT NULL REFERENCES action(id),
    PRIMARY KEY (handoff_id, action_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX handoff_of_action ON handoff_action(action_id);

CREATE TABLE handoff_ledger (                     -- what a channel knows of an owner's actions in a response
    channel     TEXT NOT NULL,
    owner       TEXT NOT NULL,
    response_id INTEGER NOT NULL REFERENCES response(id),
    open        TEXT NOT NULL DEFAULT '{}',       -- JSON: action to [as it was told, how often it changed]
    ended       TEXT NOT NULL DEFAULT '{}',       -- JSON: action to how often it changed
    told_at     INTEGER,                          -- null: nothing was told yet
    base_at     INTEGER NOT NULL,                 -- the first look; later ones are whole intervals after it
    looked_at   INTEGER,
    next_at     INTEGER,                          -- the next look
    PRIMARY KEY (channel, owner, response_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX handoff_ledger_next ON handoff_ledger(next_at) WHERE next_at IS NOT NULL;
CREATE INDEX handoff_ledger_response ON handoff_ledger(response_id);

CREATE INDEX action_effect ON action(kind) WHERE kind IN ('notify', 'http');

CREATE TABLE reply (                              -- signals of owners that move actions (engine.handoffs.replies)
    signal_id INTEGER PRIMARY KEY REFERENCES signal(id),
    state     TEXT NOT NULL DEFAULT 'waiting',    -- waiting, taken, refused
    action_id INTEGER,
    said      TEXT,                               -- what it did, or why it was refused
    at        INTEGER
) STRICT;
CREATE INDEX reply_waiting ON reply(signal_id) WHERE state = 'waiting';

CREATE TABLE handoff_touched (                    -- actions that changed since the hand-offs were looked at
    action_id INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER handoff_begins AFTER INSERT ON action BEGIN
    INSERT INTO handoff_touched(action_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER handoff_moves AFTER UPDATE OF state, owner, start_at, due_at, attempt ON action BEGIN
    INSERT INTO handoff_touched(action_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER handoff_routes AFTER UPDATE OF severity ON deviation WHEN NEW.severity != OLD.severity BEGIN
    INSERT INTO handoff_touched(action_id) SELECT id FROM action
    WHERE deviation_id = NEW.id AND state NOT IN ('done', 'skipped', 'cancelled') ON CONFLICT DO NOTHING;
END;

-- decisions ---------------------------------------------------------------------------------------------------------------
ALTER TABLE action ADD COLUMN chosen TEXT;        -- of a decision: the option that was taken
ALTER TABLE action ADD COLUMN decision TEXT;      -- JSON: engine.options.comparing, what was known when it was taken
ALTER TABLE deviation ADD COLUMN decided_at INTEGER; -- when the first choice between options was made

-- promises ----------------------------------------------------------------------------------------------------------------
CREATE INDEX outcome_party ON outcome(party, arrived_at);         -- how a supplier kept its promises, the last first

-- rescheduling ------------------------------------------------------------------------------------------------------------
ALTER TABLE action ADD COLUMN home_at INTEGER;          -- the start to which it goes back once it can; null: it is there
ALTER TABLE action ADD COLUMN proposed_at INTEGER;      -- the start that people are asked to agree to
ALTER TABLE action ADD COLUMN proposed_because TEXT;
CREATE INDEX action_proposed ON action(owner) WHERE proposed_at IS NOT NULL;
ALTER TABLE action ADD COLUMN fixed TEXT NOT NULL DEFAULT '';  -- asks: a person chose its start; stays: refused to have it moved

CREATE TABLE replanning (                         -- whether open actions have to be planned anew: one row
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    owed    INTEGER NOT NULL,                     -- 1: something changed since they were
    wake_at INTEGER                               -- when time alone makes it worth looking
) STRICT;
INSERT INTO replanning VALUES (1, 1, NULL);
CREATE TRIGGER replanning_begins AFTER INSERT ON action BEGIN UPDATE replanning SET owed = 1 WHERE NOT owed; END;
CREATE TRIGGER replanning_moves AFTER UPDATE OF state, owner, start_at, waiting_until, started_at, fixed ON action
WHEN NEW.state != OLD.state OR NEW.owner != OLD.owner OR NEW.start_at != OLD.start_at OR NEW.fixed != OLD.fixed
  OR NEW.waiting_until IS NOT OLD.waiting_until OR NEW.started_at IS NOT OLD.started_at
BEGIN UPDATE replanning SET owed = 1 WHERE NOT owed; END;
CREATE TRIGGER replanning_limits AFTER UPDATE OF need_at, decide_by ON deviation
WHEN (NEW.need_at IS NOT OLD.need_at OR NEW.decide_by IS NOT OLD.decide_by)
 AND EXISTS (SELECT 1 FROM action WHERE deviation_id = NEW.id AND state NOT IN ('done', 'skipped', 'cancelled'))
BEGIN UPDATE replanning SET owed = 1 WHERE NOT owed; END;
CREATE TRIGGER replanning_people AFTER INSERT ON plan_record WHEN NEW.kind IN ('owner', 'calendar', 'absence')
BEGIN UPDATE replanning SET owed = 1 WHERE NOT owed; END;
CREATE TRIGGER replanning_leaves AFTER UPDATE OF to_version ON plan_record
WHEN NEW.kind IN ('owner', 'calendar', 'absence') BEGIN UPDATE replanning SET owed = 1 WHERE NOT owed; END;

-- remedies ----------------------------------------------------------------------------------------------------------------
CREATE TABLE remedy (                             -- how long remedies take, as the playbooks state it (engine.ranking.remedies)
    kind         TEXT NOT NULL,
    subject_type TEXT NOT NULL,                   -- empty: any
    severity     TEXT NOT NULL,                   -- empty: any
    supply       INTEGER NOT NULL,                -- 1: other goods are there then; 0: its work takes as long at least
    days         REAL NOT NULL,
    source       TEXT NOT NULL,
    PRIMARY KEY (kind, subject_type, severity, supply)
) STRICT, WITHOUT ROWID;

-- offers ----------------------------------------------------------------------------------------------------------------
CREATE TABLE recovered (                          -- answered deviations that are over by themselves (engine.actions.offers)
    deviation_id INTEGER PRIMARY KEY REFERENCES deviation(id),
    owed         INTEGER NOT NULL DEFAULT 1       -- 1: the owners of its responses were not told yet
) STRICT;
CREATE INDEX recovered_owed ON recovered(deviation_id) WHERE owed;
INSERT INTO recovered(deviation_id) SELECT id FROM deviation WHERE state = 'recovered'
    AND EXISTS (SELECT 1 FROM response WHERE deviation_id = deviation.id AND response.state != 'cancelled');
CREATE TRIGGER recovered_comes AFTER UPDATE OF state ON deviation WHEN NEW.state = 'recovered' AND OLD.state != 'recovered'
AND EXISTS (SELECT 1 FROM response WHERE deviation_id = NEW.id AND state != 'cancelled') BEGIN
    INSERT INTO recovered(deviation_id) VALUES (NEW.id) ON CONFLICT DO UPDATE SET owed = 1;
END;
CREATE TRIGGER recovered_goes AFTER UPDATE OF state ON deviation
WHEN OLD.state IN ('recovered', 'resolved') AND NEW.state NOT IN ('recovered', 'resolved') BEGIN
    DELETE FROM recovered WHERE deviation_id = NEW.id;
END;

-- lists: over the columns of every section above, as schema 2 has it --------------------------------------------------------
DROP INDEX deviation_live;
CREATE INDEX deviation_live ON deviation(
    priority DESC, id, decide_by, snoozed_until, live_roots, exposure_minor, kind, state, severity, subject_id, subject_type,
    item, site, party, owner, summary, reason, rule, dismissed_as, planned, observed, gap, value_minor, currency, likelihood,
    baseline_version, episode, flaps, breaches, clears, version, merged_into, need_at, occurred_at, detected_at, opened_at,
    acknowledged_at, responded_at, recovered_at, resolved_at, closed_at, outcome, cost_minor, cost_currency, contained_at,
    decided_at
) WHERE state IN ('open', 'acknowledged', 'responding');
"""
