"""Questions about one object: what it is, what happened to it, why it ranks where it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from engine.actions import handovers, messages, reversals
from engine.deviations.command_context import fetch
from engine.facts.fold import event_of
from engine.gather import corrections, orders
from engine.ranking import queue
from engine.reading import deviation_list, deviation_shapes, family, feed_shapes, lists
from engine.storage import journal
from engine.storage.sqlite import sqlite3
from engine.storage.store import rows
from engine.validation import oddities, reply_checks
from engine.values import ids
from engine.values.clock import parse_instant
from engine.values.errors import NotFound
from engine.values.ids import Reference
from engine.vocabulary import shapes
from engine.vocabulary.model import Term

_HISTORY_OF_A_FEED: Final = 100
"""Entries shown of a source: each batch is one, and they never end."""
_MATCHED_BY_A_SILENCE: Final = 200
_HANDED_OFF: Final = "id IN (SELECT handoff_id FROM handoff_action WHERE action_id = :number)"


def deviation(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """The contract's JSON of a deviation. Raises NotFound."""
    return _deviation(connection, now, ids.parse(text, "deviation"))


def explain(connection: sqlite3.Connection, now: int, text: str) -> list[Term]:
    """Every term of a deviation's verdict and rank. Raises NotFound."""
    from engine.reading import explain as explanation

    return explanation.terms(connection, fetch(connection, ids.parse(text, "deviation")), now)


def impact(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any] | None:
    """What a deviation puts at risk, down to the customer orders; None where it is none of a supply line.

    Raises NotFound.
    """
    from engine.reading import impact_tree

    return impact_tree.of(connection, fetch(connection, ids.parse(text, "deviation")), now)


def options(connection: sqlite3.Connection, now: int, text: str) -> list[dict[str, Any]]:
    """What can be chosen in an action, or in the decisions about a deviation. Raises NotFound."""
    from engine.options import comparing as compared

    reference = ids.parse(text, "action", "deviation")
    row = fetch(connection, reference)
    if reference.table == "deviation":
        return compared.of_deviation(connection, reference.number, now)
    found = compared.of_action(connection, row, now)
    return [] if found is None else [found]


