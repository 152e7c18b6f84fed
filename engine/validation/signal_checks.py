"""What makes a signal usable: its text cleaned, its values within bounds, and what its kind must say.

A row that fails is a Refusal with place, reason and mend. Storing and deduplicating the others is engine.intake.ingest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

from engine.validation import detail_checks, event_checks, hazard_checks, reply_checks
from engine.validation.detail_checks import Fault
from engine.values.clock import EARLIEST, LATEST, iso
from engine.values.text import LIMIT, clean, is_clean
from engine.vocabulary.event_words import EVENT_KINDS
from engine.vocabulary.model import LINE_KINDS, SIGNAL_KINDS, Place, Refusal, SignalIn

LARGEST_QUANTITY: Final = 1e15
PAYLOAD_LIMIT: Final = 64 * 1024
STATUS_WORDS: Final = ("open", "closed", "cancelled", "on_hold")
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "eta": ("order_ref", "eta"),
    "confirmation": ("order_ref",),
    "receipt": ("order_ref",),
    "shipped": ("order_ref",),
    "status": ("order_ref", "status"),
    "stock": ("item", "site", "quantity"),
    "demand": ("item", "site", "quantity", "occurred_at"),
    "reply": ("status",),
}
"""Fields without which a signal of a kind says nothing; every kind needs its source_id."""


_FIELDS = SignalIn._fields
_TEXTS = ("source_id", "kind", "order_kind", "order_ref", "item", "site", "party", "uom", "status")
_GETTERS: Final[dict[str, Callable[[SignalIn], tuple[Any, ...]]]] = {
    kind: itemgetter(0, 1, *(_FIELDS.index(name) for name in _NEEDS.get(kind, ()))) for kind in SIGNAL_KINDS
}
_PARTICULAR: Final = frozenset(("confirmation", "status", "stock", "demand", "hazard", "reply", *EVENT_KINDS))
_PROMISES: Final = frozenset(("eta", "confirmation"))
"""Kinds whose quantity is what somebody says will come; goods that go back are receipts under zero."""
_ORDER_KINDS: Final = frozenset((None, *LINE_KINDS))


class Sifted(NamedTuple):
    """The sound rows of a batch with the digest of each row's identity, and the refusals of the others."""

    signals: list[SignalIn]
    digests: list[bytes]
    refusals: list[Refusal]
    drills: list[SignalIn]
    """Sound rows of an exercise or a test: not among `signals`."""
    detailed: bool
    """Whether any of `signals` says details."""


def sift(source: str, rows: Iterable[SignalIn | Refusal], file: str) -> Sifted:
    """Part the rows of one source into sound signals and refusals; `file` is for the places of the latter."""
    signals: list[SignalIn] = []
    digests: list[bytes] = []
    refusals: list[Refusal] = []
    drills: list[SignalIn] = []
    detailed = False
    prefix = f"{source}\0"
    for row in rows:
        if isinstance(row, Refusal):
            refusals.append(row)
            continue
        sound = row if _is_plain(row) else _cleaned(row)
        fault = sound if isinstance(sound, Fault) else _fault(sound)
        if fault is not None:
            refusals.append(_refusal(row, fault, file))
            continue
        signal = cast(SignalIn, sound)
        if signal is not row and signal.detail:
            if "drill" in json.loads(signal.detail):
                drills.append(signal)
                continue
            detailed = True
        signals.append(signal)
        # Of the id as it was sent: ids that differ only in what cleaning removes are still two rows.
        digests.append(blake2b((prefix + row[0]).encode(), digest_size=16).digest())
    return Sifted(signals, digests, refusals, drills, detailed)


def row_digest(source: str, source_id: str) -> bytes:
    """The 16 bytes that stand for a row of a source; `signal.row_key` is their first half."""
    return blake2b(f"{source}\0{source_id}".encode(), digest_size=16).digest()


def _is_plain(row: SignalIn) -> bool:
    """Whether no text of the row needs cleaning: one look at all of them together, since nearly every row passes."""
    source_id, kind, _, _, order_kind, order_ref, item, site, party, _, uom, _, status, payload, _, detail = row
    text = f"{source_id}{kind}{order_kind}{order_ref}{item}{site}{party}{uom}{status}{payload}"
    if detail:
        return False
    # What is_clean asks first, spared the call: this is the innermost place of every ingest.
    if not (text.isascii() and text.isprintable() and len(text) <= LIMIT) and not is_clean(text):
        return False
    # In every escape but that of a quote a control character can hide.
    harmless = "\\" not in payload or "\\" not in payload.replace('\\"', "")
    return harmless and payload[:1] == "{" and payload[-1:] == "}"


