"""What is made of the table of keys (tui.keys.key_table): bindings, the footer, keys as a person reads them,
docs/keys.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from textual.binding import Binding

from tui.keys.key import Key
from tui.keys.key_table import KEYS, SCOPES

_NAMES: Final[Mapping[str, str]] = {"escape": "esc", "pagedown": "page down", "pageup": "page up"}


def bindings(*scopes: str) -> list[Binding]:
    """Textual's bindings of these scopes, one for each Key; ids are those of the table, for a user's key map.

    Keys that share a letter (`x` dismisses a deviation and skips an action) become one binding whose action is told
    apart by what is under the cursor.
    """
    made: dict[tuple[str, ...], Binding] = {}
    for key in KEYS:
        if key.scope in scopes:
            shared = made.get(key.keys)
            action = "act_by_kind('" + ",".join(key.keys) + "')" if shared else key.action
            made[key.keys] = Binding(
                ",".join(key.keys),
                action,
                key.title,
                show=False,
                tooltip=told(key),
                id=shared.id if shared else key.id,
            )
    return list(made.values())


def as_read(name: str) -> str:
    """A key as a person reads it, of one as the table names it: `esc`."""
    return _NAMES.get(name, name)


def named(read: str) -> str:
    """The other way round, however it is written."""
    return next((name for name, short in _NAMES.items() if short == read.lower()), read)


def shown(key: Key) -> str:
    """The keys as a person reads them: `j, down`."""
    return ", ".join(map(as_read, key.keys))


def first(key: Key) -> str:
    """The first of them."""
    return as_read(key.keys[0])


def told(key: Key, table: Sequence[Key] = KEYS) -> str:
    """What a key does, in a sentence; other keys in it are those of the table: `{open}` is enter."""
    if "{" not in key.tooltip:
        # Most name none, and all are told before the first paint.
        return key.tooltip
    return key.tooltip.format_map({other.id: first(other) for other in table})


def fits(key: Key, kind: str | None, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a key has something to do with one of these objects, whose rows are `rows` as far as they are known."""
    return (not key.kinds or kind in key.kinds) and (key.where is None or any(map(key.where, rows or ({},))))


def footer(
    kind: str | None,
    scopes: Iterable[str],
    *,
    rows: Sequence[Mapping[str, Any]] = (),
    readonly: bool = False,
    table: Sequence[Key] = KEYS,
) -> list[Key]:
    """What the footer shows where a key acts on objects of this kind, whose rows are `rows` as far as they are known,
    in order: what can be done with one of them."""
    wanted = [
        key
        for key in table
        if key.footer and key.scope in scopes and fits(key, kind, rows) and not (readonly and key.writes)
    ]
    return sorted(wanted, key=lambda key: key.footer)


def markdown() -> str:
    """docs/keys.md."""
    lines = [
        "# Keys",
        "",
        "Made from the table in `tui/keys/key_table.py`; a test compares. `?` shows the same on the screen.",
        "",
    ]
    for scope, title in SCOPES.items():
        here = [key for key in KEYS if key.scope == scope]
        if here:
            lines += [f"## {title}", "", "| key | id | does |", "| --- | --- | --- |"]
            for key in here:
                on = f" ({' or '.join(sorted(key.kinds))})" if key.kinds else ""
                lines.append(f"| `{shown(key)}` | `{key.id}` | {told(key)}{on} |")
            lines.append("")
    return "\n".join(lines)
