"""The values that cross the rooms: what connectors hand in, what detection finds, what a planner answers.

Plain immutable values without behaviour; the tables are in engine.storage.schema, the rules beside the data they judge.
Instants are UTC microseconds, money is integer minor units beside an ISO 4217 code, quantities are floats in `uom`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from engine.vocabulary.slip import Slip

SUPPLY_KINDS: Final = ("purchase_order", "transfer_order", "production_order", "shipment")
"""Plan lines that bring something in: what late_supply, short_supply and overdue watch."""
ORDER_KINDS: Final = (*SUPPLY_KINDS, "sales_order")
"""Plan lines that a signal can name by its order reference."""
ORDER_SQL: Final = ", ".join(f"'{kind}'" for kind in ORDER_KINDS)
"""The same as an SQL list."""
LINE_KINDS: Final = (*ORDER_KINDS, "forecast", "target")
RECORD_KINDS: Final = ("item", "site", "party", "bom", "lane", "owner", "calendar", "absence")
PLAN_KINDS: Final = (*LINE_KINDS, *RECORD_KINDS)

SIGNAL_KINDS: Final[Mapping[str, str]] = {
    "eta": "a new expected date of a line, in `eta`; a smaller `quantity` says that less is coming",
    "confirmation": "the other party's answer to a line: promised date in `eta`, promised quantity in `quantity`",
    "receipt": "goods arrived at `occurred_at`: `quantity` of this receipt, or the whole line where it is empty",
    "shipped": "goods left at `occurred_at`; says nothing about arrival",
    "milestone": "a normal step; kept for the record",
    "status": "a state word of a line, in `status`: open, closed, cancelled, on_hold",
    "stock": "on-hand `quantity` of `item` at `site` at `occurred_at`",
    "demand": "actual demand `quantity` of `item` at `site` in the period that holds `occurred_at`",
    "production": "output, yield or capacity of a production order or a resource, or a line that stands still",
    "quality": "a hold, recall, damage, mismatch or release of a lot, a line or an item at a site, in `status` or `code`",
    "logistics": "a carrier, customs or document event of a line, in `status` or `code`",
    "hazard": "something in the world near a site, port or lane, its name in `status`; where, when and how grave in the details",
    "reply": "an owner's answer about an action that was handed off: accepted, started, waiting, done or failed, in `status`",
    "note": "anything else; kept for the record",
}
"""What a signal can say, and which fields carry it."""

SIGNAL_DETAILS: Final[Mapping[str, str]] = {
    "code": "what a standard calls it, as `standard:code` such as `x12.1650:A9`; engine.vocabulary.codes has the tables",
    "corrects": "the source's id of the signal that this one withdraws, and replaces where it says anything itself",
    "drill": "true: an exercise or a test, kept and never judged",
    "lot": "the lot or batch",
    "resource": "the machine or line of a plant",
    "mode": "how it travels: sea, air, road, rail",
    "expected": "what `quantity` should have been, in the same unit",
    "limit": "the bound that `quantity` must not pass, in the same unit",
    "latitude": "degrees north",
    "longitude": "degrees east",
    "radius_km": "how far around that point it reaches",
    "area": "a polygon as `lat,lon lat,lon ...`, with `;` between several",
    "starts_at": "when it begins to hold, in UTC microseconds",
    "expires_at": "when it holds no longer, in UTC microseconds",
    "message": "alert, update or cancel, of a lineage of messages",
    "references": "the source's ids of the earlier messages of the lineage, with blanks between",
    "severity": "in the words of its standard, such as CAP's Extreme to Minor",
    "certainty": "likewise, such as Observed to Unlikely",
    "urgency": "likewise, such as Immediate to Past",
    "action": "of a reply: the action that it is about, such as A7",
    "token": "of a reply: what the hand-off says beside the action",
    "reason": "of a reply: why, or what was achieved",
    "until": "of a reply that waits: until when, in UTC microseconds",
    "answers": "of a reply that something is done: a JSON object of answers to what its step asks",
}
"""What a signal can say besides its columns, in the JSON of `detail`: most signals say nothing of it."""

FUNCTIONS: Final = (
    "procurement", "inventory planning", "logistics", "production", "sales", "quality", "finance", "customer service"
)  # fmt: skip
"""The functions that own steps."""

SEVERITIES: Final = ("low", "medium", "high", "critical")

DISMISSALS: Final[Mapping[str, str]] = {
    "accepted": "it is real, and lived with",
    "noise": "it was not worth anybody's time: the tolerance is too tight",
    "duplicate": "another deviation says the same",
    "wrong_data": "what the record system said was wrong: nothing is off plan",
}
"""As what a person can dismiss a deviation, the usual one first."""


class Place(NamedTuple):
    """Where a record stood in what a source sent."""

    file: str
    line: int | None = None
    """1-based line of a text file, row of a sheet, or number of the element in a JSON array."""
    column: str | None = None


class SignalIn(NamedTuple):
    """One observation as a mapping hands it to ingest; instants in UTC microseconds.

    `source_id` is the source's own id of the event, or of the row that it restates. `payload` is JSON text of the
    fields that were not mapped. Text may still be dirty: ingest cleans and checks it.
    """

    source_id: str
    kind: str
    occurred_at: int | None
    recorded_at: int | None
    order_kind: str | None
    """A plan kind, where the source knows it; null: any line with this reference."""
    order_ref: str | None
    item: str | None
    site: str | None
    party: str | None
    quantity: float | None
    uom: str | None
    eta: int | None
    status: str | None
    payload: str
    line: int | None
    """Line of the file, for a refusal's place."""
    detail: str = ""
    """JSON object of SIGNAL_DETAILS that the signal says; empty where it says none."""


