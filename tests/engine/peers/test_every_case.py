"""Every numbered case of the reference (PEERS 16) is claimed by a test: by its name, in its docstring, or by a whole
file.

Cases 71 to 75 are of the terminal, whose tests go by what a person sees and name no numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[3] / "tests"
CASES: Final = (*range(1, 71), *range(76, 91))
_IN_NAME: Final = re.compile(r"(?:^test_|_and_)(?:peers_)?(?:case_)?(\d+)[a-k]?(?=_|$)")
_IN_WORDS: Final = re.compile(r"(?:PEERS,?|[Cc]ases?)(?: cases?)? (\d+[a-k]?(?:(?:,| and| to|-) ?\d+[a-k]?)*)")


def numbers(text: str) -> Iterator[int]:
    """The cases that a sentence names, also as a range: `cases 1 to 4, 76 and 81-83`."""
    for listed in _IN_WORDS.findall(" ".join(text.split())):
        for first, last in re.findall(r"(\d+)[a-k]?(?:(?: to |-)(\d+))?", listed):
            yield from range(int(first), int(last or first) + 1)


def claimed() -> dict[int, list[str]]:
    """By case, the tests that say that they are of it; a file stands for its tests where none of them names a case
    itself."""
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if path.name == Path(__file__).name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_tests = [
            (number, f"{path.name}::{node.name}")
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            for number in (*map(int, _IN_NAME.findall(node.name)), *numbers(ast.get_docstring(node) or ""))
        ]
        of_file = [(number, path.name) for number in numbers(ast.get_docstring(tree) or "")]
        for number, name in of_tests or of_file:
            found.setdefault(number, []).append(name)
    return found


def test_every_case_has_a_test() -> None:
    found = claimed()
    assert [case for case in CASES if case not in found] == []


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("cases 1 to 4, 27a to 27h, 76 and 81 to 83 (PEERS 16)", {1, 2, 3, 4, 27, 76, 81, 82, 83, 16}),
        ("taken back (PEERS 51, 84-86)", {51, 84, 85, 86}),
        ("PEERS, case 45: hidden at 99", {45}),
        ("at the end of a line (PEERS\n89)", {89}),
        ("in 3 cases out of 4", set()),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, cases: set[int]) -> None:
    assert set(numbers(text)) == cases
