"""A kept picture that is no longer what is shown says what differs, and lies beside what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.screen_rows import Look, Rows, Run
from tests.tui.screen_svg import drawn
from tests.tui.snapshot_support import hold

PLAIN, RED = Look("default", "default"), Look("red", "default", ("bold",))
SCREEN: Rows = [[Run("日 late ", PLAIN), Run("D2", PLAIN)], [Run("by 9 days", PLAIN)]]
LETTER: Rows = [SCREEN[0], [Run("by 8 days", PLAIN)]]
COLOUR: Rows = [[Run("日 ", PLAIN), Run("late", RED), Run(" D2", PLAIN)], SCREEN[1]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OFFPLAN_SNAPSHOTS", "write")
    hold("desk", SCREEN, tmp_path)
    monkeypatch.delenv("OFFPLAN_SNAPSHOTS")
    return tmp_path


def told(screen: Rows, folder: Path) -> str:
    with pytest.raises(pytest.fail.Exception) as failed:
        hold("desk", screen, folder)
    assert (folder / "desk.found.svg").read_text(encoding="utf-8") == drawn(screen)
    assert (folder / "desk.svg").read_text(encoding="utf-8") == drawn(SCREEN)
    return str(failed.value)


def test_another_letter_is_told_with_its_row_before_and_now(folder: Path) -> None:
    assert told(LETTER, folder).split("\n")[1:] == [
        "row 2, text from column 4:",
        "  was by 9 days",
        "  is  by 8 days",
    ]


def test_another_colour_is_told_with_the_columns_and_the_text_that_have_it(folder: Path) -> None:
    assert told(COLOUR, folder).split("\n")[1:] == [
        "row 1, style:",
        "  from column 4 on 'late': was ink-default-on-default, is ink-red-on-default-bold",
    ]


def test_rows_that_come_and_go_are_told(folder: Path) -> None:
    assert told(SCREEN[:1], folder).split("\n")[1:] == ["row 2 is gone: 'by 9 days'"]
    assert told([*SCREEN, []], folder).split("\n")[1:] == ["row 3 is new: ''"]


def test_the_same_cells_in_another_drawing_are_not_held(folder: Path) -> None:
    kept = folder / "desk.svg"
    kept.write_text(drawn(SCREEN).replace("16.61", "17"), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="the same cells are drawn in another way"):
        hold("desk", SCREEN, folder)


def test_a_picture_that_is_not_kept_is_not_held(folder: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="row 1 is new: '日 late D2'"):
        hold("other", SCREEN, folder)


def test_what_was_found_goes_when_it_is_again_as_it_was(folder: Path) -> None:
    told(LETTER, folder)
    hold("desk", SCREEN, folder)
    assert [path.name for path in folder.iterdir()] == ["desk.svg"]
