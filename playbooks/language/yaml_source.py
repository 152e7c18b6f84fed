"""Bytes of a playbook file to plain values with the place of each: a small, closed part of YAML and nothing else.

Taken: one document of mappings, lists, text, integers, floats, true, false and null, by the core rules of YAML 1.2
(so `no` is text, `1:30` is text and a date is text), all text cleaned to one line. Refused, with line and column:
anchors, aliases, tags, a second document, a repeated key, a key that is not text, nesting deeper than 20, over 10,000
values, a file over 256 KiB, text that is not UTF-8. The events of PyYAML's C parser are walked here, so nothing of its
constructors ever runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import yaml

from engine.values.errors import BadInput
from engine.values.text import clean
from playbooks.language.findings import At

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
MAX_VALUES: Final = 10_000


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_WORDS: Final[Mapping[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class Position(NamedTuple):
    """A place in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a file and where each part of it stands; `keys` holds the places of the mappings' keys."""

    value: Any
    positions: Mapping[At, Position]
    keys: Mapping[At, Position]

    def find(self, path: At, *, key: bool = False) -> Position:
        """The place of the value at `path` (or of its key), or of the nearest thing around it that the file has.

        A value that begins on a later line than its key is shown at the key.
        """
        while path and path not in self.positions:
            path, key = path[:-1], False
        value = self.positions.get(path, Position(1, 1))
        name = self.keys.get(path, value)
        return name if key or name.line < value.line else value


_TOO_DEEP: Final = "exceeded maximum nesting depth"
"""What libyaml says, from PyYAML 6.0.4 on, of brackets a thousand deep, before it gives the first of their events."""


class SourceError(BadInput):
    """A file that is not the part of YAML that playbooks use; `position` says where."""

    def __init__(self, file: str, position: Position, fault: str, mend: str) -> None:
        super().__init__(f"{file}:{position.line}:{position.column}", fault, mend)
        self.position = position


def read(data: bytes, file: str) -> Document:
    """The document in `data`; `file` is only named in errors. Raises SourceError."""
    if len(data) > MAX_BYTES:
        raise SourceError(file, Position(1, 1), "the file is over 256 KiB", "split it into several playbooks")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        place = Position(data.count(b"\n", 0, error.start) + 1, error.start - start + 1)
        raise SourceError(file, place, f"byte {data[error.start]:#04x} is not UTF-8", "save it as UTF-8") from None
    try:
        return _Composer(file, yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _position(mark) if mark else Position(1, 1)
        if error.problem == _TOO_DEEP:
            raise SourceError(file, place, f"the nesting is deeper than {MAX_DEPTH}", "flatten it") from None
        fault = f"this is not YAML ({error.problem or error.context})"
        raise SourceError(file, place, fault, "check indentation, colons and quotes") from None
    except yaml.YAMLError as error:
        reason = clean(str(error).splitlines()[0])
        fault = f"this is not YAML ({reason})"
        raise SourceError(file, Position(1, 1), fault, "remove control characters") from None


class _Composer:
    """Builds values and places from a stream of parse events."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self._file = file
        self._events = events
        self._positions: dict[At, Position] = {}
        self._keys: dict[At, Position] = {}

    def document(self) -> Document:
        event = self._skip(yaml.StreamStartEvent)
        if isinstance(event, yaml.StreamEndEvent):
            raise SourceError(self._file, Position(1, 1), "the file is empty", "write a playbook in it")
        value = self._value(next(self._events), (), 0)
        following = self._skip(yaml.DocumentEndEvent)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._refuse(following, "a second document begins", "keep one playbook in a file")
        return Document(value, self._positions, self._keys)

    def _skip(self, kind: type[Any]) -> Any:
        event = next(self._events)
        return next(self._events) if isinstance(event, kind) else event

    def _value(self, event: Any, path: At, depth: int) -> Any:
        self._refuse_indirection(event)
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"the nesting is deeper than {MAX_DEPTH}", "flatten it")
        if len(self._positions) >= MAX_VALUES:
            raise self._refuse(event, f"there are over {MAX_VALUES} values", "split it into several playbooks")
        self._positions[path] = _position(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._mapping(path, depth)

    def _sequence(self, path: At, depth: int) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values)), depth + 1))
        return values

    def _mapping(self, path: At, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._refuse_indirection(event)
            key = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None
            if not isinstance(key, str):
                raise self._refuse(event, "a key is not text", "put it in quotes")
            if key in values:
                raise self._refuse(event, f"the key {key[:60]!r} is there twice", "keep one of them")
            place = (*path, key)
            self._keys[place] = _position(event.start_mark)
            values[key] = self._value(next(self._events), place, depth + 1)
        return values

    def _scalar(self, event: Any) -> str | int | float | bool | None:
        text: str = event.value
        if event.style:  # quoted or a block: text, whatever it looks like
            return clean(text.rstrip("\n"))
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                raise self._refuse(event, f"the number {text[:40]} is too large", "write a smaller one, or quote it")
            return number
        return clean(text)

    def _refuse_indirection(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, f"*{clean(str(event.anchor))[:60]} is an alias", "write the value out")
        if getattr(event, "anchor", None) is not None:
            raise self._refuse(
                event, f"&{clean(event.anchor)[:60]} is an anchor", "remove it, and write the value out where needed"
            )
        if getattr(event, "tag", None) is not None:
            raise self._refuse(event, f"{clean(event.tag)[:60]} is a tag", "remove it; put text in quotes")

    def _refuse(self, event: Any, fault: str, mend: str) -> SourceError:
        return SourceError(self._file, _position(event.start_mark), fault, mend)


def _position(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)
