"""The rows at hand of a list: which are kept, which have changed, and what a cached line goes by."""

from __future__ import annotations

from collections.abc import Sequence

from tui.widgets.row_window import Row, RowWindow


class Desk:
    """Answers rows, and what each says can be changed."""

    def __init__(self) -> None:
        self.words: dict[int, str] = {}

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        return [{"id": f"D{number}", "word": self.words.get(number, "")} for number in numbers]


def test_a_row_has_the_same_revision_as_long_as_it_says_the_same() -> None:
    desk = Desk()
    window = RowWindow(desk.rows)
    assert window.load([1, 2], refetch=False) == {1, 2}
    first, second = window.revision(1), window.revision(2)
    desk.words[2] = "late"
    assert window.load([1, 2], refetch=True) == {2}
    assert window.revision(1) == first
    assert window.revision(2) not in (first, second)


def test_a_row_that_was_forgotten_and_changed_meanwhile_never_has_a_revision_of_before() -> None:
    desk = Desk()
    window = RowWindow(desk.rows)
    seen = set()
    for word in ("early", "late", "gone"):
        desk.words[1] = word
        window.load([1], refetch=True)
        seen.add(window.revision(1))
        window.load([2], refetch=True)
        assert not window.has([1])
    assert len(seen) == 3


def test_what_is_kept_does_not_grow_with_the_rows_that_were_walked_through() -> None:
    window = RowWindow(Desk().rows)
    for first in range(0, 10_000, 50):
        window.load(range(first, first + 50), refetch=False)
    assert len(window._revisions) == len(window._rows) <= 2_050