def _cleaned(row: SignalIn) -> SignalIn | Fault:
    """The row with harmless text, or the first text that cannot be kept."""
    changed: dict[str, Any] = {}
    for name in _TEXTS:
        text = getattr(row, name)
        if text:
            if not is_encodable(text):
                return Fault(name, "it holds half a character (a lone surrogate)", "set the encoding in the mapping")
            changed[name] = clean(text)
    payload = clean_document(row.payload)
    if payload is None:
        return Fault("payload", "it is not a JSON object", "hand over the unmapped fields as one JSON object")
    if row.detail:
        detail = detail_checks.cleaned(row.detail)
        if isinstance(detail, Fault):
            return detail
        if detail and json.loads(detail).get("corrects") == changed.get("source_id"):
            mend = "leave corrects out where a row is said again; give a correction an id of its own"
            return Fault("corrects", "a signal cannot take itself back", mend)
        changed["detail"] = detail
    return row._replace(**changed, payload=payload)


def is_encodable(text: str) -> bool:
    """Whether the text can be stored at all: a lone surrogate cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_document(text: str) -> str | None:
    """A payload whose decoded strings are clean; None when it is no JSON object."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    cleaned = json.dumps(_clean_deep(document), ensure_ascii=False, separators=(",", ":"))
    if len(cleaned) <= PAYLOAD_LIMIT:
        return cleaned
    return json.dumps({"cut": clean(cleaned)}, ensure_ascii=False)


def _clean_deep(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean_deep(part) for part in value]
    if isinstance(value, dict):
        return {clean(name): _clean_deep(part) for name, part in value.items()}
    return value


def _fault(row: SignalIn) -> Fault | None:
    """The first thing that makes a row unusable, or None."""
    kind = row[1]
    getter = _GETTERS.get(kind)
    if getter is None:
        return Fault("kind", f"{kind!r} is no kind of signal", f"use one of {', '.join(SIGNAL_KINDS)}")
    needed = getter(row)
    if None in needed or "" in needed:
        return _missing(row)
    _, _, occurred_at, recorded_at, order_kind, _, _, _, _, quantity, _, eta, _, _, _, _ = row
    if quantity is not None and not -LARGEST_QUANTITY < quantity < LARGEST_QUANTITY:
        return Fault("quantity", f"{quantity!r:.40} is no quantity", "give a number under 10^15, or leave it empty")
    if quantity is not None and quantity < 0 and kind in _PROMISES:
        return Fault("quantity", f"nobody promises {quantity:g}", "give how many come, 0 for none, or leave it empty")
    if occurred_at is not None and not EARLIEST <= occurred_at < LATEST:
        return _odd_date("occurred_at")
    if recorded_at is not None and not EARLIEST <= recorded_at < LATEST:
        return _odd_date("recorded_at")
    if eta is not None and not EARLIEST <= eta < LATEST:
        return _odd_date("eta")
    if order_kind not in _ORDER_KINDS and order_kind:
        return Fault("order_kind", f"{order_kind!r} is no kind of order", f"use one of {', '.join(LINE_KINDS)}")
    return _particular_fault(row) if kind in _PARTICULAR else None


def _particular_fault(row: SignalIn) -> Fault | None:
    """What only signals of this row's kind can get wrong."""
    if row.kind == "status" and row.status not in STATUS_WORDS:
        words = ", ".join(STATUS_WORDS)
        return Fault("status", f"{row.status!r} is no state of an order", f"map it to one of {words} with `values`")
    if row.kind == "confirmation" and row.eta is None and row.quantity is None and '"code":' not in (row.detail or ""):
        return Fault("eta", "a confirmation needs a date, a quantity or a code", "map eta, quantity or code")
    if row.kind == "hazard":
        found = hazard_checks.trouble(row.site, json.loads(row.detail or "{}"))
        return None if found is None else Fault(*found)
    if row.kind == "reply":
        amiss = reply_checks.fault(row.status, json.loads(row.detail or "{}"))
        return None if amiss is None else Fault(*amiss)
    if row.kind in ("stock", "demand") and row.order_ref:
        mend = "leave order_ref out of this mapping; the column stays in the payload"
        return Fault("order_ref", f"a {row.kind} signal is about an item at a site, not an order", mend)
    return event_checks.fault(row) if row.kind in EVENT_KINDS else None


def _missing(row: SignalIn) -> Fault:
    names = ("source_id", *_NEEDS.get(row.kind, ()))
    empty = [name for name in names if getattr(row, name) in (None, "")]
    return Fault(empty[0], f"a {row.kind} signal needs {' and '.join(empty)}", f"map a column to {empty[0]}")


def _odd_date(column: str) -> Fault:
    mend = "map a placeholder date to empty with `null`, or correct the date format"
    return Fault(column, "it lies outside the years 1900 to 2199", mend)


def _refusal(row: SignalIn, fault: Fault, file: str) -> Refusal:
    """The refusal of a mapped row; its raw text is JSON under the canonical field names, readable without a mapping."""
    fields = row._asdict()
    said = {"id" if name == "source_id" else name: fields[name] for name in fields if name not in ("line", "detail")}
    said |= detail_checks.readable(row.detail)
    for name in ("occurred_at", "recorded_at", "eta", "starts_at", "expires_at", "until"):
        if isinstance(said.get(name), int) and EARLIEST <= said[name] < LATEST:
            said[name] = iso(said[name])
    raw = json.dumps({name: value for name, value in said.items() if value is not None})
    return Refusal(Place(file, row.line, fault.column), fault.reason, fault.mend, raw)
