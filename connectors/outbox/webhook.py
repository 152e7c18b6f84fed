"""A webhook as a channel: the message as JSON to one address, with a key by which its receiver knows a repeat.

The body of a message never changes, so a repeat is the same bytes under the same key. With a secret it is signed:
HMAC-SHA256 over the key, a dot and the body, so that neither can be exchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Final

from connectors.settings import secrets
from connectors.settings.channel_settings import WebhookChannel
from connectors.settings.secrets import Secret
from connectors.web.failures import FetchFailed
from connectors.web.http import Client
from engine.handoffs.deliveries import Delivery, Result
from engine.values.errors import BadInput

MOST_BYTES: Final = 65_536
"""Of an answer; a longer one is taken for none."""


class WebhookSender:
    """Sends messages of one `[channel.NAME]` with `type = "webhook"`."""

    def __init__(self, name: str, settings: WebhookChannel, folder: Path) -> None:
        self._name = name
        self._settings = settings
        self._folder = folder

    async def send(self, delivery: Delivery) -> Result:
        document = {"handoff": f"H{delivery.id}", "key": delivery.key, **delivery.content}
        return await self._post(delivery.key, document, once=False)

    async def call(self, key: str, document: object, *, once: bool, asks: bool = False) -> Result:
        """Carry out a step `http`: its own body. With `once`, what may have arrived is in doubt and not tried again;
        what is answered is read where the step `asks` for it."""
        return await self._post(key, document, once=once, limit=MOST_BYTES if asks else 0)

    async def _post(self, key: str, document: object, *, once: bool, limit: int = 0) -> Result:
        settings = self._settings
        body = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        verify = settings.verify if isinstance(settings.verify, bool) else str(self._folder / settings.verify)
        deadline = settings.timeout_seconds
        try:
            # Read anew each time: a secret that was exchanged counts from the next message on.
            headers, hidden = self._headers(key, body), self._secret_headers()
            async with Client(self._name, hidden, verify=verify, deadline_seconds=deadline, sort="channel") as client:
                answer = await client.post(settings.url, body, headers, limit)
        except FetchFailed as error:
            if once and error.arrived:
                return Result("unknown", str(error))
            return Result("failed", str(error), again=error.again, wait=error.wait, failure=error.failure)
        except BadInput as error:
            return Result("failed", str(error), again=True)
        return Result("sent", answer=_json(answer))

    def _secret_headers(self) -> dict[str, Secret]:
        return {
            key: secrets.header(key, value, f"channel.{self._name}.headers.{key}", folder=self._folder)
            for key, value in self._settings.headers.items()
        }

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._settings.secret is not None:
            secret = secrets.resolve(self._settings.secret, f"channel.{self._name}.secret", folder=self._folder)
            headers["X-Offplan-Signature"] = f"sha256={signature(secret, key, body)}"
        return headers


def _json(answer: bytes) -> object:
    """What a receiver answered; None for what is no JSON, since it has taken the call all the same."""
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def signature(secret: Secret, key: str, body: bytes) -> str:
    """What a receiver that has the secret works out as well: HMAC-SHA256 in hex."""
    return hmac.new(secret.reveal().encode(), key.encode() + b"." + body, hashlib.sha256).hexdigest()
