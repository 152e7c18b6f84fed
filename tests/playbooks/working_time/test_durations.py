"""Durations: what text means in working minutes, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.working_time.durations import MAX_MINUTES, words, working_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("PT30M", 30), ("PT4H", 240), ("P1D", 480), ("P1W", 2400), ("P1DT1H30M", 570), ("PT0M", 0)],
)
def test_days_are_eight_working_hours(text: str, minutes: int) -> None:
    assert working_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "4H", "240", "P1M", "P1Y", "PT-1H", "PT1.5H", "pt1h", "P999W"])
def test_what_has_no_certain_length_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(ValueError, match="; "):
        working_minutes(text)


@given(st.integers(0, MAX_MINUTES // 60), st.integers(0, 59))
def test_words_say_the_same_number(hours: int, minutes: int) -> None:
    total = min(hours * 60 + minutes, MAX_MINUTES)
    spoken = words(total).replace(" h", "H").replace(" min", "M").replace(" ", "")
    assert working_minutes("PT" + spoken) == total
