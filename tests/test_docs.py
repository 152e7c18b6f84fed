"""The documents say what the program does: the reference equals the command table, and the README's commands work."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.values.errors import OffplanError
from tests import architecture
from tui import command_line
from tui.words import command_reference
from tui.words.arguments import parse

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^```(?:sh|console|shell)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_NAMED = re.compile(rf"(?<![\w./-])(?:{'|'.join(architecture.PACKAGES)})(?:[./]\w+)+", re.ASCII)
"""A dotted name or a path that begins with a room."""


def commands_in(path: Path) -> Iterator[list[str]]:
    """The offplan command lines in a document's shell blocks, as words without the program's name."""
    for block in _BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["offplan"]:
                yield words[1:]


def refusal_of(words: list[str]) -> str | None:
    """What is said to a command line that cannot be typed; None where it can."""
    try:
        parse(words)
    except OffplanError as error:
        return str(error)
    return None


def test_the_reference_is_what_the_table_says() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")

    assert text == command_reference.rendered(text)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_a_document_can_be_typed(path: Path) -> None:
    assert [(words, refusal) for words in commands_in(path) if (refusal := refusal_of(words)) is not None] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_index_of_the_documentation_has_every_page() -> None:
    index = ROOT / "docs" / "README.md"

    assert {path.name for path in DOCUMENTS} - {"README.md"} == {
        target
        for target in _LINK.findall(index.read_text(encoding="utf-8"))
        if target.endswith(".md") and "/" not in target
    }


def test_the_readme_has_commands() -> None:
    """So that the tests above have something to look at."""
    assert len(list(commands_in(ROOT / "README.md"))) > 8


def test_the_ten_minutes_of_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Ten minutes")[1].split("\n## ")[0]
    now = re.search(r"export OFFPLAN_NOW=(\S+)", section)
    assert now is not None
    monkeypatch.setenv("OFFPLAN_NOW", now[1])
    monkeypatch.setenv("OFFPLAN_ACTOR", "ana")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(ROOT / "docs" / "first_steps", tmp_path / "first_steps")
    monkeypatch.chdir(tmp_path / "first_steps")
    printed = {}
    for block in _BLOCK.findall(section):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["cd"]:
                monkeypatch.chdir(words[1])
            elif words[:1] == ["offplan"]:
                assert command_line.main(words[1:]) == 0, line
                printed[" ".join(words[1:])] = capsys.readouterr().out

    assert {"late_supply", "short_supply"} <= set(printed["deviations"].split())
    assert "tolerance short_supply" in printed["show D1 --explain"]
    assert {"ana", "bo"} <= set(printed["actions"].split())
    assert "2 open" in printed[""]


def test_the_architecture_is_what_the_docstrings_say() -> None:
    text = architecture.PAGE.read_text(encoding="utf-8")

    assert text == architecture.rendered(text), "write it anew: python -m tests.architecture"


@pytest.mark.parametrize("package", architecture.PACKAGES)
def test_every_room_and_module_says_what_belongs_in_it(package: str) -> None:
    silent = [path for path in (ROOT / package).rglob("*.py") if not path.read_text(encoding="utf-8").startswith('"""')]

    assert silent == []


def told_in(path: Path) -> str:
    """What a file says to people: a document all of it, a module its docstrings and comments."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(
        token.string for token in tokens if token.type == tokenize.COMMENT or token.string.startswith(('"""', 'r"""'))
    )


def leads_somewhere(name: str) -> bool:
    """Whether a name is a room, a module or a file, or what follows its module is a word of that module."""
    at, parts = ROOT, re.split(r"[./]", name.removesuffix(".py"))
    while parts and (at / parts[0]).is_dir():
        at /= parts.pop(0)
    if not parts or (ROOT / name).exists():
        return True
    module, rest = at / f"{parts[0]}.py", parts[1:]
    if not module.is_file():
        module, rest = at / "__init__.py", parts
    return module.is_file() and re.search(rf"\b{''.join(rest[:1])}\b", module.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("folder", [*architecture.PACKAGES, "docs"])
def test_every_module_that_is_named_in_words_is_there(folder: str) -> None:
    """So that a docstring or a page does not send its reader to where something once lay."""
    paths = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md")]
    named = {(path.name, name) for path in paths for name in _NAMED.findall(told_in(path)) if not name.endswith(".md")}

    assert named
    assert [each for each in sorted(named) if not leads_somewhere(each[1])] == []
