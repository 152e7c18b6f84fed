"""Schema 2: what deviations that a person can trust need beside schema 1, a section for each subject."""

from __future__ import annotations

from typing import Final

SECOND: Final = """
-- signals ---------------------------------------------------------------------------------------------------------------
ALTER TABLE signal ADD COLUMN detail TEXT;        -- JSON of model.SIGNAL_DETAILS, what few kinds say besides; null: nothing

-- suppression: computed by whoever reads (engine.ranking.suppression), never a state ----------------------------------------------
CREATE TABLE silence (                            -- matchers: null asks nothing, `*` stands for any text
    id         INTEGER PRIMARY KEY,
    kind       TEXT,
    severity   TEXT,
    party      TEXT,
    item       TEXT,
    site       TEXT,
    subject    TEXT,
    from_at    INTEGER NOT NULL,                  -- inclusive
    until_at   INTEGER NOT NULL,                  -- exclusive
    author     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX silence_until ON silence(until_at);

CREATE TABLE cause (                              -- every deviation that this one is a consequence of
    deviation_id INTEGER NOT NULL REFERENCES deviation(id),
    root_id      INTEGER NOT NULL REFERENCES deviation(id),
    because      TEXT NOT NULL,                   -- one sentence
    weight       INTEGER NOT NULL,                -- the largest is the root that is named
    PRIMARY KEY (deviation_id, root_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cause_root ON cause(root_id);

-- what detection keeps of each line ---------------------------------------------------------------------------------------
CREATE TABLE line_state (                         -- one row for each current supply line, as it was last judged
    ref         TEXT NOT NULL,
    kind        TEXT NOT NULL,
    item        TEXT,
    site        TEXT,
    origin      TEXT,
    party       TEXT,
    uom         TEXT,
    planned_at  INTEGER,
    until_at    INTEGER,
    quantity    REAL,
    eta         INTEGER,                          -- the last promise where it is worse than the plan: engine.facts.line_state
    promised    REAL,
    receipts    TEXT,                             -- JSON [[at, quantity, signal], ...]; null: nothing came in
    open        INTEGER NOT NULL,
    quiet_until INTEGER,                          -- till then what keeps to the plan moves no verdict; null: it may
    PRIMARY KEY (ref, kind)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO touched(type, a) SELECT DISTINCT 'order', ref FROM plan_line WHERE to_version IS NULL;

-- pegging and impact ------------------------------------------------------------------------------------------------------
CREATE TABLE peg (                                -- which supply serves which demand (engine.flow.pegging), by plan_line.id
    supply       INTEGER NOT NULL,                -- 0: on hand; -1: nothing covers it
    demand       INTEGER NOT NULL,
    item         TEXT NOT NULL,
    site         TEXT NOT NULL,
    quantity     REAL NOT NULL,                   -- in the unit of the place
    gap          INTEGER,                         -- wanted - available, in microseconds; null: unknown
    supply_from  REAL NOT NULL,                   -- part of the supply's open quantity, 0 to 1
    supply_to    REAL NOT NULL,
    demand_share REAL NOT NULL,                   -- share of the demand's open quantity
    demand_open  REAL NOT NULL,                   -- what is open of the demand's line, in the line's own unit
    customer     INTEGER NOT NULL,                -- 1: the demand is a customer order, where a walk ends
    worth        REAL,                            -- of a customer order: minor units of what is open of it; null: unknown
    coined       TEXT,                            -- their currency
    PRIMARY KEY (supply, demand, item, site)
) STRICT, WITHOUT ROWID;
CREATE INDEX peg_place ON peg(item, site);
CREATE INDEX peg_demand ON peg(demand);
CREATE TABLE hit (                                -- customer order lines that a deviation's last verdict reaches
    deviation_id INTEGER NOT NULL REFERENCES deviation(id),
    line         INTEGER NOT NULL,                -- plan_line.id of the customer order line
    ref          TEXT NOT NULL,
    delay        INTEGER,                         -- microseconds later than wanted; null: not later but less
    after        INTEGER,                         -- the same, counting what the plan itself is late
    quantity     REAL NOT NULL,                   -- late or missing, in the line's unit
    value_minor  INTEGER,                         -- of that quantity, in the desk's currency
    open_minor   INTEGER,                         -- of all that is open of the line
    PRIMARY KEY (deviation_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX hit_ref ON hit(ref);
CREATE INDEX hit_line ON hit(line);
ALTER TABLE deviation ADD COLUMN delay INTEGER;   -- of a supply line: how much later it comes, in microseconds
ALTER TABLE deviation ADD COLUMN missing REAL;    -- and which share of its open quantity does not
CREATE INDEX plan_line_wanting ON plan_line(kind)
    WHERE to_version IS NULL AND kind IN ('sales_order', 'transfer_order', 'production_order');
CREATE INDEX plan_record_component ON plan_record(json_extract(data, '$.item'))
    WHERE kind = 'bom' AND to_version IS NULL;
CREATE INDEX plan_record_parent ON plan_record(json_extract(data, '$.parent'))
    WHERE kind = 'bom' AND to_version IS NULL;
INSERT INTO touched(type, a, b)                   -- a file that had a plan before pegs were kept
    SELECT 'peg', item, site FROM plan_line WHERE to_version IS NULL AND item IS NOT NULL AND site IS NOT NULL
    UNION SELECT 'peg', item, origin FROM plan_line
        WHERE to_version IS NULL AND item IS NOT NULL AND kind = 'transfer_order' AND origin IS NOT NULL
    UNION SELECT 'peg', json_extract(data, '$.item'), site FROM plan_record AS bom JOIN plan_line AS line
        ON line.item = json_extract(data, '$.parent') AND line.to_version IS NULL AND site IS NOT NULL
        WHERE bom.kind = 'bom' AND bom.to_version IS NULL AND line.kind = 'production_order';

-- likelihood and rank -----------------------------------------------------------------------------------------------------
ALTER TABLE deviation ADD COLUMN priority REAL NOT NULL DEFAULT 0; -- rank.priority
INSERT INTO touched(type, a) SELECT DISTINCT 'order', ref FROM plan_line WHERE to_version IS NULL ON CONFLICT DO NOTHING;
INSERT INTO touched(type, a, b) SELECT 'stock', item, site FROM stock_point WHERE true ON CONFLICT DO NOTHING;
INSERT INTO touched(type, a) SELECT 'source', name FROM source WHERE true ON CONFLICT DO NOTHING;

ALTER TABLE deviation ADD COLUMN live_roots INTEGER NOT NULL DEFAULT 0; -- of `cause`, kept by the triggers below
CREATE TRIGGER cause_folds AFTER INSERT ON cause BEGIN
    UPDATE deviation SET live_roots = live_roots + 1 WHERE id = NEW.deviation_id AND EXISTS (
        SELECT 1 FROM deviation AS root WHERE root.id = NEW.root_id AND root.state IN ('open', 'acknowledged', 'responding'));
END;
CREATE TRIGGER cause_unfolds AFTER DELETE ON cause BEGIN
    UPDATE deviation SET live_roots = live_roots - 1 WHERE id = OLD.deviation_id AND EXISTS (
        SELECT 1 FROM deviation AS root WHERE root.id = OLD.root_id AND root.state IN ('open', 'acknowledged', 'responding'));
END;
CREATE TRIGGER root_folds AFTER UPDATE OF state ON deviation
WHEN (OLD.state IN ('open', 'acknowledged', 'responding')) != (NEW.state IN ('open', 'acknowledged', 'responding')) BEGIN
    UPDATE deviation SET live_roots = live_roots + iif(NEW.state IN ('open', 'acknowledged', 'responding'), 1, -1)
    WHERE id IN (SELECT deviation_id FROM cause WHERE root_id = NEW.id);
END;

CREATE VIEW silence_match AS                      -- the live deviations that a silence matches, in force or not
SELECT silence.id AS silence_id, deviation.id AS deviation_id, silence.from_at, silence.until_at
FROM silence JOIN deviation ON deviation.state IN ('open', 'acknowledged', 'responding')
 AND (silence.kind IS NULL OR deviation.kind GLOB silence.kind)
 AND (silence.severity IS NULL OR deviation.severity GLOB silence.severity)
 AND (silence.party IS NULL OR coalesce(deviation.party GLOB silence.party, 0))
 AND (silence.item IS NULL OR coalesce(deviation.item GLOB silence.item, 0))
 AND (silence.site IS NULL OR coalesce(deviation.site GLOB silence.site, 0))
 AND (silence.subject IS NULL OR deviation.subject_id GLOB silence.subject);

CREATE TABLE silenced (                           -- silence_match as it stands, kept by the triggers below
    silence_id   INTEGER NOT NULL,
    deviation_id INTEGER NOT NULL,
    from_at      INTEGER NOT NULL,
    until_at     INTEGER NOT NULL,
    PRIMARY KEY (silence_id, deviation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX silenced_until ON silenced(until_at, from_at, deviation_id);
CREATE INDEX silenced_deviation ON silenced(deviation_id);
CREATE TRIGGER silence_begins AFTER INSERT ON silence BEGIN
    INSERT INTO silenced SELECT * FROM silence_match WHERE silence_id = NEW.id;
END;
CREATE TRIGGER silence_moves AFTER UPDATE OF from_at, until_at ON silence BEGIN
    UPDATE silenced SET from_at = NEW.from_at, until_at = NEW.until_at WHERE silence_id = NEW.id;
END;
CREATE TRIGGER silence_goes AFTER DELETE ON silence BEGIN
    DELETE FROM silenced WHERE silence_id = OLD.id;
END;
CREATE TRIGGER deviation_silenced AFTER INSERT ON deviation WHEN NEW.state IN ('open', 'acknowledged', 'responding') BEGIN
    INSERT INTO silenced SELECT * FROM silence_match WHERE deviation_id = NEW.id AND until_at > NEW.detected_at;
END;
CREATE TRIGGER deviation_silenced_anew AFTER UPDATE OF state, severity, party, item, site ON deviation
WHEN (NEW.state IN ('open', 'acknowledged', 'responding')) != (OLD.state IN ('open', 'acknowledged', 'responding'))
  OR NEW.severity IS NOT OLD.severity OR NEW.party IS NOT OLD.party OR NEW.item IS NOT OLD.item OR NEW.site IS NOT OLD.site BEGIN
    DELETE FROM silenced WHERE deviation_id = NEW.id;
    INSERT INTO silenced SELECT * FROM silence_match WHERE deviation_id = NEW.id AND until_at > NEW.detected_at;
END;

CREATE TABLE tally (live INTEGER NOT NULL) STRICT;  -- one row: how many deviations ask for something
INSERT INTO tally SELECT count(*) FROM deviation WHERE state IN ('open', 'acknowledged', 'responding');
CREATE TRIGGER tally_begins AFTER INSERT ON deviation WHEN NEW.state IN ('open', 'acknowledged', 'responding') BEGIN
    UPDATE tally SET live = live + 1;
END;
CREATE TRIGGER tally_moves AFTER UPDATE OF state ON deviation
WHEN (NEW.state IN ('open', 'acknowledged', 'responding')) != (OLD.state IN ('open', 'acknowledged', 'responding')) BEGIN
    UPDATE tally SET live = live + iif(NEW.state IN ('open', 'acknowledged', 'responding'), 1, -1);
END;
CREATE TRIGGER tally_ends AFTER DELETE ON deviation WHEN OLD.state IN ('open', 'acknowledged', 'responding') BEGIN
    UPDATE tally SET live = live - 1;
END;

DROP INDEX deviation_queue;
CREATE INDEX deviation_state ON deviation(state);
CREATE INDEX deviation_rank ON deviation(priority DESC, id, decide_by, snoozed_until, live_roots, exposure_minor)
WHERE state IN ('open', 'acknowledged', 'responding');
CREATE INDEX deviation_folded ON deviation(live_roots)
WHERE live_roots > 0 AND state IN ('open', 'acknowledged', 'responding');

CREATE TABLE outcome (                            -- how each supply line that arrived kept its promise (engine.ranking.outcomes)
    kind       TEXT NOT NULL,
    ref        TEXT NOT NULL,
    party      TEXT NOT NULL,                     -- empty where nothing states it, as in the next two
    lane       TEXT NOT NULL,
    mode       TEXT NOT NULL,
    promised_at INTEGER NOT NULL,                 -- the end of the promise
    arrived_at INTEGER NOT NULL,                  -- in full
    standing   TEXT NOT NULL,                     -- one letter for each of likelihood.LANDMARKS
    late       INTEGER NOT NULL,
    PRIMARY KEY (kind, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome_count (                      -- lines of `outcome` by all that likelihood asks, kept by triggers
    period   INTEGER NOT NULL,                    -- arrived_at in whole 30 days
    party    TEXT NOT NULL,
    lane     TEXT NOT NULL,
    mode     TEXT NOT NULL,
    standing TEXT NOT NULL,
    late     INTEGER NOT NULL,
    lines    INTEGER NOT NULL,
    PRIMARY KEY (period, party, lane, mode, standing, late)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outcome_counted AFTER INSERT ON outcome BEGIN
    INSERT INTO outcome_count
    VALUES (NEW.arrived_at / 2592000000000, NEW.party, NEW.lane, NEW.mode, NEW.standing, NEW.late, 1)
    ON CONFLICT DO UPDATE SET lines = lines + 1;
END;
CREATE TRIGGER outcome_uncounted AFTER DELETE ON outcome BEGIN
    UPDATE outcome_count SET lines = lines - 1
    WHERE period = OLD.arrived_at / 2592000000000 AND party = OLD.party AND lane = OLD.lane AND mode = OLD.mode
      AND standing = OLD.standing AND late = OLD.late;
END;
CREATE TRIGGER outcome_recounted AFTER UPDATE ON outcome BEGIN
    UPDATE outcome_count SET lines = lines - 1
    WHERE period = OLD.arrived_at / 2592000000000 AND party = OLD.party AND lane = OLD.lane AND mode = OLD.mode
      AND standing = OLD.standing AND late = OLD.late;
    INSERT INTO outcome_count
    VALUES (NEW.arrived_at / 2592000000000, NEW.party, NEW.lane, NEW.mode, NEW.standing, NEW.late, 1)
    ON CONFLICT DO UPDATE SET lines = lines + 1;
END;

-- lifecycle ---------------------------------------------------------------------------------------------------------------
ALTER TABLE deviation ADD COLUMN limits TEXT;        -- JSON: parameter to value and layer, as Tolerance.dump writes it
ALTER TABLE deviation ADD COLUMN breaches INTEGER;   -- how often in a row it was stated, where the tolerance counts
ALTER TABLE deviation ADD COLUMN clears INTEGER;     -- how often in a row its absence was
ALTER TABLE deviation ADD COLUMN merged_into INTEGER REFERENCES deviation(id);
CREATE INDEX deviation_merged ON deviation(merged_into) WHERE merged_into IS NOT NULL;

-- noise: what says later whether a deviation was worth raising ------------------------------------------------------------
ALTER TABLE deviation ADD COLUMN rule TEXT;         -- the layers of tolerance that spoke when it opened, in words
ALTER TABLE deviation ADD COLUMN peak TEXT;         -- JSON: its largest size by parameter (engine.vocabulary.thresholds)
ALTER TABLE deviation ADD COLUMN dismissed_as TEXT; -- of model.DISMISSALS
CREATE INDEX deviation_snoozed ON deviation(snoozed_until, live_roots)
WHERE snoozed_until IS NOT NULL AND state IN ('open', 'acknowledged', 'responding');

-- corrections, hazards, findings ------------------------------------------------------------------------------------------
CREATE TABLE correction (                         -- rows that their source took back (engine.gather.corrections)
    row_key   BLOB NOT NULL,                      -- as in `signal`
    at        INTEGER NOT NULL,                   -- from then on it is said no more
    signal_id INTEGER NOT NULL,                   -- who says so; a drill names itself
    PRIMARY KEY (row_key, at, signal_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX correction_at ON correction(at);
CREATE INDEX correction_signal ON correction(signal_id);

CREATE TABLE event_subject (                      -- events that name no order, by what they are about (engine.gather.events)
    type      TEXT NOT NULL,                      -- lot, resource, item_site
    id        TEXT NOT NULL,
    signal_id INTEGER NOT NULL,
    PRIMARY KEY (type, id, signal_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subject_signal ON event_subject(signal_id);

CREATE TABLE oddity (                             -- what is odd about a source's records and yet taken (engine.validation.oddities)
    source  TEXT NOT NULL,
    sort    TEXT NOT NULL,
    count   INTEGER NOT NULL,
    example TEXT NOT NULL,                        -- the last one, in words
    last_at INTEGER NOT NULL,
    PRIMARY KEY (source, sort)
) STRICT, WITHOUT ROWID;
CREATE TABLE place (                              -- sites with coordinates, and the lanes between two of them (engine.master.places)
    type         TEXT NOT NULL,                   -- site, lane
    id           TEXT NOT NULL,
    origin       TEXT,                            -- of a lane
    destination  TEXT,
    days         REAL,                            -- what the lane takes
    latitude     REAL NOT NULL,                   -- of the site, or the lane's origin
    longitude    REAL NOT NULL,
    to_latitude  REAL NOT NULL,                   -- of the site again, or the lane's destination
    to_longitude REAL NOT NULL,
    south        REAL NOT NULL,                   -- the box around it; east passes 180 where the box does
    west         REAL NOT NULL,
    north        REAL NOT NULL,
    east         REAL NOT NULL,
    normal_x     REAL NOT NULL,                   -- geography.lane_normal; zero of a site
    normal_y     REAL NOT NULL,
    normal_z     REAL NOT NULL,
    PRIMARY KEY (type, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_lane ON place(origin, destination) WHERE type = 'lane';

CREATE TABLE hazard_message (                     -- every statement of every message of hazard feeds
    source    TEXT NOT NULL,
    message   TEXT NOT NULL,                      -- the source's id
    signal_id INTEGER NOT NULL,
    PRIMARY KEY (source, message, signal_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE hazard_reference (                   -- which message names which
    source  TEXT NOT NULL,
    message TEXT NOT NULL,
    names   TEXT NOT NULL,
    PRIMARY KEY (source, message, names)
) STRICT, WITHOUT ROWID;
CREATE INDEX hazard_named ON hazard_reference(source, names);

CREATE TABLE hazard (                             -- messages that hold and are not over (engine.intake.hazards)
    source    TEXT NOT NULL,
    message   TEXT NOT NULL,
    signal_id INTEGER NOT NULL,                   -- what it says now
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,                   -- exclusive
    sites     INTEGER NOT NULL,                   -- how many it covers
    PRIMARY KEY (source, message)
) STRICT, WITHOUT ROWID;
CREATE TABLE hazard_cover (                       -- what each of them covers
    type        TEXT NOT NULL,                    -- site, lane, or source: it covers too much to be believed
    id          TEXT NOT NULL,
    source      TEXT NOT NULL,
    message     TEXT NOT NULL,
    distance_km REAL NOT NULL,                    -- from its point, or outside its area
    PRIMARY KEY (type, id, source, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX hazard_cover_of ON hazard_cover(source, message);
CREATE INDEX plan_line_site ON plan_line(site, planned_at) WHERE to_version IS NULL AND site IS NOT NULL;
CREATE INDEX plan_line_from ON plan_line(origin, planned_at) WHERE to_version IS NULL AND origin IS NOT NULL;

CREATE TABLE finding (                            -- what is odd about the plan as it was last loaded (engine.validation.plan_checks)
    sort     TEXT NOT NULL,
    place    TEXT NOT NULL,
    count    INTEGER NOT NULL,
    examples TEXT NOT NULL,                       -- JSON list, at most five
    PRIMARY KEY (sort, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE unjudged (                           -- what detection could not judge in full, while it lasts
    subject_id   TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    reason       TEXT NOT NULL,                   -- unit, or the deviation kind that failed
    words        TEXT NOT NULL,
    since        INTEGER NOT NULL,
    family       TEXT NOT NULL,                   -- as touched.type: who judges it
    PRIMARY KEY (subject_id, subject_type, reason)
) STRICT, WITHOUT ROWID;

-- lists: over the columns of every section above -----------------------------------------------------------------------------
CREATE INDEX deviation_live ON deviation(         -- all that a filter of the queue asks: live rows side by side, without terms
    priority DESC, id, decide_by, snoozed_until, live_roots, exposure_minor, kind, state, severity, subject_id, subject_type,
    item, site, party, owner, summary, reason, rule, dismissed_as, planned, observed, gap, value_minor, currency, likelihood,
    baseline_version, episode, flaps, breaches, clears, version, merged_into, need_at, occurred_at, detected_at, opened_at,
    acknowledged_at, responded_at, recovered_at, resolved_at, closed_at
) WHERE state IN ('open', 'acknowledged', 'responding');
"""
