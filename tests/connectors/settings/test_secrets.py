"""Secrets: where they may come from, and that nothing prints them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from connectors.settings.secrets import Secret, header, resolve
from engine.values.errors import BadInput

CANARY = "canary-7f3a"


def secret_file(folder: Path, text: str = CANARY, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_variable_of_the_environment() -> None:
    assert resolve("env:TOKEN", "here", folder=Path("."), environment={"TOKEN": CANARY}).reveal() == CANARY


def test_a_word_before_the_reference_stays() -> None:
    secret = resolve("Bearer env:TOKEN", "here", folder=Path("."), environment={"TOKEN": CANARY})
    assert secret.reveal() == f"Bearer {CANARY}"


def test_a_file_relative_to_the_workspace_loses_its_line_end(tmp_path: Path) -> None:
    secret_file(tmp_path, CANARY + "\n")
    assert resolve("file:token", "here", folder=tmp_path).reveal() == CANARY


def test_a_secret_prints_nowhere() -> None:
    secret = Secret(CANARY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>9}", repr([secret]), repr({"a": secret})]
    assert CANARY not in "".join(shown)
    assert not hasattr(secret, "__dict__")
    with pytest.raises((TypeError, pickle.PicklingError)):
        pickle.dumps(secret, protocol=0)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o777])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    secret_file(tmp_path, mode=mode)
    with pytest.raises(BadInput, match="chmod 600") as caught:
        resolve("file:token", "source.erp.headers.Authorization", folder=tmp_path)
    assert caught.value.place == "source.erp.headers.Authorization"
    assert CANARY not in str(caught.value)


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(secret_file(tmp_path), 12345, 12345)
    with pytest.raises(BadInput, match="belongs to somebody else"):
        resolve("file:token", "here", folder=tmp_path)


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(secret_file(tmp_path))
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name in ("link", "pipe", "folder", "absent", "a\0b"):
        with pytest.raises(BadInput) as caught:
            resolve(f"file:{name}", "here", folder=tmp_path)
        assert caught.value.place == "here"


@pytest.mark.parametrize("text", ["", "  \n", "two\nlines", "a\rX-Other: b", "schlüssel", "tab\there"])
def test_what_no_header_can_carry_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    secret_file(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        resolve("file:token", "here", folder=tmp_path)
    assert not text.strip() or text not in str(caught.value)


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(BadInput, match="TOKEN is not set"):
        resolve("env:TOKEN", "here", folder=Path("."), environment={})


@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "Cookie"])
def test_a_secret_written_into_the_settings_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(BadInput, match="stands in the settings file") as caught:
        header(name, f"Bearer {CANARY}", "here", folder=Path("."))
    assert CANARY not in str(caught.value)


def test_a_plain_header_is_taken_as_it_stands() -> None:
    assert header("Accept", "application/vnd.erp+json", "here", folder=Path(".")).reveal() == "application/vnd.erp+json"
