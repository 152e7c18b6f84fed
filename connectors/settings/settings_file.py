"""The settings file `offplan.toml`: `load`, the whole file as `Settings`, and one sentence for whatever may not stand
there.

The models of mappings, sources and channels are in connectors.settings.mapping_settings, source_settings and
channel_settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from connectors.settings import settings_faults
from connectors.settings.channel_settings import CHANNELS, AnyChannel, EmailChannel, RouteSection
from connectors.settings.mapping_settings import FieldRule, MappingSection, RowFilter
from connectors.settings.sections import Section, Zone, parse_duration
from connectors.settings.settings_text import content_of, document_of
from connectors.settings.source_settings import FolderSource, HttpSource, Pagination, Source
from connectors.values.targets import SIGNAL
from engine.detect import tolerance_rules
from engine.handoffs.routing import Channel, Route
from engine.values import money
from engine.values import rates as exchange
from engine.values.errors import BadInput
from engine.vocabulary import emissions as factors
from engine.vocabulary.deviation_kinds import DEVIATION_KINDS

__all__ = [
    "FILE_NAME",
    "FieldRule",
    "FolderSource",
    "HttpSource",
    "MappingSection",
    "Pagination",
    "Settings",
    "load",
    "parse_duration",
]

FILE_NAME: Final = "offplan.toml"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class DeskSection(Section):
    """`[desk]`: who this desk is."""

    name: str = "desk"
    zone: Zone = "UTC"
    currency: str = "EUR"
    database: str = "offplan.db"

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        if not money.is_code(code):
            raise ValueError(f"{code!r} is not a currency; write its ISO 4217 code, such as EUR")
        return code


class ScreenSection(Section):
    """`[screen]`: how the desk looks in a terminal. What may stand there the desk checks when it opens."""

    theme: str = "terminal"
    refreshes_per_second: float | int | None = None
    characters: str = "auto"
    bell: bool = False
    mouse: bool = False


class KeysSection(Section):
    """`[keys]`: ids of things that a key does, each with the key that it has on this desk; checked where the keys
    are."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class ViewSection(Section):
    """`[view.NAME]`: a view of the list of deviations that somebody keeps. What may stand there the desk checks."""

    filter: str = ""
    sort: str = ""
    group: str = ""
    columns: list[str] = Field(default=[])


