"""What stands around every screen on the desk: the line on top, and the lines at the bottom in which it is typed and
told."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size

from tui.desk.session import Session
from tui.widgets.footer import KeyLine, StatusLine
from tui.widgets.header import Header
from tui.widgets.prompt import Prompt
from tui.widgets.too_small import TooSmall


def head(session: Session) -> ComposeResult:
    """The line on top."""
    yield Header(session.who, pinned=session.pinned)


def foot(session: Session, size: Size) -> ComposeResult:
    """The line to type in, what was said, the keys; and what covers a terminal of a size that is too small."""
    yield TooSmall(size, session.keys.first("quit"))
    yield Prompt()
    yield StatusLine()
    yield KeyLine()
