"""Who has how much to do on which day, as a field of cells: the share of the working time, and what is too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from tui.terminal import safe
from tui.terminal.safe import Pieces
from tui.widgets.line_list import LineList
from tui.widgets.row_window import Row

_OWNER: Final = 11
_CELL: Final = 6
_MOST_DAYS: Final = 28
_SHADES: Final = ((0, " "), (34, "░"), (67, "▒"), (100, "▓"))
"""From which percentage on a shade stands for a day that is not too full."""


def days_in(width: int) -> int:
    """How many days a terminal of so many cells shows."""
    return max(3, min(_MOST_DAYS, (width - 4 - _OWNER) // _CELL))


class LoadHeat(LineList):
    """A line for each owner, a cell for each day: shade and percentage, `!` where it is too much."""

    title = "Load"
    takes_marks = False

    def __init__(self, opens: str, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        """`opens` is the key that opens a line, as a person reads it."""
        super().__init__(self._from_memory, id=id)
        self._opens = opens
        self.owners: Sequence[Mapping[str, Any]] = ()

    def _from_memory(self, ids: Sequence[int]) -> Sequence[Row]:
        return [{**self.owners[index], "id": str(index), "name": self.owners[index]["id"]} for index in ids]

    def show_load(self, load: Mapping[str, Any], late: Mapping[str, int]) -> None:
        """Take `Desk.owner_load`'s answer anew; who has nothing to do comes last. `late` are the actions of each owner
        that would end after they are due: a day can have room for work that comes too late all the same."""
        self.owners = sorted(load["owners"], key=_busy)
        over = [owner["id"] for owner in self.owners if any(day["over_minutes"] for day in owner["days"])]
        told = [f"too much: {', '.join(over)}"] if over else []
        if late:
            told += [f"{'' if over else 'no day is too full, but '}late: {_counted(late)}"]
        self.note = " · ".join([*(told or ["nobody has too much"]), f"{self._opens} shows the numbers"])
        self.show(range(len(self.owners)))
        self.refresh()

    @property
    def owner(self) -> Mapping[str, Any] | None:
        """The owner under the cursor."""
        return self.owners[self.cursor] if self.cursor < len(self.owners) else None

    def heading(self, width: int) -> Pieces:
        days = [date.fromisoformat(day["day"]) for day in self.owners[0]["days"]] if self.owners else ()
        # Of a cell's six, one stays free before the next.
        names = [f"{day:%a}"[:2] + f" {day.day}" for day in days]
        return [(" " * _OWNER, "plain"), *((safe.fit(name, _CELL), "quiet") for name in names)]

    def draw(self, row: Row, width: int) -> Pieces:
        return [
            (safe.fit(str(row["name"]), _OWNER - 1) + " ", "plain" if row["known"] else "warning"),
            *(_cell(day) for day in row["days"]),
        ]


def _counted(late: Mapping[str, int]) -> str:
    return ", ".join(f"{owner} {late[owner]}" for owner in sorted(late, key=lambda owner: (-late[owner], owner)))


def _busy(owner: Mapping[str, Any]) -> tuple[bool, str]:
    return not any(day["planned_minutes"] or day["due_minutes"] for day in owner["days"]), str(owner["id"])


def _cell(day: Mapping[str, Any]) -> tuple[str, str]:
    """One day in six cells: nothing on a day off, else shade and percentage, or how much is too much."""
    capacity, planned = day["capacity_minutes"], day["planned_minutes"]
    if day["over_minutes"]:
        return (safe.fit(f"█{_percent(day)}!", _CELL - 1) + " ", "bad")
    if not capacity:
        return (safe.fit("·", _CELL), "quiet")
    share = round(100 * planned / capacity)
    shade = next(shade for least, shade in reversed(_SHADES) if share >= least)
    return (safe.fit(f"{shade}{share}" if planned else " –", _CELL), "plain" if share < 67 else "warning")


def _percent(day: Mapping[str, Any]) -> int:
    """What a day asks for as a percentage of its working time; of a day off, as of eight hours."""
    capacity = int(day["capacity_minutes"]) or 480
    return round(100 * max(int(day["planned_minutes"]), capacity + int(day["over_minutes"])) / capacity)
