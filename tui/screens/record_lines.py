"""A signal, source, held record or plan line as lines: every field that has a value, then the record as it came,
then the journal. Ids of other objects are lines of their own, so that `enter` opens them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.screens import deviation_sections
from tui.terminal import cells, safe
from tui.terminal.cells import Present
from tui.widgets.page_list import PageLine

_LABEL: Final = 21
_RAW: Final = ("payload", "raw")
"""What came from outside, shown whole and last."""
_ID: Final = re.compile(r"[DARSQL][1-9][0-9]*")


def record_lines(
    shown: Mapping[str, Any], width: int, present: Present, *, record_first: bool = False
) -> list[PageLine]:
    """The fields in the contract's order, and the record below them, or above where there is little room."""
    fields: list[PageLine] = []
    for name, value in shown.items():
        if value not in (None, "", [], {}) and name not in (*_RAW, "history"):
            fields += _field(name.replace("_", " "), value, width, present)
    record: list[PageLine] = []
    for name in _RAW:
        if shown.get(name) not in (None, "", {}):
            record += [PageLine([("The record as it came", "heading")], section="Record")]
            record += [PageLine([(line, "plain")]) for line in _raw(shown[name], width)]
    parts = [part for part in ((record, fields) if record_first else (fields, record)) if part]
    lines = [line for part in parts for line in (*part, PageLine([]))][:-1]
    if shown.get("history"):
        lines += [PageLine([]), PageLine([("Journal", "heading")], section="Journal")]
        lines += deviation_sections.journal(shown, width, present)
    return lines


def _field(label: str, value: Any, width: int, present: Present) -> Iterator[PageLine]:
    room = max(10, width - _LABEL)
    if isinstance(value, list) and all(isinstance(each, str) and _ID.fullmatch(each) for each in value):
        for place, id_ in enumerate(value):
            yield PageLine([(safe.fit(label if place == 0 else "", _LABEL), "quiet"), (id_, "key")], target=id_)
        return
    if isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
        parts = [cells.any_value(each) for each in value]
    else:
        parts = [_text(value, present)]
    for text in parts:
        for line in safe.wrap(text, room) or [""]:
            yield PageLine([(safe.fit(label, _LABEL), "quiet"), (line, "plain")])
            label = ""


def _raw(value: Any, width: int) -> Iterator[str]:
    """A record as text: documents one field a line, everything else as it is, long lines on several."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    if isinstance(value, str):
        try:
            text = json.dumps(json.loads(value), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            text = value
    for line in text.splitlines():
        indent = " " * min(len(line) - len(line.lstrip()), width // 2)
        for part in safe.wrap(line, max(10, width - len(indent))) or [""]:
            yield indent + part


def _text(value: Any, present: Present) -> str:
    return cells.both_times(value, present.now, present.zone) if cells.is_time(value) else cells.any_value(value)
