"""Detection from the work list: facts of the touched subjects, every detector's verdict, deviations, wake-ups.

Only what was touched is read and judged, whole chunks at a time. A subject's wake-up is the next instant at which time
alone can change one of its verdicts, bring in a signal that is stored already, or move a deviation on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine import detect
from engine.detect import tolerance_rules
from engine.detect.tolerance_rules import Tolerances
from engine.deviations import episodes, folding, hits, timers
from engine.deviations.episodes import Keeper
from engine.deviations.value_at_risk import Valuer
from engine.deviations.verdicts import Slot, Verdict
from engine.facts.event_facts import EventFacts, of_line
from engine.facts.subjects import LineFacts
from engine.gather import demands, events, expectations, exposed, feeds, items, line_states, names, orders, stock
from engine.gather import pegs as pegged
from engine.gather.cases import Case, Key
from engine.gather.history import EventHistory, History, OrderEventHistory, OrderHistory, PlaceHistory
from engine.intake import hazards, pegs
from engine.judging import confirming, unjudged, wakeups
from engine.judging.unjudged import Unjudged
from engine.ranking import outcomes, remedies
from engine.ranking.rank import Ranking
from engine.storage.journal import Writer
from engine.storage.sqlite import sqlite3
from engine.values.days import Days
from engine.values.rates import Rates
from engine.vocabulary import settings, tolerance
from engine.vocabulary.model import SUPPLY_KINDS, TickResult


def drain(connection: sqlite3.Connection, writer: Writer, now: int, limit: int = 5000) -> TickResult:
    """Judge up to `limit` touched subjects at `now` and take them off the work list, inside the caller's transaction.

    Places are pegged first, since what a line puts at risk follows from its pegs; then come orders, which touch the
    stock of their items and the sites and lanes that they use; then lots, resources and what else events are about;
    sources; hazards, which touch what they cover; sites and lanes; stock; customer orders. `judged` of the result is
    the number of subjects taken; none means that nothing is left.
    """
    has = names.follow_plan(connection)
    step = _Drain(connection, writer, now, has)
    judged = 0
    for family, judge in (
        ("peg", step.peg_places),
        ("order", step.judge_orders),
        ("event", step.judge_events),
        ("source", step.judge_sources),
        ("hazard", step.resolve_hazards),
        ("place", step.judge_exposed),
        ("stock", step.judge_places),
        ("demand", step.judge_demands),
    ):
        if judged < limit:
            judged += _take(connection, family, limit - judged, judge)
    timers.look_again(connection)
    return step.keeper.result(judged)


def _take(connection: sqlite3.Connection, family: str, limit: int, judge: Callable[[Sequence[Key]], None]) -> int:
    found = connection.execute(
        "SELECT type, a, b FROM touched WHERE type = ? ORDER BY a, b LIMIT ?", (family, limit)
    ).fetchall()
    keys = [Key(*row) for row in found]
    if keys:
        last = keys[-1]
        # The keys are the first ones of their family, so their end says which they are. Before they are judged, since
        # judging puts subjects on the list that another's end bears on.
        connection.execute("DELETE FROM touched WHERE type = ? AND (a, b) <= (?, ?)", (family, last.a, last.b))
        judge(keys)
    return len(keys)


class _Drain:
    """One run over part of the work list."""

    def __init__(self, connection: sqlite3.Connection, writer: Writer, now: int, has: names.Has) -> None:
        self._connection, self._now, self._has = connection, now, has
        self._tolerances: Tolerances = tolerance_rules.load(connection)
        desk = self._desk = settings.current(connection)
        self._days = Days(desk["zone"])
        history = outcomes.History(connection, now)
        self._rates = Rates(desk["currency"], desk["rates"], desk["zone"], now)
        ranking = Ranking(self._rates, items.FastestLanes(connection), remedies.StatedRemedies(connection), history)
        self.keeper = Keeper(connection, writer, now, ranking)
        self._unjudged: list[Unjudged] = []
        self._valuer = Valuer(connection, self._rates)

    def peg_places(self, keys: Sequence[Key]) -> None:
        """Peg supply to demand again at items at sites."""
        places = pegs.places_with_demand(self._connection, [(key.a, key.b) for key in keys])
        found = pegged.read(self._connection, places, self._now, self._days)
        pegs.keep(self._connection, found)
        left_out = [
            Unjudged("item_site", f"{item}@{site}", unjudged.UNIT, each.unconverted)
            for (item, site), each in found.items()
            if each.unconverted
        ]
        unjudged.keep(self._connection, self._now, "peg", [f"{key.a}@{key.b}" for key in keys], left_out)
        wakes = {Key("peg", *place): each.changes_at for place, each in found.items() if each.changes_at is not None}
        wakeups.write(self._connection, keys, wakes, self._now)

    def judge_orders(self, keys: Sequence[Key]) -> None:
        """Judge order references: their supply lines, and whether the plan has them."""
        chunk = orders.read(self._connection, [key.a for key in keys])
        known = episodes.latest(self._connection, chunk.subject_ids())
        wakes = orders.next_known(chunk, self._now)
        records = self._items(chunk)
        lines = list(orders.line_cases(chunk, self._now, self._days, records))
        outcomes.keep(self._connection, lines, self._tolerances)
        if expectations.are_watched(self._tolerances):
            lines = list(expectations.complete(self._connection, lines))
        verdicts = self._confirmed(
            list(self._judged(lines, detect.LINE, known, wakes)),
            lambda asked: OrderHistory(self._connection, asked, self._now, self._days, records),
        )
        verdicts += self._confirmed(
            list(self._judged(_eventful(lines, known), detect.EVENT, known, wakes)),
            lambda asked: OrderEventHistory(self._connection, asked, self._now, self._days, records),
        )
        verdicts, reached, fed = self._valuer.assess_all(verdicts)
        references = orders.reference_cases(
            chunk, self._now, plan_has_orders=self._has.orders, judged_before=_references(known)
        )
        verdicts += self._judged(references, detect.REFERENCE, known, wakes)
        verdicts += self._gone(verdicts, (*detect.LINE, *detect.EVENT), known, lambda slot: Key("order", slot[2]))
        self._unjudged += (
            Unjudged(*case[1:3], unjudged.UNIT, case.facts.unconverted) for case in lines if case.facts.unconverted
        )
        self._settle(keys, chunk.subject_ids(), verdicts, known, wakes)
        hits.keep(self._connection, reached, known)
        folding.fold_lines(self._connection, chunk.references, fed)
        line_states.keep(self._connection, chunk, [case.facts for case in lines], self._tolerances)
        stock.touch_of_orders(self._connection, [key.a for key in keys])
        exposed.touch_of_orders(self._connection, [key.a for key in keys])

    def resolve_hazards(self, keys: Sequence[Key]) -> None:
        """Find out which hazards hold and what they cover; the places are judged afterwards."""
        wakes = hazards.refresh(self._connection, keys, self._now, self._tolerances)
        wakeups.write(self._connection, keys, wakes, self._now)

    def judge_exposed(self, keys: Sequence[Key]) -> None:
        """Judge sites and lanes: whether what the plan uses there lies under a hazard."""
        known = episodes.latest(self._connection, [key.b for key in keys])
        places = [(key.a, key.b) for key in keys]
        cases = exposed.cases(self._connection, places, self._now, self._days, self._rates)
        wakes: dict[Key, int] = {}
        verdicts = list(self._judged(cases, detect.PLACE, known, wakes))
        self._settle(keys, [key.b for key in keys], verdicts, known, wakes)

    def judge_places(self, keys: Sequence[Key]) -> None:
        """Judge items at sites: their stock and demand, and whether the plan has them."""
        places = [(key.a, key.b) for key in keys]
        ids = [f"{item}@{site}" for item, site in places] + names.subject_ids(self._connection, places)
        known = episodes.latest(self._connection, ids)
        cases = list(stock.StockReader(self._connection, places, self._now, self._days).cases())
        wakes = {case.key: case.facts.changes_at for case in cases if case.facts.changes_at is not None}
        verdicts = self._confirmed(
            list(self._judged(cases, detect.STOCK, known, wakes)),
            lambda asked: PlaceHistory(self._connection, asked, self._now, self._days),
        )
        references = names.cases(self._connection, places, self._now, self._has, _references(known))
        verdicts += self._judged(references, detect.REFERENCE, known, wakes)
        self._unjudged += (
            Unjudged(*case[1:3], unjudged.UNIT, case.facts.unconverted) for case in cases if case.facts.unconverted
        )
        self._settle(keys, ids, verdicts, known, wakes)
        folding.fold_places(self._connection, verdicts)

    def judge_demands(self, keys: Sequence[Key]) -> None:
        """Judge customer orders: whether what they are pegged to comes too late or too short."""
        references = [key.a for key in keys]
        known = episodes.latest(self._connection, references)
        wakes: dict[Key, int] = {}
        cases = demands.cases(self._connection, references, self._desk["currency"])
        verdicts = list(self._judged(cases, detect.DEMAND, known, wakes))
        self._settle(keys, references, verdicts, known, wakes)
        folding.fold_demands(self._connection, references)

    def judge_events(self, keys: Sequence[Key]) -> None:
        """Judge what events are about that name no order: lots, resources, items at sites."""
        known = episodes.latest(self._connection, [key.b for key in keys])
        cases = list(events.EventReader(self._connection, keys).cases(keys, self._now))
        wakes = {case.key: case.facts.changes_at for case in cases if case.facts.changes_at is not None}
        verdicts = self._confirmed(
            list(self._judged(cases, detect.EVENT, known, wakes)),
            lambda asked: EventHistory(self._connection, asked, self._now),
        )
        self._settle(keys, [key.b for key in keys], verdicts, known, wakes)

    def judge_sources(self, keys: Sequence[Key]) -> None:
        """Judge sources: whether they are silent."""
        found = [key.a for key in keys]
        known = episodes.latest(self._connection, found)
        wakes: dict[Key, int] = {}
        verdicts = list(self._judged(feeds.cases(self._connection, found), detect.SOURCE, known, wakes))
        self._settle(keys, found, verdicts, known, wakes)

    def _judged(
        self,
        cases: Iterable[Case[Any]],
        detectors: Sequence[detect.Detector[Any]],
        known: Mapping[Slot, dict[str, Any]],
        wakes: dict[Key, int],
    ) -> Iterator[Verdict]:
        """Verdicts that say something: a finding, or the absence of one where a deviation is known or may hold
        still."""
        now, tolerances = self._now, self._tolerances
        judges = [(detector, detector.KIND, tolerances.same_for_all(detector.KIND)) for detector in detectors]
        counting = {kind for _, kind, _ in judges if tolerances.counts_clears(kind)}
        for key, subject_type, subject_id, facts in cases:
            wake = wakes.get(key)
            for detector, kind, shared in judges:
                limits = tolerances.of(kind, facts.subject()) if shared is None else shared
                try:
                    finding = detector.judge(facts, limits, now)
                    at = detector.wake_at(facts, limits, now)
                    if finding is not None:
                        unjudged.refuse_unusable(finding)
                except Exception as error:  # noqa: BLE001 - what one subject does to one kind must not stop all others
                    self._unjudged.append(unjudged.failed(kind, subject_type, subject_id, error))
                    wake = wakes[key] = min(now + unjudged.AGAIN, wake or now + unjudged.AGAIN)
                    continue
                if at is not None and (wake is None or at < wake):
                    wake = wakes[key] = at
                if finding is not None or (kind, subject_type, subject_id) in known or kind in counting:
                    yield Verdict(key, (kind, subject_type, subject_id), finding, limits)

    def _confirmed(
        self,
        verdicts: list[Verdict],
        history_of: Callable[[Sequence[Key]], History],
    ) -> list[Verdict]:
        """Verdicts with their runs, where a tolerance counts statements."""
        return list(confirming.confirm(verdicts, self.keeper.reporting, history_of))

    def _gone(
        self,
        verdicts: Iterable[Verdict],
        detectors: Sequence[detect.Detector[Any]],
        known: Mapping[Slot, dict[str, Any]],
        key_of: Callable[[Slot], Key],
    ) -> list[Verdict]:
        """Verdicts on deviations whose subject the plan has no more: nothing departs from a plan that is gone."""
        judged, kinds = {verdict.slot for verdict in verdicts}, {detector.KIND for detector in detectors}
        judged.update((each.reason, each.subject_type, each.subject_id) for each in self._unjudged)
        return [
            Verdict(key_of(slot), slot, None, self._tolerances.of(slot[0], tolerance.NO_SUBJECT))
            for slot in known
            if slot[0] in kinds and slot[1] in SUPPLY_KINDS and slot not in judged
        ]

    def _settle(
        self,
        keys: Sequence[Key],
        subject_ids: Sequence[str],
        verdicts: Sequence[Verdict],
        known: Mapping[Slot, dict[str, Any]],
        wakes: dict[Key, int],
    ) -> None:
        for key, wake in self.keeper.apply(verdicts, known).items():
            wakes[key] = min(wake, wakes.get(key, wake))
        wakeups.write(self._connection, keys, wakes, self._now)
        unjudged.keep(self._connection, self._now, keys[0].type, subject_ids, self._unjudged)
        self._unjudged.clear()

    def _items(self, chunk: orders.Orders) -> dict[str, items.Item]:
        """Records of a chunk's items, where a rule asks for their class or their units have to convert."""
        wanted = orders.other_units(chunk)
        if self._tolerances.asks_item_class:
            wanted.update(line.item for lines in chunk.lines.values() for line in lines if line.item is not None)
        return items.read(self._connection, sorted(wanted)) if wanted else {}


def _eventful(lines: Iterable[Case[LineFacts]], known: Iterable[Slot]) -> Iterator[Case[EventFacts]]:
    """Of some lines those about which there are events, or deviations that rest on events: few, so the many pay
    nothing."""
    kinds = {detector.KIND for detector in detect.EVENT}
    before = {slot[1:] for slot in known if slot[0] in kinds}
    for case in lines:
        if case.facts.events or (case.subject_type, case.subject_id) in before:
            yield Case(case.key, case.subject_type, case.subject_id, of_line(case.facts))


def _references(known: Iterable[Slot]) -> set[str]:
    """The ids of references that were judged before."""
    return {subject_id for _, subject_type, subject_id in known if subject_type == "reference"}
