"""Patterns over text whose cost is bounded: a small part of regular expressions, matched in one pass without going
back.

A pattern has to fit the whole text. It is compiled to the positions of its characters and which may follow which
(Glushkov 1961); matching keeps the set of positions that are reached, so a text of n characters takes at most n times
MAX_POSITIONS steps, whatever the pattern.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

MAX_LENGTH: Final = 200
MAX_POSITIONS: Final = 128
"""Characters of the pattern after its repetitions are written out."""

_MEND: Final = "use literals, . [a-z] [^a-z] \\d \\w \\s ( | ) * + ? {2,5}, and a backslash before other signs"
_DIGITS: Final = frozenset("0123456789")
_WORD: Final = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE: Final = frozenset(" \t\n\r\f\v")
_SETS: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_SIGNS: Final = frozenset("\\.[]{}()*+?|^$-/")


class Letter(NamedTuple):
    """Which characters fit one position: those in `ranges` and `members`, or all others."""

    members: frozenset[str]
    ranges: tuple[tuple[str, str], ...] = ()
    others: bool = False

    def takes(self, character: str) -> bool:
        inside = character in self.members or any(low <= character <= high for low, high in self.ranges)
        return inside is not self.others


_ANY: Final = Letter(frozenset(), (), others=True)


class _Part(NamedTuple):
    """A piece of the pattern: whether it fits nothing at all, and where it may begin and end, as bits."""

    empty: bool
    first: int
    last: int


_Tree = Callable[["_Builder"], _Part]
"""A piece that can be written out as often as its repetition asks."""


@dataclass(slots=True)
class Pattern:
    """A compiled pattern."""

    letters: list[Letter]
    follow: list[int]
    whole: _Part
    _fitting: dict[str, int] = field(default_factory=dict)

    def fits(self, text: str) -> bool:
        """Whether the whole text is one that the pattern describes."""
        if not text:
            return self.whole.empty
        reached = self.whole.first & self._bits(text[0])
        for character in text[1:]:
            if not reached:
                return False
            following = 0
            while reached:
                lowest = reached & -reached
                following |= self.follow[lowest.bit_length() - 1]
                reached ^= lowest
            reached = following & self._bits(character)
        return bool(reached & self.whole.last)

    def _bits(self, character: str) -> int:
        if character not in self._fitting:
            self._fitting[character] = sum(1 << n for n, letter in enumerate(self.letters) if letter.takes(character))
        return self._fitting[character]


@lru_cache(maxsize=4096)
def compiled(text: str) -> Pattern:
    """The pattern of this text. Raises ValueError with a sentence that names the fault and the mend."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the pattern has over {MAX_LENGTH} characters; write a shorter one")
    tree = _Reader(text).whole()
    builder = _Builder()
    return Pattern(builder.letters, builder.follow, tree(builder))


