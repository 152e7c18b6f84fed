"""Playbooks that can be used: what each says, where it came from, and its frozen definition; all of them by id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.storage.journal import canonical
from engine.values.errors import NotFound, Refused
from engine.values.text import clean
from playbooks.language.findings import LintFinding

if TYPE_CHECKING:
    from playbooks.language.schema import Playbook
    from playbooks.language.yaml_source import Position


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """One usable playbook: what it says, where it came from, and the frozen text of its definition."""

    content: Playbook
    path: Path
    definition: str
    """Canonical JSON of the content without its tests: what a response keeps."""
    sha256: str
    """Of the definition, in hex."""
    id_line: int
    """Line of its id in the file."""
    places: Mapping[tuple[str | int, ...], Position]
    """Where each part of its tests stands in the file, the people whom it names, its owners too, and what it says of
    other playbooks."""

    def place(self, at: tuple[str | int, ...]) -> Position:
        """Line and column of such a part, or of the nearest thing around it that the file has."""
        while at not in self.places:
            at = at[:-1]
        return self.places[at]

    def frozen(self, uses: Mapping[str, LoadedPlaybook]) -> tuple[str, str]:
        """What a response keeps, and its sha256: the definition, and by `use` those of the playbooks inside."""
        if not uses:
            return self.definition, self.sha256
        inside = {use: json.loads(loaded.definition) for use, loaded in uses.items()}
        definition = canonical({**json.loads(self.definition), "uses": inside})
        return definition, hashlib.sha256(definition.encode("utf-8")).hexdigest()

    @property
    def id(self) -> str:
        return self.content.id

    @property
    def version(self) -> int:
        return self.content.version

    @property
    def title(self) -> str:
        return self.content.title

    @property
    def owners(self) -> tuple[str, ...]:
        """Who keeps it; nobody where it does not say."""
        return tuple(clean(each) for each in self.content.owners or ())

    @property
    def enabled(self) -> bool:
        return self.content.enabled


@dataclass(frozen=True, slots=True)
class Library:
    """All playbooks by id, and what lint found in their files."""

    playbooks: Sequence[LoadedPlaybook]
    findings: Sequence[LintFinding]

    def get(self, playbook: str) -> LoadedPlaybook:
        """The playbook with this id. Raises NotFound, saying so when its file has errors."""
        for loaded in self.playbooks:
            if loaded.id == playbook:
                return loaded
        broken = sum(finding.severity == "error" for finding in self.findings)
        hint = f"; {broken} faults keep files out, see playbook lint" if broken else ""
        raise NotFound(f"there is no playbook {clean(playbook)[:64]}; see playbook list{hint}")

    def may_be_kept_out(self, playbook: str) -> bool:
        """Whether a file with errors may be this playbook: who cannot be read does not say who it is.

        One that can be used is itself, unless it only stands in for one of another folder, as the built-in ones do.
        """
        folders = {Path(finding.path).parent for finding in self.findings if finding.severity == "error"}
        return bool(folders) and all(each.id != playbook or each.path.parent not in folders for each in self.playbooks)

    def calls(self) -> Iterator[tuple[str, str, str]]:
        """Playbook, step and channel of every step that calls a system, of playbooks that are switched on.

        A call that is made only where an input says so is left out: only who gives that input brings it about.
        """
        from playbooks.language.conditions import walk

        for loaded in self.playbooks:
            for step in loaded.content.steps if loaded.enabled else ():
                parts = walk(step.when, ()) if step.when is not None else ()
                if step.http is not None and not any((part.field or "").startswith("inputs.") for _, part, _ in parts):
                    yield loaded.id, step.id, step.http.channel

    def pinned(self, use: str) -> LoadedPlaybook:
        """The playbook that a `use` names, in that version. Raises NotFound, and Refused for another version."""
        playbook, _, version = use.partition("@")
        loaded = self.get(playbook)
        if str(loaded.version) != version:
            raise Refused(
                f"{playbook} is version {loaded.version}, and {use} is asked for; look at it and write the new one"
            )
        return loaded