class PlanLine(NamedTuple):
    """One line of the baseline; `ref` is unique within its kind.

    `until_at` is the exclusive end of the promised day (a date without a time) or of a forecast's bucket; without it
    the promise is the instant `planned_at`. `value_minor` is the value of the whole line.
    """

    kind: str
    ref: str
    item: str | None
    site: str | None
    origin: str | None
    party: str | None
    quantity: float | None
    maximum: float | None
    uom: str | None
    planned_at: int | None
    until_at: int | None
    value_minor: int | None
    currency: str | None
    status: str
    attributes: str
    line: int | None


class PlanRecord(NamedTuple):
    """One master record of the network: an item, site, party, BOM line, lane, owner, calendar or absence.

    `data` is validated by the models in engine.master.records before it is stored.
    """

    kind: str
    data: dict[str, Any]
    line: int | None


class Refusal(NamedTuple):
    """A record that could not be taken: place, reason, mend, and the raw text (at most 64 KiB)."""

    place: Place
    reason: str
    mend: str
    raw: str


class IngestResult(NamedTuple):
    """What one ingest did; `quarantined` counts refusals, `opened` and so on what detection made of it."""

    read: int = 0
    new: int = 0
    duplicate: int = 0
    quarantined: int = 0
    opened: int = 0
    raised: int = 0
    cleared: int = 0
    seconds: float = 0.0

    def plus(self, other: IngestResult) -> IngestResult:
        """Both together, field by field."""
        return IngestResult._make(one + another for one, another in zip(self, other, strict=True))


class LoadResult(NamedTuple):
    """What loading a baseline did; `version` is the new baseline version, or the old one when nothing changed."""

    version: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    quarantined: int = 0
    opened: int = 0
    raised: int = 0
    cleared: int = 0
    kept: int = 0
    """Not named any more and yet not removed, because a refused row may have named it."""


class TickResult(NamedTuple):
    """What time alone made due."""

    judged: int = 0
    opened: int = 0
    raised: int = 0
    cleared: int = 0
    resolved: int = 0
    timers: int = 0
    """Timers of actions that fired (engine.deviations.timers), and responses that began at a stated time."""

    def plus(self, other: TickResult) -> TickResult:
        """Both together, field by field."""
        return TickResult._make(one + another for one, another in zip(self, other, strict=True))


class Term(NamedTuple):
    """One line of an explanation: a named value with its unit and where it came from.

    `source` is a signal id (`S12`), a plan line (`purchase_order 4711/10, baseline 3`), a setting
    (`tolerance late_supply: days`) or an arithmetic sentence (`planned + tolerance`).
    """

    name: str
    value: str | float | int | None
    unit: str
    source: str


class Finding(NamedTuple):
    """What a detector says about one subject while the subject breaches its baseline."""

    kind: str
    summary: str
    """One line for the queue: what and by how much, without the subject's id."""
    severity: str
    planned: Mapping[str, Any]
    """Field to value as the contract shows them: times as ISO text, quantities as numbers."""
    observed: Mapping[str, Any]
    gap: Mapping[str, Any]
    """The size of the departure: {"days": 12.0}, {"quantity": -400.0, "uom": "EA"} ..."""
    terms: Sequence[Term]
    value_minor: int | None
    """Value at risk, in `currency`."""
    currency: str | None
    need_at: int | None
    occurred_at: int | None
    """When the departure happened as far as the signals say."""
    signals: Sequence[int]
    """Ids of the signals that it rests on."""
    item: str | None = None
    site: str | None = None
    party: str | None = None
    origin: str | None = None
    """Of a line, where it comes from: supply in its place comes from there, too."""
    likelihood: float | None = None
    """How likely the loss is, where the statement itself says so; None: that is for engine.ranking.outcomes to know."""
    resupply: bool = True
    """Whether other supply is the remedy, so that the fastest lane into the site says how long it takes."""
    done: bool = False
    """The departure is a fact that nothing can change any more (it arrived, late): open, then recovered at once."""
    slip: Slip | None = None
    """Of a supply line that is still to come: what its consumers feel."""
    because: Sequence[tuple[str, str]] = ()
    """Kind and reference of the supply lines without whose departures there would be no breach."""
    farthest: Mapping[str, Any] | None = None
    """The gap of the departure's farthest point, where `gap` is that of its first stretch: what limits of size go
    by."""


class Change(NamedTuple):
    """What a command did to one object."""

    id: str
    was: str
    now: str
    """States, or owners, or dates: what changed, in words."""


class Outcome(NamedTuple):
    """What a person's command did: one journal transaction, undone as a whole by its number."""

    txn: int
    changes: Sequence[Change] = ()
    notes: Sequence[str] = ()
    """Sentences that the person should read: open actions that remain, what was skipped and why."""
    about: int | None = None
    """The command that an undo or a redo took back."""


class Page(NamedTuple):
    """A list as the contract prints it: `total` matches, of which `items` are shown."""

    now: int
    total: int
    items: Sequence[dict[str, Any]]
