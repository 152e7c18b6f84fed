"""Lint: everything that is wrong with playbook files, as findings with file, line and column.

The checks themselves are in playbooks.language.shape_errors, condition_checks and step_checks; loading runs them all,
so what lint passes is what the desk uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playbooks.language.findings import LintFinding
from playbooks.language.loaded import Library
from playbooks.lint.loader import load_paths

__all__ = ["LintFinding", "lint", "lint_paths"]


def lint(target: Path | Library) -> list[LintFinding]:
    """Findings of a file, a folder of files, or a library that is loaded already. Raises BadInput for a missing
    path."""
    if isinstance(target, Library):
        return list(target.findings)
    return lint_paths([target])


def lint_paths(paths: Iterable[Path]) -> list[LintFinding]:
    """Findings of files and folders together, so that an id used in two of them is found.

    Raises BadInput for a missing path.
    """
    return load_paths(paths)[1]
