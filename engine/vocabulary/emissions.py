"""What moving goods costs in CO2e: the table of factors, and kilograms by distance, mass and factor.

    kg = distance in km x mass in t x factor in g per tonne-kilometre / 1000

Well-to-wake throughout (the fuel's making and its burning), never mixed with tank-to-wake figures. Only modes with a
checked factor stand here; a desk adds or replaces modes in `[emissions]` of offplan.toml, with their source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.values.errors import BadInput
from engine.values.text import clean

BASIS: Final = "well-to-wake"
_GLEC: Final = "third-party copy of GLEC v3.2, https://ecofreight.co/data/glec-factors.json"


class Factor(NamedTuple):
    """What one mode emits."""

    grams: float
    """Of CO2e for one tonne over one kilometre."""
    source: str
    basis: str = BASIS


FACTORS: Final[Mapping[str, Factor]] = {
    "sea_container": Factor(8.15, _GLEC),
    "air_belly_long": Factor(608.0, _GLEC),
    "air_belly_short": Factor(830.0, _GLEC),
    "air_freighter_long": Factor(880.0, _GLEC),
    "air_freighter": Factor(789.0, _GLEC),
}
"""Container ship on average; air in the belly of passenger aircraft, long and short haul; freighters, long haul and
fleet average. Facts as published; the table is a claim of its source and no certificate."""

_MEND: Final = 'write it as road = {grams_per_tkm = 62, source = "carrier report 2026"}'


def factors(stated: Mapping[str, Mapping[str, Any]]) -> dict[str, Factor]:
    """The table with what a desk's settings say besides, by mode; these are checked already."""
    own = {mode: Factor(said["grams_per_tkm"], f"setting emissions: {said['source']}") for mode, said in stated.items()}
    return {**FACTORS, **own}


def check(place: str, stated: Any) -> dict[str, Any]:
    """A factor of the settings in its one form. Raises BadInput at `place` with what would be right."""
    if not isinstance(stated, Mapping):
        raise BadInput(place, f"{stated!r:.40} is no factor with its source", _MEND)
    unknown = sorted(set(stated) - {"grams_per_tkm", "source", "basis"}, key=str)
    if unknown:
        raise BadInput(place, f"{unknown[0]!r:.40} is nothing that a factor has", _MEND)
    grams, source = stated.get("grams_per_tkm"), stated.get("source")
    if isinstance(grams, bool) or not isinstance(grams, int | float) or not 0 <= grams < 1e6:
        raise BadInput(place, f"{grams!r:.40} is no number of grams per tonne-kilometre", _MEND)
    if not isinstance(source, str) or not clean(source).strip():
        raise BadInput(place, "it names no source", _MEND)
    if stated.get("basis", BASIS) != BASIS:
        raise BadInput(place, f"its basis is {stated['basis']!r:.40}", f"use {BASIS} factors only; the two do not mix")
    return {"grams_per_tkm": float(grams), "source": clean(source).strip()}


def kilograms(km: float, tonnes: float, factor: Factor) -> float:
    """CO2e of so many tonnes over so many kilometres."""
    return km * tonnes * factor.grams / 1000
