"""Weighing: who wins, who cannot, and the weights at which another one does, each tried on both sides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.options.weighing import CRITERIA, WEIGHTS, Weighed, dominated, flips, robust, winner

values = st.fixed_dictionaries({name: st.integers(0, 20).map(float) for name in CRITERIA})
options = st.lists(values, min_size=1, max_size=5).map(
    lambda found: [Weighed(f"o{place}", each) for place, each in enumerate(found)]
)
weights = st.fixed_dictionaries({name: st.integers(0, 40).map(lambda tenths: tenths / 10) for name in CRITERIA})


def at(options_: list[Weighed], weights_: dict[str, float], criterion: str, weight: float) -> str:
    return winner(options_, {**weights_, criterion: weight}).id


@given(options, weights)
def test_the_winner_holds_up_to_its_flip_weight_and_another_wins_beyond(
    options_: list[Weighed], weights_: dict[str, float]
) -> None:
    best = winner(options_, weights_)
    step = 1e-6
    found = flips(options_, weights_)
    for flip in found:
        side = 1 if flip.at > flip.weight or (flip.at == flip.weight and _steepest(options_, flip, best) < 0) else -1
        beyond, before = flip.at + side * step, flip.at - side * step
        if beyond >= 0:
            assert (
                _score(options_, flip.winner, weights_, flip.criterion, beyond)
                <= min(each.score({**weights_, flip.criterion: beyond}) for each in options_) + 1e-9
            )
            assert at(options_, weights_, flip.criterion, beyond) != best.id
        if abs(flip.at - flip.weight) > step:
            assert (
                _score(options_, best.id, weights_, flip.criterion, before)
                <= min(each.score({**weights_, flip.criterion: before}) for each in options_) + 1e-9
            )
    # Where nothing flips above, nothing does however large the weight becomes; likewise down to none.
    for criterion in CRITERIA:
        above = [flip for flip in found if flip.criterion == criterion and flip.at >= flip.weight]
        below = [flip for flip in found if flip.criterion == criterion and flip.at <= flip.weight]
        if not above:
            assert at(options_, weights_, criterion, 1e6) == best.id or _ties(options_, weights_, criterion, 1e6, best)
        if not below:
            assert _ties(options_, weights_, criterion, 0.0, best)


def _score(options_: list[Weighed], name: str, weights_: dict[str, float], criterion: str, weight: float) -> float:
    return next(each for each in options_ if each.id == name).score({**weights_, criterion: weight})


def _steepest(options_: list[Weighed], flip: object, best: Weighed) -> float:
    name, criterion = flip.winner, flip.criterion  # type: ignore[attr-defined]
    other = next(each for each in options_ if each.id == name)
    return (other.values[criterion] or 0.0) - (best.values[criterion] or 0.0)


def _ties(options_: list[Weighed], weights_: dict[str, float], criterion: str, weight: float, best: Weighed) -> bool:
    scores = [each.score({**weights_, criterion: weight}) for each in options_]
    return best.score({**weights_, criterion: weight}) <= min(scores) + 1e-6


@given(options, weights)
def test_what_is_dominated_scores_better_under_no_weights(options_: list[Weighed], weights_: dict[str, float]) -> None:
    found = dominated(options_)
    by_name = {each.id: each for each in options_}
    for name, better in found.items():
        assert by_name[better].score(weights_) <= by_name[name].score(weights_) + 1e-9
        assert by_name[better].values != by_name[name].values
    for each in options_:
        if each.id not in found:
            assert not any(
                other.values != each.values and all((other.values[c] or 0) <= (each.values[c] or 0) for c in CRITERIA)
                for other in options_
            )


def test_what_is_not_known_dominates_nothing_and_is_dominated_by_nothing() -> None:
    known = Weighed("known", {"cost": 1.0, "service": 1.0, "co2": 0.0, "risk": 0.0})
    unknown = Weighed("unknown", {"cost": 2.0, "service": 2.0, "co2": None, "risk": 0.0})
    assert dominated([known, unknown]) == {}
    also = Weighed("also", {"cost": 1.0, "service": 1.0, "co2": None, "risk": 0.0})
    assert dominated([also, unknown]) == {"unknown": "also"}


def test_a_worked_case() -> None:
    """Air costs 660 and saves 13,000: it stays the better one until a value late counts for 0.0508 of its amount."""
    nothing = Weighed("nothing", {"cost": 0.0, "service": 13_000.0, "co2": 0.0, "risk": 0.0})
    air = Weighed("air", {"cost": 660.0, "service": 0.0, "co2": 0.0, "risk": 0.0})
    found = flips([nothing, air], WEIGHTS)
    assert [(flip.criterion, round(flip.at, 4), flip.winner) for flip in found] == [
        ("cost", 19.697, "nothing"), ("service", 0.0508, "nothing")
    ]  # fmt: skip
    assert robust(found)
    assert not robust(flips([nothing, air._replace(values={**air.values, "cost": 9_000.0})], WEIGHTS))
