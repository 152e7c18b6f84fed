"""What a row of the table of keys (tui.keys.key_table) says."""

from __future__ import annotations

from dataclasses import dataclass

from tui.keys.offering import Asked


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a person can do with a key."""

    id: str
    keys: tuple[str, ...]
    title: str
    """For the footer: a word or two."""
    tooltip: str
    """For `?`, the palette and the documentation: one sentence, in which `{open}` is the key of that id."""
    scope: str
    action: str
    kinds: frozenset[str] = frozenset()
    """What must be under the cursor (deviation, action, signal); empty: anything."""
    footer: int = 0
    """Place in the footer, 1 first; 0: not there."""
    writes: bool = False
    """Whether it changes something: refused on a desk that was opened read-only."""
    where: Asked | None = None
    """Asked with the rows that it would act on, an empty one where they are not known: the footer offers it where one
    of them says yes."""
