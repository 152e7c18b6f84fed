"""Public ids: a letter that says the table and a number, as people and scripts write them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from engine.values.errors import NotFound

TABLES: Final = {
    "D": "deviation",
    "A": "action",
    "R": "response",
    "S": "signal",
    "Q": "quarantine",
    "L": "silence",
    "H": "handoff",
}
"""The table of each letter: D12 is a row of `deviation`."""
LETTERS: Final = {table: letter for letter, table in TABLES.items()}
"""The letter of each table."""

_ID: Final = rf"([{''.join(TABLES)}{''.join(TABLES).lower()}])([1-9][0-9]{{0,17}})"


class Reference(NamedTuple):
    """A row that a public id names."""

    table: str
    number: int

    @property
    def id(self) -> str:
        """The public id: D12."""
        return public_id(self.table, self.number)


def public_id(table: str, number: int) -> str:
    """The public id of a row: `D12` for number 12 of `deviation`."""
    return f"{LETTERS[table]}{number}"


def find(text: str) -> Reference | None:
    """The row that an id names; None when the text has not the form of one."""
    match = re.fullmatch(_ID, text.strip())
    return None if match is None else Reference(TABLES[match[1].upper()], int(match[2]))


def parse(text: str, *tables: str) -> Reference:
    """The row that an id names, which must be of one of `tables`. Raises NotFound, saying what an id looks like."""
    reference = find(text)
    if reference is None or reference.table not in tables:
        wanted = " or ".join(f"{table} ({LETTERS[table]}12)" for table in tables)
        raise NotFound(f"{text!r} is no {wanted}; lists show the ids in their first column")
    return reference
