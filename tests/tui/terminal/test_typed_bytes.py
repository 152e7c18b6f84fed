"""Bytes that are no text: they end nothing, and what is typed after them counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engine.desk_support import late, open_desk
from tests.tui.pty_support import Program


@pytest.mark.parametrize("plain", ["0", "1"])
@pytest.mark.parametrize("typed", [b"\xff", b"caf\xe9 ", b"\xc3\x1b", b"\x1b[200~\xe9\x80\x1b[201~", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_end_nothing(tmp_path: Path, typed: bytes, plain: str) -> None:
    desk = open_desk(tmp_path / "desk.db")
    late(desk, alpha=12)
    desk.store.close()
    with Program(str(tmp_path / "desk.db"), environment={"OFFPLAN_PLAIN_OUTPUT": plain}) as program:
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
