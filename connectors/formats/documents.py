"""JSON: documents with an array of records, and JSON lines.

RFC 8259 and no more: NaN and Infinity are no numbers, a key may stand once in an object, and a number must fit. Such a
fault refuses the record that it stands in; what is no JSON at all refuses the document (or the line). Nested objects
become columns with dotted names (`order.line`); arrays stay JSON text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from connectors.formats.blocks import COLUMNS_LIMIT, LINE_LIMIT, RAW_LIMIT, ROWS_LIMIT, Block, Cell, Layout
from connectors.formats.lines import LongLine, blocks, encoding_of, split
from engine.values.errors import BadInput
from engine.vocabulary.model import Place, Refusal

DOCUMENT_LIMIT: Final = 64 * 1024 * 1024
DEPTH_LIMIT: Final = 64
_DIGITS_LIMIT: Final = 300
"""Of one number; longer ones are no quantity and no id."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in a decoded document where JSON readers disagree, so that only its record is refused."""

    reason: str
    text: Any
    """What stands there, to be shown with the refused record."""


def decode(text: str, place: str) -> Any:
    """The value of JSON text, with a Flaw in place of what RFC 8259 does not have.

    Raises BadInput with line and column when it is no JSON.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = f"{place}:{error.lineno}" if error.lineno > 1 else place
        # Some of Python's messages end with the preposition.
        said = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        fault = f"it is no JSON: {said} at column {error.colno}"
        raise BadInput(where, fault, "mend that place, or export it again") from None
    except RecursionError:
        raise BadInput(place, "it is nested too deep", f"at most {DEPTH_LIMIT} levels can be read") from None


def read_document(handle: IO[bytes], name: str, layout: Layout, size: int) -> Iterator[Block | Refusal]:
    """The records of a JSON document: its array, the array at `items`, or the document itself when it is an object."""
    encoding = encoding_of(handle, name, layout.encoding)
    handle.seek(0)
    content = handle.read(DOCUMENT_LIMIT + 1)
    if len(content) > DOCUMENT_LIMIT:
        raise BadInput(name, f"it is larger than {DOCUMENT_LIMIT >> 20} MiB", "export it as JSON lines (.jsonl)")
    text = content.decode(encoding)
    if not text.strip():
        raise BadInput(name, "it is empty", "put a JSON array of records into it")
    elements = _elements(decode(text, name), name, layout.items)
    if len(elements) > ROWS_LIMIT:
        raise BadInput(name, f"it has more than {ROWS_LIMIT:,} records", "split the file")
    for start in range(0, len(elements), size):
        numbered = [(start + offset, item) for offset, item in enumerate(elements[start : start + size], 1)]
        yield from _block(numbered, name)


def read_lines(handle: IO[bytes], name: str, layout: Layout, size: int) -> Iterator[Block | Refusal]:
    """The records of JSON lines, one object a line; empty lines are no records."""
    waiting: list[tuple[int, Any]] = []
    taken = 0
    any_text = False
    for piece in blocks(handle, encoding_of(handle, name, layout.encoding)):
        if isinstance(piece, LongLine):
            reason = f"the line is {piece.length:,} characters long"
            yield Refusal(Place(name, piece.number), reason, f"at most {LINE_LIMIT:,} can be read", piece.begin)
            continue
        any_text = True
        for number, line in enumerate(split(piece.text), piece.first):
            if line.isspace():
                continue
            taken += 1
            if taken > ROWS_LIMIT:
                raise BadInput(name, f"it has more than {ROWS_LIMIT:,} records", "split the file")
            try:
                waiting.append((number, decode(line, name)))
            except BadInput as error:
                yield Refusal(Place(name, number), error.fault, error.mend, line[:RAW_LIMIT])
            if len(waiting) >= size:
                yield from _block(waiting, name)
                waiting = []
    if not any_text and not taken:
        raise BadInput(name, "it is empty", "put one JSON object on each line")
    yield from _block(waiting, name)


def _elements(document: Any, name: str, items: str | None) -> Sequence[Any]:
    found = document
    for key in items.split(".") if items else ():
        if not isinstance(found, dict) or key not in found:
            raise BadInput(name, f"it has no array at {items!r}", "set items to the path of the array of records")
        found = found[key]
    if isinstance(found, list):
        return found
    if isinstance(found, dict) and not items:
        return [found]
    if isinstance(found, Flaw):
        raise BadInput(name, found.reason, "write it as RFC 8259 says")
    raise BadInput(name, "there is no array of records in it", "set items to the path of the array of records")


def _block(numbered: Sequence[tuple[int, Any]], name: str) -> Iterator[Block | Refusal]:
    """The records that are sound as one block, with the union of their columns; the others refused."""
    lines: list[int] = []
    objects: list[Mapping[str, Any]] = []
    flat: list[dict[str, Cell]] = []
    columns: dict[str, None] = {}
    for number, item in numbered:
        try:
            cells = flatten(item)
        except ValueError as error:
            yield Refusal(Place(name, number), str(error), "write it as RFC 8259 says", _raw(item))
            continue
        lines.append(number)
        objects.append(item)
        flat.append(cells)
        columns.update(dict.fromkeys(cells))
    if len(columns) > COLUMNS_LIMIT:
        raise BadInput(
            name, f"its records have {len(columns)} different fields", f"at most {COLUMNS_LIMIT} can be read"
        )
    if flat:
        yield Block(tuple(columns), [[cells.get(name) for name in columns] for cells in flat], lines, objects=objects)


def flatten(item: Any) -> dict[str, Cell]:
    """An object as columns: nested objects by dotted names, arrays as JSON text.

    Raises ValueError for what is no object, holds a Flaw, is nested too deep or has two fields of one dotted name.
    """
    if isinstance(item, Flaw):
        raise ValueError(item.reason)
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    cells: dict[str, Cell] = {}
    _flatten("", item, cells, 1)
    return cells


def _flatten(prefix: str, item: Mapping[str, Any], cells: dict[str, Cell], depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise ValueError("it is nested too deep")
    for key, value in item.items():
        name = prefix + key
        if isinstance(value, Flaw):
            raise ValueError(f"{name}: {value.reason}")
        if isinstance(value, dict):
            _flatten(name + ".", value, cells, depth + 1)
            continue
        if name in cells:
            raise ValueError(f"two fields are called {name!r}")
        if isinstance(value, list):
            _refuse_flaws(name, value, depth + 1)
            value = json.dumps(value, ensure_ascii=False, sort_keys=True)
        cells[name] = value


def _refuse_flaws(name: str, value: Any, depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise ValueError("it is nested too deep")
    if isinstance(value, Flaw):
        raise ValueError(f"{name}: {value.reason}")
    if isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            _refuse_flaws(name, inner, depth + 1)


def _raw(item: Any) -> str:
    try:
        return json.dumps(item, ensure_ascii=False, default=lambda flaw: flaw.text)[:RAW_LIMIT]
    except (ValueError, RecursionError):
        return ""


def _object(pairs: list[tuple[str, Any]]) -> Any:
    item = dict(pairs)
    if len(item) == len(pairs):
        return item
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return Flaw(f"the key {twice!r} stands there twice", item)


def _integer(text: str) -> int | Flaw:
    return int(text) if len(text) <= _DIGITS_LIMIT else Flaw(f"a number of {len(text)} digits", text)


def _float(text: str) -> float | Flaw:
    value = float(text)
    return value if math.isfinite(value) else Flaw(f"the number {text[:40]} is too large", text)


def _constant(text: str) -> Flaw:
    return Flaw(f"{text} is no number", text)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
