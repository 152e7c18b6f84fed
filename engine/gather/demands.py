"""Facts of customer order lines: which live deviations of supply lines reach each (the table `hit`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from engine.facts.demand_facts import DemandFacts, LiveHit
from engine.facts.subjects import Line
from engine.gather import items
from engine.gather.cases import Case, Key
from engine.gather.components import LINE_COLUMNS
from engine.storage.sqlite import sqlite3
from engine.storage.store import as_json
from engine.vocabulary.lifecycle import QUEUE_SQL

_LINES: Final = (
    f"SELECT {LINE_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN plan_line AS line ON line.ref = wanted.value"
    " WHERE line.kind = 'sales_order' AND line.to_version IS NULL"
)
_HITS: Final = (
    "SELECT hit.line, deviation.id, deviation.kind, subject_type || ' ' || subject_id, hit.delay, hit.after, hit.quantity,"
    " hit.value_minor, hit.open_minor, last.kind || ' ' || last.ref, deviation.item"
    " FROM json_each(?) AS wanted CROSS JOIN hit ON hit.ref = wanted.value"
    " JOIN deviation ON deviation.id = hit.deviation_id LEFT JOIN plan_line AS last ON last.id = hit.supply"
    f" WHERE deviation.state IN ({QUEUE_SQL})"
    " ORDER BY hit.delay DESC, deviation.id"
)
_SIGNALS: Final = (
    "SELECT DISTINCT deviation_id, signal_id FROM json_each(?) AS wanted"
    " CROSS JOIN deviation_signal ON deviation_id = wanted.value ORDER BY signal_id"
)


def cases(connection: sqlite3.Connection, references: Sequence[str], currency: str) -> Iterator[Case[DemandFacts]]:
    """One case for each reference, also where the plan has the line no more; `currency` is the desk's."""
    wanted = as_json(references)
    lines = {line.ref: line for line in map(Line._make, connection.execute(_LINES, (wanted,)))}
    hits: dict[int, list[LiveHit]] = defaultdict(list)
    for line, *hit in connection.execute(_HITS, (wanted,)):
        hits[line].append(LiveHit(*hit))
    signals: dict[int, list[int]] = defaultdict(list)
    reaching = {hit.deviation for found in hits.values() for hit in found}
    for deviation, signal in connection.execute(_SIGNALS, (as_json(sorted(reaching)),)):
        signals[deviation].append(signal)
    classes = items.read(connection, sorted({line.item for line in lines.values() if line.item is not None}))
    for reference in references:
        line_ = lines.get(reference)
        mine = hits.get(line_.id, []) if line_ is not None else []
        rests_on = sorted({signal for hit in mine for signal in signals.get(hit.deviation, ())})
        item_class = classes.get(line_.item or "", items.NOTHING).item_class if line_ is not None else None
        facts = DemandFacts(reference, line_, currency, mine, rests_on, item_class)
        yield Case(Key("demand", reference), "sales_order", reference, facts)
