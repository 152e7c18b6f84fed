"""What a terminal sends that is no key never becomes one, in whatever pieces it comes; what is typed stays as it is."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.sieve import MOST_PASTED, PASTE_BEGINS, PASTE_ENDS, Sieve

KNOWN: Final = ("\x1b[A", "\x1b[1;5C", "\x1b[97;5u", "\x1b[1;1R", "\x1b[I")
NO_KEYS: Final = (
    "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b]52;c;UE9XTkVE\x07",
    "\x1bP>|XTerm(379)\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[?62;22c",
    "\x1b[>1;10;0c",
    "\x1b[99999999u",
    "\x1b[97;1:3u",
    "\x1b[?1;2",
)
"""Answers to programs before this one, a key that was released, a sequence that stops in its middle."""
PIECES: Final = (*KNOWN, *NO_KEYS, "a", ":", "é", "\r", "\x1b", PASTE_BEGINS, PASTE_ENDS, "]", "[", "0", "\x07", "\\")


def sieve() -> Sieve:
    return Sieve(KNOWN.__contains__)


def sifted(*pieces: str) -> str:
    """What comes through of pieces that follow each other at once."""
    one = sieve()
    return "".join(one.sift(piece, 1.0) for piece in pieces)


@pytest.mark.parametrize("answer", NO_KEYS)
def test_what_is_no_key_is_no_text_either(answer: str) -> None:
    one = sieve()
    assert one.sift(f"a{answer}", 1.0) == "a"
    assert one.given_up(2.0) == ""
    assert one.sift("b", 2.0) == "b"


@pytest.mark.parametrize("typed", ["hello é 日本", "\x1b", "\x1bOA", "\x1b\x1b[A", "\x1bx", *KNOWN])
def test_what_is_typed_comes_through(typed: str) -> None:
    assert sifted(typed) == typed
    assert sifted(f"a{typed}b") == f"a{typed}b"


@pytest.mark.parametrize("typed", ["\x1b[", "\x1b]", "\x1bP"])
def test_a_key_with_alt_that_looks_like_a_beginning_comes_once_nothing_follows(typed: str) -> None:
    one = sieve()
    assert (one.sift(typed, 1.0), one.given_up(1.2), one.given_up(1.5), one.given_up(1.6)) == ("", "", typed, "")


def test_what_is_told_of_a_key_in_detail_is_left_out() -> None:
    assert sifted("\x1b[97:65;5:1u") == "\x1b[97;5u"
    assert sifted("\x1b[1;5:2C") == "\x1b[1;5C"
    assert sifted("\x1b[1;5:3C") == ""


def test_what_is_pasted_begins_no_sequence_and_is_no_longer_than_a_line_holds() -> None:
    pasted = "\x1b[31mred\x1b]0;title\x07"
    assert sifted(PASTE_BEGINS + pasted + PASTE_ENDS + "a") == (
        PASTE_BEGINS + pasted.replace("\x1b", "\ufffd") + PASTE_ENDS + "a"
    )
    long = sifted(PASTE_BEGINS, *["x" * 4096] * 300, PASTE_ENDS, "a")
    assert long == PASTE_BEGINS + "x" * MOST_PASTED + PASTE_ENDS + "a"


def test_an_escape_alone_ends_a_paste_whose_end_is_lost() -> None:
    one = sieve()
    assert one.sift(f"{PASTE_BEGINS}abc", 1.0) == f"{PASTE_BEGINS}abc"
    assert one.sift("jj", 9.0) == "jj", "pasted too: a link may have been slow"
    assert one.sift("\x1b", 9.5) == "", "it may be the beginning of the end"
    assert one.given_up(20.0) == ""
    assert one.sift("\x1b", 20.0) == f"{PASTE_ENDS}\x1b"
    assert one.sift("j", 21.0) == "j"


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.data())
def test_it_is_the_same_in_whatever_pieces_it_comes(parts: list[str], data: st.DataObject) -> None:
    whole = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(whole) - 1)), max_size=8)))
    # An escape is never held back: it may be the key. What follows it at once is then no sequence here.
    cuts = [cut for cut in cuts if not whole[:cut].endswith("\x1b") or _is_in_string_or_paste(whole[:cut])]
    assert sifted(*(whole[begin:end] for begin, end in pairwise([0, *cuts, len(whole)]))) == sifted(whole)


def _is_in_string_or_paste(text: str) -> bool:
    one = sieve()
    one.sift(text[:-1], 1.0)
    return one._in_string or one._in_paste
