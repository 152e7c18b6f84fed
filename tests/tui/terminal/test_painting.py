"""What reaches a terminal: the screens that Textual made, of which only what changed is sent, and nothing in vain."""

from __future__ import annotations

import os
import re
import signal
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
import textual
from rich.color import ColorSystem
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.screen import Screen
from textual.strip import Strip

from engine.desk import Desk
from engine.values.clock import DAY, FixedClock
from tests.engine.desk_support import NOW, eta, line, open_desk, take
from tests.tui.conftest import Open, World
from tests.tui.pty_support import Program
from tests.tui.terminal.test_cell_screen import HOME, Terminal
from tui.terminal import painting
from tui.terminal.cell_screen import CellScreen
from tui.terminal.link import Link
from tui.terminal.painting import PaintedApp

WALK = [
    *"jjk", "tab", *"jjj", "shift+tab", "enter", "j", "tab", "j", "escape", "?", "j", "escape", *"/late", "enter", "escape",
    *":ack", "escape", "ctrl+p", "escape", "space", *"jva", "ctrl+l", *"Ggx", "escape",
]  # fmt: skip


def fill(desk: Desk, lines: int) -> None:
    """Give a desk as many deviations as this."""
    desk.load(
        [line(f"line{number:03d}") for number in range(lines)], kind="purchase_order", scope="many", file="plan.csv"
    )
    take(desk, *(eta(f"line{number:03d}", NOW + (12 + number) * DAY) for number in range(lines)))


@pytest.fixture
def terminal_after(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], tuple[CellScreen, Terminal]]:
    """What a terminal of each size shows that got every update of the compositor as a frame."""
    shown: dict[tuple[int, int], tuple[CellScreen, Terminal]] = {}

    def display(self: PaintedApp, screen: Screen[Any], renderable: Any) -> None:
        if renderable is not None and not self._batch_count:
            size = (self.size.width, self.size.height)
            cells, terminal = shown.setdefault(size, (CellScreen(*size, ColorSystem.TRUECOLOR), Terminal(*size)))
            cells.lay(painting._spans(renderable))
            terminal.show(cells.frame(HOME))

    monkeypatch.setattr(PaintedApp, "_display", display)
    return shown


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (200, 50)])
async def test_the_terminal_shows_what_textual_composed(
    opened: Open,
    world: World,
    size: tuple[int, int],
    terminal_after: dict[tuple[int, int], tuple[CellScreen, Terminal]],
) -> None:
    fill(world.desk, 60)
    async with opened(size) as driven:
        for key in WALK:
            await driven.press(key)
            _, terminal = terminal_after[size]
            reference = Terminal(*size)
            console = driven.app.console
            reference.show("".join(
                f"\x1b[{y + 1};1H{strip.render(console)}"
                for y, strip in enumerate(as_textual_composes(driven.app.screen))
            ))  # fmt: skip
            assert terminal.cells == reference.cells, key


def as_textual_composes(screen: Screen[Any]) -> list[Strip]:
    """The lines of a screen as Textual makes them by itself, of widgets that kept none."""
    compositor = screen._compositor
    kept = {widget: widget._styles_cache for widget in compositor.visible_widgets}
    for widget in kept:
        widget._styles_cache = StylesCache()
    try:
        chops = Compositor._render_chops(compositor, compositor.size.region, lambda y: True)
    finally:
        for widget, cache in kept.items():
            widget._styles_cache = cache
    return [Strip.join(chop.values()) for chop in chops]


