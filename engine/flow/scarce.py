"""What is scarce: demands for parts of it, and when it arrives. Values that every way of sharing it out takes."""

from __future__ import annotations

from typing import NamedTuple


class Want(NamedTuple):
    """A demand for part of what is scarce."""

    id: str
    quantity: float
    """Positive."""
    value: float
    """Of serving all of it in time, in minor units; not negative."""
    due: int
    """Until when what serves it has to be there; in the unit of `Arriving.at`."""


class Arriving(NamedTuple):
    """Supply that is there from an instant on."""

    quantity: float
    at: int
