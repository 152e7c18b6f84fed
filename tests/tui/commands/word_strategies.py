"""Command lines of every kind: what the command table asks for, filled with what fits and with what does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

from tui.words.command_parts import COMMON, Argument
from tui.words.command_table import COMMANDS

COMMAND_WORDS: Final = sorted(set(COMMANDS) - {"watch"})
"""All but the one that runs until it is stopped."""

# Nothing here leads out of the folder in which the lines are run.
_ODD_WORDS: Final = (
    "", " ", "-", "--", "-1", "0", "=", "a=b=c", "*", "'", '"', "%s", "{0}", "[bold]", "\x1b[2J", "\x07", "\u202e", "é",
    "e\u0301", "\ufeff", "\ud800", "\U0001f9ea", "9" * 40, "1e999", "NaN", "-0.0", "null", "true", "x" * 5000,
    "D1;DROP TABLE deviation", "\n", "\t", "٣", "１２",
)  # fmt: skip
_ODD: Final = st.one_of(st.sampled_from(_ODD_WORDS), st.text(max_size=12)).map(
    lambda text: text.replace("/", "").replace("\0", "").replace("..", ".")
)
_ID: Final = st.one_of(
    st.sampled_from(("D73", "D67", "D50", "A20", "A21", "A24", "A26", "A31", "R5", "L1", "Q1", "H3", "S30", "edi", "mes")),
    st.tuples(st.sampled_from("DARSQLH"), st.integers(0, 80)).map(lambda pair: f"{pair[0]}{pair[1]}"),
    st.sampled_from(("D99999999999999999999", "A-1", "d73", "D073", "D٧", "SKU-77@RTM", "PMP-200@GDN", "purchase_order 4693/10")),
)  # fmt: skip
_TIME: Final = st.sampled_from(
    ("+45m", "+4h", "+2d", "-8h", "-7d", "+0d", "2026-03-10", "2026-03-10T08:00:00Z", "2026-03-10T08:00:00+14:00", "now",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+99999999d", "+1e3h", "1970-01-01", "2026-02-30")
)  # fmt: skip
_FIELDS: Final = (
    "kind",
    "severity",
    "state",
    "owner",
    "item",
    "site",
    "party",
    "exposure",
    "decide_by",
    "suppressed",
    "id",
    "nofield",
)
_VALUES: Final = ("late_supply", "high", "open", "ana", "RTM", "PMP-200", "5", "-1", "true", "*", "2026-03-10", "", "x")
_COMPARED: Final = st.tuples(
    st.sampled_from(_FIELDS), st.sampled_from(("=", "!=", "<", "<=", ">", ">=", "~", "")), st.sampled_from(_VALUES)
).map("".join)
_NAMED: Final = st.sampled_from(
    ("days=3", "days=-1", "days=1e308", "party=ACME", "item=PMP-200", "outcome=ok", "new_date=2026-04-01", "quantity=12", "=", "x=")
)  # fmt: skip
_FILE: Final = st.sampled_from(
    ("orders.csv", "signals.csv", "half.csv", "none.csv", "folder", "offplan.toml", "offplan.db", "playbooks", "copy.db", "example.yaml")
)  # fmt: skip
_FITTING: Final[Mapping[str, st.SearchStrategy[str]]] = {
    "ID": _ID,
    "NUMBER|ID": st.one_of(_ID, st.integers(0, 400).map(str)),
    "NUMBER": st.integers(0, 400).map(str),
    "N": st.sampled_from(("0", "1", "3", "50", "-1", "999999999999", "9" * 13, "x")),
    "ID=VERSION": st.tuples(_ID, st.sampled_from(("=1", "=2", "=7", "=x", "="))).map("".join),
    "OWNER": st.sampled_from(("ana", "jan", "emil", "nobody", "me")),
    "TIME": _TIME,
    "ISO8601": _TIME,
    "TEXT": st.sampled_from(("because", "a sentence of some words", "=1+1", "ünï")),
    "AMOUNT": st.sampled_from(("1250", "1250 EUR", "-5", "1e400", "0.001", "12,5", "EUR", "1250 XXX")),
    "CODE": st.sampled_from(("EUR", "USD", "eur", "XXX")),
    "FIELD=VALUE": _COMPARED,
    "FIELD=PATTERN": _COMPARED,
    "KEY=VALUE": _NAMED,
    "NAME=VALUE": _NAMED,
    "KIND NAME=VALUE": st.one_of(st.sampled_from(("late_supply", "hazard", "stockout", "soup")), _NAMED),
    "FIELD": st.sampled_from(_FIELDS),
    "FILE": _FILE,
    "FILE|ID": st.one_of(_FILE, st.sampled_from(("late-supply", "example"))),
    "DIR": st.sampled_from(("new", ".", "folder", "orders.csv")),
    "NAME": st.sampled_from(("late-supply", "example", "reroute", "nothing", "inbox", "edi", "erp")),
    "NAMES": st.sampled_from(("mail", "mail,folder", ",")),
    "SORT": st.sampled_from(("accepted", "noise", "duplicate", "wrong_data", "soup")),
    "KIND": st.sampled_from(("purchase_order", "item", "signal", "reply", "soup")),
    "LEVEL": st.sampled_from(("syntax", "semantics", "expressions", "operations", "soup")),
    "FORMAT": st.sampled_from(("text", "markdown", "html", "json", "soup")),
}
_COMMON: Final = {argument.names[0]: argument for argument in COMMON}


@st.composite
def lines(draw: st.DrawFn, words: str) -> list[str]:
    """A line of one command: mostly one that could mean something, sometimes with a word too many, too few or another.

    The simplest is the command with what it cannot do without.
    """
    line = words.split()
    for argument in COMMANDS[words].arguments:
        line += _given(draw, argument)
    for name, likely in (
        ("--json", 4),
        ("--readonly", 2),
        ("--quiet", 1),
        ("--now", 2),
        ("--db", 1),
        ("--workspace", 1),
    ):
        if _happens(draw, likely):
            line += _named(draw, _COMMON[name])
    for _ in range(draw(st.sampled_from((0, 0, 0, 0, 1, 2)))):
        at = draw(st.integers(0, len(line)))
        line[at : at + draw(st.integers(0, 1))] = draw(st.lists(st.one_of(_ODD, _ID, _FILE), max_size=1))
    return [word for word in line if word != "watch"]


def any_lines() -> st.SearchStrategy[list[str]]:
    """A line of any command."""
    return st.sampled_from(COMMAND_WORDS).flatmap(lines)


def _happens(draw: st.DrawFn, tenths: int) -> bool:
    """Something that happens in so many of ten cases, and not in the simplest."""
    return draw(st.integers(0, 9)) >= 10 - tenths


def _given(draw: st.DrawFn, argument: Argument) -> list[str]:
    """An argument of a command as words, or none where it may be left out, and now and then where it may not."""
    options = argument.options
    is_option = argument.names[0].startswith("-")
    needed = bool(options.get("required")) or (not is_option and options.get("nargs") not in ("?", "*"))
    if _happens(draw, 1) if needed else not _happens(draw, 4):
        return []
    if is_option:
        return [word for _ in range(draw(st.sampled_from((1, 1, 1, 2)))) for word in _named(draw, argument)]
    many = options.get("nargs") in ("+", "*")
    return [_value(draw, options) for _ in range(draw(st.integers(1, 3)) if many else 1)]


def _named(draw: st.DrawFn, argument: Argument) -> list[str]:
    name = draw(st.sampled_from(argument.names))
    if "action" in argument.options and argument.options["action"] == "store_true":
        return [name]
    values = [_value(draw, argument.options)]
    if argument.options.get("nargs") == "*":
        values = values[: draw(st.integers(0, 1))]
    return [name, *values]


def _value(draw: st.DrawFn, options: Mapping[str, Any]) -> str:
    return draw(_ODD if _happens(draw, 1) else _FITTING[str(options["metavar"])])
