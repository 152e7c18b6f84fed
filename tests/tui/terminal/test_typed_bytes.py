"""Bytes that are no text or no key: they end nothing, begin nothing, and what is typed after them counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engine.desk_support import late, open_desk
from tests.tui.pty_support import DESK, Program


def started(folder: Path, plain: str) -> Program:
    """A desk with one late line, drawn as cells or as plain output."""
    desk = open_desk(folder / "desk.db")
    late(desk, alpha=12)
    desk.store.close()
    return Program(str(folder / "desk.db"), environment={"OFFPLAN_PLAIN_OUTPUT": plain})


@pytest.mark.parametrize("plain", ["0", "1"])
@pytest.mark.parametrize("typed", [b"\xff", b"caf\xe9 ", b"\xc3\x1b", b"\x1b[200~\xe9\x80\x1b[201~", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_end_nothing(tmp_path: Path, typed: bytes, plain: str) -> None:
    with started(tmp_path, plain) as program:
        program.until("alpha")
        program.type(":")
        program.settle()
        os.write(program.ours, typed)
        program.settle()
        program.type("\x1b")
        program.settle()
        program.type("\x1b")
        program.settle()
        program.type(":theme")
        program.until(": theme")
        assert program.process.poll() is None


FAULTS = (
    b"\x1b[99999999u",
    b"\x1b[97;2:1u",
    b"\x1b[1:2u",
    b"\x1b[97;1;99999999u",
    b"\x1b[::u",
    b"\x1b[48;9999;9999;0;0t",
)
ANSWERS = (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b[?62;22c", b"\x1bP>|kitty(0.35)\x1b\\", b"\x1b[>1;10;0c")


@pytest.mark.parametrize("plain", ["0", "1"])
def test_what_is_no_key_of_a_terminal_ends_nothing_and_begins_nothing(tmp_path: Path, plain: str) -> None:
    """Keys told in detail that nobody asked for, and answers that come too late, to a program that is gone: the letters
    of them were carried out as commands."""
    with started(tmp_path, plain) as program:
        program.until("alpha")
        program.settle()
        before = program.lines
        for told in (*FAULTS, *ANSWERS):
            os.write(program.ours, told)
            program.settle(0.2)
            assert program.lines == before, told
        program.type(":theme")
        program.until(": theme")
        assert program.process.poll() is None


@pytest.mark.parametrize("plain", ["0", "1"])
def test_a_modifier_alone_is_no_key(tmp_path: Path, plain: str) -> None:
    """kitty tells of shift before the letter that it belongs to: it ended jump mode, and took a refusal away."""
    with started(tmp_path, plain) as program:
        program.until("alpha")
        program.type(":dance\r")
        program.until("`dance`")
        program.settle()
        before = program.lines
        program.type("\x1b[57441u\x1b[57442;5u\x1b[57358u\x1b[57441;2u")
        program.settle()
        assert program.lines == before
        program.type("\x1b[57441u\x1b[47;2;63u")
        program.until("Keys of this place")


@pytest.mark.parametrize("plain", ["0", "1"])
def test_no_command_hides_in_a_text_that_is_pasted(tmp_path: Path, plain: str) -> None:
    """st, mlterm and kitty hand on sequences in it; of one that it does not know, Textual takes what follows for keys:
    here for enter, and for ack."""
    with started(tmp_path, plain) as program:
        desk = open_desk(tmp_path / "desk.db")
        program.until("alpha")
        program.type("c")
        program.until("comment")
        program.type(f"\x1b[200~call \x1b[z\ra{'.' * 40}\x1b[201~")
        program.settle()
        shown = desk.show("D1")
        assert (shown["state"], shown["version"]) == ("open", 1)
        program.type("\r")
        program.until("✓")
        (said,) = [each["reason"] for each in desk.show("D1")["history"] if each["reason"]]
        assert said.startswith("call \ufffd[z a...")
        desk.store.close()


BROKEN = """
from tui.terminal.typed_bytes import _CarefulParser

def feed(self, data):
    yield 1 / 0

_CarefulParser.feed = feed
"""


def test_a_fault_of_reading_ends_the_desk_with_a_sentence(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    with Program(str(tmp_path / "desk.db"), code=BROKEN + DESK, environment=environment) as program:
        program.until_written(b"please report it with")
        assert program.process.wait(timeout=30) == 1
    assert b"an unexpected fault stopped this (ZeroDivisionError" in program.received
    assert b"Traceback" not in program.received


@pytest.mark.parametrize("plain", ["0", "1"])
def test_what_is_pasted_is_drawn_as_text_that_does_nothing(tmp_path: Path, plain: str) -> None:
    """What others wrote is pasted too: it turned the line around, where Textual draws by itself."""
    with Program(str(tmp_path / "desk.db"), environment={"OFFPLAN_PLAIN_OUTPUT": plain}) as program:
        program.until("no plan")
        program.type(":")
        program.until(" : ")
        program.settle()
        program.type("\x1b[200~say \u202eRLO \x9b31mC1 \u2066ISO \x07end\x1b[201~")
        program.until("end")
        program.type("X")
        program.until("endX")
        for never in ("\u202e", "\x9b", "\u2066"):
            assert never.encode() not in program.received, repr(never)
        assert any("say \ufffdRLO \ufffd31mC1 \ufffdISO \ufffdendX" in line for line in program.lines), program.lines
