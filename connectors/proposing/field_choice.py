"""Which column fills which field: from the roles that columns play to the fields of a kind.

A rule is proposed as it would stand in offplan.toml. A date that no cell settles and an id that is not unique become
doubts, never silent choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.mapping.converters import text_of
from connectors.proposing.header_words import (
    ARRIVED_WORDS,
    CODE_STANDARDS,
    RECORD_WORDS,
    REFERENCES,
    STATUS_WORDS,
    plain,
    rivals,
)
from connectors.proposing.line_doubts import coined, doubts_of_lines, doubts_of_stock
from connectors.proposing.playing import MEASURES
from connectors.proposing.profile import Doubt, Profile
from connectors.values.targets import ALIASES, SIGNAL, fields_of, required
from engine.values.errors import BadInput
from engine.vocabulary.model import RECORD_KINDS

Rule = str | dict[str, Any]
"""As in offplan.toml: the name of a column, or a table; empty where no column was found."""

_NO_SITE: Final = "MAIN"


def guessed_kind(playing: Mapping[str, str]) -> str:
    """What a file most likely holds, by the roles of its columns."""
    if {"stock", "eta", "received"} & set(playing) or "due" not in playing:
        return SIGNAL
    return "sales_order" if _names_customer(playing) else "purchase_order"


def chosen_fields(
    kind: str,
    columns: Sequence[str],
    playing: Mapping[str, str],
    profiles: Mapping[str, Profile],
    cells: Mapping[str, Sequence[Any]],
    file: str,
) -> tuple[dict[str, Rule], list[Doubt]]:
    """The rules of a mapping's fields, and what is doubtful about the choice.

    Raises BadInput when a field that the kind needs has no column.
    """
    known = fields_of(kind)
    playing = _with_own_reference(kind, columns, playing)
    canonical = {ALIASES.get(name, name): name for name in columns if ALIASES.get(name, name) in known}
    doubts: list[Doubt] = []
    if kind in RECORD_KINDS:
        fields: dict[str, Rule] = {**_record_fields(kind, columns, playing), **canonical}
    elif kind == SIGNAL:
        fields = {**_signal_fields(playing), **canonical}
        if "id" not in fields:
            fields["id"] = _counted(playing, cells) or _identifying(kind, columns, playing, profiles, doubts)
    else:
        fields = {**_line_fields(kind, playing), **canonical}
        coins = coined(cells, playing.values()) if "currency" not in fields else None
        if coins is not None and {"value", "unit_price"} & fields.keys():
            fields["currency"] = coins
            doubts.append(Doubt(coins, None, "", "taken as the currency because its cells are codes of currencies"))
        if kind not in ("forecast", "target") and "ref" not in fields:
            fields["ref"] = _identifying(kind, columns, playing, profiles, doubts)
        elif "id" in playing and profiles[playing["id"]].unique and not _unique(fields.get("ref"), profiles):
            fields["ref"] = playing["id"]
            doubts.append(Doubt(playing["id"], None, "", "taken as the reference: the order's column is not unique"))
    doubts += _doubts_of_reference(fields, columns, playing)
    reference = fields.get("ref")
    if isinstance(reference, str) and reference and not profiles[reference].unique:
        doubts.append(Doubt(reference, None, "", "taken as the reference, but its cells are not unique"))
    missing = [name for name in required(kind) if not fields.get(name)]
    if missing:
        raise BadInput(
            file,
            f"no column looks like {' or '.join(missing)} of a {kind}",
            f"name another kind with --as, or write the mapping by hand; its columns are {', '.join(columns[:20])}",
        )
    ordered = {name: fields[name] for name in known if fields.get(name)}
    doubts += doubts_of_lines(kind, ordered, profiles, playing)
    if ordered.get("kind") == {"const": "stock"}:
        doubts += doubts_of_stock(playing, cells)
    if fields.get("site") == {"const": _NO_SITE}:
        doubts.append(Doubt("site", None, "", f"no column names a site: {_NO_SITE} is set for all records"))
    return {name: _read(name, rule, known[name], profiles, cells) for name, rule in ordered.items()}, doubts


def _doubts_of_reference(
    fields: Mapping[str, Rule], columns: Sequence[str], playing: Mapping[str, str]
) -> Iterator[Doubt]:
    """A word on other columns that look like the order's reference: by the wrong one nothing is found in the plan."""
    reference = _reference(playing)
    if reference and reference in (fields.get("order_ref"), fields.get("ref")):
        others = rivals("order_ref", columns, playing.values())
        if others:
            also = f"{', '.join(others)} {'looks' if len(others) == 1 else 'look'} like one as well"
            yield Doubt(playing["order_ref"], None, "", f"taken as the order's reference; {also}")


