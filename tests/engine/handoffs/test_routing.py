"""Which channels an action goes to: PEERS case 33, and what a field without a value fits."""

from __future__ import annotations

import pytest

from engine.handoffs.routing import Channel, Route, chosen

CHANNELS = [Channel(name, "folder", once=False) for name in ("c1", "c2", "c3")]
CASE_33 = [
    Route({"severity": ["high"]}, ["c1"], go_on=True),
    Route({"site": ["X"]}, ["c2"]),
    Route({}, ["c3"]),
]


@pytest.mark.parametrize(
    ("severity", "site", "names"), [("high", "X", ("c1", "c2")), ("low", "X", ("c2",)), ("low", "Y", ("c3",))]
)
def test_peers_case_33(severity: str, site: str, names: tuple[str, ...]) -> None:
    assert chosen({"severity": severity, "site": site}, CHANNELS, CASE_33) == names


def test_without_routes_every_channel_takes_everything() -> None:
    assert chosen({}, CHANNELS, []) == ("c1", "c2", "c3")


def test_no_pattern_fits_what_has_no_value() -> None:
    assert chosen({"party": None}, CHANNELS, [Route({"party": ["*"]}, ["c1"])]) == ()


def test_one_of_several_patterns_is_enough_and_all_fields_have_to_fit() -> None:
    routes = [Route({"owner": ["ana", "b*"], "function": ["procurement"]}, ["c2"])]
    assert chosen({"owner": "bo", "function": "procurement"}, CHANNELS, routes) == ("c2",)
    assert chosen({"owner": "bo", "function": "sales"}, CHANNELS, routes) == ()


def test_a_channel_is_taken_once_however_many_routes_name_it() -> None:
    routes = [Route({}, ["c1", "c2"], go_on=True), Route({}, ["c2", "c3"])]
    assert chosen({}, CHANNELS, routes) == ("c1", "c2", "c3")
