"""A folder as a channel: one file for each message, as Markdown, CSV or JSON, whole or not there at all.

The name is the message's, so that one that is written again takes its own place.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from connectors.outbox import neutral, wording
from connectors.outbox.sending import aside
from connectors.settings.channel_settings import FolderChannel
from engine.handoffs.deliveries import Delivery, Result
from engine.storage import whole_file

_COLUMNS: Final = (
    "handoff", "reason", "owner", "action", "change", "state", "title", "instructions", "start_at", "due_at", "function",
    "role", "deviation", "severity", "subject", "summary", "token",
)  # fmt: skip


class FolderSender:
    """Writes messages of one `[channel.NAME]` with `type = "folder"`."""

    def __init__(self, settings: FolderChannel, folder: Path) -> None:
        self._folder = folder / settings.path
        self._format = settings.format

    async def send(self, delivery: Delivery) -> Result:
        name = f"H{delivery.id}-{neutral.file_name(delivery.owner)}{_SUFFIXES[self._format]}"
        text = _WRITERS[self._format](delivery)
        return await aside(lambda: written([(self._folder / name, text)]))


def written(files: list[tuple[Path, str]]) -> Result:
    """Write files, each whole or not at all; what is there already under a name is replaced."""
    try:
        for path, text in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole_file.replace(path, text.encode(), mode=0o644)
    except OSError as error:
        return Result("failed", f"{path} cannot be written ({error.strerror})", again=True, failure="unreachable")
    return Result("sent")


def _markdown(delivery: Delivery) -> str:
    content, plain = delivery.content, neutral.markdown
    lines = [f"# {plain(wording.subject(content))}", ""]
    lines += [f"For {plain(content['owner']['name'])}, from {plain(content['desk'])}.", ""]
    lines += [f"{plain(line)}  " for line in wording.introduction(content)]
    for item in wording.items(content):
        lines += ["", f"## {plain(item.heading)}", ""]
        lines += [f"- {name}: {plain(value)}" for name, value in item.facts]
        lines += ["", *(f"{plain(line)}  " for line in item.instructions)]
    endings = wording.endings(content)
    if endings:
        lines += ["", "## No longer yours to do", "", *(f"- {plain(line)}" for line in endings)]
    return "\n".join(lines).rstrip() + "\n"


def _csv(delivery: Delivery) -> str:
    content, deviation = delivery.content, delivery.content["deviation"]
    shared = {
        "handoff": f"H{delivery.id}",
        "reason": content["reason"],
        "owner": content["owner"]["id"],
        "deviation": deviation["id"],
        "severity": deviation["severity"],
        "subject": deviation["subject"]["id"],
        "summary": deviation["summary"],
    }
    target = io.StringIO()
    writer = csv.DictWriter(target, _COLUMNS, restval="", extrasaction="ignore")
    writer.writeheader()
    for action in (*content["actions"], *content["ended"]):
        row: Mapping[str, Any] = {**action, "action": action["id"], **shared}
        writer.writerow({name: neutral.cell(str(row[name])) for name in _COLUMNS if row.get(name) is not None})
    return target.getvalue()


def _json(delivery: Delivery) -> str:
    document = {"handoff": f"H{delivery.id}", "key": delivery.key, **delivery.content}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_SUFFIXES: Final = {"markdown": ".md", "csv": ".csv", "json": ".json"}
_WRITERS: Final[Mapping[str, Callable[[Delivery], str]]] = {"markdown": _markdown, "csv": _csv, "json": _json}
