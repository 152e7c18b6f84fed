"""The generated half of docs/commands.md: every command with its usage and options, from tui.words.command_table.

`python -m tui.words.command_reference docs/commands.md` writes it below the marker in that file; a test holds the two
equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tui.words.arguments import usage
from tui.words.command_parts import COMMON, Argument, Command
from tui.words.command_table import GROUPS

MARKER = "<!-- From here on generated: python -m tui.words.command_reference docs/commands.md -->"


def markdown() -> str:
    """All commands in the order of the help."""
    parts = []
    for title, commands in GROUPS:
        parts.append(f"## {title}\n")
        parts += [_command(command) for command in commands]
    parts.append("## Common options\n")
    parts.append(_options(COMMON))
    return "\n".join(parts)


def rendered(text: str) -> str:
    """A whole docs/commands.md out of what it was: the part above the marker stays, the rest is made new."""
    above = text.split(MARKER)[0].rstrip()
    return f"{above}\n\n{MARKER}\n\n{markdown()}"


def _command(command: Command) -> str:
    summary = f"{command.summary[:1].upper()}{command.summary[1:]}."
    text = f"### `{usage(command)}`\n\n{summary}\n"
    return f"{text}\n{_options(command.arguments)}" if command.arguments else text


def _options(arguments: tuple[Argument, ...]) -> str:
    lines = []
    for names, meaning, options in arguments:
        metavar = str(options.get("metavar", ""))
        shown = metavar if not names[0].startswith("-") else " ".join((", ".join(names), metavar)).rstrip()
        needed = " Required." if options.get("required") else ""
        lines.append(f"- `{shown}`: {meaning}.{needed}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(rendered(target.read_text(encoding="utf-8")), encoding="utf-8")
