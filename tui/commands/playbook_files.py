"""Playbook files as their authors check them: faults, the tests inside them, and the schema for their editor."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.values.clock import iso
from tui.commands.playbook import library
from tui.wiring import PLAYBOOKS, find_workspace, has_desk, opened, present
from tui.words import printing

if TYPE_CHECKING:
    from playbooks.language.findings import LintFinding
    from playbooks.language.loaded import LoadedPlaybook

FOUND_PROBLEMS: Final = 3


def lint(args: Namespace) -> int:
    """Print the faults of playbooks, or those of one level; exit 3 when there are any."""
    from playbooks.lint.people_checks import people_findings

    playbooks, faults = _checked(args)
    found = [*faults, *people_findings(playbooks, _owners(args))]
    found = [finding for finding in found if args.level in (None, finding.level)]
    items = [
        {
            "level": finding.level,
            "severity": finding.severity,
            "path": finding.path,
            "line": finding.line,
            "column": finding.column,
            "message": finding.message,
            "mend": finding.mend,
            "ask": list(finding.ask),
        }
        for finding in found
    ]
    lines = [f"{each.severity} ({each.level}): {place(each)}: {each.words}" for each in found]
    document = {"now": iso(present(args)), "total": len(items), "items": items}
    printing.answer(args, document, *(lines or ["no faults"]))
    return FOUND_PROBLEMS if found else 0


def _checked(args: Namespace) -> tuple[Sequence[LoadedPlaybook], Sequence[LintFinding]]:
    """The playbooks that are named, or all, and the faults of their files."""
    if args.paths:
        from playbooks.loader import load_paths

        return load_paths([_file(args, name) for name in args.paths])
    whole = library(args)
    return whole.playbooks, whole.findings


def _owners(args: Namespace) -> set[str]:
    """The owners of the desk whose playbooks these are; none where there is no desk as yet."""
    if not has_desk(args):
        return set()
    with opened(args) as desk:
        return {owner["id"] for owner in desk.owners() if owner["functions"]}


def _file(args: Namespace, name: str) -> Path:
    """The file or folder that is meant: a path, the id of a playbook, or the name of a file in the workspace's
    folder of playbooks, with its ending or without."""
    path, folder = Path(name), find_workspace(args)
    if os.path.exists(path):  # Path.exists raises an error for a name that is too long.
        return path
    known = [loaded.path for loaded in library(args).playbooks if loaded.id == name]
    # A file with an error has no id as yet.
    own = [] if folder is None else [folder / PLAYBOOKS / f"{name}{ending}" for ending in ("", ".yaml", ".yml")]
    return next((each for each in (*known, *own) if os.path.exists(each)), path)


def place(finding: LintFinding) -> str:
    """Where a finding is, as editors take it: file, line and column."""
    return f"{finding.path}, line {finding.line}, column {finding.column}"


def test(args: Namespace) -> int:
    """Run the tests inside playbooks; exit 3 when one fails, or when a file has an error and cannot be run."""
    from playbooks.language.loaded import Library
    from playbooks.planning.rehearse import rehearse

    chosen, broken = _chosen(args)
    known = Library(tuple({each.id: each for each in (*library(args).playbooks, *chosen)}.values()), ())
    differences = [difference for loaded in chosen for difference in rehearse(loaded, known)]
    tests = sum(len(loaded.content.tests) for loaded in chosen)
    failed = len({(each.path, each.test) for each in differences})
    untested = [loaded.id for loaded in chosen if not loaded.content.tests]
    document = {
        "now": iso(present(args)),
        "total": len(differences),
        "items": [asdict(each) for each in differences],
        "tests": tests,
        "failed": failed,
        "untested": untested,
        "broken": sorted({finding.path for finding in broken}),
    }
    lines = [str(each) for each in differences]
    lines.append(
        f"{_count(tests, 'test')} of {_count(len(chosen), 'playbook')}: "
        + (f"{failed} failed" if failed else "all as expected")
    )
    lines += [f"without tests: {', '.join(untested)}"] if untested else []
    printing.answer(args, document, *lines)
    for finding in broken:
        printing.note(args, f"not run: {place(finding)}: {finding.words}")
    return FOUND_PROBLEMS if differences or broken else 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def schema(args: Namespace) -> int:
    """Print the JSON Schema of a playbook file; the same with --json, on one line."""
    import json

    from playbooks.language.json_schema import json_schema

    described = json_schema()
    printing.answer(args, described, *json.dumps(described, indent=2, ensure_ascii=True).splitlines())
    return 0


def _chosen(args: Namespace) -> tuple[list[LoadedPlaybook], list[LintFinding]]:
    """The playbooks that the words name, and the errors that keep files out of use."""
    from playbooks.loader import load_paths

    if not args.playbooks:
        whole = library(args)
        return list(whole.playbooks), [each for each in whole.findings if each.severity == "error"]
    files = {name: path for name in args.playbooks if os.path.exists(path := _file(args, name)) or path.suffix}
    chosen, findings = load_paths(files.values())
    names = [name for name in args.playbooks if name not in files]
    if names:
        known = library(args)
        chosen += [known.get(name) for name in names]
    return chosen, [each for each in findings if each.severity == "error"]
