"""The keys in force: those of the table in tui.keys.key_table, moved by `[keys]` of offplan.toml. Footer, `?`, palette
and hints ask here.

A key map that would take a key away from something else, or name one that never arrives, is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

from engine.values.errors import BadInput
from tui.keys import bindings
from tui.keys.key import Key
from tui.keys.key_table import KEYS, PLACES

_STOLEN: Final[Mapping[str, str]] = {
    "ctrl+a": "GNU screen takes it as its prefix",
    "ctrl+b": "tmux takes it as its prefix",
    "ctrl+c": "terminals end programs with it",
    "ctrl+h": "it is the same byte as backspace",
    "ctrl+i": "it is the same byte as tab",
    "ctrl+j": "it is the same byte as a line feed",
    "ctrl+m": "it is the same byte as enter",
    "ctrl+q": "terminals hold their output with it",
    "ctrl+s": "terminals hold their output with it",
    "ctrl+z": "shells stop programs with it",
    "f1": "terminals open their own help with it",
    "f10": "terminals open their menu with it",
    "f11": "terminals change to full screen with it",
}
"""Keys that do not reach a program everywhere, and who takes them."""
_NAMED: Final = frozenset(
    ("enter", "escape", "space", "tab", "shift+tab", "backspace", "up", "down", "left", "right", "home", "end",
     "pageup", "pagedown", "insert", "delete", *(f"f{number}" for number in range(2, 13)))
)  # fmt: skip
_CONTROL: Final = re.compile(r"ctrl\+[a-z]")
_TYPED: Final = frozenset(("line", "choice"))
"""Scopes in which letters are text."""
_EDITS: Final = frozenset(
    ("left", "right", "home", "end", "backspace", "delete", "space",
     *(f"ctrl+{letter}" for letter in ("d", "e", "k", "u", "v", "w", "x")))
)  # fmt: skip
"""Keys with which text is mended."""


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Every key of the table as this person has it."""

    keys: tuple[Key, ...] = KEYS
    moved: Mapping[str, tuple[str, ...]] | None = None
    """By id, the keys that the table gives to what the person has moved."""

    def of(self, id_: str) -> Key:
        """What has this id."""
        return next(key for key in self.keys if key.id == id_)

    def first(self, id_: str) -> str:
        """The first key of what has this id, as a person reads it."""
        return bindings.first(self.of(id_))

    def taught(self, words: str) -> str:
        """What is said after typed words that a key does as well; empty for what has no key."""
        found = any(key.id == words for key in self.keys)
        return f"{self.first(words)} does it too" if found else ""

    def either(self, id_: str) -> str:
        """Up to two keys of what has this id, as a person reads them: `n or esc`."""
        return " or ".join(map(bindings.as_read, self.of(id_).keys[:2]))

    def told(self, key: Key) -> str:
        """What a key does, in a sentence that names other keys as they are in force."""
        return bindings.told(key, self.keys)

    def has(self, id_: str, typed: str) -> bool:
        """Whether a typed key is one of what has this id."""
        return typed in self.of(id_).keys

    def for_letter(self, letters: str, kind: str) -> Key | None:
        """What the table's `letters` mean where an object of this kind is under the cursor."""
        wanted = tuple(letters.split(","))
        return next((key for key in self.keys if key.keys == wanted and kind in key.kinds), None)

    def footer(
        self, kind: str | None, scopes: Iterable[str], *, rows: Sequence[Mapping[str, Any]] = (), readonly: bool = False
    ) -> list[Key]:
        """What the footer shows where a key acts on these rows, in order (tui.keys.bindings.footer)."""
        return bindings.footer(kind, scopes, rows=rows, readonly=readonly, table=self.keys)

    def meant(self, typed: str, kind: str | None, scopes: Collection[str], beneath: Collection[str] = ()) -> Key | None:
        """What was moved to the typed key; None where the table decides. Keys of scopes `beneath` hold where those of
        `scopes` have nothing on it."""
        if not self.moved:
            return None
        if not any(typed in key.keys for key in self.keys if key.scope in scopes):
            scopes = (*scopes, *beneath)
        found = [key for key in self.keys if key.id in self.moved and typed in key.keys and key.scope in scopes]
        fitting = next((key for key in found if not key.kinds or kind in key.kinds), None)
        elsewhere = any(typed in key.keys for key in self.keys if key.id not in self.moved)
        return fitting if fitting is not None or elsewhere or not found else found[0]

    def given_up(self, typed: str, scopes: Collection[str]) -> bool:
        """Whether the typed key has no meaning any more in these scopes: what it did was moved, and nothing else has
        it."""
        here = [key for key in self.keys if key.scope in scopes]
        before = self.moved or {}
        return any(typed in before.get(key.id, ()) for key in here) and not any(typed in key.keys for key in here)


