"""Every command of offplan as data: its words, its arguments and the function that carries it out.

The parser (tui.words.arguments), the help, docs/commands.md and the tests derive from this one table. No argument is
parsed and no command is imported here: `handler` names a function of a module in tui.commands, loaded when it is asked
for.
"""

from __future__ import annotations

from typing import Final

from tui.words.command_acts import ACTS
from tui.words.command_parts import COPY, FOR, FORMAT, INPUT, LIST, MAPPING, Command, argument, whole_number

_OPENING: Final = (
    Command("", "opening:desk", "open the desk on the workspace here; without one, offer the demo"),
    Command("demo", "opening:demo", "open a copy of the sample desk with a live scripted feed"),
    Command(
        "init",
        "care:init",
        "make a workspace: offplan.toml, playbooks/, inbox/, with a commented example of each",
        (argument("folder", help="where (here unless said)", metavar="DIR", nargs="?", default="."),),
    ),
)

_FEED: Final = (
    Command(
        "map",
        "mapping:propose",
        "propose a mapping from a file's columns, show a preview, write it to offplan.toml",
        (
            argument("file", help="the file to look at", metavar="FILE"),
            argument("--as", help="signal, reply, or a plan kind; guessed unless said", metavar="KIND", dest="kind"),
            argument("--name", help="the mapping's name (the file's unless said)", metavar="NAME"),
            argument("--dry-run", help="show it, write nothing", action="store_true"),
        ),
    ),
    Command(
        "load",
        "feed:load",
        "load baseline lines; prints version, added, changed, removed",
        (
            argument("files", help="all files of one call are one load", metavar="FILE", nargs="+"),
            argument(
                "--as",
                help="a plan kind, such as purchase_order or item",
                metavar="KIND",
                dest="kind",
                required=True,
            ),
            argument("--scope", help="what this load replaces (the mapping's name, else the kind)", metavar="NAME"),
            argument(
                "--accept-removal",
                help="load it even if a third or more of the plan goes away",
                action="store_true",
            ),
            MAPPING,
        ),
    ),
    Command(
        "ingest",
        "feed:ingest",
        "take signals from files once; prints read, new, duplicate, quarantined, opened, raised, cleared",
        (
            argument("files", help="files of signals", metavar="FILE", nargs="+"),
            argument("--source", help="the source that they come from", metavar="NAME"),
            MAPPING,
        ),
    ),
    Command(
        "watch",
        "feed:watch",
        "run the feeder until stopped",
        (argument("--with-desk", help="stop when standard input closes: how a desk starts it", action="store_true"),),
    ),
    Command(
        "tick",
        "feed:tick",
        "run what time alone makes due (with --now: replay)",
        (argument("--deliver", help="send the hand-offs that are due as well", action="store_true"),),
    ),
)

_LISTS: Final = (
    Command("signals", "lists:page", "signals, newest first", LIST),
    Command(
        "deviations",
        "lists:page",
        "deviations that ask for something, in queue order; hidden ones: --where suppressed=true",
        (
            *LIST,
            argument(
                "--group-by",
                help="their number and exposure for each value of a field, instead of the deviations; may be repeated",
                metavar="FIELD",
                action="append",
                default=[],
            ),
        ),
    ),
    Command("responses", "lists:page", "responses to deviations", LIST),
    Command("actions", "lists:page", "open actions by due time", LIST),
    Command("sources", "lists:page", "sources: health, lag, last error, next poll", LIST),
    Command(
        "handoffs", "lists:page", "messages to owners that ask for something or are of open actions, newest first", LIST
    ),
    Command("channels", "channels:page", "the channels of offplan.toml, and what became of their messages"),
    Command(
        "channels test",
        "channels:test",
        "which channels an action would take, by the routes of offplan.toml; exit 3 where others were expected",
        (
            argument("id", help="an action, such as A7 (none unless said)", metavar="ID", nargs="?"),
            argument(
                "--with",
                help="as if this of it were so: owner, function, severity, site ...; may be repeated",
                metavar="FIELD=VALUE",
                action="append",
                default=[],
                dest="facts",
            ),
            argument("--expect", help="the channels that it should be, with commas", metavar="NAMES", dest="expected"),
        ),
    ),
    Command("silence", "lists:page", "silences that are not over, those that end first on top", LIST),
    Command(
        "quarantine",
        "quarantine:quarantine",
        "records that could not be taken: reason, place and mend",
        (
            *LIST,
            argument(
                "--retry",
                help="try these held records again (all unless named); each that is still held says why",
                metavar="ID",
                nargs="*",
                default=None,
            ),
            MAPPING,
        ),
    ),
    Command(
        "show",
        "show:show",
        "any object with its history: D12, A7, R3, S99, Q4, L2, H5, a source, or `purchase_order 4711/10`",
        (
            argument("ids", help="one id; a plan line may be two words", metavar="ID", nargs="+"),
            argument("--explain", help="every term behind a deviation, with its source", action="store_true"),
        ),
    ),
    Command(
        "explain",
        "show:explain",
        "why a deviation is one and stands where it does: every term with its source, and the layer of each tolerance",
        (argument("id", help="a deviation, such as D12", metavar="ID"),),
    ),
)

