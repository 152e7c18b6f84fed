"""Whatever is typed after `offplan`: an exit code of the contract, one sentence or an answer, never a fault of ours;
the file stays in order, and with --readonly everything stays as it is, to the byte."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.fuzzing import tried
from tests.tui.commands.any_support import content, holds, run, workspace
from tests.tui.commands.word_strategies import lines


@tried(150)
@given(typed=st.lists(lines(), min_size=1, max_size=4))
def test_any_words_get_an_answer_and_leave_the_file_in_order(typed: list[list[str]]) -> None:
    with workspace() as folder:
        for line in typed:
            before = content(folder) if "--readonly" in line else None
            answer = run(line)
            note(f"{line!r}: {answer.code} {answer.err.strip()}")
            holds(line, answer)
            if before is not None:
                after = content(folder)
                assert {name: after.get(name) for name in before} == before
                # A copy of a desk that is only looked at is nothing that is written to it.
                assert len(after) == len(before) or "backup" in line
