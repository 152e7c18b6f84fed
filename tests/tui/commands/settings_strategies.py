"""Settings files of every kind: a whole one, with values of other types, keys that nobody knows, and parts that are
missing or were cut off."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final

from hypothesis import strategies as st

from connectors.settings.settings_writer import key, toml

WHOLE: Final = """
[desk]
name = "eu-desk"
zone = "Europe/Berlin"
currency = "EUR"
database = "offplan.db"
[screen]
theme = "dark"
refreshes_per_second = 5
characters = "auto"
bell = true
[keys]
ack = "K"
[view.mine]
filter = "owner=ana"
sort = "-exposure"
group = "party"
columns = ["id", "owner"]
[rates]
USD = 0.92
GBP = { "2026-01-01" = 1.15, "2026-07-01" = 1.17 }
[emissions]
road = { grams_per_tkm = 62, source = "carrier report" }
[tolerance.late_supply]
days = 2
[tolerance.stale_feed]
intervals = 3
[[rule]]
kind = "late_supply"
match = { party = "ACME" }
days = 5
[mapping.orders]
as = "purchase_order"
files = "orders*.csv"
delimiter = ","
encoding = "utf-8"
header_row = 1
null = ["-"]
only = [{ column = "uom", in = ["EA"] }]
[mapping.orders.fields]
ref = { column = "ref" }
item = { template = "{item}-{site}" }
site = "site"
party = { const = "ACME" }
quantity = { column = "quantity", factor = "1/2", decimal = ".", thousands = "" }
uom = "uom"
planned_at = { column = "planned_at", date = "%Y-%m-%d", zone = "Asia/Tokyo", time = "end", day = true }
[mapping.signals]
as = "signal"
files = "signals*.csv"
identity = "event"
zone = "Europe/Berlin"
date = "iso"
[mapping.signals.fields]
id = "id"
kind = { column = "kind", values = { confirmation = "confirmation" }, otherwise = "eta" }
order_ref = "order_ref"
eta = "eta"
[source.drop]
type = "folder"
path = "folder"
pattern = ["*.csv", "*.json"]
mapping = ["signals"]
every = "PT6H"
[source.erp]
type = "http"
url = "http://127.0.0.1:9/etas"
mapping = "signals"
poll = "PT1M"
headers = { Accept = "application/json", Authorization = "env:NO_TOKEN" }
params = { site = "RTM", size = 5 }
page = { type = "cursor", param = "after", field = "next" }
max_bytes = 4096
verify = true
[channel.files]
type = "folder"
path = "out"
format = "csv"
wait = "PT1S"
[channel.dates]
type = "calendar"
path = "calendars"
[channel.mail]
type = "email"
host = "127.0.0.1"
port = 9
from = "offplan@example.org"
security = "none"
timeout = "PT1S"
[channel.hook]
type = "webhook"
url = "http://127.0.0.1:9/hook"
secret = "file:secret"
remind = "P1D"
[[route]]
channel = ["files"]
"""
"""Every table, with a value of each of its types; nothing here reaches another machine."""

_ODD_TEXTS: Final = (
    "", " ", "x", "..", "a/b", "a\x00b", "\u202e", "\x1b[2J", "\ufeff", "é", "e\u0301", "\U0001f9ea", "\uffff", "x" * 3000, "PT0S", "PT-1S",
    "P99999999999D", "PT1e3S", "%Q", "%", "{", "{x}", "*", "[", "file:", "env:", "env:\x00", "file:a\x00b", "utf-16", "idna", "hex", "Nowhere/Zone",
    "../zone", "EUR", "1/0", "9e999", "[::1", "http://[", "http://127.0.0.1:99999999/", "http://", "signal", "late_supply", "folder",
    "state=open", "state~", "late-supply", "f5, ?", "ctrl+c", "\u0663", "2026-02-30",
)  # fmt: skip
_ODD_VALUES: Final[tuple[object, ...]] = (
    *_ODD_TEXTS, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**64), 10**400, 0.0, -0.5, 1e308, 5e-324, float("inf"),
    float("-inf"), float("nan"), date(2026, 3, 9), time(7, 30), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), [], [[]], [1, "x"], {},
    {"": ""}, {"type": "folder"}, {"column": "x", "const": 1}, [{}], ["x"] * 300, {str(number): number for number in range(300)},
)  # fmt: skip
# Without a slash: nothing is to lead to another folder of this machine.
_TEXT: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), max_size=8)
_ODD: Final = st.one_of(
    st.sampled_from(_ODD_VALUES),
    _TEXT,
    st.integers(-(10**20), 10**20),
    st.floats(),
)
_NAMES: Final = st.one_of(
    st.sampled_from(("type", "path", "days", "as", "fields", "page", "match", "kind", "rule", "view", "tolerance", "zone", "", "a b", "ünï", "\x07")),
    _TEXT,
)  # fmt: skip
_ODD_BYTES: Final = st.one_of(
    st.sampled_from((b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"[", b"]", b"[[rule]]\n", b"=", b'"""', b"'", b"\n= 1\n", b"{", b"[" * 4000, b"#")),
    st.binary(max_size=6),
)  # fmt: skip


@st.composite
def settings_files(draw: st.DrawFn) -> bytes:
    """The bytes of a settings file."""
    document = tomllib.loads(WHOLE)
    for name in draw(st.lists(st.sampled_from(sorted(document)), max_size=3, unique=True)):
        del document[name]
    for _ in range(draw(st.integers(0, 4))):
        _change(draw, document)
    content = _written(document).encode()
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(_ODD_BYTES) + content[at + draw(st.integers(0, 3)) :]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 9)) == 0 else content


def _change(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Put another value in some place, take what is there out, or add a key."""
    places = list(_places(document))
    if not places:
        return
    inside, name = draw(st.sampled_from(places))
    what = draw(st.integers(0, 9))
    if what < 6:
        inside[name] = copy.deepcopy(draw(_ODD))
    elif what < 8:
        del inside[name]
    elif isinstance(inside, list):
        inside.insert(name, copy.deepcopy(draw(_ODD)))
    else:
        inside[draw(_NAMES)] = copy.deepcopy(draw(_ODD))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key of every table and every place of every list in it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        yield value, name
        yield from _places(inner)


def _written(document: dict[str, Any]) -> str:
    return "".join(f"{key(name)} = {_toml(value)}\n" for name, value in document.items())


def _toml(value: Any) -> str:
    """A value as TOML; of dates and times, which offplan itself never writes, too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(name)} = {_toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return value.isoformat() if isinstance(value, (date, time)) else toml(value)
