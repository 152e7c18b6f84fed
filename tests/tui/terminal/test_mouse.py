"""The mouse as bytes: switched on only where it was asked for, off again however the desk ends or sleeps, and silent
while the pointer moves."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Final

import pytest

from engine.values.errors import BadInput
from tests.engine.desk_support import late, open_desk
from tests.tui.pty_support import Program
from tui.keys import screen_options

CODE: Final = """
import os, sys
from pathlib import Path
from tests.engine.desk_support import open_desk
from tui.app import run
from tui.keys import screen_options
sys.exit(run(lambda: open_desk(Path(sys.argv[1])), options=screen_options.read({}, "test", os.environ)))
"""
_MODES: Final = re.compile(rb"\x1b\[\?(9|100[0-356]|101[56])([hl])")
WAYS: Final = [{}, {"OFFPLAN_PLAIN_OUTPUT": "1"}, {"OFFPLAN_CHARACTERS": "ascii"}]
"""Each way to the terminal has a driver of its own."""


@pytest.fixture
def lines(tmp_path: Path) -> str:
    """A desk of sixty late lines."""
    desk = open_desk(tmp_path / "desk.db")
    late(desk, **{f"line{number:02}": 3 + number % 5 for number in range(60)})
    desk.store.close()
    return str(tmp_path / "desk.db")


def started(path: str, **environment: str) -> Program:
    return Program(path, code=CODE, environment=environment)


def tell(program: Program, button: int, x: int, y: int, end: str = "M") -> None:
    """What a terminal says of its mouse, cells counted from 1."""
    program.type(f"\x1b[<{button};{x};{y}{end}")


def second_row(program: Program) -> int:
    """The line of the terminal with the queue's second row."""
    return [y for y, line in enumerate(program.lines, 1) if "line" in line[44:]][1]


def modes(received: bytes) -> dict[bytes, bytes]:
    """Which modes of the mouse were named, and how each was left."""
    return dict(_MODES.findall(received))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("asked", [{}, {"OFFPLAN_MOUSE": "false"}])
def test_without_being_asked_for_no_byte_is_about_the_mouse_and_none_is_heard(
    lines: str, way: dict[str, str], asked: dict[str, str]
) -> None:
    with started(lines, **way, **asked) as program:
        program.until("1/60")
        program.settle()
        before = program.lines
        for button in (0, 64, 65):
            tell(program, button, 60, 8)
            tell(program, button, 60, 8, "m")
        program.settle()
        assert program.lines == before, "a program that died may have left the terminal telling"
        program.type("j")
        program.until("2/60")
        program.type("q")
        program.until_written(b"\x1b[?1049l")
        assert not modes(program.received)
        assert program.process.wait(10) == 0


@pytest.mark.parametrize("way", WAYS)
def test_clicks_and_the_wheel_work_and_movements_send_nothing(lines: str, way: dict[str, str]) -> None:
    with started(lines, OFFPLAN_MOUSE="true", **way) as program:
        program.until("1/60")
        program.settle()
        assert modes(program.received) == {b"1000": b"h", b"1006": b"h"}, "neither 1002 nor 1003: no movement is told"
        program.received = b""
        for step in range(200):
            # 35: it moves with no button down; 32: with one. Some terminals tell of them all the same.
            tell(program, 35 if step % 2 else 32, 1 + step % 120, 1 + step % 36)
        program.settle(1.0)
        assert program.received == b""
        row = second_row(program)
        tell(program, 0, 70, row)
        tell(program, 0, 70, row, "m")
        program.until("2/60")
        tell(program, 65, 70, row)
        program.until("3 above")
        for _ in range(2):
            tell(program, 0, 70, row)
            tell(program, 0, 70, row, "m")
            tell(program, 35, 71, row)
        program.until("Compare")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("ending", "code"), [("q", 0), (signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_the_mouse_is_off_again_however_the_desk_ends(
    lines: str, way: dict[str, str], ending: signal.Signals | str, code: int
) -> None:
    with started(lines, OFFPLAN_MOUSE="1", **way) as program:
        program.until("1/60")
        program.settle()
        if isinstance(ending, str):
            program.type(ending)
        else:
            program.process.send_signal(ending)
        program.until_written(b"\x1b[?1049l")
        while program.read(0.2):
            pass
        assert program.process.wait(10) == code
        assert modes(program.received) == {b"1000": b"l", b"1006": b"l"}


@pytest.mark.parametrize("way", WAYS)
def test_a_desk_that_sleeps_leaves_the_mouse_to_the_shell(lines: str, way: dict[str, str]) -> None:
    with started(lines, OFFPLAN_MOUSE="true", **way) as program:
        program.until("1/60")
        program.settle()
        program.process.send_signal(signal.SIGTSTP)
        program.until_written(b"\x1b[?1049l")
        os.waitpid(program.process.pid, os.WUNTRACED)
        assert modes(program.received) == {b"1000": b"l", b"1006": b"l"}
        program.received = b""
        program.process.send_signal(signal.SIGCONT)
        program.until_written(b"\x1b[?1006h")
        program.until("1/60")
        program.settle()
        assert modes(program.received) == {b"1000": b"h", b"1006": b"h"}


def test_a_fault_leaves_no_mouse_behind(lines: str, tmp_path: Path) -> None:
    code = CODE.replace(
        "sys.exit(", "from tui.widgets.line_list import LineList\nLineList.action_move = lambda *_: 1 / 0\nsys.exit("
    )
    with Program(lines, code=code, environment={"OFFPLAN_MOUSE": "true", "XDG_STATE_HOME": str(tmp_path)}) as program:
        program.until("1/60")
        program.type("j")
        program.until_written(b"\x1b[?1049l")
        assert program.process.wait(10) == 1
        assert modes(program.received) == {b"1000": b"l", b"1006": b"l"}


def test_places_are_cells_on_a_terminal_that_reports_its_size_by_itself(lines: str) -> None:
    """Textual would divide them by the pixels of a cell from its first report on."""
    with started(lines, OFFPLAN_MOUSE="true") as program:
        program.until("1/60")
        program.settle()
        program.type("\x1b[48;36;120;720;960t")
        program.settle()
        tell(program, 0, 70, second_row(program))
        program.settle()
        assert any("2/60" in line for line in program.lines), "that row, and none further up"


def test_the_setting_comes_from_the_file_and_the_environment_goes_first() -> None:
    assert not screen_options.read({}, "offplan.toml", {}).mouse
    assert screen_options.read({"mouse": True}, "offplan.toml", {}).mouse
    assert not screen_options.read({"mouse": True}, "offplan.toml", {"OFFPLAN_MOUSE": "0"}).mouse
    assert screen_options.read({}, "offplan.toml", {"OFFPLAN_MOUSE": "true"}).mouse
    for table, environment, place in (
        ({"mouse": "yes"}, {}, "offplan.toml, screen.mouse"), ({}, {"OFFPLAN_MOUSE": "on"}, "OFFPLAN_MOUSE"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=f"{place}.*write true or false"):
            screen_options.read(table, "offplan.toml", environment)
