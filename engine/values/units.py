"""Units of measure: which words mean the same, what converts into what, and the packs of one item.

Words are those of UN/ECE Recommendation 20 (KGM, LTR, C62) and of everyday use (kg, l, pcs), without regard to case.
Within a dimension quantities convert by exact factors. How many pieces are in a case is no property of the case, so
packs convert only by what their item says (`ItemUnits`), also across dimensions: `KG=2.5` of an item that is counted.
A word that nobody knows is the same as itself only; so is one that trades use in two ways, such as `ton`. Pure.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

_DIMENSIONS: Final[Mapping[str, Mapping[str, tuple[float, str]]]] = {
    "mass": {
        "MGM": (0.001, "mg milligram milligrams"),
        "GRM": (1.0, "g gr gram grams gramm"),
        "KGM": (1000.0, "kg kgs kilo kilos kilogram kilograms kilogramm"),
        "DTN": (100_000.0, "dt decitonne decitonnes"),
        "TNE": (1_000_000.0, "t to tonne tonnes"),
        "ONZ": (28.349523125, "oz ounce ounces"),
        "LBR": (453.59237, "lb lbs pound pounds"),
        "STN": (907_184.74, ""),
        "LTN": (1_016_046.9088, ""),
    },
    "volume": {
        "MLT": (0.001, "ml cmq cm3 ccm millilitre milliliter millilitres milliliters"),
        "CLT": (0.01, "cl"),
        "DLT": (0.1, "dl"),
        "LTR": (1.0, "l litre liter litres liters dmq dm3"),
        "HLT": (100.0, "hl"),
        "MTQ": (1000.0, "m3 m³ cbm"),
        "INQ": (0.016387064, "in3"),
        "FTQ": (28.316846592, "ft3 cft"),
        "YDQ": (764.554857984, "yd3"),
        "GLL": (3.785411784, "gal gallon gallons"),
        "GLI": (4.54609, ""),
        "BLL": (158.987294928, "bbl"),
    },
    "length": {
        "MMT": (0.001, "mm"),
        "CMT": (0.01, "cm"),
        "DMT": (0.1, "dm"),
        "MTR": (1.0, "m metre meter metres meters"),
        "KMT": (1000.0, "km"),
        "INH": (0.0254, "in inch inches"),
        "FOT": (0.3048, "ft foot feet"),
        "YRD": (0.9144, "yd yard yards"),
        "SMI": (1609.344, "mi mile miles"),
    },
    "area": {
        "CMK": (0.0001, "cm2"),
        "MTK": (1.0, "m2 m² qm sqm"),
        "HAR": (10_000.0, "ha hectare hectares"),
        "INK": (0.00064516, "in2"),
        "FTK": (0.09290304, "ft2 sqft"),
        "YDK": (0.83612736, "yd2"),
    },
    # `ST` is SAP's Stück; what Recommendation 20 means by it, a sheet, is a piece as well.
    "count": {
        "C62": (1.0, "h87 ea each pce pcs pc piece pieces st stk stück un unit units one nar"),
        "PR": (2.0, "pair pairs npr"),
        "DZN": (12.0, "dz doz dozen dozens dpc"),
        "CEN": (100.0, "hundred"),
        "GRO": (144.0, "gross"),
        "MIL": (1000.0, "t3 tsd thousand"),
    },
    "time": {
        "SEC": (1.0, "s second seconds"),
        "MIN": (60.0, "minute minutes"),
        "HUR": (3600.0, "h hr hrs hour hours"),
        "DAY": (86_400.0, "d days"),
    },
}
"""Dimension, code of Recommendation 20, its size in the dimension's own measure, and other words for it."""

_PACKS: Final = {
    "PX": "pal pals plt pallet pallets",
    "CS": "case cases",
    "CT": "ctn ctns carton cartons kar karton",
    "BX": "box boxes",
    "BG": "bag bags",
    "PK": "pack packs pak",
    "RO": "roll rolls",
    "DR": "drum drums",
}
"""Packs by their code of Recommendation 21, and other words: their sizes are the item's."""