def _unique(rule: Rule | None, profiles: Mapping[str, Profile]) -> bool:
    """Whether a reference can tell lines apart; of a template nothing is known."""
    return not isinstance(rule, str) or profiles[rule].unique


def _with_own_reference(kind: str, columns: Sequence[str], playing: Mapping[str, str]) -> dict[str, str]:
    """The roles for lines of this kind: a file of shipments names the order in them as well, and its line."""
    names = REFERENCES.get(kind, ())
    own = next((column for name in names for column in columns if plain(column) == name), None)
    if own is None or own == playing.get("order_ref"):
        return dict(playing)
    others = {role: column for role, column in playing.items() if column != own and role != "order_line"}
    return {**others, "order_ref": own}


def _names_customer(playing: Mapping[str, str]) -> bool:
    return "party" in playing and any(word in plain(playing["party"]) for word in ("custom", "kund", "kunnr"))


def _reference(playing: Mapping[str, str]) -> Rule:
    """The order, with its line where there is one; empty where there is no order."""
    if "order_ref" not in playing:
        return ""
    if "order_line" in playing:
        return {"template": f"{{{playing['order_ref']}}}/{{{playing['order_line']}}}"}
    return playing["order_ref"]


def _picked(playing: Mapping[str, str], **roles: str) -> dict[str, Rule]:
    return {name: playing[role] for name, role in roles.items() if role in playing}


def _signal_fields(playing: Mapping[str, str]) -> dict[str, Rule]:
    fields = _picked(
        playing, item="item", site="site", party="party", quantity="quantity", uom="uom", recorded_at="recorded_at",
        corrects="corrects", lot="lot", resource="resource", expected="expected", limit="limit",
    )  # fmt: skip
    if "code" in playing:
        fields["code"] = {"template": f"{CODE_STANDARDS[plain(playing['code'])]}:{{{playing['code']}}}"}
    reference = _reference(playing)
    if "stock" in playing and not reference:
        counted = _picked(playing, quantity="stock", occurred_at="date")
        return {"site": {"const": _NO_SITE}, **fields, "kind": {"const": "stock"}, **counted}
    if reference:
        fields["order_ref"] = reference
    arrived = playing.get("received") or _arrived_on(playing)
    if arrived is not None:
        return {**fields, "kind": {"const": "receipt"}, "occurred_at": arrived}
    if "eta" in playing or ("due" in playing and reference):
        fields["eta"] = playing.get("eta") or playing["due"]
        return {**fields, "kind": {"const": "confirmation"}, **_picked(playing, occurred_at="date")}
    is_event = {"code", "expected", "lot"} & set(playing)
    if not reference and not is_event and {"quantity", "date"} <= set(playing) and {"item", "site"} & set(playing):
        demand: dict[str, Rule] = {"kind": {"const": "demand"}, "occurred_at": playing["date"]}
        return {"item": {"const": "ALL"}, "site": {"const": _NO_SITE}, **fields, **demand}
    return {**fields, "kind": {"const": _event_kind(playing)}, **_picked(playing, occurred_at="date")}


def _arrived_on(playing: Mapping[str, str]) -> str | None:
    """The day of receipts that are known by what their quantity is called: a posting date alone says none."""
    if not {"order_ref", "quantity"} <= playing.keys() or {"eta", "due"} & playing.keys():
        return None
    arrived = ARRIVED_WORDS & {*plain(playing["quantity"]).split()}
    return playing.get("date") or playing.get("recorded_at") if arrived else None


def _event_kind(playing: Mapping[str, str]) -> str:
    """The kind of a signal that says no date and no quantity that is compared: by its code, else by what was made."""
    if "code" in playing:
        of_goods = CODE_STANDARDS[plain(playing["code"])].startswith("epcis.")
        if of_goods and ({"order_ref", "lot"} & playing.keys() or {"item", "site"} <= playing.keys()):
            return "quality"
        return "logistics" if "order_ref" in playing else "note"
    made = {"quantity", "expected"} <= playing.keys() and {"order_ref", "resource"} & playing.keys()
    return "production" if made else "note"


