"""A new workspace: the files of tui/commands/templates, copied where they are missing. The database is not made
here."""

from __future__ import annotations

from pathlib import Path

from engine.storage import whole_file
from engine.values.errors import BadInput

TEMPLATES = Path(__file__).with_name("templates")


def make(folder: Path) -> list[str]:
    """Give a folder the files that a workspace has, and return those that were made; what is there is left alone.

    Raises BadInput when the folder cannot be made or written.
    """
    made = []
    try:
        for template in sorted(TEMPLATES.rglob("*")):
            target = folder / template.relative_to(TEMPLATES)
            if template.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                # Half a file would be left alone by whoever tries again.
                whole_file.replace(target, template.read_bytes(), mode=0o666)
                made.append(str(target))
    except OSError as error:
        raise BadInput(
            str(error.filename or folder), f"it cannot be written ({error.strerror})", "choose another folder"
        ) from None
    return made
