"""Closed arithmetic: a formula that a person wrote, such as `450 + 3.2 * kg`, over names that are given values.

Numbers, names, `+ - * /`, parentheses, `min` and `max` of several; nothing else can be said, so nothing else can
happen. Formulas are data: read once into a tree, and worked out with the values of the moment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from engine.values.errors import BadInput

LONGEST: Final = 300
"""Characters of a formula."""
_DEEPEST: Final = 30
_TOKEN: Final = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/(),]))")
_BINDS: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2}
_FUNCTIONS: Final = {"min": min, "max": max}


class Formula(NamedTuple):
    """A formula that was read: its text, and the names that it asks for."""

    text: str
    names: frozenset[str]
    tree: _Node

    def value(self, values: Mapping[str, float]) -> float:
        """What it comes to. Raises BadInput where it divides by zero or leaves the numbers."""
        try:
            found = _evaluate(self.tree, values)
        except ZeroDivisionError:
            raise BadInput(
                f"formula {self.text}", "it divides by zero here", "guard the divisor with max(1, ...)"
            ) from None
        if not math.isfinite(found):
            raise BadInput(f"formula {self.text}", "it comes to no number", "make its numbers smaller")
        return found

    def shown(self, values: Mapping[str, str]) -> str:
        """The formula with each name's value, in words, behind it, so that a person can redo it: `450 + 3.2 *
        kg(200)`."""
        return re.sub(
            r"[a-z][a-z0-9_]*",
            lambda name: f"{name[0]}({values[name[0]]})" if name[0] in self.names else name[0],
            self.text,
        )


class _Node(NamedTuple):
    """A number, a name, or what is done to the parts."""

    what: str
    number: float = 0.0
    parts: tuple[_Node, ...] = ()


def parse(text: str, names: Collection[str] | None) -> Formula:
    """A formula over some names, or any. Raises BadInput, whose place is the formula, with the column of the fault."""
    if len(text) > LONGEST:
        raise BadInput("formula", f"it has {len(text)} characters", f"write at most {LONGEST}")
    reader = _Reader(text, names)
    tree = reader.sum(0, 0)
    if reader.token:
        raise reader.fault(f"{reader.token!r} comes where an operator or the end should", "join the parts with + - * /")
    return Formula(text, frozenset(reader.used), tree)


class _Reader:
    """Reads one formula from left to right."""

    def __init__(self, text: str, names: Collection[str] | None) -> None:
        self._text, self._names, self._end = text, names, 0
        self.used: set[str] = set()
        self.token, self._kind, self._column = "", "", 1
        self._next()

    def fault(self, fault: str, mend: str) -> BadInput:
        return BadInput(f"formula, character {self._column}", fault, mend)

    def _next(self) -> str:
        """Go on to the next token; the one that was there is returned."""
        former = self.token
        rest = self._text[self._end :]
        self._column = self._end + len(rest) - len(rest.lstrip()) + 1
        found = _TOKEN.match(self._text, self._end)
        if found is None:
            if rest.strip():
                raise self.fault(
                    f"{rest.strip()[0]!r} is no part of a formula", "use numbers, names, + - * / ( ) min max"
                )
            self.token, self._kind = "", ""
        else:
            self._end, self._kind = found.end(), str(found.lastgroup)
            self.token = found[self._kind]
        return former

    def sum(self, binding: int, depth: int) -> _Node:
        """What stands here up to an operator that binds no tighter than `binding`."""
        left = self._factor(depth)
        while self._kind == "sign" and _BINDS.get(self.token, 0) > binding:
            sign = self._next()
            left = _Node(sign, parts=(left, self.sum(_BINDS[sign], depth)))
        return left

    def _factor(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise self.fault(f"it is nested more than {_DEEPEST} deep", "write it flatter")
        if self._kind == "number":
            return _Node("number", float(self._next()))
        if self.token == "-":
            self._next()
            return _Node("-", parts=(_Node("number"), self._factor(depth + 1)))
        if self.token == "(":
            self._next()
            inner = self.sum(0, depth + 1)
            self._close()
            return inner
        if self._kind == "name":
            return self._named(depth)
        raise self.fault(
            f"{self.token!r} comes where a value should" if self.token else "it ends too early", "add a value"
        )

    def _named(self, depth: int) -> _Node:
        if self.token in _FUNCTIONS:
            function = self._next()
            if self.token != "(":
                raise self.fault(f"{function} stands alone", f"write {function}(..., ...)")
            parts = []
            while self.token in ("(", ","):
                self._next()
                parts.append(self.sum(0, depth + 1))
            self._close()
            return _Node(function, parts=tuple(parts))
        if self._names is not None and self.token not in self._names:
            raise self.fault(f"{self.token} is no name of a formula", f"use one of {', '.join(sorted(self._names))}")
        self.used.add(self.token)
        return _Node(self._next())

    def _close(self) -> None:
        if self.token != ")":
            raise self.fault("a parenthesis is not closed", "add )")
        self._next()


def _evaluate(node: _Node, values: Mapping[str, float]) -> float:
    if node.what == "number":
        return node.number
    if not node.parts:
        return values[node.what]
    parts = [_evaluate(part, values) for part in node.parts]
    if node.what in _FUNCTIONS:
        return _FUNCTIONS[node.what](parts)
    left, right = parts
    if node.what == "+":
        return left + right
    if node.what == "-":
        return left - right
    return left * right if node.what == "*" else left / right
