"""What screens ask of the desk, often: the header, numbers and rows of their lists, lanes, who looks at what.

Numbers first, in order, then the rows in sight: a list of any length costs what can be seen of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from engine.desk_feed import DeskFeed
from engine.values.clock import SystemClock
from engine.values.ids import parse

if TYPE_CHECKING:
    from engine.reading.announce import Standing
    from engine.reading.arranging import Arrangement
    from engine.reading.others import Others
    from engine.reading.searching import Piece
    from engine.schedule.lanes import Lane


class DeskScreens(DeskFeed):
    """The part of the desk that live screens ask."""

    def header(self) -> dict[str, Any]:
        """The desk in one line: name, zone, now, feeds, stale, stale_since, quarantined, open, exposure,
        past_decide_by, suppressed{total, snoozed, silenced, folded}, last_signal_at, baseline_version, the feeder's
        lease or None, and `asked`, the moves that the actor has to agree to."""
        from engine.reading import screens

        with self._reading() as view:
            asked = screens.asked(view.connection, self.actor)
            return {**screens.header(*view), "feeder": self.lease("feeder"), "asked": asked}

    def standing(self) -> Standing:
        """What is live by number and severity: in the queue, and kept out of it; what engine.reading.announce
        decides by."""
        from engine.reading import announce

        with self._reading() as view:
            return announce.standing(*view)

    def queue_ids(self, text: str = "") -> list[int]:
        """Numbers of the deviations in queue order under a filter text. Raises BadInput."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.queue_ids(*view, text)

    def narrows(self, text: str, within: str = "") -> bool:
        """Whether a filter text leaves some of what `within` leaves, without one some of the queue, and looks at
        nothing else. Raises BadInput."""
        from engine.reading import deviation_list, fields
        from engine.vocabulary.filters import parse_line

        found, whole = (parse_line(each, fields.DEVIATIONS, self.clock.now()) for each in (text, within))
        return deviation_list.look_alike(found, whole) and (text == within or text.startswith(f"{within} ".lstrip()))

    def arranged(self, text: str = "", *, order: str = "", group: str = "") -> Arrangement:
        """Deviations under a filter text as a person arranges them (engine.reading.arranging). Raises BadInput."""
        from engine.reading import arranging

        with self._reading() as view:
            return arranging.deviations(*view, text, order, group)

    def placing(self, number: int) -> dict[str, Any] | None:
        """Where a deviation stands in the queue and why, in figures (engine.reading.placing); None for an unknown
        number."""
        from engine.reading import placing

        with self._reading() as view:
            return placing.of(*view, number)

    def require_resolvable(self, ids: Sequence[str]) -> None:
        """Raises Refused for the first deviation that `resolve` would refuse as mandatory actions of its response are
        open."""
        from engine.deviations import closing

        with self._reading() as view:
            closing.require_mandatory_done(view.connection, [parse(id_, "deviation") for id_ in ids])

    def versions(self, ids: Collection[str]) -> dict[str, int]:
        """The present version of each of these objects; one that is not there, or has no versions, is left out."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.versions(view.connection, ids)

    def changes_since(self, id_: str, seen: int) -> str:
        """Who changed what of an object since the version that a person saw, as a command on it is refused."""
        from engine.deviations import command_context
        from engine.reading import screens

        with self._reading() as view:
            return command_context.stale_sentence(view.connection, parse(id_, *screens.VERSIONED), seen)

    def deviation_rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Contract JSON of deviations in the order asked, without `rank` and `signals`; unknown ids are left out."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.deviation_rows(*view, ids)

    def deviation_states(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Of deviations what tells which commands fit them: id, version, state, response, response_state; in the order
        asked, unknown ids are left out. Of a hundred thousand in a tenth of the time of their rows."""
        from engine.reading import deviation_list

        with self._reading() as view:
            return deviation_list.states(view.connection, ids)

    def signal_ids(self, text: str = "", limit: int = 10_000) -> list[int]:
        """Numbers of the signals under a filter text, the last that came first. Raises BadInput."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.signal_ids(*view, text, limit)

    def signal_rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Contract JSON of signals in the order asked."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.signal_rows(view.connection, ids)

    def signal_span(self) -> range:
        """The numbers of all signals, the last that came first."""
        from engine.reading import searching

        with self._reading() as view:
            return searching.span(view.connection)

    def search_signals(self, text: str, below: int, rows: int) -> Piece:
        """The signals under a filter text among the `rows` that came last before number `below`. Raises BadInput."""
        from engine.reading import searching

        with self._reading() as view:
            return searching.piece(*view, text, below, rows)

    def source_rows(self, text: str = "") -> list[dict[str, Any]]:
        """Contract JSON of the sources under a filter text, by name. Raises BadInput."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.source_rows(*view, text)

    def stays_held(self, text: str) -> bool:
        """Whether a filter text of the quarantine leaves some of what is held, and looks at nothing else. Raises
        BadInput."""
        from engine.reading import fields
        from engine.vocabulary.filters import parse_line

        return "state" not in parse_line(text, fields.QUARANTINE, self.clock.now()).fields

    def quarantine_ids(self, text: str = "") -> list[int]:
        """Numbers of the held records under a filter text, the last that came first. Raises BadInput."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.quarantine_ids(*view, text)

    def quarantine_rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Contract JSON of records of the quarantine in the order asked."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.quarantine_rows(view.connection, ids)

    def action_rows(self, deviation: int | None = None) -> list[dict[str, Any]]:
        """Open actions of running responses by owner and start; of one deviation: all its actions."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.action_rows(*view, deviation)

    def timeline(self, text: str = "") -> list[tuple[int, str, int]]:
        """Number, owner and due time of the open actions of running responses, by owner and start. Raises BadInput."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.timeline(*view, text)

    def lanes(self) -> Sequence[Lane]:
        """The open actions of running responses by owner and start, each with its place in time, its slack and what it
        waits for."""
        from engine.schedule import lanes

        with self._reading() as view:
            return lanes.lanes(*view, self._planner())

    def timeline_rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Contract JSON of actions in the order asked; unknown ids are left out."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.timeline_rows(*view, ids)

    def say_open(self, holder: str, about: str | None) -> None:
        """This desk, known by a random token, has an object open (D12), or none any more; a read-only desk says
        nothing."""
        from engine.storage.presence import Presence

        if not self.readonly:
            here = Presence(self.store.path, holder, self.actor)
            if about is None:
                here.leave()
            else:
                here.say(SystemClock().now(), about)

    def who_has_open(self, holder: str, about: str) -> list[str]:
        """Who else has an object open at this moment (engine.storage.presence)."""
        from engine.storage.presence import Presence

        return Presence(self.store.path, holder, self.actor).others(SystemClock().now(), about)

    def done_since(self, entry: int | None) -> tuple[int, bool]:
        """The last entry of the journal, and whether after `entry` anything was done but taking signals in."""
        from engine.storage import journal

        with self._reading() as view:
            return journal.done_since(view.connection, entry)

    def kinds_since(self, entry: int) -> frozenset[str]:
        """The kinds of objects that anything was done to after an entry of the journal, but taking signals in."""
        from engine.storage import journal

        with self._reading() as view:
            return journal.kinds_since(view.connection, entry)

    def changed_by_others(self, entry: int | None, own: Collection[int]) -> Others:
        """What was changed after an entry of the journal by other transactions than `own` (engine.reading.others)."""
        from engine.reading import others

        with self._reading() as view:
            return others.changed_since(view.connection, entry, own)

    def owners(self) -> list[dict[str, Any]]:
        """Everybody who can own or owns actions: id, name, functions, load (open actions), overdue."""
        from engine.reading import screens

        with self._reading() as view:
            return screens.owners(*view)

    def data_version(self) -> int:
        """Changes when another process has committed to the file, or the feeder is another one; a number without
        meaning.

        Cheap enough to ask 20 times a second.
        """
        lease = self.lease("feeder")
        return hash((self.store.data_version(), None if lease is None else lease["holder"]))