class RuleSection(Section):
    """`[[rule]]`: tolerance parameters for some subjects only; without a kind, for those of every kind."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    kind: str | None = None
    match: dict[str, str] = Field(default={})

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str | None) -> str | None:
        return None if kind is None else _checked_kind(kind)


def _passing(check: Callable[[str, Any], Any]) -> AfterValidator:
    """What a check of the engine lets pass, as it returns it; its fault has the place that pydantic knows."""

    def checked_value(given: Any) -> Any:
        try:
            return check("", given)
        except BadInput as fault:
            raise ValueError(f"{fault.fault}; {fault.mend}") from None

    return AfterValidator(checked_value)


class Settings(Section):
    """The whole file. `folder` is the workspace that relative paths start from."""

    desk: DeskSection = DeskSection()
    screen: ScreenSection = ScreenSection()
    keys: KeysSection = KeysSection()
    views: dict[str, ViewSection] = Field(default={}, alias="view")
    rates: dict[str, Annotated[Any, _passing(exchange.check)]] = Field(default={})
    emissions: dict[str, Annotated[Any, _passing(factors.check)]] = Field(default={})
    tolerance: dict[str, dict[str, int | float]] = Field(default={})
    rules: list[RuleSection] = Field(default=[], alias="rule")
    mappings: dict[str, MappingSection] = Field(default={}, alias="mapping")
    sources: dict[str, Source] = Field(default={}, alias="source")
    channels: dict[str, AnyChannel] = Field(default={}, alias="channel")
    routes: list[RouteSection] = Field(default=[], alias="route")

    _folder: Path = PrivateAttr(default=Path("."))

    @property
    def folder(self) -> Path:
        return self._folder

    @field_validator("tolerance")
    @classmethod
    def _known_kinds(cls, tolerance: dict[str, Any]) -> dict[str, Any]:
        for kind in tolerance:
            _checked_kind(kind)
        return tolerance

    @model_validator(mode="after")
    def _names_hold(self) -> Settings:
        for name in (*self.mappings, *self.sources, *self.channels):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a name; use letters, digits, dots, dashes and underscores")
        return self

    def handoff_channels(self) -> list[Channel]:
        """The channels as the engine decides about them; only a mail must never be repeated by itself."""
        return [
            channel.channel(name, channel.type, once=isinstance(channel, EmailChannel))
            for name, channel in self.channels.items()
        ]

    def handoff_routes(self) -> list[Route]:
        """The routes as the engine reads them, in the order of the file."""
        return [route.route() for route in self.routes]

    def desk_settings(self) -> dict[str, Any]:
        """What `Desk.configure` takes: name, zone, currency, rates, emissions, tolerance by kind, and rules."""
        return {
            "name": self.desk.name,
            "zone": self.desk.zone,
            "currency": self.desk.currency,
            "rates": dict(self.rates),
            "emissions": dict(self.emissions),
            "tolerance": {kind: dict(parameters) for kind, parameters in self.tolerance.items()},
            "rules": [rule.model_dump(exclude_none=True) for rule in self.rules],
        }


def _checked_kind(kind: str) -> str:
    if kind not in DEVIATION_KINDS:
        raise ValueError(f"{kind!r} is not a kind of deviation; use one of {', '.join(DEVIATION_KINDS)}")
    return kind


class FaultyTable(Exception):
    """A fault in one mapping, source or channel, or in the routes; `table` names it, such as ("source", "erp")."""

    def __init__(self, table: tuple[str, str], fault: BadInput) -> None:
        super().__init__(str(fault))
        self.table, self.fault = table, fault


def load(path: Path) -> Settings:
    """The settings of a file. Raises BadInput that names the file, the key, what is wrong and what would be right."""
    return checked(path, content_of(path))


def checked(path: Path, content: bytes) -> Settings:
    """The settings that a file at `path` with this content makes. Raises BadInput as `load` does."""
    try:
        return of_document(path, document_of(path, content))
    except FaultyTable as error:
        raise error.fault from None


def of_document(path: Path, document: Mapping[str, Any]) -> Settings:
    """The settings of a file that was read. Raises FaultyTable for a fault in one table of those, else BadInput."""
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        fault = settings_faults.sentence(path, document, errors, _known_keys)
        keys = settings_faults.keys_of(document, errors[0])
        if keys[:1] in (("mapping",), ("source",), ("channel",), ("route",)) and len(keys) > 1:
            raise FaultyTable((keys[0], keys[1]), fault) from None
        raise fault from None
    for number, rule in enumerate(settings.rules, 1):
        tolerance_rules.check(rule.kind, rule.match, rule.model_extra or {}, f"{path}: rule {number}")
    for kind, parameters in settings.tolerance.items():
        tolerance_rules.check(kind, {}, parameters, f"{path}: tolerance.{kind}")
    for name, source in settings.sources.items():
        _check_mappings_of(name, source, settings.mappings, path)
    _check_routes(settings, path)
    settings._folder = path.parent
    return settings


def _check_routes(settings: Settings, path: Path) -> None:
    """Raises FaultyTable for a route that leads to no channel."""
    for number, route in enumerate(settings.routes, 1):
        for name in route.channels:
            if name not in settings.channels:
                fault = f"it names a channel {name!r} that is not there"
                raise FaultyTable(("route", str(number)), BadInput(f"{path}: route {number}", fault, "add it"))


def _check_mappings_of(name: str, source: Source, mappings: Mapping[str, MappingSection], path: Path) -> None:
    """Raises FaultyTable when a source cannot be read by the mappings that it names."""
    fault = None
    for wanted in source.mapping_names:
        if wanted not in mappings:
            fault = f"source {name!r} names a mapping {wanted!r} that is not there", "add it"
        elif mappings[wanted].as_ != SIGNAL:
            fault = f"source {name!r} names {wanted!r}, which is not as signal", "name another mapping"
    if fault is None and len({mappings[wanted].identity for wanted in source.mapping_names}) > 1:
        fault = f"the mappings of source {name!r} disagree about identity", "set the same in all of them"
    if fault is not None:
        raise FaultyTable(("source", name), BadInput(f"{path}: source.{name}", *fault))


def _known_keys(location: Iterable[int | str]) -> list[str]:
    """The keys that the table of a location has."""
    parts = [str(part) for part in location]
    model: type[BaseModel] = Settings
    if len(parts) > 1:
        inside: Mapping[str, type[BaseModel]] = {
            "desk": DeskSection,
            "screen": ScreenSection,
            "view": ViewSection,
            "rule": RuleSection,
            "mapping": MappingSection,
            "route": RouteSection,
        }
        model = inside.get(parts[0], Settings)
        if parts[0] == "mapping" and "fields" in parts[2:-1]:
            model = FieldRule
        elif parts[0] == "mapping" and "only" in parts[2:-1]:
            model = RowFilter
        elif parts[0] == "source":
            model = Pagination if "page" in parts[2:-1] else HttpSource if "http" in parts[2:-1] else FolderSource
        elif parts[0] == "channel" and len(parts) > 3:
            # The third part names the branch of the union: the type that the channel says it is of.
            model = CHANNELS[parts[2]]
    return [field.alias or name for name, field in model.model_fields.items()]
