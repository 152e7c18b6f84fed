"""The one fault that reading a cell can have; connectors.mapping.compiled gives it its place and makes a Refusal of
it."""

from __future__ import annotations


class Fault(Exception):
    """A cell that cannot be what its field needs: what is wrong, what would be right, and in which column it stands."""

    def __init__(self, reason: str, mend: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mend = mend
        self.column = column
