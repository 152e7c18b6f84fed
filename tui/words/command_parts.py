"""What commands are made of: a command and its arguments as data, and the arguments that many of them share."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any, Final, NamedTuple


class Argument(NamedTuple):
    """One argument: `names` as argparse takes them, `options` are argparse's own keywords."""

    names: tuple[str, ...]
    help: str
    options: dict[str, Any]


class Command(NamedTuple):
    """One command: `words` is what is typed (`ack`, `playbook lint`; empty: offplan alone)."""

    words: str
    handler: str
    """`module:function` below tui.commands; it takes the parsed arguments and returns the exit code."""
    summary: str
    arguments: tuple[Argument, ...] = ()


def whole_number(text: str) -> int:
    """A number of rows: digits, and no more of them than SQLite can count to."""
    if not text.isdecimal() or len(text) > 12:
        raise ArgumentTypeError(f"{text!r} is no number of rows; write one such as 50")
    return int(text)


def argument(*names: str, help: str, **options: Any) -> Argument:  # noqa: A002 - argparse's own word
    """One argument, written as argparse's own."""
    return Argument(names, help, options)


COMMON: Final = (
    argument("--db", help="the desk's file, instead of the workspace's", metavar="FILE"),
    argument("--workspace", help="the folder that holds offplan.toml, instead of the one here", metavar="DIR"),
    argument("--now", help="live at this moment (also: OFFPLAN_NOW)", metavar="ISO8601"),
    argument("--json", help="print one JSON document on stdout", action="store_true"),
    argument(
        "--readonly",
        help="only look: refuse whatever would write; backup makes its copy all the same",
        action="store_true",
    ),
    argument("--quiet", help="print nothing but errors and JSON", action="store_true"),
)
"""Accepted by every command, before or after its words."""

IDS: Final = argument("ids", help="ids such as D12 or A7", metavar="ID", nargs="+")
EXPECT: Final = argument(
    "--expect",
    help="refuse unless the object still has this version; may be repeated",
    metavar="ID=VERSION",
    action="append",
    default=[],
)
REASON: Final = argument("--reason", help="why; kept in the journal", metavar="TEXT")
REASON_REQUIRED: Final = argument("--reason", help="why; kept in the journal", metavar="TEXT", required=True)
MAPPING: Final = argument("--mapping", help="the mapping of offplan.toml to read them by", metavar="NAME")
LIST: Final = (
    argument(
        "--where",
        help="only what meets FIELD=VALUE; also != < <= > >= and ~ (contains); may be repeated",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
    ),
    argument("--limit", help="print at most N (200 unless said)", metavar="N", type=whole_number),
    argument("--all", help="every state, and no limit unless --limit is given", action="store_true"),
)
UNTIL: Final = argument(
    "--until", help="a time as ISO 8601, or from now: +45m, +4h, +2d", metavar="TIME", required=True
)
FOR: Final = argument(
    "--for",
    help="only for subjects with this party, item, site, item_class, lane, subject or function; may be repeated",
    metavar="KEY=VALUE",
    action="append",
    default=[],
    dest="asked",
)
COPY: Final = argument("file", help="the copy; must not exist", metavar="FILE")
CURRENCY: Final = argument("--currency", help="of the cost (the desk's unless said)", metavar="CODE")
FROM: Final = argument("--from", help="when it begins (now unless said)", metavar="TIME", dest="from_at")
INPUT: Final = argument(
    "--input", help="what the playbook asks for; repeat it", metavar="NAME=VALUE", action="append", dest="inputs"
)
PREVIEW: Final = argument("--preview", help="say what would move and why; keep nothing", action="store_true")
FORMAT: Final = argument(
    "--format",
    help="text (unless said), markdown, html or json",
    choices=("text", "markdown", "html", "json"),
    metavar="FORMAT",
    default="text",
)


def act(verb: str, summary: str, *options: Argument) -> Command:
    """A verb on what ids name."""
    return Command(verb, "acts:act", summary, (IDS, *options, EXPECT))
