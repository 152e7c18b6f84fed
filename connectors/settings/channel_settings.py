"""`[channel.NAME]` and `[[route]]` of `offplan.toml`: the models of the four kinds of channels, and what goes where.

What is done with them is connectors.outbox's business, which of them an action takes engine.handoffs.routing's.
Reference for people: docs/handoffs.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from connectors.settings.secrets import is_reference
from connectors.settings.sections import Duration, Section, named_headers, parse_duration
from engine.handoffs.routing import FIELDS, Channel, Route
from engine.values.clock import SECOND

Ends = Literal["all", "called_off", "none"]


class _Told(Section):
    """What all channels have: how long a message waits for more, how often one is reminded, and of what."""

    wait: Duration = "PT20S"
    interval: Duration = "PT1M"
    remind: Duration | None = None
    ended: Ends = "called_off"
    blocked: bool = False

    def channel(self, name: str, kind: str, *, once: bool) -> Channel:
        """The channel as the engine decides about it."""
        return Channel(
            name=name,
            kind=kind,
            once=once,
            wait=parse_duration(self.wait),
            interval=parse_duration(self.interval),
            remind=None if self.remind is None else parse_duration(self.remind),
            ended=self.ended,
            blocked=self.blocked,
        )


class FolderChannel(_Told):
    """`type = "folder"`: a file for each message."""

    type: Literal["folder"]
    path: str
    format: Literal["markdown", "csv", "json"] = "markdown"


class CalendarChannel(_Told):
    """`type = "calendar"`: an entry for each action, in a folder for each owner; it is told of the whole plan."""

    type: Literal["calendar"]
    path: str
    ended: Ends = "all"
    blocked: bool = True


class _Called(_Told):
    """A channel that is another machine: how long it may take, and by which certificates it is known."""

    timeout: Duration = "PT30S"
    verify: bool | str = True

    @property
    def timeout_seconds(self) -> float:
        """Of each step; all of them together may take twice as long."""
        return parse_duration(self.timeout) / SECOND


class EmailChannel(_Called):
    """`type = "email"`: to the owner's address, or to the addresses of `to`, through one SMTP server."""

    type: Literal["email"]
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    from_: str = Field(alias="from", min_length=3)
    to: str | list[str] | None = None

    @field_validator("host")
    @classmethod
    def _names_a_server(cls, host: str) -> str:
        try:
            name = host.encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
        if not name or name.startswith(".") or any(not (each.isalnum() or each in "-._:") for each in name):
            raise ValueError(f"{host!r} is no name of a server; write it without scheme and port, such as smtp.example")
        return host

    @field_validator("user")
    @classmethod
    def _can_log_in(cls, user: str | None) -> str | None:
        if user is not None and not (user.isascii() and user.isprintable()):
            raise ValueError("a login is one line of ASCII; ask whoever runs the server for such a one")
        return user

    @model_validator(mode="after")
    def _login_is_whole_and_hidden(self) -> EmailChannel:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password only have a meaning together; give both, or neither")
        if self.password is not None and not is_reference(self.password):
            raise ValueError(
                'the password stands in the settings file; move it out and write "env:NAME" or "file:PATH"'
            )
        if self.user is not None and self.security == "none":
            raise ValueError('a password would travel openly; set security = "starttls" or "tls"')
        return self

    @property
    def recipients(self) -> tuple[str, ...]:
        """Where everything goes; empty: to each owner's own address."""
        return () if self.to is None else (self.to,) if isinstance(self.to, str) else tuple(self.to)


class WebhookChannel(_Called):
    """`type = "webhook"`: a JSON body to one address, with a key that is the same when it is sent again."""

    type: Literal["webhook"]
    url: str = Field(pattern=r"^https?://[^\s]+$")
    headers: dict[str, str] = Field(default={})
    secret: str | None = None
    ended: Ends = "all"

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        return named_headers(headers)

    @field_validator("secret")
    @classmethod
    def _hidden(cls, secret: str | None) -> str | None:
        if secret is not None and not is_reference(secret):
            raise ValueError('a secret stands in the settings file; move it out and write "env:NAME" or "file:PATH"')
        return secret


AnyChannel = Annotated[FolderChannel | CalendarChannel | EmailChannel | WebhookChannel, Field(discriminator="type")]
CHANNELS: Final[Mapping[str, type[Section]]] = {
    "folder": FolderChannel,
    "calendar": CalendarChannel,
    "email": EmailChannel,
    "webhook": WebhookChannel,
}


class RouteSection(Section):
    """`[[route]]`: where what matches goes; the first that fits decides, unless it says `continue = true`."""

    match: dict[str, str | list[str]] = Field(default={})
    channel: str | list[str]
    continue_: bool = Field(default=False, alias="continue")

    @field_validator("match")
    @classmethod
    def _known_fields(cls, match: dict[str, Any]) -> dict[str, Any]:
        for name in match:
            if name not in FIELDS:
                raise ValueError(f"{name!r} is nothing that a route can ask; use {', '.join(FIELDS)}")
        return match

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels."""
        return (self.channel,) if isinstance(self.channel, str) else tuple(self.channel)

    def route(self) -> Route:
        """The route as the engine reads it."""
        match = {name: [said] if isinstance(said, str) else list(said) for name, said in self.match.items()}
        return Route(match, self.channels, self.continue_)
