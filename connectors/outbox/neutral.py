"""Text from outside made harmless for where it goes: a spreadsheet's cell, Markdown, a mail's header, a file's name.

Text in the desk's file is clean already (engine.values.text); here it loses what the receiving program would act upon.
"""

from __future__ import annotations

import re
from typing import Final

from engine.values.text import clean

_STARTS_FORMULA: Final = re.compile(r"(?:^|[;\t])(?=\s*[=+\-@|＝＋－＠])")
"""Where a formula would begin: at the start of a cell, and behind what separates cells where commas do not. Some
spreadsheets take the wide signs too."""
_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]|~$]")
_MARKDOWN_AT_START: Final = re.compile(r"^(\s*)(#|>|[-+=](?=\s|[-=]|$)|\d{1,9}(?=[.)]))")
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME: Final = 60


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula (CSV injection): an apostrophe stands before what would begin
    one."""
    return _STARTS_FORMULA.sub(lambda found: f"{found[0]}'", text)


def markdown(text: str) -> str:
    """One line of text that Markdown shows as it is: no emphasis, link, heading, list, table or HTML comes of it."""
    flat = " ".join(clean(text).split())
    escaped = _MARKDOWN.sub(lambda found: f"\\{found[0]}", flat)
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    at_start = _MARKDOWN_AT_START.match(escaped)
    if at_start is None:
        return escaped
    # A number is escaped behind it: `1\.` is no list, and `\1.` would show the stroke.
    place = at_start.end() if at_start[2].isdigit() else at_start.start(2)
    return f"{escaped[:place]}\\{escaped[place:]}"


def header(text: str) -> str:
    """One line for a mail's header: nothing in it ends the line."""
    return " ".join(clean(text).split())


def file_name(text: str) -> str:
    """A part of a file's name: letters, digits, dashes and underscores of ASCII; never empty."""
    return _NOT_IN_A_NAME.sub("_", text).strip("_")[:_LONGEST_NAME] or "owner"