def test_the_private_parts_are_those_of_the_textual_that_is_installed_with_this() -> None:
    """With another one Textual draws by itself: right, at many times the bytes, and nothing else would say so."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"textual=={painting.WRITTEN_FOR}" in project["dependencies"]
    assert textual.__version__ == painting.WRITTEN_FOR


def test_a_terminal_that_was_never_heard_is_sent_everything() -> None:
    link = Link()
    for _ in range(100):
        link.sent(1000)
    assert link.has_room


def test_what_was_not_answered_is_under_way() -> None:
    link = Link()
    link.sent(10)
    link.answered()
    for _ in range(3):
        assert link.has_room
        link.sent(900)
    assert not link.has_room
    link.answered()
    assert link.has_room


def test_an_answer_that_stays_out_delays_and_does_not_stop() -> None:
    link = Link()
    link.sent(10)
    link.answered()
    for _ in range(5):
        link.sent(5000)
        assert not link.has_room
        link.silent()
        assert link.has_room
    link.sent(5000)
    assert link.has_room, "this terminal answers no more"
    link.answered()
    link.sent(5000)
    assert not link.has_room, "it does after all"


def test_the_end_waits_for_the_last_answer() -> None:
    link = Link()
    link.sent(1)
    link.answered()
    link.sent(1)
    told = threading.Thread(target=link.answered)
    told.start()
    link.wait_for_answers(60)
    told.join()
    assert not link._sent


@pytest.fixture
def many(tmp_path: Path) -> str:
    """A file with more deviations than a screen has lines."""
    path = tmp_path / "desk.db"
    desk = open_desk(path, clock=FixedClock(NOW))
    fill(desk, 120)
    desk.store.close()
    return str(path)


@pytest.mark.parametrize("term", ["xterm-256color", "linux"])
def test_a_real_terminal_shows_the_same_as_without_any_of_this(many: str, term: str) -> None:
    with (
        Program(many, environment={painting.PLAIN_OUTPUT: "0", "TERM": term}) as painted,
        Program(many, environment={painting.PLAIN_OUTPUT: "1", "TERM": term}) as plain,
    ):
        for program in (painted, plain):
            program.until("1/120")
            program.type("j" * 40)
            program.until("41/120")
            program.resize(90, 30)
            program.until("tab changes")
            program.resize(120, 36)
            program.until("Actions")
            program.type("\x0ck")
            program.until("40/120")
            program.settle()
        # A busy machine may pause before it says why the row under the cursor stands there: what counts is the end.
        while _shown(painted) != _shown(plain):
            assert painted.read(5) or plain.read(5), "both are silent and differ"


def test_a_terminal_that_can_moves_the_list_between_the_panes(many: str) -> None:
    size = (200, 50)
    with Program(many, size=size, sides=True) as sided, Program(many, size=size) as other:
        for program in (sided, other):
            program.until("1/120")
            program.type("j" * 60)
            program.until("61/120")
            program.settle()
        sided.received = b""
        sided.type("j")
        sided.until("62/120")
        assert b"\x1b[?69h" in sided.received
        assert len(sided.received.partition(b"\x1b[6n")[0]) < 500
        other.type("j")
        other.until("62/120")
        while sided.lines != other.lines:
            assert sided.read(5) or other.read(5), "both are silent and differ"
        assert b"\x1b[?69h\x1b[1;3s" in other.received, "it was asked"
        assert other.received.count(b"\x1b[?69h") == 1


def _shown(program: Program) -> list[list[object]]:
    return [[program.screen.buffer[y][x] for x in range(120)] for y in range(36)]


def test_frames_that_nobody_reads_are_left_out_and_the_newest_is_shown(many: str) -> None:
    with Program(many) as program:
        program.until("1/120")
        program.settle()
        program.answers, program.received = False, b""
        for _ in range(60):
            program.type("j")
            program.settle(0.01)
        sent = len(program.received)
        program.answers = True
        for _ in range(20):
            program.answer()
        program.until("61/120")
        assert sent < 5000
        assert any("▌" in line and "line" in line for line in program.lines)


def test_a_terminal_that_moved_its_text_by_itself_is_drawn_anew(many: str) -> None:
    with Program(many) as program:
        program.until("weighs")
        program.settle()
        before = program.lines
        program.screen.erase_in_display(2)
        program.resize(120, 36)
        program.until("Signals")
        program.settle()
        assert program.lines == before
        program.screen.erase_in_display(2)
        program.type("\x0c")
        program.until("Signals")
        program.settle()
        assert program.lines == before


def test_nothing_is_sent_while_nothing_changes(many: str) -> None:
    with Program(many) as program:
        program.until("1/120")
        program.settle()
        program.received = b""
        program.settle(1.5)
        assert program.received == b""


def test_a_page_and_the_way_back_send_what_differs_and_erase_nothing(many: str) -> None:
    with Program(many) as program:
        program.until("1/120")
        program.settle()
        program.received = b""
        program.type("\r")
        program.until("Compare")
        program.settle()
        program.type("\x1b")
        program.until("1/120")
        program.settle()
        assert b"\x1b[2J" not in program.received


def test_a_fault_of_the_painting_gives_the_screen_back_to_textual_and_is_told_at_the_end(
    many: str, tmp_path: Path
) -> None:
    code = """