_PLAYBOOK_NAME = argument("playbook", help="a playbook's id", metavar="NAME")

_PLAYBOOKS: Final = (
    Command("playbook list", "playbook:list_all", "the playbooks at hand"),
    Command("playbook show", "playbook:show", "one playbook: when it applies, its roles and steps", (_PLAYBOOK_NAME,)),
    Command(
        "playbook lint",
        "playbook_files:lint",
        "find faults in playbooks, with line and column; exit 3 when there are any",
        (
            argument(
                "paths", help="files, folders or ids (the workspace's and the library)", metavar="FILE|ID", nargs="*"
            ),
            argument(
                "--level",
                help="only these: syntax, semantics, expressions or operations",
                metavar="LEVEL",
                choices=("syntax", "semantics", "expressions", "operations"),
            ),
        ),
    ),
    Command(
        "playbook test",
        "playbook_files:test",
        "run the tests inside playbooks, each at its own time; exit 3 when something else comes out",
        (
            argument(
                "playbooks",
                help="files, folders or ids (the workspace's and the library)",
                metavar="FILE|ID",
                nargs="*",
            ),
        ),
    ),
    Command("playbook schema", "playbook_files:schema", "the JSON Schema of a playbook file, for editors"),
    Command(
        "playbook dry-run",
        "playbook:dry_run",
        "the response that a deviation would get: owners, dates and why; writes nothing",
        (
            argument("id", help="a deviation, such as D12", metavar="ID"),
            argument("--playbook", help="this playbook (the best that applies unless said)", metavar="NAME"),
            INPUT,
        ),
    ),
    Command(
        "playbook explain",
        "playbook:explain",
        "which playbooks apply to a deviation, and the clause that decides it",
        (argument("id", help="a deviation, such as D12", metavar="ID"),),
    ),
)

_REPORTS: Final = (
    Command(
        "report handover",
        "handover:report",
        "what the next shift has to know: what to decide first, what came and ended, who has what, what waits",
        (
            argument(
                "--since",
                help="what happened since then: ISO 8601, or back from now as -8h (-12h unless said)",
                metavar="TIME",
                default="-12h",
            ),
            FORMAT,
        ),
    ),
    Command(
        "report metrics",
        "metrics:report",
        "how much was raised and what became of it: noise, load, times, tolerances that would have spared the noise",
        (
            argument(
                "--since",
                help="deviations that opened since then: ISO 8601, or back from now as -7d (-30d unless said)",
                metavar="TIME",
                default="-30d",
            ),
            FORMAT,
        ),
    ),
    Command(
        "report review",
        "review:report",
        "what happened to a deviation: who did what, what was known, how long it took, what it cost, what stayed open",
        (argument("id", help="a deviation, such as D12", metavar="ID"), FORMAT),
    ),
    Command(
        "report load",
        "workload:report",
        "what every owner has to do by day, where it is more than can be done, and who could take it",
        (
            argument("--days", help="from today on (7 unless said)", metavar="N", type=whole_number, default=7),
            FORMAT,
        ),
    ),
)

_CARE: Final = (
    Command(
        "tolerance",
        "tolerance:tolerance",
        "the layers of tolerance; with NAME=VALUE, write a rule to offplan.toml, or with --preview say what it would do",
        (
            argument("words", help="a deviation kind, and what to set of it", metavar="KIND NAME=VALUE", nargs="*"),
            FOR,
            argument("--preview", help="say what would open, clear, rise or fall; write nothing", action="store_true"),
        ),
    ),
    Command("check", "care:check", "database, journal, settings, playbooks, sources, clock: what is wrong; exit 3"),
    Command("backup", "care:backup", "copy the desk's file, also while it is in use", (COPY,)),
)

GROUPS: Final = (
    ("Opening", _OPENING),
    ("Bringing data in", _FEED),
    ("Lists", _LISTS),
    ("Acting", ACTS),
    ("Playbooks", _PLAYBOOKS),
    ("Reports", _REPORTS),
    ("Care", _CARE),
)
"""Titles and commands in the order of the help."""

COMMANDS: Final = {command.words: command for _, commands in GROUPS for command in commands}
