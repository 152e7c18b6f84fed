"""From words to parsed arguments: which command is meant, and the parser of that one command.

The parser of a command is built from its row of tui.words.command_table only when it is asked for, so that a list
starts fast. Common options may stand before or after the command's words.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from engine import __version__
from engine.values.errors import OffplanError
from tui.words.command_parts import COMMON, Command
from tui.words.command_table import COMMANDS, GROUPS

_TAKES_VALUE: Final = frozenset(name for option in COMMON if "action" not in option.options for name in option.names)
_FAMILIES: Final = frozenset(words.split(" ")[0] for words in COMMANDS if " " in words)
"""First words that need a second one."""


class UsageError(OffplanError):
    """The words of a command line make no command; exit code 2."""

    exit_code = 2


class HelpAsked(OffplanError):
    """Help or the version was asked for; the text is the error's."""

    exit_code = 0


class _Formatter(argparse.HelpFormatter):
    """argparse's, with a fixed width: asking for the terminal's imports what a list must not pay for."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


class _Parser(argparse.ArgumentParser):
    """argparse, with its faults raised as one sentence instead of printed with a usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def parse(arguments: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command that is meant and its arguments (with `verb`, its words, among them).

    Raises UsageError for words that make no command, HelpAsked with the text for --help and --version.
    """
    words, rest = split(arguments)
    if rest[:1] == ["--version"] and not words:
        raise HelpAsked(f"offplan {__version__}")
    wants_help = any(flag in _before_end_of_options(rest) for flag in ("-h", "--help"))
    if wants_help and (not words or words in _FAMILIES):
        raise HelpAsked(_overview(words))
    command = COMMANDS.get(words)
    if command is None:
        raise UsageError(_no_such(words))
    if wants_help:
        raise HelpAsked(_parser_of(command).format_help().rstrip())
    parser, rest = _parser_of(command), _with_spans_joined(rest)
    # With many words, options may stand between them: `offplan dismiss D1 --reason "a typo" D2`.
    mixed = any(argument.options.get("nargs") in ("+", "*") for argument in command.arguments)
    parsed = parser.parse_intermixed_args(rest) if mixed else parser.parse_args(rest)
    parsed.verb = words
    _refuse_no_text(command, parsed)
    return command, parsed


def _refuse_no_text(command: Command, parsed: argparse.Namespace) -> None:
    """Raises UsageError for bytes that are no text, but in names of files, which may be anything."""
    for names, _, options in (*command.arguments, *COMMON):
        if str(options.get("metavar", "")).startswith(("FILE", "DIR")):
            continue
        given = getattr(parsed, options.get("dest", names[0].lstrip("-").replace("-", "_")), None)
        for text in given if isinstance(given, list) else [given]:
            if isinstance(text, str) and not text.isascii() and re.search("[\ud800-\udfff]", text):
                raise UsageError(f"{names[0]} {text}: this is no text in UTF-8; see what encoding the terminal has")


def split(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command's words, and everything else in its order."""
    words: list[str] = []
    rest: list[str] = []
    wanted = 1
    skip = False
    for index, argument in enumerate(arguments):
        if skip or argument.startswith("-"):
            skip = not skip and argument in _TAKES_VALUE
            rest.append(argument)
            if argument == "--":
                rest.extend(arguments[index + 1 :])
                break
            continue
        if words and words[0] in COMMANDS and f"{words[0]} {argument}" not in COMMANDS:
            # A list whose name begins other commands as well: what follows is the value of an option of its own.
            rest.extend(arguments[index:])
            break
        words.append(argument)
        if argument in _FAMILIES:
            wanted = 2
        if len(words) == wanted:
            rest.extend(arguments[index + 1 :])
            break
    return " ".join(words), rest


def _with_spans_joined(arguments: Sequence[str]) -> list[str]:
    """`--since -30d` as `--since=-30d`: a span back from now is a value, though it begins like an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and re.match("--.", joined[-1]) and re.fullmatch(r"-\d+(\.\d+)?[mhdw]", argument, re.ASCII):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _before_end_of_options(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _no_such(words: str) -> str:
    if words in _FAMILIES:
        second = ", ".join(name.split(" ")[1] for name in COMMANDS if name.startswith(f"{words} "))
        return f"offplan {words}: say what to do ({second})"
    # Only a slip of the keys pays for these imports.
    import difflib

    if "/" in words and os.path.isdir(words):
        return (
            f"--workspace takes one folder, and `{words}` is a second one: a pattern may fit several; name one of them"
        )

    near = difflib.get_close_matches(words, [name for name in COMMANDS if name], n=1)
    hint = f"did you mean `{near[0]}`? see" if near else "see"
    return f"there is no command `{words}`; {hint} offplan --help"


def _parser_of(command: Command) -> argparse.ArgumentParser:
    """The parser of one command: its own arguments and the common ones."""
    parser = _Parser(
        prog=f"offplan {command.words}".rstrip(),
        description=f"{command.summary[:1].upper()}{command.summary[1:]}.",
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    for argument in command.arguments:
        parser.add_argument(*argument.names, help=argument.help, **argument.options)
    common = parser.add_argument_group("common options")
    for argument in COMMON:
        common.add_argument(*argument.names, help=argument.help, **argument.options)
    return parser


def _overview(family: str = "") -> str:
    """The help of offplan as a whole, or of the commands that share a first word."""
    lines = [f"usage: offplan {family or '[COMMAND]'} ... [common options]".replace("  ", " ")]
    for title, commands in GROUPS:
        shown = [command for command in commands if command.words.startswith(family)]
        if shown:
            lines += ["", f"{title}:"]
            lines += [f"  {command.words or '(alone)':18} {command.summary}" for command in shown]
    lines += ["", "Common options, before or after the command:"]
    lines += [f"  {_flag(argument.names, argument.options):18} {argument.help}" for argument in COMMON]
    lines += ["  --version          print the version", "", "offplan COMMAND --help says more about each."]
    return "\n".join(lines)


def usage(command: Command) -> str:
    """The usage of one command on one line, as the reference prints it; common options are left out."""
    parts = [f"offplan {command.words}".rstrip()]
    for names, _, options in command.arguments:
        text = _flag(names, options)
        many = options.get("nargs") in ("+", "*") and not names[0].startswith("-")
        optional = options.get("nargs") in ("?", "*") or (names[0].startswith("-") and not options.get("required"))
        text += "..." if many else ""
        parts.append(f"[{text}]" if optional else text)
    return " ".join(parts)


def _flag(names: Sequence[str], options: dict[str, Any]) -> str:
    """An argument as it is typed: `--to OWNER`, `ID`."""
    metavar = str(options.get("metavar", ""))
    if not names[0].startswith("-"):
        return metavar
    return f"{names[0]} {metavar}".rstrip()
