"""Playbook files to playbooks that can be used, with a finding for everything that cannot.

Loading runs every check of playbooks.lint, so what lint passes is what the desk uses. A file with an error is left out
and said; the rest goes on. The workspace's own playbook replaces the one of the same id that comes with offplan, also
to switch it off. Importing this module is cheap: the parser, the models and the checks come in with the first file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.storage import regular_file
from engine.storage.journal import canonical
from engine.values.errors import BadInput
from engine.values.text import clean
from playbooks.language.findings import Fault, LintFinding
from playbooks.language.loaded import Library, LoadedPlaybook

if TYPE_CHECKING:
    from playbooks.language.yaml_source import Document

BUILT_IN: Final = Path(__file__).parent / "library"
"""The playbooks that come with offplan."""

_SUFFIXES: Final = (".yaml", ".yml")


def load_library(extra: Path | None = None) -> Library:
    """The built-in playbooks and those in the folder `extra` (which may be missing), sorted by id."""
    built_in, findings = load_files(files_in(BUILT_IN))
    own: list[LoadedPlaybook] = []
    if extra is not None and extra.is_dir():
        own, own_findings = load_files(files_in(extra))
        findings += own_findings
    by_id = {loaded.id: loaded for loaded in (*built_in, *own)}
    usable, more = _without_broken_uses(by_id)
    return Library(tuple(usable[key] for key in sorted(usable)), (*findings, *more))


def files_in(folder: Path) -> list[Path]:
    """The playbook files of a folder, sorted by name; hidden files are not. Raises BadInput where it cannot be read."""
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise BadInput(str(folder), f"it cannot be read ({error.strerror})", "check its permissions") from error
    return sorted(path for path in found if path.suffix in _SUFFIXES and not path.name.startswith("."))


def stamp(folder: Path | None) -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of a folder's playbook files: another one as soon as a file was written, came or went."""
    found = []
    for path in files_in(folder) if folder is not None and folder.is_dir() else ():
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((path.name, state.st_mtime_ns, state.st_size))
    return tuple(found)


def load_paths(paths: Iterable[Path]) -> tuple[list[LoadedPlaybook], list[LintFinding]]:
    """As `load_files`, for files and folders of them. Raises BadInput for a path that is not there."""
    files: list[Path] = []
    for path in paths:
        if os.path.isdir(path):  # Path.is_dir raises an error for a name that is too long.
            files += files_in(path)
        elif os.path.exists(path):
            files.append(path)
        else:
            mend = (
                "name a playbook file, by its name alone where it lies in the workspace's playbooks/, or a folder of them;"
                " a file with an error has no id yet, so go by its name"
            )
            raise BadInput(str(path), "there is no such file or folder", mend)
    loaded, findings = load_files(files)
    if any(step.use is not None for playbook in loaded for step in playbook.content.steps):
        own = {playbook.id: playbook for playbook in loaded}
        usable, more = _without_broken_uses({**{each.id: each for each in load_files(files_in(BUILT_IN))[0]}, **own})
        loaded = [playbook for playbook in loaded if playbook.id in usable]
        findings += [finding for finding in more if finding.path in {str(each.path) for each in own.values()}]
    return loaded, findings


def _without_broken_uses(by_id: Mapping[str, LoadedPlaybook]) -> tuple[dict[str, LoadedPlaybook], list[LintFinding]]:
    """The playbooks whose sub-playbooks can be used, and a finding for what keeps each of the others out."""
    from playbooks.lint.use_checks import use_faults

    usable: dict[str, LoadedPlaybook] = dict(by_id)
    findings: list[LintFinding] = []
    while faulty := {each.id: faults for each in usable.values() if (faults := list(use_faults(each, usable)))}:
        # What one of these uses is in order; what uses one of these is looked at again.
        for playbook, faults in faulty.items():
            for fault in faults:
                (line, column), path = usable[playbook].place(fault.at), str(usable[playbook].path)
                ask = usable[playbook].owners
                findings.append(LintFinding(fault.level, path, line, column, fault.message, fault.mend, ask=ask))
        usable = {key: each for key, each in usable.items() if key not in faulty}
    return usable, findings


def load_files(paths: Iterable[Path]) -> tuple[list[LoadedPlaybook], list[LintFinding]]:
    """The usable playbooks of these files, and every finding; the first file with an id keeps it."""
    loaded: dict[str, LoadedPlaybook] = {}
    findings: list[LintFinding] = []
    for path in paths:
        playbook, found = load_file(path)
        findings += found
        if playbook is None:
            continue
        first = loaded.setdefault(playbook.id, playbook)
        if first is not playbook:
            fault = f"the id {playbook.id} is taken by {first.path.name}"
            mend = "give this one another id, or remove one of the files"
            findings.append(LintFinding("semantics", str(path), playbook.id_line, 1, fault, mend, ask=playbook.owners))
    return list(loaded.values()), findings


def load_file(path: Path) -> tuple[LoadedPlaybook | None, list[LintFinding]]:
    """One file: the playbook, None when it has an error, and its findings in the order of the file."""
    from pydantic import ValidationError

    from playbooks.language import yaml_source
    from playbooks.language.schema import Playbook
    from playbooks.language.shape_errors import shape_faults
    from playbooks.lint.condition_checks import condition_faults
    from playbooks.lint.rehearsal_checks import rehearsal_faults
    from playbooks.lint.step_checks import step_faults

    try:
        with regular_file.opened(path) as file:
            document = yaml_source.read(file.read(yaml_source.MAX_BYTES + 1), str(path))
    except yaml_source.SourceError as error:
        line, column = error.position
        return None, [LintFinding("syntax", str(path), line, column, error.fault, error.mend)]
    except BadInput as error:
        return None, [LintFinding("syntax", str(path), 1, 1, error.fault, error.mend)]
    try:
        content = Playbook.model_validate(document.value)
    except ValidationError as error:
        return None, _placed(shape_faults(error), document, path)
    findings = _placed([*condition_faults(content), *step_faults(content), *rehearsal_faults(content)], document, path)
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    definition = canonical(content.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"tests"}))
    digest = hashlib.sha256(definition.encode("utf-8")).hexdigest()
    inside = any(step.use is not None for step in content.steps)
    places = {
        at: position
        for at, position in document.positions.items()
        if at[:1] in (("tests",), ("owners",)) or "person" in at or "people" in at or (inside and _is_kept(at))
    }
    return LoadedPlaybook(content, path, definition, digest, document.find(("id",)).line, places), findings


def _is_kept(at: tuple[str | int, ...]) -> bool:
    return at[:1] == ("steps",) and (len(at) <= 2 or at[2] in ("use", "with"))


def _owners_in(value: object) -> tuple[str, ...]:
    """Whom a file names as its owners, also one with faults, such as in what it says there."""
    named = value.get("owners") if isinstance(value, dict) else None
    return tuple(clean(each) for each in named if isinstance(each, str)) if isinstance(named, list) else ()


def _placed(faults: Iterable[Fault], document: Document, path: Path) -> list[LintFinding]:
    findings, ask = [], _owners_in(document.value)
    for fault in faults:
        line, column = document.find(fault.at, key=fault.key)
        message, mend = clean(fault.message), clean(fault.mend)
        findings.append(LintFinding(fault.level, str(path), line, column, message, mend, fault.severity, ask))
    return sorted(findings, key=lambda finding: (finding.line, finding.column))
