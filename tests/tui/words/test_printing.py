"""Tables, JSON and progress on a plain stream."""

from __future__ import annotations

import io
import json
import sys
from argparse import Namespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.clock import SECOND, FixedClock
from tui.words import printing


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_aligned_by_cells_not_characters() -> None:
    lines = printing.table(("name", "site"), [("日本", "TYO"), ("Ann", "ANR")])

    assert [printing.cells(line[: line.index(site)]) for line, site in zip(lines[1:], ("TYO", "ANR"), strict=True)] == [
        6,
        6,
    ]


def test_accents_and_joined_characters_take_the_cells_in_which_they_are_drawn() -> None:
    rows = [("Jose\u0301", "TYO"), ("\U0001f468\u200d\U0001f469", "LIS"), ("Ann", "ANR")]

    assert printing.table(("name", "site"), rows)[1:] == [
        "Jose\u0301  TYO", "\U0001f468\u200d\U0001f469    LIS", "Ann   ANR",
    ]  # fmt: skip


def test_a_long_cell_ends_in_an_ellipsis_and_the_last_one_is_whole() -> None:
    (_, line) = printing.table(("a", "b"), [("x" * 100, "y" * 100)])

    assert line == "x" * (printing.WIDEST - 1) + "…  " + "y" * 100


@given(st.text(), st.integers(min_value=1, max_value=30))
def test_shortened_fits_and_only_cuts_when_it_must(text: str, width: int) -> None:
    shown = printing.shortened(text, width)

    assert printing.cells(shown) <= width
    assert shown == text or shown.endswith("…")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_a_table_has_one_line_for_each_row_whatever_the_data(rows: list[list[str]]) -> None:
    text = "\n".join(printing.table(("a", "b"), rows))

    assert len(text.split("\n")) == len(rows) + 1
    assert not set("\x1b\x00\r\x9b\u202e") & set(text)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_survives_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)

    printing.document({"name": "Ωmega €"})
    stream.flush()

    assert json.loads(raw.getvalue().decode(encoding)) == {"name": "Ωmega €"}


def test_json_refuses_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        printing.document({"quantity": float("nan")})


class TestProgress:
    def test_it_speaks_at_most_once_a_second_and_clears_its_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        clock = FixedClock(0)
        progress = printing.Progress(Namespace(quiet=False), clock)

        progress.show("10 read")
        clock.set(SECOND)
        progress.show("20 read")
        progress.show("30 read")
        clock.set(3 * SECOND)
        progress.show("9")
        progress.end()

        assert stream.getvalue() == "\r20 read\r9      \r \r"

    @pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
    def test_it_is_silent_without_a_terminal_or_when_asked(
        self, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, quiet: bool
    ) -> None:
        monkeypatch.setattr(sys, "stderr", stream)
        clock = FixedClock(0)
        progress = printing.Progress(Namespace(quiet=quiet), clock)
        clock.set(5 * SECOND)

        progress.show("50 read")
        progress.end()

        assert stream.getvalue() == ""