@dataclass(slots=True)
class _Builder:
    """Positions as they are written out, and which may follow each."""

    letters: list[Letter] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)

    def letter(self, letter: Letter) -> _Part:
        if len(self.letters) == MAX_POSITIONS:
            raise ValueError(f"the pattern is too costly: over {MAX_POSITIONS} characters written out; repeat less")
        self.letters.append(letter)
        self.follow.append(0)
        bit = 1 << (len(self.letters) - 1)
        return _Part(False, bit, bit)  # noqa: FBT003 - the names of a tuple's parts

    def join(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        first = left.first | (right.first if left.empty else 0)
        last = right.last | (left.last if right.empty else 0)
        return _Part(left.empty and right.empty, first, last)

    def link(self, ends: int, begins: int) -> None:
        for number in range(len(self.follow)):
            if ends >> number & 1:
                self.follow[number] |= begins


_NOTHING: Final = _Part(empty=True, first=0, last=0)


def _sequence(parts: list[_Tree]) -> _Tree:
    def build(builder: _Builder) -> _Part:
        whole = _NOTHING
        for part in parts:
            whole = builder.join(whole, part(builder))
        return whole

    return build


def _choice(parts: list[_Tree]) -> _Tree:
    def build(builder: _Builder) -> _Part:
        built = [part(builder) for part in parts]
        first = last = 0
        for each in built:
            first, last = first | each.first, last | each.last
        return _Part(any(each.empty for each in built), first, last)

    return build


def _repeated(part: _Tree, least: int, most: int | None) -> _Tree:
    """`part` from `least` to `most` times; without `most` as often as it comes."""

    def build(builder: _Builder) -> _Part:
        whole = _NOTHING
        for number in range(max(least, 1) if most is None else most):
            each = part(builder)
            if most is None and number >= least - 1:
                builder.link(each.last, each.first)
            whole = builder.join(whole, each if number < least else each._replace(empty=True))
        return whole

    return build


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> _Tree:
        tree = self._alternatives()
        if self._at < len(self._text):
            raise self._refuse("a ) closes nothing")
        return tree

    def _alternatives(self) -> _Tree:
        parts = [self._run()]
        while self._taken("|"):
            parts.append(self._run())
        return parts[0] if len(parts) == 1 else _choice(parts)

    def _run(self) -> _Tree:
        parts: list[_Tree] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._times(self._atom()))
        if not parts:
            raise self._refuse("an alternative is empty")
        return _sequence(parts)

    def _times(self, part: _Tree) -> _Tree:
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self._taken(sign):
                return self._once_only(_repeated(part, least, most))
        if self._taken("{"):
            inside, closed, _ = self._text[self._at :].partition("}")
            low, comma, high = inside.partition(",")
            if not closed or not low.isdecimal() or not (high.isdecimal() or high == "") or len(inside) > 7:
                raise self._refuse("a { is no repetition such as {2} or {2,5}")
            least, most = int(low), int(high) if high else None if comma else int(low)
            if most is not None and most < max(least, 1):
                raise self._refuse(f"{{{inside}}} repeats nothing")
            self._at += len(inside) + 1
            return self._once_only(_repeated(part, least, most))
        return part

    def _once_only(self, part: _Tree) -> _Tree:
        if self._at < len(self._text) and self._text[self._at] in "*+?{":
            raise self._refuse("a repetition is repeated")
        return part

    def _atom(self) -> _Tree:
        if self._taken("("):
            if self._taken("?"):
                raise self._refuse("(? begins nothing here")
            inside = self._alternatives()
            if not self._taken(")"):
                raise self._refuse("a ( is not closed")
            return inside
        if self._taken("["):
            letter = self._set()
        elif self._taken("."):
            letter = _ANY
        elif self._text[self._at] in "^$":
            raise self._refuse(f"{self._text[self._at]} is not needed, since a pattern has to fit the whole text")
        elif self._text[self._at] in "*+?{}]":
            raise self._refuse(f"a {self._text[self._at]} stands after nothing")
        else:
            letter = self._sign()
        return lambda builder: builder.letter(letter)

    def _sign(self) -> Letter:
        """One character, or the set that an escape stands for."""
        character = self._next()
        if character != "\\":
            return Letter(frozenset(character))
        escaped = self._next()
        if escaped.lower() in _SETS:
            return Letter(_SETS[escaped.lower()], (), others=escaped.isupper())
        if escaped not in _SIGNS:
            raise self._refuse(f"\\{escaped} means nothing here")
        return Letter(frozenset(escaped))

    def _set(self) -> Letter:
        others = self._taken("^")
        members: frozenset[str] = frozenset()
        ranges: list[tuple[str, str]] = []
        while not self._taken("]"):
            low = self._sign()
            if low.others:
                raise self._refuse("a set holds an escape for all others")
            if self._text[self._at : self._at + 1] != "-" or self._text[self._at + 1 : self._at + 2] in ("", "]"):
                members |= low.members
                continue
            self._at += 1
            high = self._sign()
            if len(low.members) != 1 or len(high.members) != 1 or high.others or min(low.members) > min(high.members):
                raise self._refuse("a set holds a range that is none")
            ranges.append((min(low.members), min(high.members)))
        if not members and not ranges:
            raise self._refuse("a set is empty")
        return Letter(members, tuple(ranges), others)

    def _taken(self, sign: str) -> bool:
        if self._text[self._at : self._at + 1] != sign:
            return False
        self._at += 1
        return True

    def _next(self) -> str:
        if self._at == len(self._text):
            raise self._refuse("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _refuse(self, fault: str) -> ValueError:
        return ValueError(f"{fault} (at character {self._at + 1} of the pattern); {_MEND}")
