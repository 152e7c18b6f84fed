"""Keys of whatever asks: a line of text, one of several, a yes before a danger, a page to read."""

from __future__ import annotations

from typing import Final

from tui.keys.key import Key

DIALOG_KEYS: Final[tuple[Key, ...]] = (
    Key("line_take", ("enter",), "take it", "Take the line as it is.", "line", "submit"),
    Key("line_complete", ("tab",), "complete", "Complete the last word of a command.", "line", "complete"),
    Key("line_earlier", ("up",), "earlier ones", "The line that was typed before.", "line", "earlier(-1)"),
    Key("line_later", ("down",), "later ones", "The line that was typed after it.", "line", "earlier(1)"),
    Key("line_leave", ("escape",), "leave it", "Leave the line, and everything as it was.", "line", "give_up"),
    Key("line_redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "line", "app.redraw"),
    Key("choice_take", ("enter",), "take it", "Take the one under the cursor.", "choice", "take"),
    Key("choice_down", ("down",), "down", "One down.", "choice", "move(1)"),
    Key("choice_up", ("up",), "up", "One up.", "choice", "move(-1)"),
    Key("choice_page_down", ("pagedown",), "page down", "A screen down.", "choice", "page(1)"),
    Key("choice_page_up", ("pageup",), "page up", "A screen up.", "choice", "page(-1)"),
    Key("choice_leave", ("escape",), "back", "Choose nothing, and leave everything as it was.", "choice", "give_up"),
    Key("choice_redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "choice", "app.redraw"),
    Key("preview_take", ("enter",), "take it", "Take the one under the cursor.", "preview", "open"),
    Key(
        "preview_next",
        ("tab",),
        "to the preview",
        "To what the choice would give, and back to the choices.",
        "preview",
        "app.focus_next",
    ),
    Key(
        "preview_previous",
        ("shift+tab",),
        "to the choices",
        "The same, the other way round.",
        "preview",
        "app.focus_previous",
    ),
    Key(
        "preview_leave",
        ("escape", "q"),
        "back",
        "Choose nothing, and leave everything as it was.",
        "preview",
        "give_up",
    ),
    Key("preview_redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "preview", "app.redraw"),
    Key("yes", ("y",), "yes", "Do what is shown.", "yes", "answer(True)"),
    Key("no", ("n", "escape", "q"), "no", "Leave everything as it is.", "yes", "answer(False)"),
    Key("yes_redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "yes", "app.redraw"),
    Key("help_do", ("enter",), "do it", "Do what the line under the cursor says.", "help", "open"),
    Key("text_leave", ("escape", "q", "?"), "back", "Back to where it was opened.", "reading", "leave"),
    Key("text_redraw", ("ctrl+l",), "redraw", "Draw the whole screen anew.", "reading", "app.redraw"),
)
"""Keys of dialogs, for tui.keys.key_table."""
