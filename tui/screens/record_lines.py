"""A signal, source, held record or plan line as lines: every field that has a value, then what else came with it,
then the journal. Ids of other objects are lines of their own, so that `enter` opens them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.screens import deviation_sections
from tui.terminal import cells, safe
from tui.terminal.cells import Present
from tui.widgets.page_list import PageLine, is_target

_LABEL: Final = 21
_AS_IT_CAME: Final = {"payload": "What else the record says", "raw": "The record as it came"}
"""What came from outside, shown whole and last: of a signal only what its mapping made no field of is kept so."""
_NOTHING_ELSE: Final = "nothing: all that is kept of it are its fields"


def record_lines(
    shown: Mapping[str, Any], width: int, present: Present, *, record_first: bool = False
) -> list[PageLine]:
    """The fields in the contract's order, and the record below them, or above where there is little room."""
    fields: list[PageLine] = []
    for name, value in shown.items():
        if value not in (None, "", [], {}) and name not in (*_AS_IT_CAME, "history"):
            fields += _field(name.replace("_", " "), value, width, present)
    record = [line for name in _AS_IT_CAME if name in shown for line in _record(name, shown[name], width)]
    above = record_first and any(shown.get(name) for name in _AS_IT_CAME)
    parts = [part for part in ((record, fields) if above else (fields, record)) if part]
    lines = [line for part in parts for line in (*part, PageLine([]))][:-1]
    if shown.get("history"):
        lines += [PageLine([]), PageLine([("Journal", "heading")], section="Journal")]
        lines += deviation_sections.journal(shown, width, present)
    return lines


def _record(name: str, value: Any, width: int) -> Iterator[PageLine]:
    yield PageLine([(_AS_IT_CAME[name], "heading")], section="Record")
    for line in _raw(value, width) if value else safe.wrap(_NOTHING_ELSE, width):
        yield PageLine([(line, "plain" if value else "quiet")])


def _field(label: str, value: Any, width: int, present: Present) -> Iterator[PageLine]:
    room = max(10, width - _LABEL)
    if isinstance(value, list) and all(isinstance(each, str) and is_target(each) for each in value):
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
