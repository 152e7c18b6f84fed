"""A terminal that is missing, too simple or goes away."""

from __future__ import annotations

import base64
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.pty_support import Program
from tui.terminal import device

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pathlib import Path
from tests.engine.desk_support import open_desk
from tui.app import run
sys.exit(run(lambda: open_desk(Path(sys.argv[1]))))
"""


def test_a_terminal_that_cannot_draw_is_refused_in_a_sentence() -> None:
    assert device.fault({"TERM": "xterm-256color"}, is_terminal=True) is None
    for term in ("dumb", "", "unknown"):
        assert "TERM" in str(device.fault({"TERM": term}, is_terminal=True))
    assert "no terminal" in str(device.fault({"TERM": "xterm"}, is_terminal=False))


def test_other_encodings_are_warned_about() -> None:
    assert device.warning("utf-8") is None
    assert device.warning("UTF8") is None
    assert "latin-1" in str(device.warning("latin-1"))


@pytest.fixture
def outside_of_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No multiplexer and no particular terminal around."""
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.usefixtures("outside_of_others")
def test_the_clipboard_gets_clean_text() -> None:
    sent: list[str] = []
    assert device.to_clipboard("D12\nrm -rf", sent.append) == "sent to the terminal: D12 rm -rf"
    assert sent == [f"\x1b]52;c;{base64.b64encode(b'D12 rm -rf').decode()}\x07"]
    assert device.to_clipboard("D12 " * 30, sent.append) == "sent to the terminal: 120 characters"


@pytest.mark.usefixtures("outside_of_others")
@pytest.mark.parametrize("where", [{"STY": "1.pts"}, {"TERM_PROGRAM": "Apple_Terminal"}, {}])
def test_what_a_terminal_would_drop_goes_into_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: dict[str, str]
) -> None:
    for name, value in where.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(device, "_CLIPBOARD_LIMIT", 75_000 if where else 15)
    sent: list[str] = []
    path = tmp_path / "offplan" / "copied.txt"
    for text in ("D1 D2 D3 and D4", "D5 D6 D7 and D8"):
        assert str(path) in device.to_clipboard(text, sent.append)
        assert path.read_text() == f"{text}\n"
        assert path.stat().st_mode & 0o777 == 0o600
    assert not sent


@pytest.mark.usefixtures("outside_of_others")
def test_a_file_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STY", "1.pts")
    (tmp_path / "offplan").write_text("in the way")
    assert "cannot be written" in device.to_clipboard("D1", lambda _: None)


@pytest.mark.usefixtures("outside_of_others")
def test_inside_tmux_it_goes_through_tmux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    tmux = programs / "tmux"
    tmux.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {tmp_path}/asked; cat > {tmp_path}/got\n')
    tmux.chmod(0o755)
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    sent: list[str] = []
    assert device.to_clipboard("D12", sent.append) == "sent to the terminal through tmux: D12"
    assert (tmp_path / "asked").read_text() == "load-buffer -w - "
    assert (tmp_path / "got").read_text() == "D12"
    tmux.write_text("#!/bin/sh\nexit 1\n")
    assert device.to_clipboard("D12", sent.append) == "sent to the terminal: D12"
    assert sent


def test_without_a_terminal_the_desk_says_so_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "d.db")],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("offplan: standard input and output are no terminal")
    assert not done.stdout


def _begun(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A program on a terminal of its own, and our end of that."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder / "d.db")],
        cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    os.close(theirs)
    return program, ours


def _until(descriptor: int, wanted: bytes) -> bytes:
    """Read what the program draws until it says something."""
    seen = b""
    while wanted not in seen:
        ready, _, _ = select.select([descriptor], [], [], 30)
        assert ready, seen[-500:]
        seen += os.read(descriptor, 65536)
    return seen


@pytest.mark.parametrize(
    ("ending", "code"),
    [(signal.SIGTERM, device.TERMINATED), (signal.SIGHUP, device.HANG_UP), (None, device.HANG_UP)],
)
def test_the_end_of_the_terminal_ends_the_program(tmp_path: Path, ending: signal.Signals | None, code: int) -> None:
    """By signal, and by a terminal that vanishes while SIGHUP is ignored."""
    program, ours = _begun(tmp_path)
    try:
        _until(ours, b"Nothing can be off plan yet")
        if ending is None:
            os.close(ours)
        else:
            program.send_signal(ending)
            assert b"\x1b[?1049l" in _until(ours, b"\x1b[?1049l"), "the terminal is restored"
        assert program.wait(timeout=30) == code
    finally:
        program.kill()
        program.wait()
        if ending is not None:
            os.close(ours)


def test_the_end_is_heard_while_nobody_reads_the_terminal(tmp_path: Path) -> None:
    program, ours = _begun(tmp_path)
    try:
        _until(ours, b"Nothing can be off plan yet")
        os.write(ours, b"\x0c" * 200)  # Each has the whole screen drawn anew.
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=30) == device.TERMINATED
    finally:
        program.kill()
        program.wait()
        os.close(ours)


@pytest.mark.parametrize("plain", ["0", "1"])
@pytest.mark.parametrize("said", [("40", "10"), ("99999999", "2"), ("-1", "x")])
def test_the_size_is_that_of_the_terminal_whatever_the_environment_says(
    tmp_path: Path, said: tuple[str, str], plain: str
) -> None:
    """A shell that exports its COLUMNS had every window taken for that size, for as long as the desk was open."""
    environment = {"COLUMNS": said[0], "LINES": said[1], "OFFPLAN_PLAIN_OUTPUT": plain}
    with Program(str(tmp_path / "desk.db"), environment=environment) as program:
        for width, height in ((120, 36), (90, 30)):
            program.resize(width, height)
            program.type("?")
            program.until("Keys of this place")
            # The lower border ends in the last column, above the line of keys.
            while not (program.lines[-2].endswith("╯") and len(program.lines[-2]) == width):
                assert program.read(), program.lines
            program.type("q")
            program.until("no plan")
