"""What lint says: one value per fault, with level, place, fault and mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Level = Literal["syntax", "semantics", "expressions", "operations"]
"""syntax: YAML, keys, types, durations. semantics: steps that do not fit together. expressions: conditions and
templates. operations: roles, owners and deadlines that cannot work out."""
Severity = Literal["error", "warning"]
At = tuple[str | int, ...]
"""Where a value stands in a document: keys of mappings and indices of lists from the top."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One fault in one file; a playbook with an error is not used, one with warnings is."""

    level: Level
    path: str
    """The file."""
    line: int
    column: int
    message: str
    mend: str
    severity: Severity = "error"
    ask: tuple[str, ...] = ()
    """The playbook's owners, where the file names them."""

    @property
    def words(self) -> str:
        """The fault, its mend, and whom to ask."""
        return "; ".join((self.message, self.mend, *((f"ask {' or '.join(self.ask)}",) if self.ask else ())))

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.severity} ({self.level}): {self.words}"


class Fault(NamedTuple):
    """A finding before its place is looked up."""

    level: Level
    at: At
    message: str
    mend: str
    severity: Severity = "error"
    key: bool = False
    """The key itself is the fault, not its value."""


def located(at: At) -> str:
    """A path in the document as authors read it: `steps[2].due`."""
    text = ""
    for part in at:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
