"""Reports as documents: sections of sentences and tables, written as text, as Markdown or as a page of HTML.

Whatever comes from data is only ever text: in Markdown what would be markup is escaped, in HTML everything is. The text
has the headings of Markdown and tables as commands print them: nothing in it is escaped.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from engine.values.text import clean
from tui.words import printing
from tui.words.printing import cells, padded

_MARKUP: Final = re.compile(r"([\\`*\[\]<>|]|(?<![^\W_])_|_(?![^\W_])|^#)")
"""What would be markup; an underscore inside a word is none (CommonMark 0.31, 6.2), nor is a # in a line."""
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


def answer(args: Namespace, found: Any, title: str, sections: Iterable[Section]) -> None:
    """Print a report in the format that was asked for; `sections` are only made where they are printed."""
    if args.json or args.format == "json":
        printing.document(found)
    else:
        write = {"html": html, "markdown": markdown}.get(args.format, text)
        printing.say(args, *write(title, list(sections)))


def text(title: str, sections: Sequence[Section]) -> list[str]:
    """The report as lines for people to read."""
    return _lines(title, sections, clean, _aligned)


def markdown(title: str, sections: Sequence[Section]) -> list[str]:
    """The report as lines of Markdown."""
    return _lines(title, sections, _escaped, _table)


_Cells = Sequence[str]


def _lines(
    title: str,
    sections: Sequence[Section],
    written: Callable[[str], str],
    table: Callable[[_Cells, Sequence[_Cells]], list[str]],
) -> list[str]:
    """The report with the headings of Markdown; `written` is what becomes of data, `table` of a heading and rows."""
    lines = [f"# {written(title)}"]
    for section in sections:
        lines += ["", f"## {written(section.title)}"]
        for sentence in section.sentences:
            lines += ["", written(sentence)]
        if section.rows:
            heading, *rows = ([written(cell) for cell in row] for row in (section.headings, *section.rows))
            lines += ["", *table(heading, rows)]
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


def _table(heading: _Cells, rows: Sequence[_Cells]) -> list[str]:
    """A table of Markdown."""
    return [f"| {' | '.join(row)} |" for row in (heading, ["---"] * len(heading), *rows)]


def _aligned(heading: _Cells, rows: Sequence[_Cells]) -> list[str]:
    """A table as commands print it, with nothing cut."""
    *columns, _ = zip(heading, *rows, strict=True)
    widths = [*(max(map(cells, column)) for column in columns), 0]
    return ["  ".join(map(padded, row, widths)).rstrip() for row in (heading, *rows)]


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", clean(text))


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return escape(clean(text))
