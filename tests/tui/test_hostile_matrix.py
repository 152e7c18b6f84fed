"""Every text that a desk stores, in every form that it is stored in, with every payload: shown as text, in a real
terminal.

Ingest cleans what comes from outside; here the file itself is spoilt behind its back, so that what is tested is the
last step, the drawing. One form is one column of one table; each of its rows gets one payload.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from engine.desk import Desk
from engine.intake.ingest import SourceBatch
from engine.storage.sqlite import sqlite3
from engine.values.clock import DAY
from engine.vocabulary.model import Place, Refusal
from playbooks.loader import load_library
from playbooks.planning.planner import PlaybookPlanner
from tests.engine.desk_support import NOW, eta, line, open_desk, owners, take
from tests.tui.pty_support import Program
from tui import command_line

FORMS: Final = tuple(
    (table, column)
    for table, columns in {
        "signal": "source source_id order_ref item site party uom status payload* detail*",
        "plan_line": "ref item site party uom scope status attributes*",
        "deviation": "subject_id summary item site party owner reason outcome planned* observed* gap* terms* rule",
        "response": "title playbook owner inputs*",
        "action": "title instructions function role owner owner_because due_because reason proposed_because failure answers*",
        "plan_record": "data*",
        "source": "last_error",
        "quarantine": "source file column_name reason mend raw",
        "silence": "author reason party item",
        "journal": "actor reason after*",
        "baseline": "file actor",
    }.items()
    for column in columns.split()
)
"""Tables and their columns; of those with a star the text stands in a JSON document."""


WALK: Final = (
    ("2", "2 deviations"),
    ("o", "Who takes"),
    ("\x1b", "by exposure"),
    (":silence\r", "Silences, those"),
    ("q", "by exposure"),
    (":show R1\r", "› R1"),
    (":show A1\r", "› A1"),
    (":show Q2\r", "› Q2"),
    (":show src1\r", "› src1"),
    (":report handover\r", "offplan report handover"),
    ("q", "› src1"),
    ("2", "by exposure"),
)
"""Keys that lead to pickers and pages, and what each says once it is there."""


class Payload(NamedTuple):
    """Text from outside, and what of it must never be written to a terminal, or what must be seen of it as it
    stands."""

    text: str
    never: bytes = b""
    literal: str = ""


PAYLOADS: Final = (
    Payload("\x1b]0;T1\x07", never=b"\x1b]0;T1"),
    Payload("\x1b[2J\x1b[31mR2", never=b"\x1b[31mR2"),
    Payload("\x9b31mC3", never=b"\xc2\x9b"),
    Payload("\x1b]52;c;UE9XTkVE\x07", never=b"\x1b]52;c;UE9XTkVE"),
    Payload("[red]M5[/red]", literal="[red]M5"),
    Payload("[@click=app.quit]K6[/]", literal="[@click=app.quit]K6"),
    Payload("\u202eRLO7", never="\u202e".encode()),
    Payload("\x00N8", never=b"\x00"),
    Payload("{0.__class__}F9", literal="{0.__class__}F9"),
    Payload("\x1b]8;;http://evil/\x1b\\L10\x1b]8;;\x1b\\", never=b"\x1b]8;"),
    Payload("\rCR11\nLF11", never=b"\rCR11"),
    Payload("\u2066ISO12\u2028LS", never="\u2066".encode()),
)


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A desk whose every form holds every payload, each in its own row."""
    path = tmp_path / "desk.db"
    desk = open_desk(path, planner=PlaybookPlanner(load_library(None)))
    numbers = range(len(PAYLOADS))
    _live_through(desk, [f"PO{number}" for number in numbers])
    desk.store.close()
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for table, column in FORMS:
        _spoil(connection, table, column.rstrip("*"), in_a_document=column.endswith("*"))
    connection.close()
    return path


