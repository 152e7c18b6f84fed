"""What the codes of public standards say about goods and orders: every code with its meaning and our verdict.

A code is spelled `standard:code`, such as `x12.1650:A9`; upper and lower case are the same. The tables lie beside this
module, one file a family of standards, each row one or several codes of equal verdict. The verdicts, and what a code
stands for in our own words (engine.vocabulary.event_words), are ours; the codes are their owners'.

    epcis.bizstep, epcis.disposition, epcis.sensor   GS1 EPCIS 2.0 and CBV: bizStep, disposition, exception of a
                                                     sensorReport
    dcsa.transport, dcsa.equipment, dcsa.shipment, dcsa.operations, dcsa.iot
                                                     DCSA track and trace 3: event type codes by kind of event
    x12.587, x12.668                                 ANSI X12 855: answer to an order (BAK02), to its line (ACK01)
    x12.1650, x12.1651                               ANSI X12 214: shipment status (AT701), reason (AT702, AT704)
    x12.680                                          ANSI X12 830 and 862: what a schedule commits to (FST02)
    edifact.1225, edifact.1229, edifact.4017         UN/EDIFACT: message function (BGM), line (LIN), schedule (SCC)
    rec24                                            UN/ECE Recommendation 24: transport status (IFTSTA STS)

A code that partners define for themselves (ZZ, Z) is in no table: a mapping translates it with `values`.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, cast

from engine.vocabulary.event_words import VERDICTS, WORDS, VerdictWord

_FILES: Final = ("epcis.csv", "dcsa.csv", "x12.csv", "edifact.csv", "rec24.csv")


class Verdict(NamedTuple):
    """What a code says."""

    standard: str
    code: str
    meaning: str
    verdict: VerdictWord
    kind: str | None
    """The deviation kind that it speaks for; None: none of ours."""
    words: tuple[str, ...]
    """What it stands for in the words of that kind (engine.vocabulary.event_words)."""

    @property
    def spelled(self) -> str:
        """The code with its standard, as a mapping writes it."""
        return f"{self.standard}:{self.code}"


def verdict(code: str) -> Verdict | None:
    """What a code says, spelled `standard:code`; None for one that no table has."""
    return tables().get(code.strip().casefold())


@functools.cache
def tables() -> Mapping[str, Verdict]:
    """Every code of every standard, by its spelling in lower case."""
    found: dict[str, Verdict] = {}
    for file in _FILES:
        with (Path(__file__).parent / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                kind, words, said = row["kind"] or None, tuple(row["words"].split()), row["verdict"]
                assert said in VERDICTS, row
                assert all(word in WORDS[kind or ""] for word in words), row
                for code in row["codes"].split():
                    one = Verdict(row["standard"], code, row["meaning"], cast(VerdictWord, said), kind, words)
                    assert one.spelled.casefold() not in found, one
                    found[one.spelled.casefold()] = one
    return found
