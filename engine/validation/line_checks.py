"""What makes a plan line or a master record usable, in the form in which the baseline compares and stores it.

A row that fails is a Refusal with place, reason and mend. Comparing with what is current is engine.intake.baseline.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from engine.validation.detail_checks import Fault
from engine.validation.signal_checks import LARGEST_QUANTITY, clean_document, is_encodable
from engine.values import money
from engine.values.clock import EARLIEST, LATEST, iso
from engine.values.errors import BadInput
from engine.values.text import clean, is_clean
from engine.vocabulary.model import LINE_KINDS, Place, PlanLine, PlanRecord, Refusal

STATUS_WORDS: Final = ("open", "closed", "cancelled")
LARGEST_AMOUNT: Final = 2**62
_TEXTS = ("ref", "item", "site", "origin", "party", "uom", "currency")
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "forecast": ("item", "site", "quantity", "planned_at"),
    "target": ("item", "site", "quantity"),
}
"""Fields without which a line of a kind says nothing; every line needs its reference."""
_KNOWN_BY_ID: Final = ("item", "site", "party", "owner", "calendar")
"""Kinds of records whose key is their id."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of a load that can become part of the baseline."""

    key: str
    """The reference of a line, the key of a record."""
    content: bytes
    """Digest of everything that is stored of it."""
    row: tuple[Any, ...]
    """A line: its columns from item to attributes. A record: its data as canonical JSON."""
    line: int | None
    """Where it stood in the file."""


@dataclass(slots=True)
class Candidates:
    """What a load brings: candidates by key, refusals, and which keys the refused rows had."""

    by_key: dict[str, Candidate] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    refused_keys: set[str] = field(default_factory=set)
    keyless: int = 0
    """Refused rows of which nobody can tell whose they were: any line of the plan may be one of them."""


def sift(rows: Iterable[PlanLine | PlanRecord | Refusal], kind: str, file: str) -> Candidates:
    """Part the rows of one load into candidates and refusals. Of two rows with one key the first is kept."""
    found = Candidates()
    for row in rows:
        if isinstance(row, Refusal):
            found.refusals.append(row)
            found.keyless += 1
            continue
        candidate = _line(row, kind) if isinstance(row, PlanLine) else _record(row, kind)
        if isinstance(candidate, Fault):
            fault = candidate
            key = None if row.kind != kind else _key_of(row)
            if key is None:
                found.keyless += 1
            else:
                found.refused_keys.add(key)
        elif candidate.key in found.by_key:
            reason = f"{candidate.key} came earlier in this load; the first one is kept"
            fault = Fault("ref", reason, "make the reference unique")
        else:
            found.by_key[candidate.key] = candidate
            continue
        found.refusals.append(_refusal(row, fault, file))
    return found


def refuse_foreign(found: Candidates, kind: str, file: str, foreign: Mapping[str, str]) -> None:
    """Turn candidates that another scope owns into refusals; `foreign` maps current keys of this kind to that scope."""
    for key in [key for key in found.by_key if key in foreign]:
        candidate = found.by_key.pop(key)
        mend = "remove it there first, or load both files with one --scope"
        fault = Fault("ref", f"{key} belongs to the plan loaded as {foreign[key]}", mend)
        row: PlanLine | PlanRecord
        if kind in LINE_KINDS:
            row = PlanLine._make((kind, key, *candidate.row, candidate.line))
        else:
            row = PlanRecord(kind, json.loads(candidate.row[0]), candidate.line)
        found.refusals.append(_refusal(row, fault, file))


def _key_of(row: PlanLine | PlanRecord) -> str | None:
    """The key that a refused row has in the plan; None where the row does not tell."""
    if isinstance(row, PlanLine):
        key = row.ref or _default_ref(row)
    else:
        named = row.data.get("id") if row.kind in _KNOWN_BY_ID else None
        key = str(named).strip() if isinstance(named, str | int | float) else ""
    return (clean(key) or None) if is_encodable(key) else None