def typed_name(key: str, character: str | None) -> str:
    """A key as this module names it: the character where it prints, else Textual's name."""
    return character if character is not None and character.isprintable() and character != " " else key


def read(table: Mapping[str, Any], place: str) -> KeyMap:
    """The key map of `[keys]` in the file `place`: ids of the table to keys, several with a comma between them.

    Raises BadInput for an id that is not there, a key that is none or is taken elsewhere, and for two that clash.
    """
    ids = [key.id for key in KEYS]
    wanted: dict[str, tuple[str, ...]] = {}
    for id_, text in table.items():
        where = f"{place}, keys.{id_}"
        if id_ not in ids:
            import difflib

            near = difflib.get_close_matches(id_, ids, 1)
            raise BadInput(
                where, "there is no such id", f"did you mean {near[0]!r}?" if near else "docs/keys.md lists the ids"
            )
        wanted[id_] = _keys_of(text, where)
        _require_fit(next(key for key in KEYS if key.id == id_), wanted[id_], where)
    if not wanted:
        # As on most desks; all pairs of keys are some milliseconds of a start.
        return KeyMap()
    table_of = {key.id: key.keys for key in KEYS}
    changed = tuple(replace(key, keys=wanted.get(key.id, key.keys)) for key in KEYS)
    for one, other in combinations(changed, 2):
        both = set(one.keys) & set(other.keys)
        if both and (one.id in wanted or other.id in wanted) and _meet(one, other):
            moved, stays = (one, other) if one.id in wanted else (other, one)
            raise BadInput(
                f"{place}, keys.{moved.id}",
                f"{bindings.as_read(min(both))} is the key of {stays.id} too",
                f"choose another key, or move {stays.id} as well",
            )
    return KeyMap(changed, {id_: table_of[id_] for id_ in wanted})


def _require_fit(key: Key, names: Iterable[str], where: str) -> None:
    """Raises BadInput for a key that is text where letters are, or mends it."""
    if key.scope in _TYPED:
        for name in names:
            if len(name) == 1 or name in _EDITS:
                raise BadInput(where, f"{name} is text there, or mends it", "write a name such as f5, enter or ctrl+o")


def _keys_of(text: Any, where: str) -> tuple[str, ...]:
    if not isinstance(text, str) or not text.strip():
        raise BadInput(where, f"{text!r} is no key", 'write one in quotes, such as "A" or "ctrl+e, f5"')
    # A comma is a key as well.
    parts = [part.strip() for part in text.split(",")] if text.strip() != "," else [","]
    return tuple(_checked(bindings.named(part), where) for part in parts)


def _checked(name: str, where: str) -> str:
    key = name if len(name) == 1 else name.lower()
    if key in _STOLEN:
        raise BadInput(where, f"{key} does not arrive everywhere: {_STOLEN[key]}", "choose a letter")
    if key.startswith(("alt+", "meta+")):
        raise BadInput(where, f"{key} sends the same bytes as esc and the letter", "choose a letter")
    printable = len(key) == 1 and key.isprintable() and key != " "
    if not (printable or key in _NAMED or _CONTROL.fullmatch(key)):
        raise BadInput(where, f"{name!r} is no key", "write a letter, ctrl+ and a letter, or a name such as f5, home")
    return key


def _meet(one: Key, other: Key) -> bool:
    """Whether two things can be wanted in the same place with the same object under the cursor."""
    together = any({one.scope, other.scope} <= place for place in PLACES)
    return together and (not one.kinds or not other.kinds or bool(one.kinds & other.kinds))
