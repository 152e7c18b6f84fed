"""The one door of the engine: every command that a person or a script can give, every question a screen can ask.

Only delegation: commands are in engine.desk_commands, feeds in engine.desk_feed, effects in engine.desk_effects, the
schedule in engine.desk_schedule, hand-offs in engine.desk_handoffs, what playbooks state of times in engine.desk_times,
what screens ask in engine.desk_screens; lists and questions are here. Modules that a plain list does not need are
imported where they are called, so that a short command starts fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.desk_effects import DeskEffects
from engine.desk_handoffs import DeskHandoffs
from engine.desk_schedule import DeskSchedule
from engine.desk_screens import DeskScreens
from engine.reading import deviation_list, lists
from engine.storage.collector import collector_at_rest

if TYPE_CHECKING:
    from engine.vocabulary.model import Page, Term
    from engine.vocabulary.planning import Match, ResponsePlan

__all__ = ["Desk"]


class Desk(DeskScreens, DeskEffects, DeskHandoffs, DeskSchedule):
    """A desk file, the clock that it lives on, and the person who acts. Not shared between threads."""

    # lists: contract JSON, `where` in the language of engine.vocabulary.filters ---------------------------------------

    def deviations(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Deviations in queue order: those that ask for something and are not suppressed; `all` gives every one ever.

        A condition on `state`, or on what suppresses (snoozed, silenced, folded), also looks beyond the queue. Raises
        BadInput for a condition that cannot be used.
        """
        with self._reading() as view, collector_at_rest():
            return deviation_list.page(*view, where, limit=limit, everything=all)

    def deviation_groups(
        self,
        by: Sequence[str],
        where: Sequence[str] = (),
        *,
        limit: int | None = 200,
        all: bool = False,  # noqa: A002
    ) -> Page:
        """What `deviations` shows, by the values of some fields: group, count, exposure, severity, decide_by of each.

        What has no value is the group null. Raises BadInput for a field or a condition that cannot be used.
        """
        from engine.reading import groups

        with self._reading() as view:
            return groups.deviations(*view, by, where, limit=limit, everything=all)

    def signals(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Signals, the last that came first; `all` is every one, with or without it."""
        return self._list("signals", where, limit, all)

    def responses(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Running responses, newest first; `all` or a condition on `state` also gives the ended ones."""
        return self._list("responses", where, limit, all)

    def actions(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Open actions of running responses by due time; `all` or a condition on `state` also gives the others."""
        return self._list("actions", where, limit, all)

    def sources(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Sources by name, with their health; `all` is every one, with or without it."""
        return self._list("sources", where, limit, all)

    def quarantine(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Records that could not be taken and wait, oldest first; `all` also gives those that a retry took."""
        return self._list("quarantine", where, limit, all)

    def silences(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Silences that are not over, those that end first on top; `all` or a condition on `state` also the others."""
        return self._list("silences", where, limit, all)

    def handoffs(self, where: Sequence[str] = (), *, limit: int | None = 200, all: bool = False) -> Page:  # noqa: A002
        """Messages to owners that ask for something (on their way, failed, in doubt) and those of open actions, newest
        first; `all` or a condition on `state` also gives the others."""
        return self._list("handoffs", where, limit, all)

    def suppressed(self, where: Sequence[str] = ()) -> dict[str, int]:
        """How many live deviations under a filter are kept out of the queue: total, snoozed, silenced, folded."""
        with self._reading() as view:
            return deviation_list.suppressed(*view, where)

    # one object -------------------------------------------------------------------------------------------------------

    def show(self, id: str) -> dict[str, Any]:  # noqa: A002
        """Any object with its `history`: D12, A7, R3, S99, Q4, L2, H5, a source's name, ITEM@SITE, or a plan line.

        A plan line is `purchase_order 4711/10`, or `4711/10` alone. A deviation also carries `signals_detail`,
        `actions`, `impact`, `consequences_detail`, `follows_from` and `explain`. Raises NotFound.
        """
        from engine.reading import questions

        with self._reading() as view, collector_at_rest():
            return questions.show(*view, id)

    def explain(self, id: str) -> list[Term]:  # noqa: A002
        """Every term of a deviation's verdict and rank, with its unit and source. Raises NotFound."""
        from engine.reading import questions

        with self._reading() as view:
            return questions.explain(*view, id)

    def impact(self, id: str) -> dict[str, Any] | None:  # noqa: A002
        """What a deviation of a supply line puts at risk: the tree of lines, and what each customer would see.

        None for a deviation of anything else, and once the line has arrived. Raises NotFound.
        """
        from engine.reading import questions

        with self._reading() as view, collector_at_rest():
            return questions.impact(*view, id)

    def options(self, id: str) -> list[dict[str, Any]]:  # noqa: A002
        """What can be chosen in a decision (A7), or in each about a deviation (D12), side by side: cost, service, CO2e,
        risk, with the arithmetic, the winner and the weights at which it flips (docs/options.md).

        Empty where there is nothing to choose from. Raises NotFound.
        """
        from engine.reading import questions

        with self._reading() as view:
            return questions.options(*view, id)

    def pictures(self, id: str) -> dict[str, Any]:  # noqa: A002
        """What can be drawn of a deviation: projected stock, demand in its band, arrivals against promises
        (engine.reading.pictures).

        Raises NotFound.
        """
        from engine.reading import pictures

        with self._reading() as view:
            return pictures.of(*view, id)

    def matches(self, id: str) -> Sequence[Match]:  # noqa: A002
        """Which playbooks apply to a deviation and why, those that apply first. Raises NotFound."""
        from engine.reading import questions

        with self._reading() as view:
            deviation = questions.deviation(*view, id)
        return self._planner().matches(deviation, self.clock.now())

    def preview(
        self,
        id: str,  # noqa: A002
        playbook: str | None = None,
        inputs: Mapping[str, object] | None = None,
    ) -> ResponsePlan:
        """The response that `respond` would write; writes nothing. Raises NotFound, Refused when none applies,
        BadInput."""
        from engine.commands import responses

        with self._reading() as view:
            deviation = responses.to_plan(*view, id)
            world = self._world(*view)
        return self._planner().plan(deviation, world, playbook, inputs)

    def tolerances(self) -> dict[str, Any]:
        """The layers of tolerance as they stand: `kinds` with every parameter, and `rules` (engine.reports.layers)."""
        from engine.reports import layers

        with self._reading() as view:
            return layers.listed(*view)

    def metrics(self, since: int | None = None) -> dict[str, Any]:
        """What became of the deviations that opened since an instant (ever): noise, load, times, and the tolerances
        that would have spared the noise. Definitions: docs/noise.md."""
        from engine.reports import metrics

        with self._reading() as view, collector_at_rest():
            return metrics.metrics(*view, since)

    def handover(self, since: int) -> dict[str, Any]:
        """What the next shift has to know of the time since an instant, and of what stands
        (engine.reading.handover)."""
        from engine.reading import handover

        with self._reading() as view:
            return handover.handover(*view, since)

    def review(self, id: str) -> dict[str, Any]:  # noqa: A002
        """What happened to a deviation, out of the journal (engine.reports.review): durations, timeline, decisions
        and what was known, actions, hand-overs, people, costs, what stayed open. Raises NotFound."""
        from engine.reports import review

        with self._reading() as view:
            return review.of(*view, id)

    # care -------------------------------------------------------------------------------------------------------------

    def check(self) -> list[dict[str, Any]]:
        """What is wrong with the file, the feeds, the data and the machine: place, fault, mend and severity of each.

        Findings on the data say how many records they are about, and name a few, as `count` and `examples`.
        """
        from engine.reports import check

        with self._reading() as view:
            amiss = self.planner.calendar_faults(self._world(*view)) if self.planner is not None else ()
            return check.check(self.store, view.now, amiss)

    def backup(self, path: Path) -> None:
        """Write a whole copy of the file, readable by its owner only. Refuses an existing target."""
        from engine.storage import backup

        backup.copy(self.store, path)

    def _list(self, name: str, where: Sequence[str], limit: int | None, everything: bool) -> Page:
        with self._reading() as view:
            return lists.page(*view, name, where, limit=limit, everything=everything)
