"""What is wrong with times at which playbooks begin is found at its place, with a mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbooks.worlds import WEEKLY, found_once, lint, write

FAULTS = [
    ('time: "10:00"', 'time: "25:00"', "syntax", '"25:00"', "at.time is '25:00'", "08:00"),
    ("Europe/Berlin", "Europe/Belrin", "syntax", "Europe/Belrin", "no time zone", "Europe/Amsterdam"),
    ("[mon]", "[monday]", "syntax", "monday", "'monday'", "mon"),
    ("[mon]", "[]", "syntax", "[]", "at.days", ""),
    ('    at: {days: [mon], time: "10:00", tz: Europe/Berlin}\n', "", "syntax", "on: schedule", "needs at", "days: [mon]"),
    ("on: schedule", "on: recurred", "syntax", "on: recurred", "at has no effect on a trigger on recurred", "on: schedule"),
    ("    match:", "    max: 5\n    match:", "syntax", "on: schedule", "max has no effect where one deviation", "for: each"),
    ("    match:", "    for: every\n    match:", "syntax", "every", "'every'", "each"),
    ("[mon]", "[mon, mon]", "semantics", "mon]", "names mon twice", "take one"),
    ("roles:", "inputs: {days: {type: number}}\nroles:", "operations", "days:", "nobody is there to give the input days", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "level", "shown", "fault", "mend"), FAULTS)
def test_times_that_cannot_be_are_found_at_their_place(
    tmp_path: Path, old: str, new: str, level: str, shown: str, fault: str, mend: str
) -> None:
    assert old in WEEKLY
    path = write(tmp_path, "p.yaml", WEEKLY.replace(old, new, 1))
    found = found_once(path, fault, shown)
    assert (found.level, mend in found.mend) == (level, True)


def test_a_stated_time_hides_no_other_trigger(tmp_path: Path) -> None:
    both = WEEKLY.replace(
        "triggers:\n", "triggers:\n  - on: deviation.opened\n    match: {field: kind, op: eq, value: late_supply}\n"
    )
    assert lint(write(tmp_path, "p.yaml", both)) == []
    twice = WEEKLY.replace("roles:", WEEKLY.split("triggers:\n")[1].split("roles:")[0] + "roles:")
    (found,) = lint(write(tmp_path, "p.yaml", twice))
    assert "triggers[1] never decides" in found.message
