"""View 2, deviations: the whole list, arranged as a person wants it, and the views that are kept of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType

from engine.reading import arranging, groups
from engine.values.errors import BadInput, OffplanError
from tui.desk import saved_views
from tui.desk.saved_views import BUILT_IN, LIVE, SavedView
from tui.desk.session import Session
from tui.keys import bindings, request
from tui.screens import empty
from tui.screens.list_view import ListView
from tui.screens.pickers import Choice, Picker
from tui.terminal.safe import fit
from tui.widgets import deviation_columns
from tui.widgets.deviation_columns import COLUMNS, USUAL
from tui.widgets.deviation_list import DeviationList
from tui.widgets.line_list import LineList
from tui.widgets.prompt import Prompt
from tui.widgets.question import Question

_HIDDEN: Final = "hidden"
"""The view of what is kept out of the queue."""


class DeviationsScreen(ListView):
    """Acts as the desk does, on more rows and more columns."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings.bindings("act", "view", "deviations", "everywhere")]
    scopes = ("list", "rows", "act", "view", "deviations", "everywhere")
    filtered = ("deviations",)
    titles = ("Deviations",)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown = LIVE
        self._whole: tuple[Hashable, int] = (None, 0)
        """Of what, and when, the rows of a whole view were counted, and how many they are."""
        self.filters["deviations"] = LIVE.filter

    def panes(self) -> tuple[LineList, ...]:
        self.table = DeviationList(self.session.desk.deviation_rows, id="deviations")
        self.table.know_marked_by(self.session.desk.deviation_states)
        self.table.changed = self.session.changed.deviations
        return (self.table,)

    def depends_on(self) -> Hashable:
        return self._shown, super().depends_on()

    def fill(self) -> None:
        table, view, text = self.table, self._shown, self.filters["deviations"]
        as_of = self.session.desk.done_since(None)[0], self.session.present.minute, view.filter
        arrangement = self.session.desk.arranged(text, order=view.sort, group=view.group)
        if text == view.filter:
            self._whole = as_of, len(arrangement.ids)
        table.out_of = self._out_of(text, as_of)
        table.columns = view.columns or USUAL
        parts = ("Deviations", view.name if text == view.filter else "", f"/{text}" if text else "")
        table.title = " ".join(part for part in parts if part)
        sort = "by exposure and time to decide"
        if view.sort:
            sort = f"by {view.sort.removeprefix('-')}{', largest first' if view.sort[0] == '-' else ''}"
        table.note = f"{sort}, in groups of {view.group}" if view.group else sort
        if text == LIVE.filter:
            table.when_empty = empty.nothing_off_plan(self.session)
        elif text == view.filter:
            table.when_empty = empty.no_match_in_view(self.session, view.name)
        else:
            table.when_empty = empty.no_match(self.session, text)
        table.show_arranged(arrangement, view.group)

    def _out_of(self, text: str, as_of: Hashable) -> int:
        """How many rows the view has of which a filter leaves some; 0 where it looks elsewhere, or headings stand
        between the rows. It is counted once until something is done, not with every key of the filter."""
        view = self._shown
        if text == view.filter or view.group or not self.session.desk.narrows(text, view.filter):
            return 0
        if self._whole[0] != as_of:
            self._whole = as_of, len(self.session.desk.arranged(view.filter).ids)
        return self._whole[1]

    def ids_under(self, pane: str, text: str) -> Sequence[int]:
        return self.session.desk.arranged(text).ids

    def action_open(self) -> None:
        if not self.table.fold():
            super().action_open()

    # views ----------------------------------------------------------------------------------------------------------

    def _kept(self) -> Sequence[SavedView]:
        return (*BUILT_IN, saved_views.mine(self.session.desk.actor), *self.session.around.views())

    def _take(self, view: SavedView) -> None:
        """Show a view; one that cannot be shown leaves what is there. Raises OffplanError."""
        before = self._shown, self.filters["deviations"]
        self._shown, self.filters["deviations"] = view, view.filter
        fault = self.fault_of_reading()
        if fault is not None:
            self._shown, self.filters["deviations"] = before
            raise fault
        self.show_keys()

    def _rearrange(self, view: SavedView) -> None:
        """Show the present rows in another way; where that cannot be, say why."""
        try:
            self._take(view._replace(filter=self.filters["deviations"]))
        except OffplanError as error:
            self.refuse(error)

    def action_choose_view(self) -> None:
        self._ask(self._choose_view())

    async def _choose_view(self) -> None:
        try:
            kept = self._kept()
        except OffplanError as error:
            self.refuse(error)
            return
        chosen = await self._chosen(
            "Which view? :view save NAME keeps this one, :view forget NAME drops one",
            {view.name: _described(view) for view in kept},
        )
        if chosen is not None:
            try:
                self._take(next(view for view in reversed(kept) if view.name == chosen))
            except OffplanError as error:
                self.refuse(error)

    def action_hidden(self) -> None:
        other = LIVE.name if self._shown.name == _HIDDEN else _HIDDEN
        try:
            self._take(next(view for view in BUILT_IN if view.name == other))
        except OffplanError as error:
            self.refuse(error)

    def action_sort(self) -> None:
        self._ask(self._sort())

    async def _sort(self) -> None:
        ways = {"": "the queue's: exposure and the time to decide"}
        for name in arranging.order_names():
            ways |= {f"-{name}": f"{name}, largest or latest first", name: f"{name}, smallest or earliest first"}
        chosen = await self._chosen("In which order?", ways)
        if chosen is not None:
            self._rearrange(self._shown._replace(sort=chosen))

    def action_group(self) -> None:
        self._ask(self._group())

    async def _group(self) -> None:
        chosen = await self._chosen("In groups of what?", {"": "no groups", **dict.fromkeys(groups.names(), "")})
        if chosen is not None:
            self._rearrange(self._shown._replace(group=chosen))

    async def _chosen(self, title: str, ways: dict[str, str]) -> str | None:
        choices = [
            Choice(name, [(fit(name or "–", 22) + " ", "bold"), (words, "plain")]) for name, words in ways.items()
        ]
        return await self.app.push_screen_wait(Picker(title, choices, self.session.keys))

    def action_columns(self) -> None:
        self._ask(self._columns())

    async def _columns(self) -> None:
        line = await self.query_one(Prompt).ask(
            Question(
                "columns",
                " ".join(self.table.columns),
                accepts=self._try_columns,
                complete=lambda text: [name for name in COLUMNS if name.startswith(text.rpartition(" ")[2])],
                suggest=lambda text: self.say(text, "quiet", keep=False),
            )
        )
        if line is None:
            self.say("columns: left as they were")

    def _try_columns(self, text: str) -> bool:
        try:
            columns = deviation_columns.checked(text.split(), "columns")
            self._take(self._shown._replace(filter=self.filters["deviations"], columns=columns))
        except OffplanError as error:
            self.refuse(error)
            return False
        return True

    # words of its own -----------------------------------------------------------------------------------------------

    def typed(self, words: Sequence[str]) -> bool:
        verb, *rest = words
        if verb == "sort":
            self._take(self._shown._replace(filter=self.filters["deviations"], sort="".join(rest)))
        elif verb == "group":
            self._take(self._shown._replace(filter=self.filters["deviations"], group="".join(rest)))
        elif verb == "columns":
            columns = deviation_columns.checked(rest, "columns")
            self._take(self._shown._replace(filter=self.filters["deviations"], columns=columns))
        elif verb == "view":
            self._view(rest)
        else:
            return False
        return True

    def following(self, words: Sequence[str]) -> Sequence[str]:
        if words[0] == "columns":
            return list(COLUMNS)
        if words == ["sort"]:
            return [*arranging.order_names(), *(f"-{name}" for name in arranging.order_names())]
        if words == ["group"]:
            return groups.names()
        if words not in (["view"], ["view", "forget"]):
            return ()
        try:
            return [view.name for view in (self._kept() if len(words) == 1 else self.session.around.views())]
        except OffplanError:
            return ()

    def _view(self, rest: Sequence[str]) -> None:
        """`view NAME`, `view save NAME` and `view forget NAME`. Raises OffplanError."""
        act, name = (rest[0], " ".join(rest[1:])) if rest[:1] in (["save"], ["forget"]) else ("", " ".join(rest))
        if not name:
            raise BadInput("view", "no name was given", request.LOCAL["view"])
        if act and self.session.readonly:
            self.say("✗ this desk was opened read-only", "bad")
        elif act == "save":
            view = self._shown._replace(name=name, filter=self.filters["deviations"])
            path = self.session.around.keep_view(view)
            self._take(view)
            self.say(f"✓ view {name}: kept in {path}", "good")
        elif act == "forget":
            self.say(f"✓ view {name}: taken out of {self.session.around.forget_view(name)}", "good")
        else:
            kept = {view.name: view for view in self._kept()}
            if name not in kept:
                raise BadInput(f"view {name}", "there is no such view", f"name one of {', '.join(kept)}")
            self._take(kept[name])


def _described(view: SavedView) -> str:
    parts = [f"/{view.filter}"] if view.filter else []
    parts += [f"by {view.sort}"] if view.sort else []
    parts += [f"in groups of {view.group}"] if view.group else []
    return "  ".join(parts) or "what asks for something, in the order of the queue"
