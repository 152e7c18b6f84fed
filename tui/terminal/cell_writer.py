"""Cells to bytes: the shortest way to have a terminal draw them, from where its cursor stands and with the pen it
holds.

Only sequences that every terminal and multiplexer knows: moves (CUP, CUF, BS), erasing (ECH, EL), rendition (SGR), and
a scroll region with index and reverse index (DECSTBM, IND, RI); margins at its sides (DECLRMM, DECSLRM) only for one
that was heard to know them. No Textual here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from operator import is_not
from typing import Final, NamedTuple
from unicodedata import east_asian_width

ERASE_ALL: Final = "\x1b[m\x1b[2J"
SIDES_ON: Final = "\x1b[?69h"
SIDES_OFF: Final = "\x1b[?69l"
"""Margins at the sides of the scroll region; off, they are those of the screen."""
_SHORTEST_ERASED: Final = 10
"""Blanks in the middle of a line that are shorter to erase, and step over, than to send."""
_SHORTEST_TAIL: Final = 4
_SURE: Final = (
    0x20, 0x7F, 0xA1, 0xAD, 0xAE, 0x300, 0x370, 0x483, 0x48A, 0x530, 0x1E00, 0x2000, 0x2010, 0x2028, 0x2030, 0x205F, 0x20A0,
    0x20C0, 0x2100, 0x2C00, 0x2E80, 0x303F, 0x3041, 0x3097, 0x309B, 0x3130, 0x3131, 0x3164, 0x3165, 0x318F, 0x3190, 0xA48D,
    0xAC00, 0xD7A4, 0xF900, 0xFB00, 0xFF01, 0xFFA0, 0xFFE0, 0xFFE7, 0xFFFD, 0xFFFE, 0x20000, 0x40000,
)  # fmt: skip
"""Where ranges of code points begin and end, in turn: of a letter, a sign or an ideograph in one of them every terminal
says the same, how many cells it takes. No regular expression: to compile it takes milliseconds of every start."""
_IDEOGRAPHS: Final = 0x2E80
"""What is wide and comes before is an emoji: of one cell in a terminal that has not heard of those."""
_INKS: Final = tuple(str(code) for code in range(30, 40))
_COLOUR_BY_NUMBER: Final = {"5": 3, "2": 5}
"""How many codes a colour takes, by the code that follows its 38 or 48."""


class Cell(NamedTuple):
    """What stands in a cell, and the codes of SGR that it is drawn with; made by `cell`.

    A wide character is a cell with its text and one with no text to the right of it.
    """

    text: str
    codes: str
    doubtful: int
    """Where terminals disagree about how many cells it takes (joined and combined characters, emoji, scripts of
    letters that join): the most that one may take it for. 0 for all others."""
    is_plain: bool
    """One character that is neither doubtful nor a half of a wide one."""


def cell(text: str, codes: str) -> Cell:
    """A cell with what follows from its text."""
    sure = not text or (
        len(text) == 1
        and bisect_right(_SURE, ord(text)) % 2 == 1
        and (ord(text) >= _IDEOGRAPHS or east_asian_width(text) != "W")
    )
    return Cell(text, codes, 0 if sure else 2 * len(text), text != "" and sure)


BLANK: Final = cell(" ", "")
Row = list[Cell]


class CellWriter:
    """One frame as it is written. The pen is plain at its beginning and at its end; where the cursor is, nobody
    knows."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._codes = ""
        self._at: tuple[int, int] | None = None
        """Column and line of the terminal's cursor."""

    def text(self) -> str:
        """All of it, with the pen put back."""
        self._pen("")
        return "".join(self._out)

    def erase_all(self) -> None:
        self._out.append(ERASE_ALL)
        self._codes = ""

    def scroll(self, top: int, bottom: int, lines: int, columns: tuple[int, int] | None = None) -> None:
        """Have the terminal move the lines of `top` to `bottom` up by `lines`, or down where it is negative; of them
        only the first to the last of some columns."""
        # Plain first: the lines that come in take the pen's background.
        self._pen("")
        edge, move = (bottom, "\x1bD") if lines > 0 else (top, "\x1bM")
        region, moved = f"\x1b[{top + 1};{bottom + 1}r", move * abs(lines)
        if columns is None:
            self._out.append(f"{region}\x1b[{edge + 1}H{moved}\x1b[r")
        else:
            left, right = columns
            sides = f"{SIDES_ON}\x1b[{left + 1};{right + 1}s"
            self._out.append(f"{sides}{region}\x1b[{edge + 1};{left + 1}H{moved}\x1b[r{SIDES_OFF}")
        # Most terminals put the cursor into the corner now, some leave it.
        self._at = None

    def line(self, y: int, shown: Row, wanted: Row) -> None:
        """Make a line that shows `shown` show `wanted`."""
        tail, places = _places(shown, wanted)
        done = 0
        for place, x in enumerate(places):
            if x < done:
                continue
            self._go(x, y, wanted)
            blanks = _blanks_from(places, place, shown, wanted)
            # From the middle of what is wide there mlterm erases too few cells, and alacritty leaves the other half.
            if blanks >= _SHORTEST_ERASED and not any(each.doubtful for each in wanted[:x]):
                self._pen("")
                self._out.append(f"\x1b[{blanks}X")
                done = x + blanks
            else:
                done = self._run(places, place, wanted, y) or x + self._draw(wanted, x, y)
        if tail is not None:
            self._go(tail, y, wanted)
            self._pen("")
            self._out.append("\x1b[K")

    def put_cursor(self, x: int, y: int) -> None:
        if self._at != (x, y):
            self._out.append(_position(x, y))
            self._at = (x, y)

    def _go(self, x: int, y: int, row: Row) -> None:
        at = self._at
        if at == (x, y):
            return
        shortest = _position(x, y)
        if at is not None and at[1] == y and at[0] < x:
            step = x - at[0]
            shortest = min(shortest, "\x1b[C" if step == 1 else f"\x1b[{step}C", key=len)
            if step < len(shortest):
                between = row[at[0] : x]
                # Cells that show already what they should are often shorter than the step over them.
                if all(each.codes == self._codes and len(each.text) == 1 and each.text.isascii() for each in between):
                    shortest = "".join(each.text for each in between)
        self._out.append(shortest)
        self._at = (x, y)

    def _run(self, places: Sequence[int], place: int, row: Row, y: int) -> int:
        """Draw the plain characters side by side from a place on that one pen draws; the column after them, 0 for
        none."""
        start = x = places[place]
        codes, width = row[start].codes, len(row)
        # A wide character has its other half to the right, and the last column is a matter of its own.
        for each in range(place, len(places)):
            if (
                places[each] != x
                or x + 1 >= width
                or not row[x].is_plain
                or row[x].codes != codes
                or not row[x + 1].text
            ):
                break
            # Longer blanks may be erased instead.
            if row[x] is BLANK and x > start:
                break
            x += 1
        if x == start:
            return 0
        self._pen(codes)
        self._out.append("".join([each.text for each in row[start:x]]))
        self._at = (x, y)
        return x

    def _draw(self, row: Row, x: int, y: int) -> int:
        """Draw one character and answer how many cells it takes."""
        drawn = row[x]
        width = 2 if x + 1 < len(row) and not row[x + 1].text else 1
        self._pen(drawn.codes)
        if drawn.doubtful:
            # Where the terminal takes it for narrower nothing old may stay beside it, and the cursor is anywhere.
            # As far as it may reach, since st forgets halves that it covers; blanks, since mlterm erases too few.
            blank = max(width, min(drawn.doubtful, len(row) - x))
            back = "\b" * blank if x + blank < len(row) else _position(x, y)
            self._out.append(f"{' ' * blank}{back}{drawn.text}")
            self._at = None
            before = x - (1 if row[x - 1].text else 2)
            if x + 1 == len(row) and before >= 0 and row[before].is_plain:
                # One that takes it for wide, and has no room, has drawn it a column earlier.
                self._go(before, y, row)
                self._draw(row, before, y)
        else:
            self._out.append(drawn.text or " ")
            # In the last column terminals disagree about where the cursor goes.
            self._at = (x + width, y) if x + width < len(row) else None
        return width

    def _pen(self, codes: str) -> None:
        if codes != self._codes:
            self._out.append(_change_of_pen(self._codes, codes))
            self._codes = codes