def _live_through(desk: Desk, refs: list[str]) -> None:
    owners(desk, *(f"o{number}" for number in range(len(refs))))
    desk.load([line(ref, due=NOW + DAY) for ref in refs], kind="purchase_order", scope="plan", file="plan.csv")
    for number, ref in enumerate(refs):
        take(desk, eta(ref, NOW + (20 + number) * DAY), source=f"src{number}")
        refusal = Refusal(Place(f"f{number}.csv", number, "eta"), "no date", "write one", ref)
        desk.take(SourceBatch(f"src{number}", "folder", "event", [refusal], file=f"f{number}.csv"))
        desk.source_failed(f"src{number}", "it did not answer", next_poll_at=None)
        desk.silence([f"party=P{number}"], until=NOW + DAY, reason="known")
    ids = [item["id"] for item in desk.deviations(limit=None).items if item["kind"] == "late_supply"]
    desk.respond(ids[:6])
    desk.comment(ids, text="said so")


def _spoil(connection: sqlite3.Connection, table: str, column: str, *, in_a_document: bool) -> None:
    key = "name" if table == "source" else "rowid"
    rows = connection.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}").fetchall()
    assert rows, table
    for place, (rowid, stored) in enumerate(rows):
        payload = PAYLOADS[place % len(PAYLOADS)].text
        if in_a_document:
            document = json.loads(stored or "{}")
            if isinstance(document, list):
                document = [
                    [f"{name}{payload}", value, unit, f"{source}{payload}"] for name, value, unit, source in document
                ]
            else:
                document[f"x{payload}"] = payload
                if "name" in document:
                    document["name"] += payload
            spoilt = json.dumps(document)
        else:
            spoilt = f"{stored or ''}{payload}"
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (spoilt, rowid))
        except sqlite3.IntegrityError:
            # Two rows would have one key: the next payload tells them apart.
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (f"{spoilt}{rowid}", rowid))


def _harmless(written: bytes) -> None:
    for payload in PAYLOADS:
        assert not payload.never or payload.never not in written, payload


def test_there_are_forty_five_forms_and_twelve_payloads() -> None:
    assert (len(FORMS) >= 45, len(PAYLOADS)) == (True, 12)


def test_no_form_of_any_payload_acts_upon_a_terminal(spoilt: Path) -> None:
    seen: set[str] = set()
    with Program(str(spoilt), size=(200, 60)) as program:
        program.until("by exposure")
        for keys in (
            "",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "1",
            "\t",
            "\t",
            "?",
            "\x1b",
            "\x10",
            "\x1b",
            ":show D",
            "\t",
            "\x1b",
        ):
            seen |= _typed(program, keys)
        for keys, words in WALK:
            program.type(keys)
            program.until(words)
            seen |= _typed(program, "")
        for _ in PAYLOADS:
            for keys in ("\rG", "\x1b", "j"):
                seen |= _typed(program, keys)
        assert program.process.poll() is None
        written = program.received
    _harmless(written)
    shown = "\n".join(seen)
    assert [payload.literal for payload in PAYLOADS if payload.literal and payload.literal not in shown] == []


def _typed(program: Program, keys: str) -> set[str]:
    if keys:
        program.type(keys)
    program.settle(0.1)
    return set(program.lines)


@pytest.mark.parametrize(
    "words",
    ["deviations", "signals --all", "responses", "actions", "sources", "silence", "quarantine", "show D1", "show D3 --explain",
     "show S1", "show R1", "show A1", "show L1", "show Q1", "show src0", "report metrics", "report handover", "report load",
     "report review D1", "handoffs", "playbook list", "playbook explain D1", "tolerance", "check"],
)  # fmt: skip
def test_no_command_prints_what_acts(spoilt: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ((), ("--json",)):
        code = command_line.main([*words.split(), *more, "--db", str(spoilt), "--now", "2026-03-09T08:00:00Z"])
        printed = capsys.readouterr()
        assert code in (0, 1, 3)
        assert "Traceback" not in printed.err
        written = (printed.out + printed.err).encode()
        _harmless(written.replace(b"\n", b"") if more else written)