def _line(line: PlanLine, kind: str) -> Candidate | Fault:
    """A sound line, or the first thing that is wrong with it."""
    texts = (line.ref, line.item, line.site, line.origin, line.party, line.uom, line.currency)
    if not is_clean("".join([text for text in texts if text])):
        for name, text in zip(_TEXTS, texts, strict=True):
            if text and not is_encodable(text):
                return Fault(name, "it holds half a character (a lone surrogate)", "set the encoding in the mapping")
        cleaned: dict[str, Any] = {name: clean(text) for name, text in zip(_TEXTS, texts, strict=True) if text}
        line = line._replace(**cleaned)
    if line.attributes != "{}":
        attributes = clean_document(line.attributes)
        if attributes is None:
            return Fault("attributes", "it is not a JSON object", "hand over unmapped fields as one JSON object")
        line = line._replace(attributes=attributes)
    fault = _line_fault(line, kind)
    if fault is not None:
        return fault
    (
        _,
        ref,
        item,
        site,
        origin,
        party,
        quantity,
        maximum,
        uom,
        planned_at,
        until_at,
        value,
        currency,
        status,
        extra,
        _,
    ) = line
    row = (
        item or None, site or None, origin or None, party or None, None if quantity is None else float(quantity),
        None if maximum is None else float(maximum), uom or None, planned_at, until_at, value, currency or None,
        status, extra,
    )  # fmt: skip
    return Candidate(ref or _default_ref(line), _digest(repr(row)), row, line.line)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _default_ref(line: PlanLine) -> str:
    """A forecast or target is known by what it is about: `item@site`, and the date, which only a target may lack.

    Empty where it does not say that.
    """
    if line.kind not in _NEEDS or not line.item or not line.site:
        return ""
    place = f"{line.item}@{line.site}"
    if line.planned_at is None:
        return "" if "planned_at" in _NEEDS[line.kind] else place
    if not EARLIEST <= line.planned_at < LATEST:
        return ""
    moment = iso(line.planned_at)
    return f"{place}/{moment.removesuffix('T00:00:00Z')}"


def _line_fault(line: PlanLine, kind: str) -> Fault | None:
    if line.kind != kind:
        return Fault("kind", f"this is a {line.kind:.40}, and the load is of kind {kind}", f"load it with --as {kind}")
    for name in _NEEDS.get(kind, ()):
        if getattr(line, name) in (None, ""):
            return Fault(name, f"a {kind} needs {name}", f"map a column to {name}")
    if not line.ref and kind not in _NEEDS:
        return Fault("ref", f"a {kind} needs a reference", "map a column, or a template of columns, to ref")
    for name in ("quantity", "maximum"):
        number = getattr(line, name)
        if number is not None and not -LARGEST_QUANTITY < number < LARGEST_QUANTITY:
            return Fault(name, f"{number!r:.40} is no quantity", "give a number under 10^15, or leave it empty")
    for name in ("planned_at", "until_at"):
        instant = getattr(line, name)
        if instant is not None and not EARLIEST <= instant < LATEST:
            mend = "map a placeholder date to empty with `null`, or correct the date format"
            return Fault(name, "it lies outside the years 1900 to 2199", mend)
    return _value_fault(line)


def _value_fault(line: PlanLine) -> Fault | None:
    if line.until_at is not None and line.planned_at is not None and line.until_at <= line.planned_at:
        return Fault(
            "until_at", "it ends before it begins", "map until_at to the first instant after planned_at's period"
        )
    if line.value_minor is not None and not -LARGEST_AMOUNT < line.value_minor < LARGEST_AMOUNT:
        return Fault("value", "it is too large for an amount", "map the value of the line in units of its currency")
    if line.currency and not money.is_code(line.currency):
        return Fault("currency", f"{line.currency!r:.20} is no currency", "write its ISO 4217 code, such as EUR")
    if line.status not in STATUS_WORDS:
        words = ", ".join(STATUS_WORDS)
        return Fault("status", f"{line.status!r:.40} is no state of a line", f"map it to one of {words} with `values`")
    return None


def _record(record: PlanRecord, kind: str) -> Candidate | Fault:
    from engine.master.records import validate  # pydantic takes 60 ms to import, and only loads of records need it

    if record.kind != kind:
        return Fault("kind", f"this is of kind {record.kind:.40}, and the load of {kind}", f"load it with --as {kind}")
    try:
        key, data = validate(kind, record.data)
    except BadInput as error:
        return Fault(error.place, error.fault, error.mend)
    return Candidate(key, _digest(data), (data,), record.line)


def _refusal(row: PlanLine | PlanRecord, fault: Fault, file: str) -> Refusal:
    """The refusal of a mapped row; its raw text is JSON under the canonical field names, readable without a mapping."""
    if isinstance(row, PlanRecord):
        said = dict(row.data)
    else:
        said = {name: value for name, value in row._asdict().items() if value is not None}
        for name in ("planned_at", "until_at"):
            if name in said and EARLIEST <= said[name] < LATEST:
                said[name] = iso(said[name])
    return Refusal(Place(file, row.line, fault.column), fault.reason, fault.mend, json.dumps(said, default=repr))
