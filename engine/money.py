"""Money: integer minor units beside an ISO 4217 code, and the amounts that people read."""

from __future__ import annotations

from typing import Final

_NO_DIGITS: Final = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"
)  # fmt: skip
_THREE_DIGITS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")

UNITS: Final = {**dict.fromkeys(_NO_DIGITS, 1), **dict.fromkeys(_THREE_DIGITS, 1000), "CLF": 10_000, "UYW": 10_000}
"""Minor units in one major unit where it is not 100 (ISO 4217, list one, column "minor unit")."""

LARGEST: Final = 10**15
"""Minor units that an amount is ranked with at most: sums of thousands of them still fit into 64 bits."""


def units(currency: str | None) -> int:
    """How many minor units make one unit of a currency; 100 for a code that the list does not single out."""
    return UNITS.get(currency or "", 100)


def amount(minor: int | None, currency: str | None) -> dict[str, float | str] | None:
    """Minor units as the contract's money, `{"amount": 412.5, "currency": "EUR"}`; None where either is missing."""
    if minor is None or currency is None:
        return None
    return {"amount": minor / units(currency), "currency": currency}
