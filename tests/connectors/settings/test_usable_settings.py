"""Settings with faults in some sources and mappings: what is set aside, what goes on, and what still refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.settings import settings_file, usable_settings
from engine.values.errors import BadInput

MAPPING = '[mapping.{name}]\nas = "signal"\n[mapping.{name}.fields]\nid = "a"\nkind = {{ const = "eta" }}\n{more}'
SOURCE = '[source.{name}]\ntype = "http"\nurl = "https://erp.example/{name}"\n{more}'


def mapping(name: str, more: str = "") -> str:
    return MAPPING.format(name=name, more=f"{more}\n")


def source(name: str, more: str) -> str:
    return SOURCE.format(name=name, more=f"{more}\n")


def write(tmp_path: Path, *tables: str) -> Path:
    path = tmp_path / "offplan.toml"
    path.write_text("".join(tables), encoding="utf-8")
    return path


def test_each_faulty_source_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        mapping("m"),
        source("sound", 'mapping = "m"'),
        source("typo", 'maping = "m"'),
        source("alone", 'mapping = "gone"'),
    )
    found = usable_settings.load(path)
    assert list(found.settings.sources) == ["sound"]
    assert {name: fault.fault for name, fault in found.set_aside.items()} == {
        "typo": "unknown key 'maping'",
        "alone": "source 'alone' names a mapping 'gone' that is not there",
    }
    assert found.kinds == {"typo": "http", "alone": "http"}
    with pytest.raises(BadInput):
        settings_file.load(path)


def test_a_faulty_mapping_takes_along_who_reads_by_it_or_may(tmp_path: Path) -> None:
    folder = '[source.drop]\ntype = "folder"\npath = "inbox"\n'
    path = write(
        tmp_path,
        mapping("m"),
        mapping("n", "etta = 3"),
        folder,
        source("by_m", 'mapping = "m"'),
        source("by_n", 'mapping = ["m", "n"]'),
    )
    found = usable_settings.load(path)
    assert list(found.settings.sources) == ["by_m"]
    assert set(found.set_aside) == {"drop", "by_n"}
    assert "mapping 'n' cannot be used" in found.set_aside["drop"].fault
    assert len(found.faults) == 1


@pytest.mark.parametrize("fault", ["[tolerance.late_supply]\ndayz = 3\n", "[desk]\nzone = 5\n", "sources = 3\n"])
def test_a_fault_elsewhere_refuses_as_a_whole(tmp_path: Path, fault: str) -> None:
    with pytest.raises(BadInput):
        usable_settings.load(write(tmp_path, fault, source("typo", 'maping = "m"')))


def test_sources_that_are_no_table_refuse_and_one_that_is_none_is_set_aside(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="source"):
        usable_settings.load(write(tmp_path, "source = 3\n", mapping("n", "etta = 3")))
    for shape in ("[source]\nerp = 3\n", '[source.erp]\ntype = "http"\nmapping = 3\n'):
        assert set(usable_settings.load(write(tmp_path, shape, mapping("n", "etta = 3"))).set_aside) == {"erp"}


def test_sound_settings_are_what_everybody_reads(tmp_path: Path) -> None:
    path = write(tmp_path, mapping("m"), source("erp", 'mapping = "m"'))
    found = usable_settings.load(path)
    assert (found.settings, found.set_aside, found.faults) == (settings_file.load(path), {}, [])
