"""What a person should look at before lines of the plan, or a stock list, are taken: a date, a quantity, a place or a
currency that no column was taken for, cells of them that are empty, and stock that is stated twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.mapping.converters import text_of
from connectors.proposing.profile import Doubt, Profile
from engine.vocabulary.model import LINE_KINDS

_WANTED: Final[Mapping[str, str]] = {
    "item": "no column was taken as the item, so the lines are pegged to nothing",
    "site": "no column was taken as the site, so the lines are pegged to nothing",
    "quantity": "no column was taken as the quantity, so nothing tells which lines are short",
}
"""What an order line can be loaded without, and what it then cannot tell."""
_EMPTY: Final[Mapping[str, str]] = {
    "planned_at": "such a line is never called late",
    "item": "such a line is pegged to nothing",
    "site": "such a line is pegged to nothing",
    "quantity": "such a line is never called short",
}
"""What the line of an empty cell cannot tell."""
_ORDERS: Final = ("purchase_order", "transfer_order", "production_order", "sales_order")

_CURRENCIES: Final = frozenset((
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK",
    "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON",
    "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL",
))  # fmt: skip
"""Codes of currencies in circulation (ISO 4217, list one)."""


def doubts_of_lines(
    kind: str,
    fields: Mapping[str, Any],
    profiles: Mapping[str, Profile],
    playing: Mapping[str, str],
) -> Iterator[Doubt]:
    """A word on what lines of this kind would be loaded without, and on the columns that it may stand in."""
    if kind not in LINE_KINDS:
        return
    if kind != "target" and "planned_at" not in fields:
        dates = [name for name, seen in profiles.items() if seen.date is not None and name not in playing.values()]
        yield Doubt(
            "planned_at",
            None,
            "",
            f"no column was taken as the date, so nothing tells which lines are late{_perhaps(dates)}",
        )
    for name, without in _WANTED.items() if kind in _ORDERS else ():
        if name not in fields:
            free = [column for column, seen in profiles.items() if column not in playing.values() and not seen.date]
            numbers = [column for column in free if profiles[column].number] if name == "quantity" else []
            yield Doubt(name, None, "", without + _perhaps(numbers))
    for name, without in _EMPTY.items() if kind in _ORDERS else ():
        column = fields.get(name)
        if isinstance(column, str) and profiles[column].empty:
            empty = profiles[column].empty
            many = f"{empty} cells are empty" if empty > 1 else "a cell is empty"
            yield Doubt(column, None, "", f"{many}: {without}")
    if {"value", "unit_price"} & fields.keys() and "currency" not in fields:
        yield Doubt(
            "currency", None, "", 'no column names one: amounts are in the desk\'s; { const = "USD" } would say another'
        )


def doubts_of_stock(playing: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> Iterator[Doubt]:
    """A word on an item that is counted at a site more than once, as where a list goes by storage places or lots."""
    if not {"item", "site"} <= playing.keys():
        return
    counted: set[tuple[str, ...]] = set()
    told_apart = [cells[playing[role]] for role in ("item", "site", "date") if role in playing]
    for row in zip(*told_apart, strict=True):
        place = tuple(text_of(cell).strip() for cell in row)
        if place in counted:
            why = (
                f"{place[0]} at {place[1]} stands here more than once, and only its last row counts: sum them up first"
            )
            yield Doubt(playing["item"], None, place[0], why)
            return
        counted.add(place)


def coined(cells: Mapping[str, Sequence[Any]], used: Collection[str]) -> str | None:
    """The column that plays no role and whose cells are codes of currencies; None where there is none."""
    for column, values in cells.items():
        texts = {text_of(cell).strip() for cell in values} - {""}
        if column not in used and texts and texts <= _CURRENCIES:
            return column
    return None


def _perhaps(columns: Sequence[str]) -> str:
    return f"; {' or '.join(columns[:5])} may be it" if columns else ""
