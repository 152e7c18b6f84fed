"""What a command is about, in words: one id, or how many with as many of them as there is room for; or all of them; or
their kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

_KINDS: Final = {"quarantine": "held record"}
"""Kinds that a person knows by another word."""


def listed(ids: Sequence[str], count: int, room: int) -> str:
    """`D73 D67 +10`: the first of `count` ids, each whole, in so many cells, then how many more there are.

    `ids` are as many of them as could have room; empty where not even one has.
    """
    fitting, used = "", -1
    for place, id_ in enumerate(ids, 1):
        used += 1 + cell_len(id_)
        if used > room:
            break
        more = f" +{count - place}" if count > place else ""
        if used + len(more) <= room:
            fitting = " ".join(ids[:place]) + more
    return fitting


def named(ids: Sequence[str], room: int) -> str:
    """What a command is about: the one id, or how many with those that `room` cells have room for."""
    if len(ids) == 1:
        return ids[0]
    head = str(len(ids))
    shown = listed(ids, len(ids), room - len(head) - len(" ()"))
    return f"{head} ({shown})" if shown else head


def marked(ids: Sequence[str], count: int, room: int) -> str:
    """`12 marked: D73 D67 +10`: what the next command will touch, of `count` ids those that `room` cells have room
    for."""
    head = f"{count} marked"
    shown = listed(ids, count, room - len(f"{head}: "))
    return f"{head}: {shown}" if shown else head


def lines_of(ids: Sequence[str], room: int) -> list[str]:
    """All ids, each whole, as many in a line as `room` cells have room for."""
    lines: list[str] = []
    used = room
    for id_ in ids:
        used += 1 + cell_len(id_)
        if used > room:
            lines.append(id_)
            used = cell_len(id_)
        else:
            lines[-1] += f" {id_}"
    return lines


def named_kind(kind: str) -> str:
    """What is under the cursor, in a sentence: `an action`; `nothing` where no kind is."""
    name = _KINDS.get(kind, kind)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if name else "nothing"
