"""The tables of docs/architecture.md: every room with what belongs in it, every module with what its docstring says
first.

`python -m tests.architecture` writes them anew; tests/test_docs.py holds that they are what the code says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "architecture.md"
PACKAGES: Final = ("engine", "connectors", "playbooks", "tui")


def rendered(text: str) -> str:
    """The page with its tables made of the code as it stands; the rest of `text` stays."""
    for package in PACKAGES:
        heading = f"## Modules of {package}\n"
        before, _, rest = text.partition(heading)
        _, _, after = rest.partition("\n## ")
        text = f"{before}{heading}\n{''.join(_tables(ROOT / package))}\n## {after}"
    return text


def _tables(package: Path) -> Iterator[str]:
    rooms = [package, *sorted(path.parent for path in package.rglob("__init__.py") if path.parent != package)]
    for room in rooms:
        modules = sorted(path for path in room.glob("*.py") if path.name != "__init__.py")
        if room != package:
            yield f"\n### `{room.relative_to(ROOT).as_posix()}`\n\n{_paragraph(room / '__init__.py')}\n"
        if modules:
            yield (
                "\n| module | subject |\n| --- | --- |\n"
                if room != package
                else "| module | subject |\n| --- | --- |\n"
            )
        for module in modules:
            yield f"| `{module.stem}` | {_sentence(_paragraph(module))} |\n"


def _paragraph(path: Path) -> str:
    """The first paragraph of a module's docstring, on one line."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split())


def _sentence(paragraph: str) -> str:
    first = re.split(r"(?<=[^.])\.(?: |$)", paragraph, maxsplit=1)[0]
    return first.rstrip(":").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
