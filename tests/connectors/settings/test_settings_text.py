"""TOML from outside: keys that the standard reader would need all memory for."""

from __future__ import annotations

import tomllib

import pytest

from connectors.settings import settings_text

LONG = ".".join(["a"] * 33)


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} = 1",
        f"b = 1\n\t {LONG} = 1",
        f"[{LONG}]",
        f"[[ {LONG} ]]",
        f"b = {{ {LONG} = 1 }}",
        f"b = {{ c = 1, {LONG} = 1 }}",
        " . ".join(['"a b"', "'c.d'"] * 17) + " = 1",
        ".".join([r'"a\".\\"'] * 33) + " = 1",
    ],
)
def test_a_key_of_many_parts_is_refused(text: str) -> None:
    assert tomllib.loads(text), "it is TOML"
    with pytest.raises(ValueError, match="a key has more than 32 parts"):
        settings_text.read(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG[2:]} = 1",
        f"# {'.' * 100}",
        f"# {LONG}",
        f'b = "{LONG}"',
        f'b = "{"One thing. " * 50}"',
        f"b = [{', '.join(['1.5'] * 100)}]",
        "\n".join(f"[a.b{number}]\nc.d = 1" for number in range(100)),
    ],
)
def test_all_else_is_read(text: str) -> None:
    assert settings_text.read(text) == tomllib.loads(text)
