"""The errors that the engine raises, each with the sentence that a person reads.

Every refusal names the place, the fault and the mend. A front end prints `str(error)` and stops with `exit_code`;
no other exception is meant to reach a person.

    OffplanError          the base: one sentence, exit code 1
      Refused             a command cannot be carried out in this state, or names what is not there
        StaleVersion      the row changed since the person saw it; says who changed what
      NotFound            an id that nothing has
      BadInput            a file, mapping, playbook, filter or setting that cannot be used: place, fault, mend
      StoreUnusable       the database is not ours, newer, locked, read-only, damaged, or the disk is full
"""

from __future__ import annotations


class OffplanError(Exception):
    """Anything that offplan tells a person instead of doing what was asked."""

    exit_code = 1


class Refused(OffplanError):
    """A command that the present state does not allow."""


class StaleVersion(Refused):
    """The command named a version of a row that is no longer the current one."""


class NotFound(OffplanError):
    """No object has this id."""


class StoreUnusable(OffplanError):
    """The database file cannot be worked with."""


class BadInput(OffplanError):
    """Something given from outside cannot be used.

    `place` is where it was found (file, line, column, field), `fault` what is wrong, `mend` what would be right.
    """

    def __init__(self, place: str, fault: str, mend: str) -> None:
        super().__init__(f"{place}: {fault}; {mend}" if mend else f"{place}: {fault}")
        self.place = place
        self.fault = fault
        self.mend = mend
