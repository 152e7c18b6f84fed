"""Palettes: readable, told apart by every eye they are for, and chosen by settings or the environment."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style

from engine.values.errors import BadInput
from tests.tui.conftest import Open
from tui.app import OffplanApp
from tui.keys import screen_options
from tui.keys.screen_options import ScreenOptions
from tui.screens.pickers import Picker
from tui.terminal import theme
from tui.terminal.palettes import PALETTES, TERMINAL

USED = sorted({style.color.name for style in theme.STYLES.values() if style.color is not None})
MEANINGS = ("red", "yellow", "green", "cyan")
# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear red, green and blue.
SEEN_WITH = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Rgb = tuple[float, ...]


def linear(colour: Rgb) -> Rgb:
    return tuple(
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted(
        (0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in map(linear, (one, other))), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def seen(colour: Rgb, kind: str) -> Rgb:
    return tuple(
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True)))) ** (1 / 2.2) * 255
        for row in SEEN_WITH[kind]
    )


def colour_of(palette: str, name: str) -> Rgb:
    return tuple(Color.parse(name).get_truecolor(PALETTES[palette]))


@pytest.mark.parametrize("palette", [name for name, colours in PALETTES.items() if colours is not None])
def test_every_colour_is_readable_on_its_paper(palette: str) -> None:
    colours = PALETTES[palette]
    assert colours is not None
    least = 7.0 if palette == "high-contrast" else 4.5
    for name in USED:
        assert contrast(colour_of(palette, name), tuple(colours.background_color)) >= least, name
    assert contrast(tuple(colours.foreground_color), tuple(colours.background_color)) >= 7


@pytest.mark.parametrize(
    ("palette", "kind"),
    [("red-green", "protanopia"), ("red-green", "deuteranopia"), ("blue-yellow", "tritanopia")],
)
def test_meanings_are_told_apart_by_the_eyes_a_palette_is_for(palette: str, kind: str) -> None:
    for one, other in itertools.combinations(MEANINGS, 2):
        apart = math.dist(seen(colour_of(palette, one), kind), seen(colour_of(palette, other), kind))
        assert apart >= 60, (one, other, apart)


def test_severities_and_states_are_told_apart_without_any_colour() -> None:
    assert len({shape for shape, _ in theme.SEVERITY.values()}) == len(theme.SEVERITY)
    assert len({(mark, bar) for mark, bar, _ in theme.ACTION_SHAPE.values()}) >= len(theme.ACTION_SHAPE) - 1


def drawn(app: OffplanApp) -> list[Style | None]:
    """The styles of all that is on the screen."""
    return [segment.style for strip in app.screen._compositor.render_strips() for segment in strip]


def papers(app: OffplanApp) -> set[object]:
    """The backgrounds that are drawn: a colour, the terminal's own by name, or none that is named."""
    colours = [None if style is None else style.bgcolor for style in drawn(app)]
    return {None if colour is None else colour.triplet or colour.name for colour in colours}


@pytest.mark.parametrize("palette", PALETTES)
async def test_the_screen_is_drawn_in_its_palette(opened: Open, palette: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with opened(options=ScreenOptions(theme=palette)) as driven:
        colours = PALETTES[palette]
        if colours is None:
            assert papers(driven.app) <= {None, "default"}, "the terminal's own"
        else:
            assert papers(driven.app) == {colours.background_color}, "every cell, also those that name no colour"
            assert None not in {style.color for style in drawn(driven.app) if style is not None}


async def test_colours_change_while_the_desk_is_open(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with opened(options=ScreenOptions(theme="dark")) as driven:
        for name in ("light", "terminal", "high-contrast"):
            await driven.type(f":theme {name}")
            await driven.press("enter")
            colours = PALETTES[name]
            assert papers(driven.app) <= ({None, "default"} if colours is None else {colours.background_color})
        await driven.type(":theme pink")
        await driven.press("enter")
        assert "'pink' is no theme" in driven.status


async def test_colours_are_seen_before_they_are_chosen(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with opened(options=ScreenOptions(theme="dark")) as driven:
        for last, wanted in (("escape", "dark"), ("enter", "light")):
            await driven.type(":theme")
            await driven.press("enter")
            assert isinstance(driven.app.screen, Picker)
            await driven.press(*"light")
            light = PALETTES["light"]
            assert light is not None
            assert papers(driven.app) == {light.background_color}
            await driven.finish(last)
            assert not isinstance(driven.app.screen, Picker)
            colours = PALETTES[wanted]
            assert colours is not None
            assert papers(driven.app) == {colours.background_color}
            assert "theme" in driven.status
        await driven.type(":theme")
        await driven.press("enter", "down")
        assert papers(driven.app) <= {None, "default"}, "the terminal's own"
        await driven.finish("escape")
        assert driven.app.palette == "light"


async def test_without_colours_there_are_none_to_choose(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened() as driven:
        await driven.type(":theme")
        await driven.finish("enter")
        assert "NO_COLOR is set" in driven.status


def test_options_come_from_the_file_and_the_environment_goes_first() -> None:
    table = {"theme": "light", "refreshes_per_second": 5}
    assert screen_options.read(table, "offplan.toml", {}) == ScreenOptions("light", 5.0)
    asked = {"OFFPLAN_THEME": "dark", "OFFPLAN_REFRESHES_PER_SECOND": "1"}
    assert screen_options.read(table, "offplan.toml", asked) == ScreenOptions("dark", 1.0)
    assert screen_options.read({}, "offplan.toml", {}) == ScreenOptions(TERMINAL, 10.0)
    assert screen_options.read({}, "offplan.toml", {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}).refreshes_per_second == 2


@pytest.mark.parametrize(
    ("table", "environment", "place"),
    [
        ({"theme": "pink"}, {}, "offplan.toml, screen.theme"),
        ({}, {"OFFPLAN_THEME": "pink"}, "OFFPLAN_THEME"),
        ({"refreshes_per_second": 0}, {}, "offplan.toml, screen.refreshes_per_second"),
        ({}, {"OFFPLAN_REFRESHES_PER_SECOND": "often"}, "OFFPLAN_REFRESHES_PER_SECOND"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_with_its_place(
    table: dict[str, object], environment: dict[str, str], place: str
) -> None:
    with pytest.raises(BadInput, match=place):
        screen_options.read(table, "offplan.toml", environment)


def test_the_settings_file_may_say_it(tmp_path: Path) -> None:
    from connectors.settings import settings_file

    path = tmp_path / "offplan.toml"
    path.write_text('[screen]\ntheme = "light"\nrefreshes_per_second = 5\n')
    assert settings_file.load(path).screen.theme == "light"
