"""Addresses of servers: how one may be shown to a person, and who answers at it; no request is made here."""

from __future__ import annotations

from urllib.parse import urlsplit

from engine.values.errors import BadInput
from engine.values.text import clean


def shown(url: str) -> str:
    """An address as a person may see it: without user, password, query and fragment, which can hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(not an address)"
    host = f"[{host}]" if ":" in host else host
    return clean(f"{parts.scheme}://{host}{port}{parts.path}")[:200]


def origin(url: str, place: str) -> tuple[str, str, int]:
    """Scheme, host and port of an http or https address. Raises BadInput, naming `place`, for anything else."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port, parts = "", None, None, urlsplit("")
    if scheme not in ("http", "https") or not host:
        raise BadInput(place, "this is no http or https address", "write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        mend = 'take them out; give a header: headers = { Authorization = "env:NAME" }'
        raise BadInput(place, "the address holds a user name or a password", mend)
    return scheme, host.lower(), port or (443 if scheme == "https" else 80)
