"""A desk that has been lived in: a million signals, 300,000 deviations ever, of which a tenth ask for something.

Made by SQL, since what is measured on it is reading; the journal's chain is not sound. Suppliers, items and sites
repeat, values span four orders of magnitude, and of the live deviations some are snoozed, silenced or folded under
another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.ranking import rank
from engine.storage.migrations import statements
from engine.storage.store import Store, set_meta
from engine.values.clock import DAY, HOUR, parse_instant

NOW: Final = parse_instant("2026-03-09T08:00:00Z", "bench")
SIGNALS: Final = 1_000_000
DEVIATIONS: Final = 300_000

_SIGNALS: Final = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :signals)
INSERT INTO signal(id, dedup_key, row_key, source, source_id, kind, as_of, tie, recorded_at, received_at, order_ref, item, site,
                   party, quantity, uom, eta, payload)
SELECT i, CAST(printf('%016d', i) AS BLOB), CAST(printf('%08d', i) AS BLOB), 'erp', 'E' || i, 'eta',
       :now - (:signals - i) * 30000000, i, :now - (:signals - i) * 30000000, :now - (:signals - i) * 30000000,
       'PO' || (i % 400000), 'ITEM' || (i % 5000), 'SITE' || (i % 40), 'SUP' || (i % 800), i % 1000, 'EA', :now + i % 90 * :day,
       '{"batch":' || (i / 500) || '}'
FROM n
"""
_DEVIATIONS: Final = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :deviations),
     of(i, live, h) AS (SELECT i, i % 10 = 0, (i * 2654435761) % 1000003 FROM n)
INSERT INTO deviation(id, kind, subject_type, subject_id, episode, state, severity, item, site, party, summary, planned,
                      observed, gap, terms, value_minor, currency, likelihood, exposure_minor, priority, need_at, decide_by,
                      owner, baseline_version, snoozed_until, detected_at, opened_at, occurred_at, resolved_at, closed_at)
SELECT i, CASE h % 4 WHEN 0 THEN 'late_supply' WHEN 1 THEN 'short_supply' WHEN 2 THEN 'overdue' ELSE 'stockout' END,
       'purchase_order', 'PO' || i, 1, CASE WHEN live THEN CASE h % 3 WHEN 0 THEN 'acknowledged' ELSE 'open' END ELSE 'closed' END,
       CASE h % 10 WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'high' WHEN 3 THEN 'medium' ELSE 'low' END,
       'ITEM' || (h % 5000), 'SITE' || (h % 40), 'SUP' || (h % 800), 'expected ' || (h % 60) || ' days late',
       '{"at":"2026-03-14T00:00:00Z"}', '{"expected":"2026-03-26T00:00:00Z"}', '{"days":' || (h % 60) || '.0}',
       '[["late",' || (h % 60) || ',"days","expected - planned"],["exposure",1000,"EUR, minor units","value at risk"]]',
       v, 'EUR', 1.0, v, priority(v, d), d + 3 * :day, d, CASE h % 5 WHEN 0 THEN 'ana' END, 1,
       CASE WHEN live AND h % 29 = 0 THEN :now + :day END, :now - (:deviations - i) * 60000000,
       :now - (:deviations - i) * 60000000, :now - (:deviations - i) * 60000000,
       CASE WHEN NOT live THEN :now - (:deviations - i) * 50000000 END, CASE WHEN NOT live THEN :now - (:deviations - i) * 40000000 END
FROM (SELECT i, live, h, CASE h % 50 WHEN 0 THEN NULL ELSE :now + (h % 3001 - 600) * :hour / 4 END AS d,
             100 + h * (1 + h % 97) AS v FROM of)
"""
_REST: Final = """
INSERT INTO deviation_signal SELECT id, id * 3 FROM deviation;
INSERT INTO deviation_signal SELECT id, id * 3 + 1 FROM deviation WHERE id % 2 = 0 AND id * 3 < 999999;
INSERT INTO response(id, deviation_id, playbook, playbook_version, sha256, title, definition, state, owner, created_at)
SELECT id, id, 'late-supply', 1, '', 'Late supply', 'id: late-supply', CASE WHEN id % 10 = 0 THEN 'running' ELSE 'done' END,
       'ana', detected_at FROM deviation WHERE id % 3 = 0;
INSERT INTO action(response_id, deviation_id, step, position, title, instructions, function, role, owner, owner_because, state,
                   needs, start_at, due_at, due_because, duration_minutes, mandatory, critical, on_fail, approval)
SELECT response.id, deviation_id, 'step' || step.value, step.value, 'Call the supplier', 'Ask for a date', 'procurement', 'buyer',
       'owner' || (response.id % 20), 'rota', CASE WHEN response.state = 'running' THEN 'assigned' ELSE 'done' END, '[]',
       created_at, created_at + 14400000000, 'PT4H', 30, 1, 1, 'block', 'null'
FROM response, json_each('[1,2,3,4]') AS step;
DROP TRIGGER journal_in_order;
INSERT INTO journal(seq, at, txn, actor, origin, action, subject_type, subject_id, before, after, previous, hash)
SELECT deviation.id * 4 + step.value, detected_at, deviation.id * 4, 'system', '{}', 'open', 'deviation', 'D' || deviation.id, '{}',
       '{"state":"open"}', zeroblob(32), zeroblob(32) FROM deviation, json_each('[0,1,2]') AS step;
INSERT INTO silence(party, item, from_at, until_at, author, reason, created_at)
SELECT 'SUP' || (value * 31), NULL, :now - :day, :now + :day, 'ana', 'known', :now - :day FROM json_each('[1,2,3,4]')
UNION ALL SELECT NULL, 'ITEM123*', :now - :day, :now + :day, 'ana', 'known', :now - :day
UNION ALL SELECT 'SUP' || value, NULL, :now - 9 * :day, :now - 2 * :day, 'ana', 'over', :now - 9 * :day
FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]');
INSERT INTO hit(deviation_id, line, ref, quantity, value_minor, open_minor)
SELECT deviation.id, deviation.id * 2 + value, 'SO' || (deviation.id * 2 + value) % 90000, 1, 500, 900
FROM deviation, json_each('[0,1]') WHERE deviation.id % 10 = 0;
INSERT INTO cause(deviation_id, root_id, because, weight)
SELECT id, id - 20, 'it waits for it', 1 FROM deviation WHERE id % 50 = 0 AND id > 100;
INSERT INTO cause(deviation_id, root_id, because, weight)
SELECT id, id - 7, 'it waited for it', 1 FROM deviation WHERE id % 50 = 10 AND id > 100;
INSERT INTO cause(deviation_id, root_id, because, weight)
SELECT id, id - 1, 'it waited for it', 1 FROM deviation WHERE id % 5 = 1 AND id > 100;
"""


def build(path: Path, *, signals: int = SIGNALS, deviations: int = DEVIATIONS) -> None:
    """Write the desk to a new file."""
    store = Store.open(path, create=True)
    connection = store.connection
    connection.create_function("priority", 2, rank.priority, deterministic=True)
    given = {"signals": signals, "deviations": deviations, "now": NOW, "day": DAY, "hour": HOUR}
    (in_order,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_in_order'").fetchone()
    with store.write():
        for statement in statements(_SIGNALS + ";" + _DEVIATIONS + ";" + _REST):
            connection.execute(statement, given)
        connection.execute(in_order)
    with store.write():
        set_meta(connection, "settings", '{"currency":"EUR","name":"bench","rates":{},"zone":"UTC"}')
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
