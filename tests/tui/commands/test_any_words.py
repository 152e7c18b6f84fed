"""Whatever is typed after `offplan`: an exit code of the contract, one sentence or an answer, never a fault of ours;
the file stays in order, and with --readonly everything stays as it is, to the byte."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.fuzzing import tried
from tests.tui.commands.any_support import assert_contract, content, run, workspace
from tests.tui.commands.word_strategies import COMMAND_WORDS, any_lines, lines

each_command = pytest.mark.parametrize("words", COMMAND_WORDS)


def assert_answered(line: Sequence[str]) -> None:
    answer = run(line)
    note(f"{line!r}: {answer.code} {answer.err.strip()}")
    assert_contract(line, answer)


@each_command
@tried(2)
@given(st.data())
def test_any_words_get_an_answer_and_leave_the_file_in_order(words: str, data: st.DataObject) -> None:
    with workspace():
        for line in (data.draw(lines(words)), *data.draw(st.lists(any_lines(), max_size=2))):
            assert_answered(line)


@each_command
@tried(2)
@given(st.data())
def test_any_words_with_readonly_leave_everything_as_it_is(words: str, data: st.DataObject) -> None:
    with workspace() as folder:
        before = content(folder)
        assert_answered(["--readonly", *data.draw(lines(words))])
        after = content(folder)
        assert {name: after.get(name) for name in before} == before
        # A copy of a desk that is only looked at is nothing that is written to it.
        assert len(after) == len(before) or words == "backup"
