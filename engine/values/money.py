"""Money: integer minor units beside an ISO 4217 code, and the amounts that people read."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from engine.values.errors import BadInput

_NO_DIGITS: Final = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"
)  # fmt: skip
_THREE_DIGITS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")

UNITS: Final = {**dict.fromkeys(_NO_DIGITS, 1), **dict.fromkeys(_THREE_DIGITS, 1000), "CLF": 10_000, "UYW": 10_000}
"""Minor units in one major unit where it is not 100 (ISO 4217, list one, column "minor unit")."""

_DUST: Final = 1e-9
"""Part of an amount that only the arithmetic of floats makes."""
LARGEST: Final = 10**15
"""Minor units that an amount is ranked with at most: sums of thousands of them still fit into 64 bits."""
_CODE: Final = re.compile(r"[A-Z]{3}")
_COINED: Final = re.compile(r"(\S*\d\S*)\s+(\D\S*)")


def units(currency: str | None) -> int:
    """How many minor units make one unit of a currency; 100 for a code that the list does not single out."""
    return UNITS.get(currency or "", 100)


def amount(minor: int | None, currency: str | None) -> dict[str, float | str] | None:
    """Minor units as the contract's money, `{"amount": 412.5, "currency": "EUR"}`; None where either is missing."""
    if minor is None or currency is None:
        return None
    return {"amount": minor / units(currency), "currency": currency}


def digits(minor: float, currency: str | None) -> str:
    """Minor units as people read them, without the currency: 73,200 when whole, else its digits: 1,427.60; −5.

    What is no whole minor unit, such as the price of one piece, keeps up to six digits: a person redoes sums with it.
    """
    each = units(currency)
    size = abs(minor) / each
    if abs(minor - round(minor)) <= _DUST * max(1.0, abs(minor)):
        places = 0 if round(abs(minor)) % each == 0 else len(str(each)) - 1
        shown = f"{size:,.{places}f}"
    else:
        shown = f"{size:,.6f}".rstrip("0").rstrip(".")
    return f"−{shown}" if minor < 0 and shown.strip("0.") else shown


def text(minor: float, currency: str | None) -> str:
    """Minor units as people read them, in the one way of every screen, report and sentence: 1,427.60 EUR."""
    return f"{digits(minor, currency)} {currency or 'units'}"


def is_code(given: object) -> bool:
    """Whether something has the form of an ISO 4217 code: three capital letters."""
    return isinstance(given, str) and _CODE.fullmatch(given) is not None


def code(text: str) -> str:
    """A currency that a person typed, in its one form. Raises BadInput."""
    typed = text.strip().upper()
    if not is_code(typed):
        raise BadInput("currency", f"{typed[:20]!r} is no currency", "write its three letters, such as EUR")
    return typed


def parts(text: str) -> tuple[str, str]:
    """An amount that a person typed, and the currency behind it, such as `1250 EUR`; empty where none is."""
    coined = _COINED.fullmatch(text.strip())
    return (coined[1], coined[2]) if coined else (text.strip(), "")


def minor(text: str, currency: str, place: str) -> int:
    """An amount that a person typed, such as `1250.50`, in minor units. Raises BadInput naming `place`."""
    try:
        given = Decimal(text.strip())
    except InvalidOperation:
        raise BadInput(place, f"{text[:40]!r} is no amount", "write digits with a point, such as 1250.50") from None
    # Before it is multiplied, which cannot be done with every number that can be written.
    if not given.is_finite() or not 0 <= given <= LARGEST or given * units(currency) > LARGEST:
        raise BadInput(place, f"{text[:40]!r} is no cost", "write an amount from 0 on, such as 1250.50")
    value = given * units(currency)
    # Also zeros: who writes 5.000 may mean five thousand.
    if value != int(value) or -int(given.as_tuple().exponent) > len(str(units(currency))) - 1:
        raise BadInput(place, f"{text[:40]!r} has more digits than {currency} has", "leave out the last ones")
    return int(value)
