"""`offplan tolerance`: the layers as they stand, what a change of them would do, and the change itself.

A change is one more `[[rule]]` at the end of offplan.toml: of rules that ask for the same things the later one speaks.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.detect.tolerance_rules import check
from engine.values.clock import iso
from engine.vocabulary.tolerance import FUNCTION, MATCH_KEYS
from tui.wiring import SETTINGS_FILE, NoWorkspaceError, configured, find_workspace, opened, refuse_readonly, settings_of
from tui.words import printing
from tui.words.arguments import UsageError

if TYPE_CHECKING:
    from engine.judging.preview import Preview, Shift

SHOWN_SHIFTS: Final = 50
_WHOLE: Final = 1e15
"""Under this whole numbers are written without a point."""
_WORDS: Final = {"open": "would open", "clear": "would clear", "raise": "would rise", "lower": "would fall"}


def tolerance(args: Namespace) -> int:
    """List the layers; with values, write a rule and say what it did, or with --preview what it would do."""
    kind, values = (args.words[0], args.words[1:]) if args.words else (None, [])
    if not values:
        if args.asked or args.preview:
            raise UsageError("say which tolerance: offplan tolerance KIND NAME=VALUE, such as late_supply days=2")
        return _list(args, kind)
    folder = find_workspace(args)
    if folder is None and not args.preview:
        raise NoWorkspaceError("there is no workspace that a rule could be written to; `offplan init` makes one")
    parameters = {name: _number(name, text) for name, text in _pairs_once(values).items()}
    rule = _Rule(args.words[0], _pairs_once(args.asked), parameters)
    check(*rule, "tolerance")
    if folder is None or args.preview:
        return _preview(args, folder, rule)
    return _write(args, folder / SETTINGS_FILE, rule)


class _Rule(NamedTuple):
    kind: str
    match: Mapping[str, str]
    parameters: Mapping[str, float]


def _list(args: Namespace, kind: str | None) -> int:
    if kind is not None:
        check(kind, {}, {}, "tolerance")
    with opened(args) as desk:
        listed, now = desk.tolerances(), desk.clock.now()
    kinds = {name: parameters for name, parameters in listed["kinds"].items() if kind in (None, name)}
    rules = [rule for rule in listed["rules"] if kind is None or rule["kind"] in (None, kind)]
    document = {"now": iso(now), "kinds": kinds, "rules": rules}
    rows = [
        (name if place == 0 else "", parameter, _plain(of["value"]), _plain(of["default"]), of["layer"])
        for name, parameters in kinds.items()
        for place, (parameter, of) in enumerate(parameters.items())
    ]
    lines = printing.table(("kind", "parameter", "is", "default", "because of"), rows)
    if rules:
        words = [
            (f"rule {r['number']}", r["kind"] or "every kind", _pairs(r["match"]), _pairs(r["parameters"]))
            for r in rules
        ]
        lines += ["", *printing.table(("rule", "kind", "for", "sets"), words)]
    printing.answer(args, document, *lines)
    return 0


def _preview(args: Namespace, folder: Path | None, rule: _Rule) -> int:
    """What the rule would do beside those of the workspace; where only a file is named, beside those that it has."""
    asked = None if folder is None else settings_of(args).desk_settings()
    wanted = {"kind": rule.kind, "match": rule.match, **rule.parameters}
    with opened(args) as desk:
        found = desk.preview_tolerances(asked, wanted)
        now = desk.clock.now()
    document = {
        "now": iso(now),
        "rule": rule._asdict(),
        "judged": found.judged,
        "counts": found.counts(),
        "items": [_shift_document(shift) for shift in found.shifts],
        "surfaced": found.surfaced,
    }
    printing.answer(args, document, *_preview_lines(found), "nothing was written")
    return 0


def _write(args: Namespace, path: Path, rule: _Rule) -> int:
    from connectors.settings import settings_writer

    refuse_readonly(args, str(path))
    with opened(args, create=True) as desk:
        # What stands in the file already, and what waits, is not this rule's doing.
        configured(args, desk)
        desk.detect()
        settings_writer.append(path, settings_writer.rule(*rule))
        number = len(configured(args, desk).rules)
        judged = desk.detect()
        now = desk.clock.now()
    document = {
        "now": iso(now),
        "rule": {"number": number, **rule._asdict()},
        "written": str(path),
        "opened": judged.opened,
        "raised": judged.raised,
        "cleared": judged.cleared,
    }
    did = f"{judged.opened} opened, {judged.raised} raised, {judged.cleared} cleared"
    printing.answer(args, document, f"written to {path} as rule {number}; {did}")
    return 0


def _preview_lines(found: Preview) -> Iterator[str]:
    for kind, counts in found.counts().items():
        told = [f"{count} {_WORDS[change]}" for change, count in counts.items() if count]
        yield f"{kind}: {', '.join(told)}"
    if not found.shifts:
        yield "no deviation would open, clear or change its severity"
        return
    shown = found.shifts[:SHOWN_SHIFTS]
    yield ""
    yield from printing.table(("change", "id", "kind", "subject", "severity"), map(_shift_row, shown))
    if len(found.shifts) > len(shown):
        yield f"and {len(found.shifts) - len(shown)} more; --json has them all"
    if found.surfaced:
        yield ""
        yield f"would stand in the queue, since what they follow from would clear: {', '.join(found.surfaced)}"


def _shift_row(shift: Shift) -> tuple[str, ...]:
    severity = " → ".join(level for level in (shift.was, shift.now) if level is not None)
    return shift.change, shift.id or "–", shift.kind, f"{shift.subject_type} {shift.subject_id}", severity


def _shift_document(shift: Shift) -> dict[str, Any]:
    return {
        "change": shift.change,
        "id": shift.id,
        "kind": shift.kind,
        "subject": {"type": shift.subject_type, "id": shift.subject_id},
        "was": shift.was,
        "now": shift.now,
    }


def _pairs_once(texts: Iterable[str]) -> dict[str, str]:
    """Names with their values; raises UsageError for a name that is given twice, of which one would be lost."""
    found: dict[str, str] = {}
    for name, value in map(_pair, texts):
        if name in found:
            raise UsageError(f"{name} is given twice: {found[name]} and {value}; write one rule for each")
        found[name] = value
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UsageError(f"{text!r} is no NAME=VALUE; write one such as days=2, or --for party=ACME")
    return name, value


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        mend = (
            f"say whose it is with --for {name}={text}"
            if name in (FUNCTION, *MATCH_KEYS)
            else f"write one such as {name}=2"
        )
        raise UsageError(f"{name}={text} is no number; {mend}") from None
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _plain(value: float) -> str:
    return f"{value:g}"


def _pairs(values: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{name}={value if isinstance(value, str) else _plain(value)}" for name, value in values.items())
        or "all"
    )
