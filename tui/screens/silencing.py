"""What to silence, starting from a deviation: each way with what it would hide now, then why and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui.desk.session import Session
from tui.keys import request
from tui.keys.request import Request
from tui.screens.pickers import Choice, PreviewPicker
from tui.screens.telling import TellingScreen
from tui.screens.typed_answers import typed_line
from tui.terminal.safe import Pieces, fit
from tui.widgets.queue import subject

_WAYS: Final = (("subject",), ("kind", "party"), ("kind", "item"), ("kind", "site"), ("party",), ("item",), ("kind",))
"""Fields that a silence asks for together, the narrowest way first."""
_SHOWN: Final = 200
_USUAL: Final = "+7d"


async def asked(screen: TellingScreen, session: Session, id_: str) -> Request | None:
    """The silence that a person wants, from a deviation; None when they leave it. Raises OffplanError."""
    row = session.desk.deviation_rows([int(id_[1:])])[0]
    ways = {" ".join(f"{name}={value}" for name, value in way.items()): way for way in _ways(row)}
    found = {words: session.desk.queue_ids(_filter(way)) for words, way in ways.items()}
    choices = [
        Choice(words, [(fit(words, 48) + " ", "bold"), (f"hides {len(found[words])} now", "quiet")]) for words in ways
    ]
    chosen = await screen.app.push_screen_wait(
        PreviewPicker(
            f"What to silence, as {id_}",
            choices,
            lambda words, width: _hidden(session, found[words]),
            session.keys,
            takes="takes it",
        )
    )
    if chosen is None:
        return None
    reason = await typed_line(screen, f"silence {chosen}: why")
    if not reason:
        return None
    until = await typed_line(
        screen,
        f"silence {chosen}: until (+4h, +2d or {request.time_to_come(session.present)})",
        lambda text: text and request.until(text, session.present),
        text=_USUAL,
    )
    if not until:
        return None
    where = [f"{name}={value}" for name, value in ways[chosen].items()]
    options = {"where": where, "reason": reason, "until": request.until(until, session.present)}
    return Request("silence add", (), options)


def _ways(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The ways that this deviation has values for."""
    values = {**row, "subject": row["subject"]["id"]}
    return [{name: str(values[name]) for name in way} for way in _WAYS if all(values[name] for name in way)]


def _filter(way: Mapping[str, str]) -> str:
    """The same as a filter of the queue; a value stands in the quotes that it does not have."""
    return " ".join(f"{name}='{value}'" if '"' in value else f'{name}="{value}"' for name, value in way.items())


def _hidden(session: Session, numbers: Sequence[int]) -> list[Pieces]:
    rows = session.desk.deviation_rows(numbers[:_SHOWN])
    lines: list[Pieces] = [
        [(fit(row["id"], 8), "quiet"), (fit(row["kind"], 14), "plain"), (subject(row), "bold")] for row in rows
    ]
    more = len(numbers) - len(rows)
    return [*lines, [(f"and {more} more", "bold")]] if more else lines
