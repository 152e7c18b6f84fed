"""The models of master records: what an item, site, party, BOM line, lane, owner, calendar or absence may say.

Loading a baseline validates records with these and stores the outcome; who reads stored records goes to
engine.master.network, which does not pay for pydantic. Field names are the ones that mappings fill (docs/mappings.md).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from engine.storage.journal import canonical
from engine.values.clock import WEEKDAYS
from engine.values.errors import BadInput
from engine.values.text import clean
from engine.values.units import packs_of
from engine.values.zones import is_known
from engine.vocabulary.model import FUNCTIONS
from engine.vocabulary.planning import LEAST_MINUTES

LONGEST_ABSENCE: Final = 731
"""Days; who is away for longer is not planned with."""
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_SEPARATOR = re.compile(r"[;,|]")


def _function(word: str) -> str:
    name = word.lower().replace("_", " ").strip()
    if name not in FUNCTIONS:
        raise ValueError(f"{word!r} is no function; use one of {', '.join(FUNCTIONS)}")
    return name


def _zone(name: str) -> str:
    if not is_known(name):
        raise ValueError(f"{name!r} is no time zone; use an IANA name such as Europe/Berlin")
    return name


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it as 2026-12-24") from None


def _words(given: Any) -> Any:
    """One text as a list: its parts between `;`, `,` or `|`."""
    if not isinstance(given, str):
        return given
    return [part for part in (piece.strip() for piece in _SEPARATOR.split(given)) if part]


def _packs(given: Any) -> Any:
    """One text as packs: `CASE=12; PAL=480`."""
    return packs_of(given) or None if isinstance(given, str) else given


Text = Annotated[str, AfterValidator(clean)]
Id = Annotated[str, AfterValidator(clean), Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_words)]


class Record(BaseModel):
    """What all master records share: unknown fields are refused, numbers may come as text."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)

    def key(self) -> str:
        """What makes the record unique within its kind."""
        return str(getattr(self, "id"))  # noqa: B009


