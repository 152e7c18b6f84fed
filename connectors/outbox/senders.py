"""Which sender a channel of the settings has."""

from __future__ import annotations

from connectors.outbox.sending import Sender
from connectors.settings.channel_settings import CalendarChannel, EmailChannel, FolderChannel
from connectors.settings.settings_file import Settings


def sender_of(settings: Settings, name: str) -> Sender:
    """The sender of the channel of this name, which is there; each kind's library is loaded with it."""
    channel = settings.channels[name]
    if isinstance(channel, FolderChannel):
        from connectors.outbox.folder import FolderSender

        return FolderSender(channel, settings.folder)
    if isinstance(channel, CalendarChannel):
        from connectors.outbox.calendar import CalendarSender

        return CalendarSender(channel, settings.folder)
    if isinstance(channel, EmailChannel):
        from connectors.outbox.email import EmailSender

        return EmailSender(name, channel, settings.folder)
    from connectors.outbox.webhook import WebhookSender

    return WebhookSender(name, channel, settings.folder)