def show(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """Any object by its id, a source by its name, an item at a site, or a plan line by its reference, with its history.

    Raises NotFound, saying what can be named.
    """
    reference = ids.find(text)
    if reference is not None:
        shown = {
            "deviation": _show_deviation,
            "action": _show_action,
            "response": _show_response,
            "signal": _show_signal,
            "quarantine": _show_quarantined,
            "silence": _show_silence,
            "handoff": _show_handoff,
        }
        return shown[reference.table](connection, now, reference)
    name = text.strip()
    source = lists.items(connection, now, "sources", "name = :name", {"name": name})
    if source:
        told = list(journal.entries(connection, "source", name))[-_HISTORY_OF_A_FEED:]
        odd = oddities.of(connection, name)
        return {**source[0], "oddities": odd, "history": [shapes.entry(entry) for entry in told]}
    if "@" in name:
        from engine.reading import item_site

        place = item_site.find(connection, name)
        if place is not None:
            return item_site.of(connection, now, *place)
    return _show_plan_line(connection, now, name)


def _deviation(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    row = fetch(connection, reference)
    shown = deviation_list.rows_of(connection, [row["id"]])
    return deviation_list.items(connection, now, shown, {row["id"]: queue.place(connection, now, row)})[0]


def _show_deviation(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    number = {"number": reference.number}
    signals = lists.items(
        connection,
        now,
        "signals",
        "id IN (SELECT signal_id FROM deviation_signal WHERE deviation_id = :number)",
        number,
        "as_of, id",
    )
    actions = lists.items(connection, now, "actions", "action.deviation_id = :number", number, "response_id, position")
    # What its responses and actions went through is its history too.
    about = [
        ("deviation", reference.id),
        *(("response", identity) for identity in dict.fromkeys(action["response"] for action in actions)),
        *(("action", action["id"]) for action in actions),
    ]
    return {
        **_deviation(connection, now, reference),
        "signals_detail": signals,
        "actions": actions,
        "impact": impact(connection, now, reference.id),
        "options": options(connection, now, reference.id),
        **family.of(connection, now, reference.number),
        "explain": [shapes.term(term) for term in explain(connection, now, reference.id)],
        "history": _history(connection, about),
    }


def _show_action(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    fetch(connection, reference)
    found = lists.items(connection, now, "actions", "action.id = :number", {"number": reference.number})
    told = lists.items(connection, now, "handoffs", _HANDED_OFF, {"number": reference.number}, "id")
    about = [("action", reference.id), *(("handoff", each["id"]) for each in told)]
    return {
        **found[0],
        "options": options(connection, now, reference.id),
        "handoffs": told,
        "history": _history(connection, about),
    }


def _show_response(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    row = fetch(connection, reference)
    joined = connection.execute("SELECT id FROM deviation WHERE joined = ? ORDER BY id", (reference.number,))
    back = reversals.load(row["reversals"]).values()
    number = {"number": reference.number}
    shape = lists.items(connection, now, "responses", "id = :number", number)[0]
    actions = lists.items(connection, now, "actions", "response_id = :number", number, "position")
    about = [("response", reference.id), *(("action", action["id"]) for action in actions)]
    found = rows(connection, "SELECT * FROM action WHERE response_id = :number ORDER BY position", number)
    return {
        **shape,
        "actions_detail": actions,
        "handovers": handovers.of(found, now),
        "joined": [f"D{number}" for (number,) in joined],
        "reversals": [{"step": each.step, "title": each.title, "owner": each.owner} for each in back],
        "definition": row["definition"],
        "history": _history(connection, about),
    }


def _show_signal(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    shape = feed_shapes.signal(fetch(connection, reference))
    supports = connection.execute(
        "SELECT deviation_id FROM deviation_signal WHERE signal_id = ? ORDER BY deviation_id", (reference.number,)
    )
    by, taken = corrections.of(connection, reference.number)
    reply = reply_checks.of_signal(connection, reference.number)
    return {
        **shape,
        **({} if reply is None else {"reply": reply}),
        "withdrawn_by": [f"S{number}" for number in by],
        "withdraws": [f"S{number}" for number in taken],
        "deviations": [f"D{row[0]}" for row in supports],
        **_came_in(connection, shape["source"], shape["received_at"], reference.number),
        "history": [],
    }


def _came_in(connection: sqlite3.Connection, source: str, received: str, number: int) -> dict[str, Any]:
    """The file, or address, that a signal stood in, and its line; where that is not known, all that its source brought
    at that instant."""
    query = (
        "SELECT json_extract(after, '$.file'), coalesce(json_extract(after, '$.lines'), '[]') FROM journal"
        " WHERE subject_type = 'source' AND subject_id = ? AND action = 'ingest' AND at = ?"
        " AND json_extract(after, '$.new') > 0 ORDER BY seq"
    )
    brought = connection.execute(query, (source, parse_instant(received, "received"))).fetchall()
    for file, runs in brought:
        for begin, end, line in json.loads(runs):
            if begin <= number <= end:
                return {"came_in": [file], "line": line + number - begin}
    return {"came_in": sorted({file for file, _ in brought if file}), "line": None}


def _show_quarantined(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    shape = feed_shapes.quarantined(fetch(connection, reference))
    return {**shape, "history": _history(connection, [("quarantine", reference.id)])}


def _show_handoff(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    row = fetch(connection, reference)
    shape = lists.items(connection, now, "handoffs", "id = :number", {"number": reference.number})[0]
    history = _history(connection, [("handoff", reference.id)])
    return {**shape, "content": messages.without_tokens(json.loads(row["content"])), "history": history}


def _show_silence(connection: sqlite3.Connection, now: int, reference: Reference) -> dict[str, Any]:
    fetch(connection, reference)
    shape = lists.silence(connection, now, reference.number)
    matched = connection.execute(
        "SELECT deviation_id FROM silenced WHERE silence_id = ? ORDER BY deviation_id LIMIT ?",
        (reference.number, _MATCHED_BY_A_SILENCE),
    )
    history = _history(connection, [("silence", reference.id)])
    return {**shape, "deviations": [f"D{row[0]}" for row in matched], "history": history}


def _show_plan_line(connection: sqlite3.Connection, now: int, text: str) -> dict[str, Any]:
    """A plan line as it stands (else as it last stood), all its versions, the deviations about it, who loaded it."""
    kind, _, ref = text.partition(" ")
    found = rows(
        connection,
        "SELECT * FROM plan_line WHERE ref = ? OR (ref = ? AND kind = ?)"
        " ORDER BY to_version IS NULL DESC, kind, from_version DESC",
        (text, ref, kind),
    )
    if not found:
        raise NotFound(
            f"there is nothing called {text!r}; name an id such as D12, A7, R3, S99, Q4, L2 or H5, a source,"
            " an item at a site such as SKU-77@RTM, or a plan line such as purchase_order 4711/10"
        )
    line = found[0]
    versions = [version for version in found if version["kind"] == line["kind"]]
    loads = {number for version in versions for number in (version["from_version"], version["to_version"])} - {None}
    about = connection.execute(
        "SELECT id FROM deviation WHERE subject_id = ? AND subject_type = ? ORDER BY id", (line["ref"], line["kind"])
    )
    return {
        **deviation_shapes.plan_line(line),
        "deviations": [f"D{row[0]}" for row in about],
        "events": _events(connection, now, line),
        "versions": [deviation_shapes.plan_line(version) for version in versions],
        "history": _history(connection, [("baseline", str(number)) for number in sorted(loads)]),
    }


def _events(connection: sqlite3.Connection, now: int, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events and codes that hold about a line, oldest first: also those that start nothing."""
    statements = orders.statements_of(connection, [line["ref"]]).get(line["ref"], ())
    about = (each for each in statements if each.order_kind in (None, line["kind"]) and each.holds(now))
    return [feed_shapes.event(event) for event in map(event_of, about) if event is not None]


def _history(connection: sqlite3.Connection, about: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    told = chain.from_iterable(journal.entries(connection, kind, identity) for kind, identity in about)
    return [shapes.entry(entry) for entry in sorted(told, key=lambda entry: int(entry["seq"]))]
