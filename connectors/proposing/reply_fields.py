"""Which column of a file of replies fills which field, and which words of owners mean what: for `offplan map --as
reply`.

A file of replies is known by what stands in a hand-off: the action and its token. A person confirms what is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.mapping.converters import text_of
from connectors.proposing.header_words import plain
from connectors.proposing.profile import Doubt, Profile
from engine.values.errors import BadInput

REPLY: Final = "reply"
"""What `--as` says for a file of replies; its rows are signals of this kind."""
_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id", "reply id", "message id"),
    "action": ("action", "action id", "task", "step", "massnahme", "aufgabe"),
    "token": ("token", "code", "quote", "kennwort"),
    "status": ("status", "word", "answer", "reply", "state", "antwort"),
    "reason": ("reason", "note", "comment", "remark", "why", "grund", "bemerkung"),
    "answers": ("answers", "form", "antworten"),
    "until": ("until", "waiting until", "bis", "wartet bis"),
    "recorded_at": ("recorded at", "time", "date", "sent", "answered at", "timestamp", "datum", "zeit"),
}
"""Field to the usual names of its column."""
_WORDS: Final[Mapping[str, str]] = {
    "accepted": "accepted", "accept": "accepted", "ok": "accepted", "yes": "accepted", "angenommen": "accepted",
    "started": "started", "start": "started", "in progress": "started", "begun": "started", "begonnen": "started",
    "waiting": "waiting", "wait": "waiting", "on hold": "waiting", "wartet": "waiting",
    "done": "done", "finished": "done", "complete": "done", "completed": "done", "erledigt": "done", "fertig": "done",
    "failed": "failed", "fail": "failed", "not possible": "failed", "no": "failed", "gescheitert": "failed",
}  # fmt: skip


def chosen(
    columns: Sequence[str], profiles: Mapping[str, Profile], cells: Mapping[str, Sequence[Any]], file: str
) -> tuple[dict[str, Any], list[Doubt]]:
    """The rules of the fields of a mapping for replies, and what is doubtful about them.

    Raises BadInput where no column looks like the action, its token or the word.
    """
    words = {plain(column): column for column in reversed(columns)}
    found = {field: next((words[name] for name in names if name in words), None) for field, names in _COLUMNS.items()}
    missing = [name for name in ("action", "token", "status") if found[name] is None]
    if missing:
        mend = "name another kind with --as, or call the columns action, token and status"
        raise BadInput(file, f"no column looks like the {' or the '.join(missing)} of a reply", mend)
    fields: dict[str, Any] = {name: column for name, column in found.items() if column is not None}
    doubts = []
    if "id" not in fields:
        # A template with an empty part gives no id: only columns that always say something can be parts of it.
        names = ("action", "token", "status", "reason", "until", "recorded_at")
        parts = [fields[name] for name in names if name in fields and not profiles[fields[name]].empty]
        fields = {"id": {"template": " ".join(f"{{{part}}}" for part in parts)}, **fields}
    fields["kind"] = {"const": REPLY}
    said = sorted({text_of(cell).strip() for cell in cells[fields["status"]]} - {""})
    if any(word != _WORDS.get(plain(word)) for word in said):
        unknown = [word for word in said if plain(word) not in _WORDS]
        doubts += [Doubt(fields["status"], None, word, "it is no word of a reply that is known") for word in unknown]
        values = {word: _WORDS[plain(word)] for word in said if plain(word) in _WORDS}
        fields["status"] = {"column": fields["status"], "values": values}
    for name in ("until", "recorded_at"):
        column = fields.get(name)
        if column is not None and profiles[column].date not in (None, "iso", "excel"):
            fields[name] = {"column": column, "date": profiles[column].date}
    return fields, doubts
