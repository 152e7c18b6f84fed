"""ASCII where the locale has no UTF-8: the same cells, and nothing that a terminal would show as rubbish."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.values.errors import BadInput
from engine.values.text import clean
from tests.engine.desk_support import late, open_desk
from tests.tui.pty_support import ROOT, Program
from tui.keys import screen_options
from tui.terminal import theme
from tui.terminal.plain_characters import translated

OPTIONS = """
import os, sys
from pathlib import Path
from tests.engine.desk_support import open_desk
from tui.keys import screen_options
from tui.app import run
sys.exit(run(lambda: open_desk(Path(sys.argv[1])), options=screen_options.read({}, "test", os.environ)))
"""


@given(st.text())
def test_it_is_ascii_in_as_many_cells(text: str) -> None:
    made = translated(clean(text))
    assert made.isascii()
    assert cell_len(made) == sum(cell_len(letter) for letter in clean(text))


def test_severities_and_states_are_told_apart_in_ascii_too() -> None:
    assert len({translated(shape) for shape, _ in theme.SEVERITY.values()}) == len(theme.SEVERITY)
    assert translated("\x1b[1m│─┐░▶…€") == "\x1b[1m|-+:>.E"


def test_letters_lose_their_accents_and_signs_are_told_by_a_like_one() -> None:
    assert translated("Gdańsk, Łódź, 12 m², ½, 東") == "Gdansk, ?odz, 12 m2, ?, ??"
    assert translated("▾ ÷ ≤ ≥") == "v / < >"


def test_all_that_we_write_ourselves_has_a_likeness() -> None:
    """The sum under the queue had question marks where it divides, and a heading where it is folded."""
    written = {
        character
        for room in ("tui", "engine", "playbooks")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for character in node.value
        if not character.isascii() and unicodedata.category(character)[0] in "LNPS"
    }
    # The sign for what was no character is one for what has no likeness; lint tries conditions with the other.
    assert {each for each in written if "?" in translated(each)} <= {"\ufffd", "\u01dd"}


@pytest.mark.parametrize(
    ("environment", "ascii_only"),
    [
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LANG": "de_DE.utf8", "LC_ALL": "C"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "C", "OFFPLAN_CHARACTERS": "utf-8"}, False),
        ({"LANG": "C.UTF-8", "OFFPLAN_CHARACTERS": "ascii"}, True),
    ],
)
def test_the_locale_decides_unless_somebody_says_otherwise(environment: dict[str, str], ascii_only: bool) -> None:
    assert screen_options.read({}, "offplan.toml", environment).ascii_only is ascii_only


def test_what_there_is_to_draw_with_is_named() -> None:
    with pytest.raises(BadInput, match=r"offplan.toml, screen.characters: 'latin' .*choose auto, utf-8, ascii"):
        screen_options.read({"characters": "latin"}, "offplan.toml", {})
    assert screen_options.read({"characters": "ascii"}, "offplan.toml", {}).ascii_only


@pytest.mark.parametrize("plain_output", ["", "1"])
def test_nothing_but_ascii_reaches_the_terminal(tmp_path: Path, plain_output: str) -> None:
    desk = open_desk(tmp_path / "desk.db")
    late(desk, alpha=12)
    desk.store.close()
    environment = {"LC_ALL": "C", "OFFPLAN_PLAIN_OUTPUT": plain_output}
    with Program(str(tmp_path / "desk.db"), code=OPTIONS, environment=environment) as program:
        program.until("late_supply")
        program.type("q")
        while program.read():
            pass
        assert program.received.isascii()
        assert any("+- Deviations" in line for line in program.lines) or b"Deviations" in program.received