class Item(Record):
    """A material; `unit_value` in major units of `currency` and `weight_kg` for one `uom`, `units` the packs of so many
    `uom`."""

    id: Id
    name: Text = ""
    item_class: Text | None = None
    uom: Text | None = None
    units: Annotated[dict[Id, Annotated[Number, Field(gt=0)]], BeforeValidator(_packs)] | None = None
    unit_value: Annotated[Number, Field(ge=0)] | None = None
    weight_kg: Annotated[Number, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None


class Placed(Record):
    """What can say where it lies, in degrees north and east."""

    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> Placed:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a place needs both coordinates; give latitude and longitude, or neither")
        return self


class Site(Placed):
    """A place of the network: plant, warehouse, port, store."""

    id: Id
    name: Text = ""
    type: Text | None = None
    country: Text | None = None
    zone: Annotated[str, AfterValidator(_zone)] | None = None


class Party(Placed):
    """A supplier, customer or carrier, as `role` says; where a supplier's goods leave from."""

    id: Id
    name: Text = ""
    role: Text | None = None
    country: Text | None = None


class BomLine(Record):
    """`quantity` of `item` goes into one `parent` (a product or an operation), where `site` is given only there.

    It is needed `lead_days` before the parent is ready. What is not positive is no component but an outcome.
    """

    parent: Id
    item: Id
    quantity: Number
    site: Text | None = None
    lead_days: Annotated[Number, Field(ge=0, le=3650)] | None = None

    def key(self) -> str:
        return f"{self.parent}>{self.item}" + (f"@{self.site}" if self.site else "")


class Lane(Record):
    """A way from `origin` (absent: from anywhere) to `destination`; `duration_days` door to door."""

    destination: Id
    origin: Text | None = None
    mode: Text | None = None
    duration_days: Annotated[Number, Field(ge=0, le=3650)] | None = None

    def key(self) -> str:
        return f"{self.origin or ''}>{self.destination}" + (f"/{self.mode}" if self.mode else "")


class Owner(Record):
    """A person who can own actions; engine.vocabulary.planning.Owner says what each field means."""

    id: Id
    name: Text = ""
    functions: Annotated[tuple[Annotated[str, AfterValidator(_function)], ...], BeforeValidator(_words)] = ()
    sites: Words = ()
    parties: Words = ()
    items: Words = ()
    calendar: Text | None = None
    email: Text | None = None
    lead: bool = False


class Calendar(Record):
    """Working time in `zone`: ranges per weekday, such as `{"mon": [["08:00", "16:30"]]}`, except on `holidays`.

    A range that ends before it starts ends the next morning: `[["22:00", "06:00"]]`.
    """

    id: Id
    zone: Annotated[str, AfterValidator(_zone)]
    week: dict[str, tuple[tuple[str, str], ...]]
    holidays: Annotated[tuple[Annotated[str, AfterValidator(_date)], ...], BeforeValidator(_words)] = ()

    @field_validator("week")
    @classmethod
    def _sound_week(cls, week: dict[str, tuple[tuple[str, str], ...]]) -> dict[str, tuple[tuple[str, str], ...]]:
        for day, ranges in week.items():
            if day not in WEEKDAYS:
                raise ValueError(f"{day!r} is no weekday; use {', '.join(WEEKDAYS)}")
            end_before = ""
            for start, end in ranges:
                sound = _TIME.fullmatch(start) and _TIME.fullmatch(end) and start not in (end, "24:00")
                if not sound or start < end_before:
                    raise ValueError(
                        f"{day} {start}-{end} is no range after {end_before or '00:00'}; write 08:00-12:00, or 22:00-06:00"
                    )
                # Nothing of the same day comes after a range that ends the next morning.
                end_before = end if end > start else "24:00"
        if all(_minutes(*each) < LEAST_MINUTES for ranges in week.values() for each in ranges):
            raise ValueError(
                f"nobody ever works {LEAST_MINUTES} minutes on end; give at least one range such as mon = 08:00-16:30"
            )
        return week


def _minutes(start: str, end: str) -> int:
    """How long a range is; one that ends before it starts ends the next morning."""
    begin, finish = (60 * int(wall[:2]) + int(wall[3:]) for wall in (start, end))
    return finish - begin if finish > begin else finish + 1440 - begin


class Absence(Record):
    """Days on which `owner` does not work, both included, in the zone of the owner's calendar; without `last_day`
    one."""

    owner: Id
    first_day: Annotated[str, AfterValidator(_date)]
    last_day: Annotated[str, AfterValidator(_date)] | None = None
    reason: Text | None = None

    def key(self) -> str:
        return f"{self.owner}/{self.first_day}"

    @model_validator(mode="after")
    def _sound_days(self) -> Absence:
        last = self.last_day or self.first_day
        if last < self.first_day:
            raise ValueError(f"the last day {last} is before the first, {self.first_day}; change them over")
        if (date.fromisoformat(last) - date.fromisoformat(self.first_day)).days > LONGEST_ABSENCE:
            raise ValueError(f"it is longer than {LONGEST_ABSENCE} days; take who left out of the owners")
        return self


MODELS: Final[dict[str, type[Record]]] = {
    "item": Item,
    "site": Site,
    "party": Party,
    "bom": BomLine,
    "lane": Lane,
    "owner": Owner,
    "calendar": Calendar,
    "absence": Absence,
}


def validate(kind: str, data: dict[str, Any]) -> tuple[str, str]:
    """The key of a record and its canonical JSON as it is stored.

    Raises BadInput, whose place is the field, when the record cannot be used.
    """
    model = MODELS[kind]
    try:
        record = model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or kind
        reason, _, mend = first["msg"].removeprefix("Value error, ").partition("; ")
        fields = f"a record of kind {kind} has {', '.join(model.model_fields)}"
        raise BadInput(clean(place), clean(reason), clean(mend) or fields) from None
    return record.key(), canonical(record.model_dump(mode="json", exclude_none=True))
