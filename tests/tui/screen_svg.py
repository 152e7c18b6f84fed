"""A screen as an SVG: a picture that any viewer draws, and a text that tells every cell and whose diff can be read.

Each look has a line at the head, named by what it is, and each row of the screen one line, in which no height stands
(a row hangs on the one above it): a row that comes or goes changes no other. Rich's own SVG numbers its looks as it
meets them, gives every text a height, and tells neither what is reversed nor a colour's name nor how blanks look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color
from rich.terminal_theme import SVG_EXPORT_THEME

from tests.tui.screen_rows import SIXTEEN, Look, Rows, Run

_WIDE, _HIGH, _RISE, _FONT = 10, 19, 15, 16.61
"""A cell, how much of it is above the line that letters stand on, and the size of letters, in units of the picture."""
_FAMILY: Final = "DejaVu Sans Mono, Menlo, Liberation Mono, Courier New, monospace"
"""Letters of these are as wide as a cell (0.6 of their size), and blocks of the first as high: lines and bars join."""
_LINES: Final = {"underline": "underline", "strike": "line-through"}
_KINDS: Final = {"bold": "font-weight:bold", "dim": "fill-opacity:0.6", "italic": "font-style:italic"}
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_SVG: Final = f"{{{_NAMESPACE}}}"


def drawn(screen: Rows) -> str:
    """The picture of a screen, on the paper of most of it, with a margin of a cell around."""
    papers: Counter[str] = Counter()
    for run in (run for row in screen for run in row):
        papers[_colours(run.look)[1]] += cell_len(run.text)
    paper = max(papers, key=papers.__getitem__, default=_colour("default", ink=False))
    wide = max((sum(cell_len(run.text) for run in row) for row in screen), default=0)
    x, y, width, height = -_WIDE, _HIGH - _RISE - _WIDE, (wide + 2) * _WIDE, len(screen) * _HIGH + 2 * _WIDE
    return "\n".join(
        [
            f'<svg xmlns="{_NAMESPACE}" viewBox="{x} {y} {width} {height}" font-family="{_FAMILY}"'
            f' font-size="{_FONT}" shape-rendering="crispEdges" xml:space="preserve">',
            "<style>",
            "text{white-space:pre}",
            *sorted(_rule(look) for look in {run.look for row in screen for run in row}),
            "</style>",
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{paper}"/>',
            *(_row(row, paper) for row in screen),
            f"{'</g>' * len(screen)}</svg>",
            "",
        ]
    )


def _rule(look: Look) -> str:
    ink, paper = _colours(look)
    lines = " ".join(line for kind, line in _LINES.items() if kind in look.kinds)
    letters = [f"fill:{ink}", *(_KINDS[kind] for kind in look.kinds if kind in _KINDS)]
    letters += [f"text-decoration:{lines}"] if lines else []
    return f"text.{look}{{{';'.join(letters)}}} rect.{look}{{fill:{paper}}}"


def _colours(look: Look) -> tuple[str, str]:
    """The colours of the letters and of what lies behind them; what is reversed has them changed over."""
    pair = _colour(look.ink, ink=True), _colour(look.paper, ink=False)
    return pair[::-1] if "reverse" in look.kinds else pair


def _colour(name: str, *, ink: bool) -> str:
    """A colour by its name; the terminal's own are drawn as Rich draws them."""
    if name not in ("default", *SIXTEEN):
        name = f"color({name[5:]})" if name.startswith("color") else f"#{name}"
    return Color.parse(name).get_truecolor(SVG_EXPORT_THEME, foreground=ink).hex


def _row(row: Sequence[Run], paper: str) -> str:
    """A row below the one before it, in which it lies: its end is the picture's. Other papers come before all texts."""
    places = [*zip(row, accumulate((cell_len(run.text) for run in row), initial=0), strict=False)]
    behind = (
        f'<rect class="{run.look}" x="{begin * _WIDE}" y="{-_RISE}" width="{cell_len(run.text) * _WIDE}" height="{_HIGH}"/>'
        for run, begin in places
        if _colours(run.look)[1] != paper
    )
    texts = (
        f'<text class="{run.look}" x="{begin * _WIDE}" textLength="{cell_len(run.text) * _WIDE}">'
        f"{''.join(map(_told, run.text))}</text>"
        for run, begin in places
    )
    return f'<g transform="translate(0 {_HIGH})">{"".join(behind)}{"".join(texts)}'


def _told(character: str) -> str:
    """A character as XML has it: by its number where nobody would see it, as a class where XML cannot hold it."""
    if _NO_XML.match(character):
        return f'<tspan class="u{ord(character):x}">\N{REPLACEMENT CHARACTER}</tspan>'
    return escape(character) if character.isprintable() else f"&#{ord(character)};"


def read(picture: str) -> Rows:
    """The screen that a picture was drawn of: `read(drawn(screen)) == screen`."""
    groups = ElementTree.fromstring(picture).iter(f"{_SVG}g")  # noqa: S314 (a file of ours)
    return [[_run(text) for text in group.findall(f"{_SVG}text")] for group in groups]


def _run(text: ElementTree.Element) -> Run:
    held = (f"{chr(int(part.attrib['class'][1:], 16))}{part.tail or ''}" for part in text)
    return Run((text.text or "") + "".join(held), Look.named(text.attrib["class"]))
