"""Colours, shapes and the style sheet. Only the terminal's own sixteen colours, so light and dark both read well.

Colour is never the only carrier: each severity and each state has a shape, and severities a letter too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.style import Style

STYLES: Final[Mapping[str, Style]] = {
    "plain": Style(),
    "bold": Style(bold=True),
    "quiet": Style(color="bright_black"),
    "good": Style(color="green"),
    "notice": Style(color="cyan"),
    "warning": Style(color="yellow"),
    "bad": Style(color="red"),
    "worst": Style(color="red", bold=True),
    "cursor": Style(reverse=True),
    "heading": Style(bold=True, underline=True),
    "key": Style(bold=True),
    "label": Style(bold=True, reverse=True),
    "found": Style(bold=True, reverse=True),
}
"""Every style that drawing code may name."""

SEVERITY: Final[Mapping[str, tuple[str, str]]] = {
    "critical": ("◆C", "worst"),
    "high": ("●H", "bad"),
    "medium": ("▲M", "warning"),
    "low": ("○L", "plain"),
}
"""Severity to its shape and letter, and its style."""

ACTION_SHAPE: Final[Mapping[str, tuple[str, str, str]]] = {
    "blocked": ("◌", "┄", "quiet"),
    "ready": ("○", "░", "notice"),
    "assigned": ("◔", "▒", "notice"),
    "in_progress": ("▶", "▓", "good"),
    "waiting": ("‖", "╌", "warning"),
    "unknown": ("?", "?", "bad"),
    "failed": ("✗", "╳", "bad"),
    "done": ("✓", "█", "quiet"),
    "skipped": ("–", "─", "quiet"),
    "cancelled": ("–", "─", "quiet"),
}
"""Action state to its mark, the cell that its bar is made of, and its style."""

SIGNAL_SHAPE: Final[Mapping[str, str]] = {
    "eta": "»",
    "confirmation": "✉",
    "receipt": "▣",
    "shipped": "→",
    "milestone": "·",
    "status": "◇",
    "stock": "⌂",
    "demand": "↗",
    "hazard": "!",
    "note": "–",
}
"""Signal kind to a mark of one cell; terminals disagree about emoji, so there are none."""


def style(name: str) -> Style:
    return STYLES[name]


STYLE_SHEET: Final = """
Screen { background: ansi_default; color: ansi_default; layout: vertical; layers: base above; overflow: hidden; }
LineList {
    height: 1fr; border: round ansi_bright_black; border-title-align: left; border-subtitle-align: right;
    overflow: hidden; background: ansi_default; color: ansi_default;
}
LineList:focus { border: round ansi_default; border-title-style: bold reverse; }
Header, TabLine, KeyLine, StatusLine { height: 1; background: ansi_default; }
#top { height: 3fr; }
#feed { width: 42; }
#queue { width: 1fr; }
#detail { width: 1fr; display: none; }
#timeline { height: 2fr; }
#lanes { height: 3fr; }
#load { height: 1fr; }
#signals, #sources { height: 2fr; }
WhyLines { height: 2; background: ansi_default; }
TabLine { display: none; }
TooSmall { layer: above; height: 100%; background: ansi_default; }
.-tabs TabLine { display: block; }
.-tabs #feed { width: 1fr; }
.-tabs #feed, .-tabs #queue, .-tabs #timeline, .-tabs #top, .-tabs WhyLines { display: none; }
.-tabs #timeline, .-tabs #top { height: 1fr; }
.-tabs.-pane-feed #top, .-tabs.-pane-feed #feed { display: block; }
.-tabs.-pane-queue #top, .-tabs.-pane-queue #queue, .-tabs.-pane-queue WhyLines { display: block; }
.-tabs.-pane-timeline #timeline { display: block; }
.-tabs #lanes, .-tabs #load { display: none; height: 1fr; }
.-tabs.-pane-lanes #lanes, .-tabs.-pane-load #load { display: block; }
.-wide #feed { width: 24%; min-width: 42; max-width: 48; }
.-wide #queue { min-width: 78; }
.-wide #detail { display: block; }
.-wide WhyLines { height: 1; }
.-one-pane TabLine { display: block; }
.-one-pane LineList { display: none; }
.-one-pane LineList.-in-front { display: block; }
Prompt { height: 1; display: none; layout: horizontal; }
Prompt.-asking { display: block; }
Prompt Input, Picker Input {
    border: none; padding: 0; height: 1; width: 1fr; background: ansi_default; color: ansi_default;
}
Prompt Input > .input--cursor, Picker Input > .input--cursor {
    background: ansi_default; color: ansi_default; text-style: reverse;
}
"""
