"""The table of view 2 as tests read it."""

from __future__ import annotations

from tests.tui.conftest import Driven
from tui.screens.deviations import DeviationsScreen
from tui.widgets.deviation_list import DeviationList


def table(driven: Driven) -> DeviationList:
    return driven.on(DeviationsScreen).table


def subjects(driven: Driven) -> list[str]:
    """The subjects of the list's rows, from top to bottom."""
    shown = table(driven)
    return [str(row["subject"]["id"]) for number in shown.ids if number >= 0 and (row := shown.row(number))]
