"""Whatever stands in the data, a line is plain text of exactly its width; nobody else builds what Textual draws."""

from __future__ import annotations

import ast
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.values.clock import DAY
from engine.values.text import clean
from tests.engine.desk_support import NOW, eta, line, take
from tests.tui.conftest import Open, World
from tui.terminal import safe

ROOT = Path(__file__).resolve().parents[3]
NAUGHTY = ROOT.parent / "shared" / "data"
PAYLOADS = (
    "[/b]", "[red]x", "[@click=app.quit]x", "[link=http://x]y", "\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b31m", "a\u202eb", "\x00", "横浜港", "{0.__class__}"
)  # fmt: skip


def harmless(text: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cs") or letter in "\u202e\u2066\u2028" for letter in text)


@given(st.text(max_size=80), st.integers(1, 60), st.sampled_from(["left", "right"]))
def test_fit_gives_exactly_the_cells(text: str, width: int, align: str) -> None:
    shown = safe.fit(text, width, align)
    assert cell_len(shown) == width
    assert harmless(shown)


@given(st.lists(st.tuples(st.text(max_size=30), st.sampled_from(["plain", "bad"])), max_size=5), st.integers(1, 60))
def test_a_strip_is_as_wide_as_its_line(pieces: list[tuple[str, str]], width: int) -> None:
    strip = safe.strip(pieces, width)
    assert sum(cell_len(segment.text) for segment in strip) == width
    assert all(harmless(segment.text) for segment in strip)


@given(st.lists(st.from_regex(r"[a-z0-9.,]{1,12}", fullmatch=True), max_size=10), st.integers(1, 40))
def test_words_are_left_out_whole(words: list[str], width: int) -> None:
    shown = safe.cut_words(" ".join(words), width)
    assert cell_len(shown) <= width
    assert set(shown.split()) <= {*words, "…"}


@pytest.mark.parametrize("width", range(2, 24))
def test_a_number_is_never_left_without_its_word(width: int) -> None:
    shown = safe.cut_words("confirmed 300 EA 18 Mar", width)
    assert shown in {"confirmed 300 EA 18 Mar", "confirmed 300 EA …", "confirmed …", "…"}


_DECISION = "Decide by Fri 2026-03-13 00:00 CET between 3 ways for PO 4693/10, or −36.6 % of D42"


@pytest.mark.parametrize("width", range(8, len(_DECISION)))
@pytest.mark.parametrize("shorten", [safe.cut, safe.cut_words, safe.fit])
def test_no_number_date_or_id_of_a_title_is_cut_inside(shorten: Callable[[str, int], str], width: int) -> None:
    shown = shorten(_DECISION, width).rstrip()
    assert shown.endswith("…")
    assert cell_len(shown) <= width
    *_, last = shown.removesuffix("…").split()
    assert not any(letter.isdigit() for letter in last) or last.rstrip(",") in {"2026-03-13", "00:00", "4693/10", "D42"}


@given(st.lists(st.from_regex(r"[a-z0-9/:.-]{1,14}", fullmatch=True), min_size=2, max_size=10), st.integers(1, 60))
def test_what_has_digits_is_shown_whole_or_not_at_all(words: list[str], width: int) -> None:
    """All but a word that stands first, which would leave nothing to read."""
    _, *shown = safe.cut(" ".join(words), width).removesuffix("…").split(" ")
    assert all(word in words for word in shown if any(letter.isdigit() for letter in word))


def test_of_one_word_alone_as_much_is_shown_as_there_is_room_for() -> None:
    assert safe.cut("SKU-4711-0099", 6) == "SKU-4…"
    assert safe.cut("SKU-4711-0099 late", 6) == "SKU-4…"


@given(st.text(max_size=200), st.integers(5, 60))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    assert all(cell_len(each) <= width for each in safe.wrap(text, width))


@given(st.text(max_size=200), st.integers(8, 60))
def test_a_folded_line_fits_and_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = safe.fold(text, width)
    assert all(cell_len(each) <= width for each in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


def test_a_table_keeps_its_columns_where_it_is_folded() -> None:
    assert safe.fold("  D1   16 Mar  €10k  high  late_supply", 26) == ["  D1   16 Mar  €10k  high", "    late_supply"]


@given(st.text(max_size=200), st.integers(5, 60))
def test_lines_that_are_wrapped_whole_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = safe.wrap(text, width, whole=True)
    assert all(cell_len(each) <= width for each in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_payload_is_shown_as_text_at_every_place(world: World, opened: Open, payload: str) -> None:
    """The payload is everywhere where text from outside can be: reference, party, comment, reason, file of the feed."""
    ref = f"PO{payload}"
    world.desk.load([line(ref, due=NOW + DAY, party=payload)], kind="purchase_order", scope="naughty", file=payload)
    take(world.desk, eta(ref, NOW + 40 * DAY), source=f"src{payload}")
    bad = next(
        (
            item["id"]
            for item in world.desk.deviations().items
            if item["subject"]["id"] not in ("first", "second", "third")
        ),
        None,
    )
    if bad is not None:
        world.desk.comment([bad], text=f"said {payload}")
    async with opened((200, 60)) as driven:
        await driven.press("j", "k")
        assert driven.app.is_running
        assert harmless(driven.text.replace("\n", ""))
        if bad is not None:
            driven.desk_screen.open_id(bad)
            await driven.pilot.pause()
            await driven.press("G")
            assert driven.app.is_running
            assert harmless(driven.text.replace("\n", ""))
        if payload.startswith("["):
            assert payload in driven.text
        await driven.press("q", "/")
        await driven.type("zz")
        await driven.finish("escape")
        assert driven.app.is_running


def test_only_one_module_makes_what_textual_draws_from_data() -> None:
    """Segment, Strip, Content and Text are built in tui.terminal.safe alone, and no markup is ever parsed."""
    builders = {
        "Segment",
        "Strip",
        "Content",
        "Text",
        "from_markup",
        "notify",
        "RichLog",
        "Markdown",
        "DataTable",
        "ListView",
        "OptionList",
    }
    found = []
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in builders and path.name != "safe.py":
                    found.append(f"{path.name}:{node.lineno} {name}")
    assert found == []


def test_every_naughty_string_is_drawn_as_text_of_its_width() -> None:
    corpus = NAUGHTY / "naughty_blns" / "blns.json"
    if not corpus.exists():
        pytest.skip("the shared data does not lie beside this checkout")
    for text in json.loads(corpus.read_text(encoding="utf-8")):
        strip = safe.strip([(text, "plain"), (text, "bad")], 40)
        assert sum(cell_len(segment.text) for segment in strip) == 40
        assert harmless(strip.text)
        assert harmless(safe.content(text).plain)