class _Unit(NamedTuple):
    code: str
    dimension: str
    """Empty where it converts into nothing by itself."""
    size: float


def _by_word() -> dict[str, _Unit]:
    found: dict[str, _Unit] = {}
    for dimension, measures in _DIMENSIONS.items():
        for code, (size, words) in measures.items():
            found |= dict.fromkeys((code.casefold(), *words.split()), _Unit(code, dimension, size))
    for code, words in _PACKS.items():
        found |= dict.fromkeys((code.casefold(), *words.split()), _Unit(code, "", 1.0))
    return found


_BY_WORD: Final[Mapping[str, _Unit]] = _by_word()


class ItemUnits(NamedTuple):
    """What one item says about its units: its own, and how many of these a pack holds."""

    uom: str | None = None
    packs: tuple[tuple[str, float], ...] = ()
    """A word and its size in `uom`: ("CASE", 12.0)."""


NO_UNITS: Final = ItemUnits()

_PACK = re.compile(r"\s*([^=;]+?)\s*=\s*([0-9]+(?:\.[0-9]+)?)\s*")


def convert(quantity: float, uom: str | None, wanted: str | None, item: ItemUnits = NO_UNITS) -> float | None:
    """`quantity` of `uom` in `wanted`; None where these do not convert. A unit that is not stated is taken for the
    other."""
    if uom is None or wanted is None or uom == wanted:
        return quantity
    ratio = _ratio(uom, wanted, item)
    if ratio is None:
        return None
    # Twelve digits: what a product of decimal fractions has behind them is dust.
    return quantity if ratio[0] == ratio[1] else float(f"{quantity * ratio[0] / ratio[1]:.12g}")


def same(one: str, other: str) -> bool:
    """Whether two words mean one unit: `EA` and `pcs`, `KG` and `KGM`."""
    if one == other:
        return True
    ratio = _ratio(one, other, NO_UNITS)
    return ratio is not None and ratio[0] == ratio[1]


def packs_of(text: str) -> dict[str, float]:
    """The packs that an item states as text, `CASE=12; PAL=480`.

    Raises ValueError, which says what would be right, for anything else.
    """
    packs: dict[str, float] = {}
    for part in filter(str.strip, text.split(";")):
        found = _PACK.fullmatch(part)
        size = float(found[2]) if found else 0.0
        if found is None or not 0 < size < math.inf:
            raise ValueError(f"{part.strip()!r:.40} is no pack; write CASE=12; PAL=480, in the item's own unit")
        packs[found[1]] = size
    return packs


@functools.lru_cache(4096)
def _ratio(uom: str, wanted: str, item: ItemUnits) -> tuple[float, float] | None:
    """Numerator and denominator of one `uom` in `wanted`: apart, since their quotient is seldom exact."""
    direct = _physical(uom, wanted)
    if direct is not None:
        return direct
    one, other = _in_item_unit(uom, item), _in_item_unit(wanted, item)
    return None if one is None or other is None else (one[0] * other[1], one[1] * other[0])


def _in_item_unit(uom: str, item: ItemUnits) -> tuple[float, float] | None:
    """One `uom` in the item's own unit, by its packs where it must be."""
    own = None if item.uom is None else _physical(uom, item.uom)
    if own is not None:
        return own
    for pack, size in item.packs:
        found = _physical(uom, pack)
        if found is not None:
            return found[0] * size, found[1]
    return None


def _physical(uom: str, wanted: str) -> tuple[float, float] | None:
    """One `uom` in `wanted` by what the words mean everywhere."""
    one, other = _unit(uom), _unit(wanted)
    if one.code == other.code:
        return 1.0, 1.0
    return (one.size, other.size) if one.dimension and one.dimension == other.dimension else None


def _unit(word: str) -> _Unit:
    folded = word.casefold()
    return _BY_WORD.get(folded) or _Unit(folded, "", 1.0)
