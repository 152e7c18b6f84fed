"""Text files: which encoding a file has, and its lines in bounded memory.

A file is UTF-8 or UTF-16 by its byte order mark, else strict UTF-8, else strictly the mapping's encoding; otherwise it
is refused whole with a proposal. No character is ever replaced in silence. A line over LINE_LIMIT is passed over
without being held in memory.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from connectors.formats.blocks import LINE_LIMIT
from engine.values.errors import BadInput
from engine.values.text import clean

_CHUNK: Final = 256 * 1024
_SAMPLE: Final = 64 * 1024
_WESTERN: Final = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœ"
_UNLIKELY_IN_THE_WEST: Final = re.compile(
    rf"[^\x09-\x7e{_WESTERN}\xa0€£§°²³µ·½×®©™«»ªº¡¿´–—‘’“”„…•]|[{_WESTERN}]{{3}}|[a-z][ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ]"
)
"""In Western text a capital does not follow a small letter, and accents stand alone or in pairs."""


class Text(NamedTuple):
    """Whole lines with their ends, and the number of the first."""

    first: int
    text: str


class LongLine(NamedTuple):
    """A line that was passed over: its number, how it begins, and its length in characters."""

    number: int
    begin: str
    length: int


def encoding_of(handle: IO[bytes], name: str, wanted: str | None) -> str:
    """The encoding of a whole file, found by reading it once. Raises BadInput when it is none that may be used."""
    handle.seek(0)
    head = handle.read(_SAMPLE)
    marked = _marked(head)
    for encoding in (marked,) if marked else ("utf-8", wanted) if wanted else ("utf-8",):
        fault_at = _first_fault(handle, str(encoding))
        if fault_at is None:
            break
    else:
        raise BadInput(name, f"it is not {encoding} (byte {fault_at})", _proposal(handle, fault_at or 0))
    if not marked and b"\0" in head[:4096]:
        raise BadInput(name, f"it is not text (a NUL at byte {head.index(0)})", "export the table as CSV or XLSX")
    return str(encoding)


def _marked(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _first_fault(handle: IO[bytes], encoding: str) -> int | None:
    """The position of the first byte that the encoding does not have; None when there is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    handle.seek(0)
    position = 0
    try:
        while chunk := handle.read(_CHUNK):
            decoder.decode(chunk)
            position += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position + error.start
    except UnicodeError:
        return position
    return None


def _proposal(handle: IO[bytes], fault_at: int) -> str:
    from charset_normalizer import from_bytes

    handle.seek(max(0, fault_at - _SAMPLE // 2))
    sample = handle.read(_SAMPLE)
    best = from_bytes(sample).best()
    if best is None or best.encoding in ("ascii", "utf_8"):
        return "save it as UTF-8, or set encoding in its mapping"
    # Western Windows is what most exports are; a few accents in a table of codes are too little for statistics to tell.
    likely = "cp1252" if _reads_as_western(sample.decode("cp1252", "replace")) else best.encoding
    return f'save it as UTF-8, or set encoding = "{likely}" in its mapping if that is what it is'


def _reads_as_western(text: str) -> bool:
    """Whether all that is beyond ASCII are signs of Western Europe, no more than two in a row.

    Text of another alphabet, or of another half of Europe, shows other signs or whole words of them.
    """
    return not _UNLIKELY_IN_THE_WEST.search(text)


def blocks(handle: IO[bytes], encoding: str) -> Iterator[Text | LongLine]:
    """The text of a file in runs of whole lines of about 256 KiB, and the lines that are too long to be taken."""
    decoder = codecs.getincrementaldecoder(encoding)()
    handle.seek(0)
    number, held, dropped = 1, "", 0
    while True:
        chunk = handle.read(_CHUNK)
        text = decoder.decode(chunk, final=not chunk)
        if dropped:
            end = _first_end(text, final=not chunk)
            dropped += len(text) if end < 0 else end
            if end < 0 and chunk:
                continue
            yield LongLine(number, clean(held[:200]), dropped)
            number, held, dropped, text = number + 1, "", 0, text[end:] if end >= 0 else ""
        held += text
        cut = len(held) if not chunk else _last_end(held)
        if cut:
            yield from _without_long_lines(number, held[:cut])
            number += _count(held[:cut])
            held = held[cut:]
        if not chunk:
            return
        if len(held) > LINE_LIMIT:
            held, dropped = held[:200], len(held)


def split(text: str) -> list[str]:
    """Lines with their ends: LF, CR LF, or CR alone; no other character ends a line."""
    return list(io.StringIO(text, newline=""))


def _count(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _last_end(text: str) -> int:
    """Where the last whole line ends; a CR at the very end may still get its LF."""
    cut = text.rfind("\n") + 1
    return cut if cut or "\r" not in text[:-1] else text.rfind("\r", 0, len(text) - 1) + 1


def _first_end(text: str, *, final: bool) -> int:
    cut = text.find("\n") + 1 or text.find("\r", 0, len(text) if final else max(len(text) - 1, 0)) + 1
    return cut or -1


def _without_long_lines(number: int, text: str) -> Iterator[Text | LongLine]:
    if len(text) <= LINE_LIMIT:
        yield Text(number, text)
        return
    lines = split(text)
    start = 0
    for index, line in enumerate(lines):
        if len(line) > LINE_LIMIT:
            if start < index:
                yield Text(number + start, "".join(lines[start:index]))
            yield LongLine(number + index, clean(line[:200]), len(line))
            start = index + 1
    if start < len(lines):
        yield Text(number + start, "".join(lines[start:]))
