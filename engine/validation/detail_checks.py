"""What a signal says in its details (engine.vocabulary.model.SIGNAL_DETAILS): cleaned, and each of the sort that its
name promises.

What particular kinds must say is engine.validation.signal_checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from engine.validation import reply_checks
from engine.values.areas import MOST_CORNERS
from engine.values.clock import EARLIEST, LATEST
from engine.values.text import clean
from engine.vocabulary import codes
from engine.vocabulary.model import SIGNAL_DETAILS

LARGEST_NUMBER: Final = 1e15
NUMBERS: Final = ("expected", "limit", "latitude", "longitude", "radius_km")
INSTANTS: Final = ("starts_at", "expires_at", "until")
LARGEST_AREA: Final = 65_536
"""Characters of an area; more than areas.MOST_CORNERS need."""
_AREA: Final = re.compile(r"[-+.,; 0-9]+", re.ASCII)
_DRILL_WORDS: Final[Mapping[str, bool]] = {"true": True, "false": False}


class Fault(NamedTuple):
    """What is wrong with one field of a signal."""

    column: str
    reason: str
    mend: str


def cleaned(text: str) -> str | Fault:
    """The JSON of sound details, empty where nothing remains, or what is wrong with them."""
    said = _document(text)
    if said is None:
        return Fault("detail", "it is not a JSON object", "map the details of a signal one by one")
    sound: dict[str, Any] = {}
    for name, value in said.items():
        if name not in SIGNAL_DETAILS:
            return Fault("detail", f"{name[:80]!r} is no detail of a signal", f"use one of {', '.join(SIGNAL_DETAILS)}")
        read = _read(name, value)
        if isinstance(read, Fault):
            return read
        if read is not None:
            sound[name] = read
    if "code" in sound and _is_test(sound["code"]):
        sound["drill"] = True
    return json.dumps(sound, ensure_ascii=False, separators=(",", ":")) if sound else ""


def readable(text: str | None) -> dict[str, Any]:
    """What can be read of details as they came, sound or not: nothing where they are no JSON object."""
    return (_document(text) if text else None) or {}


def _document(text: str) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_test(code: str) -> bool:
    """Whether a standard's code says that the message is a test."""
    known = codes.verdict(code)
    return known is not None and known.verdict == "drill"


def _read(name: str, value: Any) -> Any | Fault:
    """One detail as it is stored: None for one that says nothing."""
    if value is None or value == "":
        return None
    if name == "drill":
        return _drill(value)
    if name in NUMBERS:
        # What is no number at all (NaN) lies between no bounds.
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not -LARGEST_NUMBER < value < LARGEST_NUMBER:
            return Fault(name, f"{value!r:.40} is no number of use", "give a number under 10^15, or leave it empty")
        return value
    if name in INSTANTS:
        if isinstance(value, bool) or not isinstance(value, int) or not EARLIEST <= value < LATEST:
            return Fault(name, f"{value!r:.40} is no instant of the years 1900 to 2199", "correct the date format")
        return value
    if not isinstance(value, str):
        return Fault(name, f"{value!r:.40} is no text", "give it as text, or leave it empty")
    if name == "area":
        if len(value) > LARGEST_AREA:
            fault = f"an area of {len(value):,} characters is longer than the {LARGEST_AREA:,} that are kept"
            return Fault(name, fault, f"simplify it to at most {MOST_CORNERS} corners")
        # It may be longer than text that people read: of these characters nothing needs cleaning.
        if _AREA.fullmatch(value):
            return value
    text = clean(value)
    if name == "answers" and reply_checks.answers({name: text}) is None:
        return Fault(name, "it is not a JSON object of plain values", 'write it as {"question": "answer"}')
    return text


def _drill(value: Any) -> bool | Fault | None:
    """True for a drill; None for what is none, which is the same as saying nothing."""
    meant = value if isinstance(value, bool) else _DRILL_WORDS.get(str(value).strip().casefold())
    if meant is None:
        mend = "map it to true or false with `values`, such as { Exercise = 'true', Actual = 'false' }"
        return Fault("drill", f"{value!r:.40} is neither true nor false", mend)
    return True if meant else None
