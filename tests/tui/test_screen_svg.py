"""What a picture of a screen tells is the whole screen, drawn as a terminal draws it; a small change of the one is a
small change of the other."""

from __future__ import annotations

import re
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as some
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.screen_rows import Look, Rows, Run, rows
from tests.tui.screen_svg import drawn, read

PLAIN = Look("default", "default")
KINDS = ("bold", "dim", "italic", "underline", "strike", "reverse")

colours = some.sampled_from(["default", "red", "color(8)", "color(200)", "#1a2b3c", "#000000"])
styles = some.none() | some.builds(
    lambda ink, paper, kinds: Style.parse(" ".join([*kinds, ink, "on", paper])),
    colours,
    colours,
    some.sets(some.sampled_from(KINDS)),
)
letters = some.sampled_from("  ab<&>\"'\\é─█日🙂\u0301\u200d\ufe0f\u00a0\u202e\x00\x1b\t\n\r\x7f\x85\ud800\ufffe�")
texts = some.text(" ", max_size=3) | some.text(letters, max_size=5) | some.text(max_size=5)
segments = some.builds(Segment, texts, styles)
screens = some.lists(some.lists(segments, max_size=6).map(Strip), max_size=5)


def cells(strip: Strip) -> list[tuple[str, object]]:
    """Each character with how it is drawn, as Rich says it."""
    return [(letter, drawn_as(segment.style or Style())) for segment in strip for letter in segment.text]


def drawn_as(style: Style) -> tuple[object, ...]:
    return colour_of(style.color), colour_of(style.bgcolor), *(bool(getattr(style, kind)) for kind in KINDS)


def colour_of(colour: Color | None) -> object:
    if colour is None or colour.is_default:
        return "default"
    return colour.number if colour.number is not None else colour.get_truecolor().hex


def style_of(look: Look) -> Style:
    """A style as Rich has it, of what a picture says."""
    ink, paper = (re.sub("^(?=[0-9a-f]{6}$)", "#", re.sub(r"^color(\d+)$", r"color(\1)", name)) for name in look[:2])
    return Style.parse(" ".join([*look.kinds, ink, "on", paper]))


@given(screens)
def test_what_a_picture_tells_is_every_character_and_every_style_of_the_screen(screen: list[Strip]) -> None:
    told = read(drawn(rows(screen)))
    assert [[(letter, drawn_as(style_of(run.look))) for run in row for letter in run.text] for row in told] == [
        cells(strip) for strip in screen
    ]


def test_a_colour_has_one_name_however_it_was_asked_for() -> None:
    segments = [
        Segment("a", Style.parse(name))
        for name in ("bright_black", "color(8)", "#0a0b0c", "rgb(10,11,12)", "color(99)")
    ]
    assert [(run.text, run.look.ink) for run in rows([Strip(segments)])[0]] == [
        ("aa", "bright_black"),
        ("aa", "0a0b0c"),
        ("a", "color99"),
    ]


@given(screens)
def test_two_screens_have_one_picture_only_where_they_are_one_screen(screen: list[Strip]) -> None:
    of_one = rows(screen)
    assert read(drawn(of_one)) == of_one
    assert all(len([*same]) == 1 for row in of_one for _, same in groupby(row, lambda run: run.look))


def test_what_xml_has_another_use_for_or_nobody_sees_is_told_by_name_or_number() -> None:
    picture = drawn([[Run('<b>&"\x1b[31m\x07\t\u202e', PLAIN)]])
    assert '&lt;b&gt;&amp;"<tspan class="u1b">�</tspan>[31m<tspan class="u7">�</tspan>&#9;&#8238;</text>' in picture
    assert not {"\x1b", "\x07", "\t", "\u202e"} & {*picture}


def test_letters_and_paper_have_the_colours_of_the_look_changed_over_where_it_is_reversed() -> None:
    row = [
        Run("a", Look("red", "default")),
        Run("b", Look("1a2b3c", "ffffff", ("bold", "italic"))),
        Run("c", Look("1a2b3c", "ffffff", ("dim", "underline", "strike", "reverse"))),
        Run(" " * 9, Look("color200", "default")),
        Run("d", Look("bright_black", "default")),
    ]
    rules = [line for line in drawn([row]).split("\n") if line.startswith("text.")]
    assert rules == sorted(rules)
    assert {*rules} == {
        "text.ink-red-on-default{fill:#cc555a} rect.ink-red-on-default{fill:#292929}",
        "text.ink-1a2b3c-on-ffffff-bold-italic{fill:#1a2b3c;font-weight:bold;font-style:italic}"
        " rect.ink-1a2b3c-on-ffffff-bold-italic{fill:#ffffff}",
        "text.ink-1a2b3c-on-ffffff-dim-underline-strike-reverse"
        "{fill:#ffffff;fill-opacity:0.6;text-decoration:underline line-through}"
        " rect.ink-1a2b3c-on-ffffff-dim-underline-strike-reverse{fill:#1a2b3c}",
        "text.ink-bright_black-on-default{fill:#9a9b99} rect.ink-bright_black-on-default{fill:#292929}",
        "text.ink-color200-on-default{fill:#ff00d7} rect.ink-color200-on-default{fill:#292929}",
    }


def test_texts_begin_in_their_cells_also_after_wide_characters_and_paper_is_as_long_as_they_are() -> None:
    reverse = Look("default", "default", ("reverse",))
    picture = drawn([[Run("a日", PLAIN), Run(" 本 ", reverse), Run("c" * 10, PLAIN)]])
    assert (
        '<g transform="translate(0 19)"><rect class="ink-default-on-default-reverse" x="30" y="-15" width="40" height="19"/>'
        '<text class="ink-default-on-default" x="0" textLength="30">a日</text>'
        '<text class="ink-default-on-default-reverse" x="30" textLength="40"> 本 </text>'
        '<text class="ink-default-on-default" x="70" textLength="100">cccccccccc</text>\n'
    ) in picture
    assert 'viewBox="-10 -6 190 39"' in picture


def lines_of(screen: Rows) -> list[str]:
    return drawn(screen).split("\n")


def changed(one: Rows, other: Rows) -> tuple[set[str], set[str]]:
    before, after = lines_of(one), lines_of(other)
    return {*before} - {*after}, {*after} - {*before}


def test_a_change_of_a_letter_or_of_a_colour_in_use_is_a_change_of_one_line() -> None:
    red = Look("red", "default")
    screen: Rows = [[Run("first", PLAIN)], [Run("second", red)], [Run("third", PLAIN)]]
    assert [*map(len, changed(screen, [screen[0], [Run("secant", red)], screen[2]]))] == [1, 1]
    assert [*map(len, changed(screen, [screen[0], screen[1], [Run("third", red)]]))] == [1, 1]


def test_a_row_that_comes_changes_no_other_but_the_frame() -> None:
    screen: Rows = [[Run(text, PLAIN)] for text in ("first", "second", "third")]
    gone, come = changed(screen, [[Run("new", PLAIN)], *screen])
    assert [line for line in (*gone, *come) if line.startswith("<g")] == [
        line for line in come if ">new</text>" in line
    ]
