"""Frames of changed cells: whatever was drawn and left out, the terminal ends where a full drawing would have ended."""

from __future__ import annotations

import unicodedata
from typing import Any, Final
from unittest import mock

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.sides_support import SidedScreen, SidedStream
from tui.terminal.cell_screen import CellScreen, Span
from tui.terminal.cell_writer import BLANK, CellWriter, _change_of_pen, cell, simplest

WIDTH, HEIGHT = 24, 10
HOME = (0, 0)
STYLES = (
    None, Style(), Style(bold=True), Style(color="red"), Style(color="red", bold=True), Style(reverse=True),
    Style(color="default", bgcolor="default"), Style(bgcolor="blue"), Style(color="color(123)", underline=True),
    Style(color="#102030", bgcolor="#405060"),
)  # fmt: skip
LETTERS = "ab0 ·│─●é横浜港ｱ"
"""Of one and of two cells. No combining ones: pyte composes where a terminal may not."""


class Terminal:
    """What a terminal shows after the bytes that it was sent."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.screen = SidedScreen(width, height)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = SidedStream(self.screen)

    def show(self, frame: str) -> None:
        self._stream.feed(frame)

    @property
    def cells(self) -> list[list[Any]]:
        return [[self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]


def screen(width: int = WIDTH, height: int = HEIGHT) -> CellScreen:
    return CellScreen(width, height, ColorSystem.TRUECOLOR)


def strip_of(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


def drawn_in_full(layers: list[Span]) -> list[list[Any]]:
    """The cells after everything was drawn as Textual draws it: each strip whole, one after the other."""
    terminal, wanted = Terminal(), screen()
    wanted.lay(layers)
    terminal.show("\x1b[2J")
    for y, row in enumerate(wanted._wanted):
        for x, each in enumerate(row):
            if each.text:
                terminal.show(f"\x1b[{y + 1};{x + 1}H\x1b[0;{each.codes}m{each.text}\x1b[0m")
    return terminal.cells


texts = st.text(st.sampled_from(LETTERS), min_size=1, max_size=WIDTH)
segments = st.lists(
    st.builds(lambda text, style: Segment(text, style), texts, st.sampled_from(STYLES)), min_size=1, max_size=4
)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    x = draw(st.integers(0, WIDTH - 1))
    strip = Strip(draw(segments))
    return x, draw(st.integers(0, HEIGHT - 1)), strip.crop(0, WIDTH - x)


@st.composite
def lists(draw: st.DrawFn) -> list[Span]:
    """A pane of lines in a row, as a list that scrolls repaints them."""
    first, left = draw(st.integers(0, 30)), draw(st.integers(0, 8))
    wide = draw(st.sampled_from((1, 3)))
    return [
        (left, y, strip_of(set_cell_size(f"{(first + y) * wide:03d} line {(first + y) % 7}", WIDTH - left), STYLES[2 + (first + y) % 3]))
        for y in range(HEIGHT)
    ]  # fmt: skip


frames = st.lists(st.one_of(st.lists(spans(), min_size=1, max_size=12), lists()), min_size=1, max_size=8)


@given(frames, st.data())
@settings(max_examples=150, deadline=None)
def test_the_terminal_ends_where_a_full_drawing_ends(painted: list[list[Span]], data: st.DataObject) -> None:
    terminal, cells, layers = Terminal(), screen(), []
    cells.has_sides = data.draw(st.booleans(), label="sides")
    for layer in painted:
        layers += layer
        cells.lay(layer)
        if data.draw(st.booleans(), label="left out"):
            continue
        terminal.show(cells.frame(HOME))
        assert terminal.cells == drawn_in_full(layers)
    terminal.show(cells.frame((3, 2)))
    assert terminal.cells == drawn_in_full(layers)
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (3, 2)


@given(frames)
@settings(max_examples=50, deadline=None)
def test_a_damaged_terminal_is_right_after_a_drawing_from_nothing(painted: list[list[Span]]) -> None:
    terminal, cells = Terminal(), screen()
    for layer in painted:
        cells.lay(layer)
        terminal.show(cells.frame(HOME))
    terminal.show("\x1b[3;3H\x1b[41mBroadcast message from root\x1b[5;1H\x1b[K")
    cells.forget()
    terminal.show(cells.frame(HOME))
    assert terminal.cells == drawn_in_full([span for layer in painted for span in layer])


def test_nothing_is_sent_where_nothing_changed() -> None:
    cells = screen()
    cells.lay([(0, 0, strip_of("queue"))])
    cells.frame(HOME)
    cells.lay([(0, 0, strip_of("queue", Style(color="default")))])
    assert cells.frame(HOME) == ""
    assert not cells.pending


def test_one_changed_cell_is_a_move_and_a_letter() -> None:
    cells = screen()
    cells.lay([(0, y, strip_of(f"line {y} of the list")) for y in range(HEIGHT)])
    cells.frame(HOME)
    cells.lay([(0, 4, strip_of("line 5 of the list"))])
    assert cells.frame(HOME) == "\x1b[5;6H5\x1b[1H"


def test_a_list_of_full_width_scrolls_in_the_terminal() -> None:
    terminal, cells = Terminal(80, 20), screen(80, 20)
    rows = [
        strip_of(f"{number:04d} PO {number * 7919 % 9973:04d}/10 late {number * 31 % 60} days".ljust(80))
        for number in range(60)
    ]
    for first in (0, 1, 2, 5, 4, 3, 2):
        cells.lay([(0, y, rows[first + y]) for y in range(1, 19)])
        frame = cells.frame(HOME)
        terminal.show(frame)
        assert terminal.lines[1:19] == [rows[first + y].text.rstrip() for y in range(1, 19)]
        assert not first or len(frame) < 200
        assert not first or "\x1bD" in frame or "\x1bM" in frame


def test_a_pane_beside_the_list_stays() -> None:
    terminal, cells = Terminal(60, 20), screen(60, 20)
    beside = [(0, y, strip_of(f"signal {y * 37 % 100:02d}".ljust(20))) for y in range(20)]
    cells.lay(beside)
    for first in range(3):
        cells.lay([(20, y, strip_of(f"row {(first + y) * 7919 % 9973:04d} x".ljust(40))) for y in range(20)])
        terminal.show(cells.frame(HOME))
        assert [line[:20].rstrip() for line in terminal.lines] == [strip.text.rstrip() for _, _, strip in beside]
        assert terminal.lines[4][20:] == f"row {(first + 4) * 7919 % 9973:04d} x"


@pytest.mark.parametrize("has_sides", [True, False])
def test_a_list_between_panes_scrolls_alone_where_the_terminal_can(has_sides: bool) -> None:
    terminal, cells = Terminal(100, 30), screen(100, 30)
    cells.has_sides = has_sides
    beside = [
        (x, y, strip_of(set_cell_size(f"{name} {y * 7919 % 9973:04d} of it 横 │", 30)))
        for y in range(30)
        for x, name in ((0, "left"), (70, "right"))
    ]
    cells.lay(beside)
    rows = [
        strip_of(set_cell_size(f"{number * 7919 % 9973:04d} row {number * 104729 % 99991:05d} 港", 39))
        for number in range(60)
    ]
    sizes = []
    for first in (0, 1, 2, 5, 4, 3, 2):
        shown = [(30, y, rows[first + y]) for y in range(2, 28)]
        cells.lay(shown)
        frame = cells.frame(HOME)
        terminal.show(frame)
        reference, whole = Terminal(100, 30), screen(100, 30)
        whole.lay([*beside, *shown])
        reference.show(whole.frame(HOME))
        assert terminal.cells == reference.cells
        assert ("\x1b[?69h" in frame) == (has_sides and first > 0)
        sizes.append(len(frame))
    assert (max(sizes[1:]) < 250) == has_sides


def test_one_column_is_not_moved_by_itself() -> None:
    """Terminals take no sides with fewer than two columns between them, and would move the whole lines."""
    terminal, cells = Terminal(60, 20), screen(60, 20)
    cells.has_sides = True
    cells.lay([(35, y, strip_of(f"beside {y * 37 % 101:03d}")) for y in range(20)])
    for first in range(4):
        cells.lay([(10, y, strip_of(chr(ord("a") + (first + y) ** 2 % 23))) for y in range(20)])
        terminal.show(cells.frame(HOME))
        assert [line[35:].rstrip() for line in terminal.lines] == [f"beside {y * 37 % 101:03d}" for y in range(20)]
        assert [line[10] for line in terminal.lines] == [chr(ord("a") + (first + y) ** 2 % 23) for y in range(20)]


def test_no_wide_character_is_moved_by_half() -> None:
    """Of those at the end of the lines only the left halves differ from one to the next."""
    terminal, cells = Terminal(60, 20), screen(60, 20)
    cells.has_sides = True
    cells.lay([(35, y, strip_of(f"beside {y * 37 % 101:03d}")) for y in range(20)])
    rows = [strip_of(f"{number * 104729 % 99991:05d} {'横浜港'[number * 7919 % 3]}") for number in range(60)]
    for first in range(4):
        cells.lay([(10, y, rows[first + y]) for y in range(20)])
        frame = cells.frame(HOME)
        terminal.show(frame)
        assert not first or "\x1b[?69h\x1b[11;18s" in frame
        assert [line[10:17].rstrip() for line in terminal.lines] == [row.text for row in rows[first : first + 20]]


def test_half_of_a_wide_character_is_none() -> None:
    terminal, cells = Terminal(), screen()
    cells.lay([(0, 0, strip_of("横浜港"))])
    terminal.show(cells.frame(HOME))
    cells.lay([(1, 0, strip_of("x"))])
    terminal.show(cells.frame(HOME))
    assert terminal.lines[0] == " x浜港"


DOUBTFUL: Final = (
    "e\u0301",
    "🚢",
    "👩\u200d🏭",
    "✈\ufe0f",
    "⚡",
    "ก",
    "ำ",
    "नि",
    "ש",
    "각",
    "🇩",
    "Z\u0300\u0301\u0302",
    "\ue0b0",
)
"""Of which terminals do not say the same."""
UNSURE_LETTERS: Final = "ab ─横"


@st.composite
def unsure_lists(draw: st.DrawFn) -> list[Span]:
    """Lines of which some hold what is doubtful, moved by some lines."""
    first = draw(st.integers(0, 12))
    parts = draw(st.lists(st.sampled_from((*DOUBTFUL, *UNSURE_LETTERS)), min_size=1, max_size=12))
    left = draw(st.integers(0, 8))
    return [
        (left, y, strip_of(set_cell_size(f"{first + y:02d} {''.join(parts[(first + y) % len(parts) :])} end", WIDTH - left)))
        for y in range(HEIGHT)
    ]  # fmt: skip


@pytest.mark.parametrize("cells_of_each", [1, 2])
@given(painted=st.lists(unsure_lists(), min_size=2, max_size=5), has_sides=st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_stands_beside_a_doubtful_character_is_right_in_any_terminal(
    cells_of_each: int, painted: list[list[Span]], has_sides: bool
) -> None:
    """In one that gives each code point of them one cell, and in one that gives it two, whatever it is joined to."""
    with mock.patch("pyte.screens.wcwidth", lambda each: _width_in(each, cells_of_each)):
        terminal, cells = Terminal(), screen()
        cells.has_sides = has_sides
        for layer in painted:
            cells.lay(layer)
            terminal.show(cells.frame(HOME))
            wrong = [
                (x, y, each.text, terminal.cells[y][x].data)
                for y, row in enumerate(cells._wanted)
                for x, each in enumerate(row)
                if each.is_plain and terminal.cells[y][x].data != each.text
            ]
            assert not wrong


def _width_in(character: str, of_doubtful: int) -> int:
    return cell_len(character) if not cell(character, "").doubtful else of_doubtful


def test_a_doubtful_character_in_the_last_column_takes_nothing_from_the_one_before() -> None:
    """A terminal that takes it for wide, and may not go on in the next line, draws it a column earlier."""
    cells = screen()
    cells.lay([(0, 0, strip_of("x" * (WIDTH - 1) + "ש"))])
    assert cells.frame(HOME).endswith(f"ש\x1b[1;{WIDTH - 1}Hx\x1b[1H")


def test_what_a_doubtful_character_may_cover_is_blank_before_it_is_drawn() -> None:
    """Of a wide character that it covers by half st forgets that it was one, and takes a neighbour away later."""
    cells = screen()
    cells.lay([(0, 0, strip_of("👍🏽 tone")), (0, 1, strip_of("👍🏽".rjust(WIDTH - 1)))])
    frame = cells.frame(HOME)
    assert "    \b\b\b\b👍🏽\x1b[1;3H tone" in frame
    assert f"   \x1b[2;{WIDTH - 2}H👍🏽" in frame


@pytest.mark.parametrize("text", ["\U0003fffd", "\U0001fae9", "🫠\U000e0fff"])
def test_what_no_unicode_knows_keeps_its_cells(text: str) -> None:
    if unicodedata.category(text[-1]) != "Cn":
        pytest.skip("this Python knows it")
    cells, terminal = screen(), Terminal()
    cells.lay([(0, 0, strip_of(f"{text}|", Style(bold=True)))])
    terminal.show(cells.frame(HOME))
    assert terminal.cells[0][cell_len(text)].data == "|"
    assert text not in cells.frame(HOME)


def test_blanks_take_the_place_of_wide_characters_of_which_some_terminals_erase_too_few() -> None:
    cells = screen()
    for text in ("漢字漢字漢字漢字 bmp", "漢字漢字漢字漢字 bmp e", ".                   e"):
        cells.lay([(0, 0, strip_of(text))])
        frame = cells.frame(HOME)
    assert "X" not in frame


def test_nothing_is_erased_from_the_middle_of_what_may_be_wide() -> None:
    """Of a rainbow that stands behind its flag alacritty keeps one half then."""
    for end in ("|", ""):
        cells = screen()
        for text in ("0123456789012345678", f"🏳\ufe0f\u200d🌈{' ' * 15}{end}"):
            cells.lay([(0, 0, strip_of(text.ljust(WIDTH)))])
            frame = cells.frame(HOME)
        assert frame.count("\x1b[") == frame.count("H")


@pytest.mark.parametrize("text", ["e\u0301te\u0301", "🚢 en route", "👩\u200d🏭 at work", "✈\ufe0f MAEU"])
def test_characters_of_doubtful_width_leave_what_follows_in_its_place(text: str) -> None:
    """Terminals take joined characters for one, two or four cells: what is drawn after one names its own place."""
    cells = screen()
    width = cell_len(text)
    cells.lay([(0, 0, strip_of(f"{text}|"))])
    frame = cells.frame(HOME)
    assert f"\x1b[1;{width + 1}H|" in frame or frame.endswith("|\x1b[1H")
    terminal = Terminal()
    terminal.show(frame)
    assert terminal.cells[0][width].data == "|"


def test_a_combining_mark_in_a_segment_of_its_own_stays_with_its_letter() -> None:
    cells = screen()
    cells.lay([(0, 0, Strip([Segment("ne", Style(bold=True)), Segment("\u0301e")]))])
    assert "e\u0301" in cells.frame(HOME)


def test_no_control_reaches_the_terminal() -> None:
    cells = screen()
    cells.lay([(0, 0, Strip([Segment("a\x1b]0;title\x07b\x9bc\nd")]))])
    frame = cells.frame(HOME)
    assert frame.replace("\x1b[m\x1b[2J", "").replace("\x1b[1H", "").replace("\x1b[2C", "").isprintable()


@given(st.lists(st.sampled_from(STYLES[1:]), min_size=2, max_size=6))
def test_the_pen_changes_to_what_is_wanted(styles: list[Style]) -> None:
    terminal, codes = Terminal(), ""
    for x, style in enumerate(styles):
        wanted = simplest(Strip.render_ansi(style, ColorSystem.TRUECOLOR))
        terminal.show(f"{_change_of_pen(codes, wanted) if wanted != codes else ''}x")
        reference = Terminal()
        reference.show(f"\x1b[0;{wanted}mx")
        assert terminal.cells[0][x] == reference.cells[0][0]
        codes = wanted


def test_the_rest_of_a_line_is_erased_where_that_is_shorter() -> None:
    writer = CellWriter()
    line = screen()._cells(strip_of("a line of some length".ljust(WIDTH)))
    writer.line(0, line, [BLANK] * WIDTH)
    assert writer.text() == "\x1b[1H\x1b[K"
