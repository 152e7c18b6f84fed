"""Cleaning: what is replaced, what goes, what stays, for every character there is."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.text import CUT, LIMIT, clean, is_clean

NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "naughty_blns"
ANYTHING = st.text(st.characters(codec=None), max_size=200)


def test_every_character_alone() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        cleaned = clean(character)
        category = unicodedata.category(character)
        assert is_clean(character) == (cleaned == character), hex(number)
        if character in "\t\n\r\x0b\x0c":
            assert cleaned == " "
        elif category in ("Cc", "Cs", "Zl", "Zp"):
            assert cleaned == "\ufffd", hex(number)
        elif category in ("Lu", "Ll", "Lo", "Nd", "Po", "Sm", "Sc", "Zs"):
            assert cleaned == character, hex(number)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("a\u202eb\u2066c\u061c", "a\ufffdb\ufffdc\ufffd"),
        ("BOM\ufeff zero\u200bwidth \U000e0041tag", "BOM zerowidth tag"),
        ("नमस्ते\u200dक soft\u00adhyphen", "नमस्ते\u200dक soft\u00adhyphen"),
        ("one\r\ntwo", "one  two"),
        ("half \ud83d emoji", "half \ufffd emoji"),
        ("[/nope] [@click=app.quit]x", "[/nope] [@click=app.quit]x"),
    ],
)
def test_examples(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_long_text_is_cut_with_a_visible_mark() -> None:
    assert clean("x" * (LIMIT + 1)) == "x" * LIMIT + CUT
    assert clean("x" * LIMIT) == "x" * LIMIT


@given(ANYTHING)
def test_cleaning_is_idempotent_and_leaves_text_that_can_be_written(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert is_clean(cleaned)
    assert len(cleaned) <= len(text)
    cleaned.encode()
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in cleaned)


@given(ANYTHING)
def test_the_quick_look_agrees_with_cleaning(text: str) -> None:
    assert is_clean(text) == (clean(text) == text)


def test_the_list_of_naughty_strings() -> None:
    files = sorted(NAUGHTY.glob("*.txt")) if NAUGHTY.is_dir() else []
    if not files:
        pytest.skip("the corpus naughty_blns is not beside this checkout")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 400
    for line in lines:
        assert clean(line).isprintable() or not clean(line).isascii()
