"""What a person is asked in one line of text: the prompt asks it, its line answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """What is asked: the words before the line, what stands in it, and who wants to know of every letter."""

    label: str
    text: str = ""
    changed: Callable[[str], object] | None = None
    accepts: Callable[[str], bool] | None = None
    """Whether `enter` may give this text; who refuses one says why, and the line stays open."""
    complete: Callable[[str], Sequence[str]] | None = None
    """What the last word can become; `tab` takes it."""
    suggest: Callable[[str], None] | None = None
    """Where the possible completions are shown."""
    history: Sequence[str] = field(default_factory=tuple)
    """Earlier lines, oldest first: up and down."""
    says: str = ""
    """What is said below the line as it opens; nothing where its own words do not fit before it, which stand there."""