import sys
from pathlib import Path
from tests.engine.desk_support import open_desk
from tui.terminal import cell_screen
from tui.app import run
def lay(self, spans):
    raise AttributeError("Textual has changed")
cell_screen.CellScreen.lay = lay
sys.exit(run(lambda: open_desk(Path(sys.argv[1]))))
"""
    with Program(many, code=code, environment={"XDG_STATE_HOME": str(tmp_path)}) as program:
        program.until("1/120")
        program.type("j" * 40)
        program.until("41/120")
        program.type("g")
        program.until(" 1/120")
        assert any("Signals" in line for line in program.lines)
        program.type("q")
        program.until("drawn the long way")
        assert program.process.wait(10) == 0
    (log,) = (tmp_path / "offplan").glob("crash-*.log")
    assert "AttributeError" in log.read_text()


def test_after_a_sleep_everything_is_drawn_again(many: str) -> None:
    with Program(many) as program:
        program.until("weighs")
        program.settle()
        before = program.lines
        program.process.send_signal(signal.SIGTSTP)
        program.until_written(b"\x1b[?1049l")
        os.waitpid(program.process.pid, os.WUNTRACED)
        program.screen.erase_in_display(2)
        program.process.send_signal(signal.SIGCONT)
        program.until("Signals")
        program.settle()
        assert program.lines == before
        program.type("j")
        program.until("2/120")


def test_a_storm_of_sizes_ends_in_the_last_one(many: str) -> None:
    with Program(many) as program, Program(many, size=(104, 32)) as still:
        program.until("1/120")
        for step in range(40):
            program.resize(60 + step * 7 % 90, 15 + step * 5 % 40)
            program.read(0)
        program.resize(104, 32)
        program.type("\x0c")
        program.until("Actions")
        still.until("Actions")
        still.settle()
        # A busy machine may be silent between two sizes: what counts is where it ends.
        while program.lines != still.lines:
            assert program.read(), "\n".join(program.lines)


@pytest.mark.parametrize(
    ("environment", "most"),
    [({"NO_COLOR": "1"}, 0), ({"TERM": "linux"}, 16), ({"TERM": "xterm", "COLORTERM": ""}, 16)],
)
def test_few_colours_are_all_that_is_sent_where_few_are_wanted(
    many: str, environment: dict[str, str], most: int
) -> None:
    with Program(many, environment=environment) as program:
        program.until("1/120")
        program.settle()
        codes = {code for sgr in re.findall(rb"\x1b\[([\d;]*)m", program.received) for code in sgr.split(b";") if code}
        coloured = {code for code in codes if int(code) >= 30 and code not in (b"39", b"49")}
        assert len(coloured) <= most
        assert coloured <= {b"%d" % code for base in (30, 40, 90, 100) for code in range(base, base + 8)}
        assert b"\x1b[7m" in program.received, "the cursor is seen without colour"
        assert any("◆C" in line for line in program.lines), "and so is what is critical"
