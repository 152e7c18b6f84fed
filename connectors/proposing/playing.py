"""Which column plays which role: by its name first, then by whether its cells are what the role needs.

A column that is called like a date or a number may hold many cells that are none: a file that people fill in does. What
its cells rule out is told, so that no column disappears without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from connectors.formats.blocks import Cell
from connectors.mapping.converters import text_of
from connectors.proposing.header_words import ROLES, plain, roles
from connectors.proposing.profile import Doubt, Profile, profile

DATES: Final = ("due", "eta", "received", "recorded_at", "date")
MEASURES: Final = ("quantity", "stock", "value", "unit_price", "maximum", "minimum", "expected", "limit")

_CALLED_SO: Final = 0.5
"""Share of the filled cells that must fit where the column's name says already what it holds."""
_LINE_NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)
_LINE_WORDS: Final = frozenset(("line", "item", "pos", "position", "zeile", "posten"))
"""Words of a column that may number the lines of an order: SAP calls it item, and the thing itself material."""
_NO_CODES: Final = frozenset(("item", "item description"))
"""Names of an item's column that are no code of it where there is another one."""


def played(
    columns: Sequence[str], cells: Mapping[str, Sequence[Cell]], lines: Sequence[int]
) -> tuple[dict[str, str], dict[str, Profile], list[Doubt]]:
    """Role to column, column to what its cells look like, and what is doubtful about it."""
    named = roles(columns)
    surely = {column for role, column in named.items() if role in DATES + MEASURES}
    profiles = {
        name: profile(name, cells[name], lines, _CALLED_SO) if name in surely else profile(name, cells[name], lines)
        for name in columns
    }
    playing = {role: column for role, column in named.items() if _fits(role, profiles[column])}
    doubts = [_misfit(role, column) for role, column in named.items() if role not in playing and _called(role, column)]
    return playing, profiles, [*doubts, *_numbered(playing, columns, profiles, cells)]


def _fits(role: str, seen: Profile) -> bool:
    return (role not in DATES or seen.date is not None) and (role not in MEASURES or seen.number)


def _called(role: str, column: str) -> bool:
    """Whether the whole name is one of the role's, and no word of it by chance."""
    return plain(column) in ROLES[role]


def _misfit(role: str, column: str) -> Doubt:
    meant = "dates" if role in DATES else "numbers"
    return Doubt(column, None, "", f"not used: by its name it holds {meant}, and most of its cells are none")


def _numbered(
    playing: dict[str, str],
    columns: Sequence[str],
    profiles: Mapping[str, Profile],
    cells: Mapping[str, Sequence[Cell]],
) -> list[Doubt]:
    """Find the column that numbers the lines of an order where no name says it, and let it play that role.

    Either it is called item and another column holds the item, or the order's column alone does not tell rows apart.
    """
    if "order_ref" not in playing or "order_line" in playing:
        return []
    order = playing["order_ref"]
    item = playing.get("item")
    other = next(
        (
            column
            for name in ROLES["item"]
            for column in columns
            if name not in _NO_CODES and column not in playing.values() and plain(column) == name
        ),
        None,
    )
    for column in columns:
        if not _LINE_WORDS & {*plain(column).split()} or not _numbers_lines(cells[order], cells[column]):
            continue
        if column == item and other is not None:
            playing |= {"order_line": column, "item": other}
            why = f"taken as the line of the order, since {other} is the item"
        elif column not in playing.values() and not profiles[order].unique:
            playing["order_line"] = column
            why = f"taken as the line of the order: {order} alone does not tell the rows apart"
        else:
            continue
        return [Doubt(column, None, "", why)]
    return []


def _numbers_lines(orders: Sequence[Cell], numbers: Sequence[Cell]) -> bool:
    """Whether these cells are short numbers, and none comes twice for an order."""
    texts = [text_of(number).strip() for number in numbers]
    pairs = {*zip(map(text_of, orders), texts, strict=True)}
    return len(pairs) == len(texts) and all(_LINE_NUMBER.fullmatch(text) for text in texts)