def _line_fields(kind: str, playing: Mapping[str, str]) -> dict[str, Rule]:
    fields = _picked(
        playing,
        item="item",
        site="site",
        origin="origin",
        party="party",
        quantity="quantity",
        uom="uom",
        value="value",
        unit_price="unit_price",
        currency="currency",
        status="status",
        maximum="maximum",
    )
    if kind == "target":
        fields |= _picked(playing, quantity="minimum")
    due = playing.get("due") or playing.get("date") or playing.get("eta")
    if due is not None and kind != "target":
        fields["planned_at"] = due
    if "value" in fields:
        fields.pop("unit_price", None)
    if kind in ("target", "forecast"):
        return fields
    reference = _reference(playing)
    return fields if not reference else {"ref": reference, **fields}


def _record_fields(kind: str, columns: Sequence[str], playing: Mapping[str, str]) -> dict[str, Rule]:
    """Of a record the columns with the field's own name, and for the id the role of that kind or `name`."""
    words = {plain(column).replace(" ", "_"): column for column in columns}
    fields: dict[str, Rule] = {}
    for name in fields_of(kind):
        found = next((words[word] for word in (name, *RECORD_WORDS.get(name, ())) if word in words), None)
        if found is not None:
            fields[name] = found
    for name in ("id", *({"item": ("item",), "site": ("site",), "party": ("party",)}.get(kind, ()))):
        column = words.get("name") if name == "id" else playing.get(name)
        if "id" not in fields and column is not None:
            fields["id"] = column
    return fields


def _counted(playing: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> Rule:
    """An item at its site, in a stock list that has each once: tomorrow's may have the item at another site as well."""
    if not {"stock", "item", "site"} <= playing.keys() or playing.keys() & {"id", "order_ref"}:
        return ""
    places = [*zip(cells[playing["item"]], cells[playing["site"]], strict=True)]
    return {"template": f"{{{playing['item']}}}@{{{playing['site']}}}"} if len({*places}) == len(places) else ""


def _identifying(
    kind: str,
    columns: Sequence[str],
    playing: Mapping[str, str],
    profiles: Mapping[str, Profile],
    doubts: list[Doubt],
) -> Rule:
    """What tells records apart: a column of that role, the order line, else any unique column, else item and site."""
    if "id" in playing:
        if not profiles[playing["id"]].unique:
            doubts.append(Doubt(playing["id"], None, "", "taken as the id, but its cells are not unique"))
        return playing["id"]
    reference = _reference(playing)
    if reference and kind == SIGNAL:
        return reference
    measured = {playing[role] for role in MEASURES if role in playing}
    unique = [
        name for name in columns if profiles[name].unique and profiles[name].date is None and name not in measured
    ]
    if unique:
        doubts.append(Doubt(unique[0], None, "", "taken as the id because its cells are unique"))
        return unique[0]
    parts = [playing[role] for role in ("item", "site", "date") if role in playing]
    if parts:
        doubts.append(Doubt(parts[0], None, "", "no column is unique: the id is put together from several"))
        return {"template": " ".join(f"{{{part}}}" for part in parts)}
    return ""


def _read(
    name: str, rule: Rule, reading: str, profiles: Mapping[str, Profile], cells: Mapping[str, Sequence[Any]]
) -> Rule:
    """The rule with what its column needs to be read: date format, decimal sign, words of states."""
    if not isinstance(rule, str):
        return rule
    seen = profiles[rule]
    if reading == "date" and seen.date not in (None, "iso", "excel"):
        return {"column": rule, "date": seen.date}
    if reading in ("number", "money", "days") and seen.number:
        marks = {",": {"decimal": ",", "thousands": "."}, ".": {"thousands": ","}}
        needed = seen.decimal == "," or any("," in text_of(cell) for cell in cells[rule])
        return {"column": rule, **marks[seen.decimal or "."]} if needed else rule
    if name == "status":
        words = {text_of(cell).strip() for cell in cells[rule]} - {""}
        values = {word: STATUS_WORDS.get(plain(word), "open") for word in sorted(words)}
        return rule if all(word == state for word, state in values.items()) else {"column": rule, "values": values}
    return rule
