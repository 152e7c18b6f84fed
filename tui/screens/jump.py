"""Jump mode: letters on the rows in sight, and the row that typed letters mean. Drawing them belongs to the lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from tui.widgets.line_list import LineList

_LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm"
"""Those under the fingers first."""


def labels(count: int) -> list[str]:
    """So many labels of which none begins another: a letter each, or two where there are more rows than letters."""
    if count <= len(_LETTERS):
        return list(_LETTERS[:count])
    return [first + second for first, second in product(_LETTERS, repeat=2)][:count]


class Jump:
    """Letters stand on the rows of lists from its beginning until a row is typed, or another key."""

    def __init__(self, lists: Sequence[LineList]) -> None:
        rows = [(list_, number) for list_ in lists for number in list_.numbers_in_sight]
        self._rows = dict(zip(labels(len(rows)), rows, strict=False))
        self._lists = lists
        self._typed = ""
        for list_ in lists:
            list_.label({number: label for label, (owner, number) in self._rows.items() if owner is list_})

    def type(self, character: str) -> tuple[LineList, int] | None:
        """Take a letter; the row that is meant once that is certain. See `is_over` for letters that mean none."""
        self._typed += character
        return self._rows.get(self._typed)

    @property
    def is_over(self) -> bool:
        """Whether no row can be meant any more by what was typed."""
        return not any(label.startswith(self._typed) for label in self._rows)

    def end(self) -> None:
        """Take the letters away."""
        for list_ in self._lists:
            list_.label({})
