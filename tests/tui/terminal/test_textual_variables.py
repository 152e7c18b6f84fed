"""Whatever stands in the variables that are for Textual, the desk opens, or says in a sentence why it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from engine.values.errors import BadInput
from tests.engine.desk_support import late, open_desk
from tests.tui.pty_support import Program
from tui.terminal import textual_variables

OFFPLAN: Final = """
import sys
from tui.command_line import main
sys.exit(main(["--db", sys.argv[1], "--now", "2026-03-09T08:00:00Z"]))
"""
NONSENSE: Final = {
    "TEXTUAL": "debug,headless,devtools",
    "TEXTUAL_ANIMATIONS": "?",
    "TEXTUAL_COLOR_SYSTEM": "",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_DIM_FACTOR": "99999999",
    "TEXTUAL_DRIVER": "banana",
    "TEXTUAL_FILTERS": "dim,banana",
    "TEXTUAL_FPS": "9" * 300,
    "TEXTUAL_LOG": "/there/is/no/such/folder",
    "TEXTUAL_PRESS": "q",
    "TEXTUAL_SCREENSHOT": "0",
    "TEXTUAL_SCREENSHOT_LOCATION": "/there/is/no/such/folder",
    "TEXTUAL_SHOW_RETURN": "1",
    "TEXTUAL_SLOW_THRESHOLD": "9" * 400,
    "TEXTUAL_THEME": "banana",
    "ESCDELAY": "9" * 400,
}


def left(environment: dict[str, str]) -> dict[str, str]:
    textual_variables.settle(environment)
    return environment


def test_none_of_textuals_variables_counts_but_those_that_a_terminal_may_need() -> None:
    kept = {
        "TERM": "xterm",
        "TEXTUALLY": "not Textual's",
        "OFFPLAN_THEME": "dark",
        "TEXTUAL_COLOR_SYSTEM": "256",
        "TEXTUAL_DISABLE_KITTY_KEY": "1",
    }
    assert left({**NONSENSE, **kept}) == kept


@pytest.mark.parametrize("wait", ["0", "25", "10000"])
def test_a_wait_after_esc_counts(wait: str) -> None:
    assert left({"ESCDELAY": wait}) == {"ESCDELAY": wait}


@pytest.mark.parametrize("wait", ["", "x", "-1", "1.5", "10001", "9" * 5_000])
def test_one_that_is_none_does_not(wait: str) -> None:
    assert left({"ESCDELAY": wait}) == {}


@pytest.mark.parametrize("colours", ["banana", "windows", "TRUECOLOR", " "])
def test_colours_that_there_are_not_are_refused_with_those_that_there_are(colours: str) -> None:
    with pytest.raises(BadInput, match=r"TEXTUAL_COLOR_SYSTEM: .* choose auto, standard, 256, truecolor"):
        textual_variables.settle({"TEXTUAL_COLOR_SYSTEM": colours})


def desk_file(folder: Path) -> str:
    desk = open_desk(folder / "desk.db")
    late(desk, alpha=12)
    desk.store.close()
    return str(folder / "desk.db")


def test_the_desk_opens_whatever_stands_in_them(tmp_path: Path) -> None:
    """A folder that is not there, or a number without end, ended it with a fault of ours."""
    with Program(desk_file(tmp_path), environment=NONSENSE, code=OFFPLAN) as program:
        program.until("alpha")
        program.type(":theme")
        program.until(": theme")
        assert program.process.poll() is None


@pytest.mark.parametrize("colours", ["standard", "256"])
def test_the_desk_opens_in_fewer_colours(tmp_path: Path, colours: str) -> None:
    environment = {"TEXTUAL_COLOR_SYSTEM": colours, "OFFPLAN_THEME": "dark", "COLORTERM": "truecolor"}
    with Program(desk_file(tmp_path), environment=environment, code=OFFPLAN) as program:
        program.until("alpha")
        program.settle()
        assert b";2;" not in program.received, "no colour of 24 bits is sent"


def test_colours_that_there_are_not_open_no_desk(tmp_path: Path) -> None:
    with Program(desk_file(tmp_path), environment={"TEXTUAL_COLOR_SYSTEM": "banana"}, code=OFFPLAN) as program:
        program.until("offplan: TEXTUAL_COLOR_SYSTEM: 'banana' is no set of colours; choose auto, standard")
        while program.read(0.1):
            pass
        assert program.process.wait(10) == 1
        assert "fault" not in " ".join(program.lines)
