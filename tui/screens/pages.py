"""The page of anything that can be opened: an object by its id, the keys of a place, a command, what was said.

Imported when the first is asked for: the desk's first paint must not pay for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.screen import Screen

from tui.commands import list_tables, review
from tui.desk.session import Session
from tui.keys.key import Key
from tui.keys.key_map import KeyMap
from tui.screens import help_lines
from tui.screens.action_page import ActionPage
from tui.screens.acts_screen import ActsScreen
from tui.screens.deviation_page import DeviationPage
from tui.screens.keys_screen import KeysScreen
from tui.screens.pickers import TextScreen
from tui.screens.record_page import HeldPage, RecordPage
from tui.widgets.section_lines import section_lines
from tui.words.documents import Section


def of_object(session: Session, id_: str, *, section: str | None = None) -> Screen[None]:
    """The page of an id, a deviation's with the cursor on one of its sections. Raises NotFound for an unknown one."""
    shown = session.desk.show(id_)
    if "severity" in shown:
        return DeviationPage(session, shown["id"], section=section, read=shown)
    if "step" in shown:
        return ActionPage(session, shown["id"])
    return HeldPage(session, shown["id"]) if shown["id"].startswith("Q") else RecordPage(session, id_)


def of_keys(
    scopes: tuple[str, ...], map_: KeyMap, width: int, *, fits: Callable[[Key], bool], readonly: bool
) -> KeysScreen:
    """The keys of a place and its signs, in so many cells; those that do not fit the cursor's row stand back."""
    return KeysScreen(
        "Keys of this place", help_lines.of_place(scopes, map_, width, fits=fits, readonly=readonly), map_
    )


def of_acts(session: Session) -> TextScreen:
    """What was done here, as command lines ready to copy."""
    return ActsScreen(session.acts, session.present, session.keys)


def of_command(words: str, map_: KeyMap, width: int) -> TextScreen:
    """How a command is written, in so many cells. Raises BadInput for words that are none."""
    return TextScreen(f":{words}", help_lines.of_command(words, width), map_)


def of_answer(line: str, printed: Sequence[str], map_: KeyMap, width: int) -> TextScreen:
    """What a command printed, in so many cells."""
    return TextScreen(f"offplan {line}", help_lines.of_answer(printed, width), map_)


def of_review(line: str, found: Mapping[str, Any], zone: str, map_: KeyMap, width: int) -> TextScreen:
    """What happened to a deviation, in full, in so many cells."""
    title = Section(review.title(found))
    lines = section_lines([title, *review.sections(found, zone)], width, whole=True)
    return TextScreen(f"offplan {line}", [each.pieces for each in lines], map_)


def of_silences(session: Session, width: int) -> TextScreen:
    """The silences that are not over, as the shell lists them, in so many cells."""
    lines = list_tables.lines("silences", session.desk.silences(), session.present.zone)
    return TextScreen("Silences, those that end first on top", help_lines.of_answer(lines, width), session.keys)


def of_messages(session: Session, width: int) -> TextScreen:
    """What was said here, in full, in so many cells."""
    lines = help_lines.of_messages(session.said, session.present, width)
    return TextScreen("Messages, the last on top", lines, session.keys)
