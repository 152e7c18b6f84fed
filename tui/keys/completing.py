"""What the last word of a typed `:` line can become: commands, ids, options, and what may follow each option."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from engine.vocabulary.model import DISMISSALS
from tui.keys.request import LOCAL, READS, VERBS
from tui.terminal.palettes import PALETTES
from tui.words.command_parts import COMMON, Argument
from tui.words.command_table import COMMANDS

_WITH_ID: Final = ("show", "explain")
"""Words of the `:` line itself that are about an object."""
_SEPARATE: Final = "="
"""What stands between a field and its value."""


class Known(NamedTuple):
    """What a desk and its screen have to offer."""

    ids: Sequence[str]
    owners: Sequence[str]
    playbooks: Callable[[str], Sequence[str]]
    """Those that apply to what an id names; the id is empty where none was typed."""
    following: Callable[[Sequence[str]], Sequence[str]]
    """What may follow words that only this screen takes, such as `view`."""


def completions(line: str, known: Known) -> list[str]:
    """The words that may stand where the last one of `line` is being typed; none where only the person can know."""
    before, _, word = line.rpartition(" ")
    found = _candidates(before.split(), word, known)
    return [candidate for candidate in found if candidate.casefold().startswith(word.casefold())]


def _candidates(earlier: Sequence[str], word: str, known: Known) -> Iterable[str]:
    verb = next((words for words in (" ".join(earlier[:2]), *earlier[:1]) if words in (*VERBS, *READS)), "")
    seconds = [words.split(" ")[1] for words in (*VERBS, *READS) if earlier and words.startswith(f"{earlier[0]} ")]
    if not earlier or earlier == ["help"]:
        return (*VERBS, *LOCAL, *READS)
    if earlier == ["theme"]:
        return PALETTES
    if not verb and not seconds:
        return known.ids if earlier[0] in _WITH_ID else known.following(earlier)
    option = _option(verb, earlier[-1]) if verb else None
    if option is not None and option.options.get("action") != "store_true":
        return _terms(verb, word) if option.names[0] == "--where" else _values(option, earlier, known)
    if word.startswith("-") and verb:
        return (name for argument in COMMANDS[verb].arguments for name in argument.names if name[0] == "-")
    return (*(seconds if len(earlier) == 1 else ()), *(known.ids if _is_about_ids(verb) else ()))


def _option(verb: str, word: str) -> Argument | None:
    """The option that a word is, of a verb or of all."""
    return next((each for each in (*COMMANDS[verb].arguments, *COMMON) if word[:1] == "-" and word in each.names), None)


def _is_about_ids(verb: str) -> bool:
    """Whether words that are no option may be ids."""
    arguments = COMMANDS[verb].arguments if verb else ()
    return any(names[0][0] != "-" and "ID" in str(options.get("metavar", "")) for names, _, options in arguments)


def _values(option: Argument, earlier: Sequence[str], known: Known) -> Iterable[str]:
    """What may follow an option that takes a value."""
    name, metavar = option.names[0], str(option.options.get("metavar", ""))
    if name == "--playbook":
        return known.playbooks(next((typed for typed in earlier[1:] if typed[:1] == "D" and typed[1:].isdecimal()), ""))
    if name == "--group-by":
        # Read only where a line asks for it: the first paint must not pay for it.
        from engine.reading import groups

        return groups.names()
    choices: Iterable[str] = option.options.get("choices", ())
    return {"OWNER": known.owners, "SORT": DISMISSALS, "ID": known.ids}.get(metavar, choices)


def _terms(verb: str, word: str) -> Iterable[str]:
    """The fields that a list can be asked by, and once one of them stands there with `=`, its values if it has few."""
    from engine.reading import fields

    lists = {
        "signals": fields.SIGNALS, "deviations": fields.DEVIATIONS, "responses": fields.RESPONSES,
        "actions": fields.ACTIONS, "sources": fields.SOURCES, "handoffs": fields.HANDOFFS,
        "quarantine": fields.QUARANTINE,
    }  # fmt: skip
    if verb not in lists:
        return ()
    named, separated, _ = word.partition(_SEPARATE)
    if not separated:
        return (name + _SEPARATE for name in lists[verb].fields)
    field = lists[verb].fields.get(named)
    return (f"{named}{_SEPARATE}{choice}" for choice in (field.choices if field is not None else ()))