def _places(shown: Row, wanted: Row) -> tuple[int | None, Sequence[int]]:
    """Which cells to draw, from left to right; and from which on the rest of the line is erased, where it is."""
    others = compress(range(len(wanted)), map(is_not, shown, wanted))
    places: Sequence[int] = [x for x in others if shown[x] != wanted[x]]
    if not places:
        return None, places
    last = len(wanted)
    while last and wanted[last - 1] is BLANK:
        last -= 1
    tail = None
    if len(wanted) - last >= _SHORTEST_TAIL and places[-1] >= last + _SHORTEST_TAIL - 1:
        inside = [x for x in places if x < last]
        # The blanks behind what is wide in some terminal take its half away, which erasing from its middle may not.
        if len(places) - len(inside) >= _SHORTEST_TAIL and not any(each.doubtful for each in wanted[:last]):
            tail, places = max(last, places[len(inside)]), inside
    if not all(shown[x].is_plain and wanted[x].is_plain for x in places):
        places = _whole_characters(places, shown, wanted, len(wanted) if tail is None else tail)
    return tail, places


def _whole_characters(places: Sequence[int], shown: Row, wanted: Row, end: int) -> Sequence[int]:
    """The same without a half of a wide character; and what a doubtful one may have covered is drawn after it."""
    first = {*places, *(x - 1 for x in places if x and not wanted[x].text)}
    drawn, covered = [], 0
    for x in range(min(first), end):
        if x in first or x < covered:
            drawn.append(x)
            # One that is drawn anew only because it was covered may cover others.
            covered = max(covered, x + 1 + max(shown[x].doubtful, wanted[x].doubtful))
    return drawn


