"""Reports as documents: sections of sentences and tables, written as Markdown or as a page of HTML.

Whatever comes from data is only ever text: in Markdown what would be markup is escaped, in HTML everything is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from engine.values.text import clean

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|#])")
_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left}"
)


class Section(NamedTuple):
    """A part of a report: what it is about, sentences, a table where it has one, and lines to be typed."""

    title: str
    sentences: Sequence[str] = ()
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    commands: Sequence[str] = ()


def markdown(title: str, sections: Sequence[Section]) -> list[str]:
    """The report as lines of Markdown."""
    lines = [f"# {_escaped(title)}"]
    for section in sections:
        lines += ["", f"## {_escaped(section.title)}"]
        for sentence in section.sentences:
            lines += ["", _escaped(sentence)]
        if section.rows:
            lines += ["", _row(section.headings), _row(["---"] * len(section.headings), escaped=False)]
            lines += [_row(row) for row in section.rows]
        if section.commands:
            # Indented code: no fence that a value could close.
            lines += ["", *(f"    {clean(command)}" for command in section.commands)]
    return lines


def html(title: str, sections: Sequence[Section]) -> list[str]:
    """The report as lines of one page of HTML that stands alone."""
    head = f"<head><meta charset='utf-8'><title>{_text(title)}</title><style>{_STYLE}</style></head>"
    lines = ["<!doctype html>", "<html lang='en'>", head, "<body>", f"<h1>{_text(title)}</h1>"]
    for section in sections:
        lines.append(f"<h2>{_text(section.title)}</h2>")
        lines += [f"<p>{_text(sentence)}</p>" for sentence in section.sentences]
        if section.rows:
            lines += ["<table>", _html_row("th", section.headings)]
            lines += [*(_html_row("td", row) for row in section.rows), "</table>"]
        if section.commands:
            lines.append(f"<pre>{'&#10;'.join(map(_text, section.commands))}</pre>")
    return [*lines, "</body>", "</html>"]


def _row(cells: Sequence[str], *, escaped: bool = True) -> str:
    return f"| {' | '.join(_escaped(cell) if escaped else cell for cell in cells)} |"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", clean(text))


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return escape(clean(text))
