"""The rows at hand of a list: which are kept, which have changed, and what a cached line goes by."""

from __future__ import annotations

from collections.abc import Sequence

from tui.widgets.row_window import Row, RowWindow


class Desk:
    """Answers rows, and what each says can be changed."""

    def __init__(self) -> None:
        self.words: dict[int, str] = {}
        self.most = 0
        """Rows that were asked for at once."""

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        self.most = max(self.most, len(numbers))
        return [
            {"id": f"D{number}", "word": self.words.get(number, ""), "version": number % 3, "state": "open"}
            for number in numbers
        ]


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


def test_of_rows_that_are_kept_out_of_sight_only_what_commands_have_to_know_is_held() -> None:
    desk = Desk()
    window = RowWindow(desk.rows)
    window.load(range(50), refetch=False)
    window.keep(range(100_000))
    assert window.seen(7) == desk.rows([7])[0]
    assert window.seen(77_777) == {"version": 77_777 % 3, "state": "open"}
    assert len({id(row) for row in window._kept.values()}) == 3
    assert desk.most <= 1_000


def test_what_is_kept_of_a_row_is_as_it_was_last_shown() -> None:
    desk = Desk()
    window = RowWindow(desk.rows)
    window.keep(range(100))
    window.fetch_brief = None  # type: ignore[assignment]
    window._fetch = lambda numbers: [{**row, "version": 9} for row in desk.rows(numbers)]
    window.load(range(10), refetch=True)
    window.load(range(50, 60), refetch=True)
    window.keep(range(100))
    assert [window.seen(number)["version"] for number in (0, 9, 10, 49, 50)] == [9, 9, 1, 1, 9]  # type: ignore[index]


def test_what_is_kept_is_told_once_each_as_long_as_a_row_says_it() -> None:
    desk = Desk()
    window = RowWindow(desk.rows)
    window.load(range(4), refetch=False)
    window.keep(range(4))
    window.keep([4])
    assert sorted(row["version"] for row in window.unlike_kept) == [0, 1, 2]
    told = window.unlike_kept
    window.let_go([0, 9])
    assert window.unlike_kept is told, "row 3 says what row 0 does"
    window.let_go([3])
    assert sorted(row["version"] for row in window.unlike_kept) == [1, 2]
    window._fetch = lambda numbers: [{**row, "version": 9} for row in desk.rows(numbers)]
    window.load([1, 2], refetch=True)
    assert sorted(row["version"] for row in window.unlike_kept) == [1, 9], "row 4 was not read again"
    assert window.seen(0) is None
