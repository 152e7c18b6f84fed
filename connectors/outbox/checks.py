"""What `offplan check` finds amiss with channels and routes that can be read: secrets, folders, routes without effect,
owners whom no mail can reach, and calls that no channel carries out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.settings import secrets
from connectors.settings.channel_settings import CalendarChannel, EmailChannel, FolderChannel, WebhookChannel
from connectors.settings.settings_file import Settings
from engine.values.errors import BadInput

if TYPE_CHECKING:
    from engine.desk import Desk


def faults(settings: Settings) -> Iterator[BadInput]:
    """Why messages of a channel would fail, and routes and channels that nothing ever takes."""
    for name, channel in settings.channels.items():
        place = f"channel.{name}"
        if isinstance(channel, FolderChannel | CalendarChannel):
            yield from _folder(place, settings.folder / channel.path)
        elif isinstance(channel, EmailChannel):
            yield from _secret(channel.password, f"{place}.password", settings.folder)
        else:
            yield from _webhook(channel, place, settings.folder)
    yield from _routes(settings)


def without_address(desk: Desk, settings: Settings) -> Iterator[BadInput]:
    """Owners who would get a mail at their own address, and have none."""
    mailed = [
        name
        for name, channel in settings.channels.items()
        if isinstance(channel, EmailChannel) and not channel.recipients
    ]
    if not mailed:
        return
    found = desk.without_address(mailed, settings.handoff_channels(), settings.handoff_routes())
    for owner, actions in sorted(found.items()):
        named = ", ".join(f"A{number}" for number in actions[:5]) + (" ..." if len(actions) > 5 else "")
        fault = f"no mail can tell him of {named}: he has no address"
        yield BadInput(f"owner {owner}", fault, "load the owners with `email`, or route his actions elsewhere")


def without_channel(desk: Desk, settings: Settings) -> Iterator[BadInput]:
    """Steps that wait to call a system through a channel which is not there, or is none for calls."""
    for effect in desk.due_effects():
        name = str(effect.effect.get("channel"))
        if effect.kind != "http" or isinstance(settings.channels.get(name), WebhookChannel):
            continue
        fault = f"its call waits for the channel {name}, " + (
            "which is no webhook" if name in settings.channels else "which offplan.toml does not have"
        )
        yield BadInput(effect.action, fault, f'add [channel.{name}] with type = "webhook", or skip {effect.action}')


def _folder(place: str, path: Path) -> Iterator[BadInput]:
    if os.path.exists(path) and not os.path.isdir(path):  # Path's raise errors for names that are too long.
        yield BadInput(place, f"{path} is no folder", "name a folder in `path`; it is made where it is missing")


def _secret(value: str | None, place: str, folder: Path) -> Iterator[BadInput]:
    if value is None:
        return
    try:
        secrets.resolve(value, place, folder=folder)
    except BadInput as fault:
        yield fault


def _webhook(channel: WebhookChannel, place: str, folder: Path) -> Iterator[BadInput]:
    yield from _secret(channel.secret, f"{place}.secret", folder)
    for key, value in channel.headers.items():
        try:
            secrets.header(key, value, f"{place}.headers.{key}", folder=folder)
        except BadInput as fault:
            yield fault


def _routes(settings: Settings) -> Iterator[BadInput]:
    routes = settings.routes
    last = next((number for number, route in enumerate(routes, 1) if not route.match and not route.continue_), None)
    for number in range((last or len(routes)) + 1, len(routes) + 1):
        yield BadInput(
            f"route {number}", f"nothing ever comes to it: route {last} takes everything", "put it before that"
        )
    reached = {name for route in routes[:last] for name in route.channels}
    for name in settings.channels if routes else ():
        if name not in reached:
            yield BadInput(f"channel.{name}", "no route leads to it", "name it in a route, or take it out")