def _blanks_from(places: Sequence[int], start: int, shown: Row, wanted: Row) -> int:
    """How many of the places from this one on are to be blank cells side by side, where one plain character each is
    shown."""
    count, x = 0, places[start]
    for place in range(start, len(places)):
        # Of wide characters mlterm erases too few.
        if places[place] != x + count or wanted[x + count] is not BLANK or not shown[x + count].is_plain:
            break
        count += 1
    return count


def _position(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


@lru_cache(maxsize=4096)
def simplest(codes: str) -> str:
    """The same codes without those that ask for what is so anyway: the terminal's own ink and paper."""
    parts = _parts(codes)
    return ";".join(
        [*sorted(parts["attributes"]), *(parts["ink"] - {"39"}), *(parts["paper"] - {"49"})],
    )


@lru_cache(maxsize=4096)
def _change_of_pen(old: str, new: str) -> str:
    """The shortest SGR from one set of codes to another."""
    if not new:
        return "\x1b[m"
    # An empty parameter is a zero: all back to plain.
    anew = f"\x1b[;{new}m" if old else f"\x1b[{new}m"
    before, after = _parts(old), _parts(new)
    if not before["attributes"] <= after["attributes"]:
        return anew
    codes = sorted(after["attributes"] - before["attributes"])
    for part, default in (("ink", "39"), ("paper", "49")):
        if before[part] != after[part]:
            codes += after[part] or {default}
    return min(anew, f"\x1b[{';'.join(codes)}m", key=len)


def _parts(codes: str) -> dict[str, set[str]]:
    """Codes of SGR by what they change: attributes, the colour of the ink, that of the paper."""
    parts: dict[str, set[str]] = {"attributes": set(), "ink": set(), "paper": set()}
    rest = codes.split(";") if codes else []
    while rest:
        length = _COLOUR_BY_NUMBER.get(rest[1], 1) if rest[0] in ("38", "48") and len(rest) > 1 else 1
        code, rest = ";".join(rest[:length]), rest[length:]
        if code[:2] in _INKS or (code[0] == "9" and len(code) == 2):
            parts["ink"] = {code}
        elif len(code) > 1 and (code[0] == "4" or len(code) == 3):
            parts["paper"] = {code}
        else:
            parts["attributes"].add(code)
    return parts
