"""offplan.toml: what is read from it, and the sentence for everything that may not stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.settings.sections import parse_duration
from connectors.settings.settings_file import FolderSource, HttpSource, load
from connectors.values.targets import RECORD_FIELDS
from engine.master.records import MODELS
from engine.values.clock import DAY, HOUR, MINUTE
from engine.values.errors import BadInput

WHOLE = """
[desk]
name = "eu-desk"
zone = "Europe/Berlin"
currency = "EUR"

[rates]
USD = 0.92

[emissions]
road = { grams_per_tkm = 62, source = "carrier report" }

[tolerance.late_supply]
days = 2

[[rule]]
kind = "late_supply"
match = { party = "ACME" }
days = 5

[[rule]]
match = { function = "procurement" }
minimum_value = 200

[mapping.etas]
as = "signal"
[mapping.etas.fields]
id = "No"
kind = { const = "eta" }

[source.drop]
type = "folder"
path = "inbox"
mapping = "etas"
every = "PT6H"

[source.erp]
type = "http"
url = "https://erp.example/etas"
mapping = ["etas"]
poll = "PT1M"
headers = { Authorization = "env:ERP_TOKEN" }
page = { type = "cursor", param = "after", field = "next" }
"""
MAPPING = '[mapping.m]\nas = "signal"\n{more}\n[mapping.m.fields]\nid = "a"\nkind = {{ const = "eta" }}\n{fields}\n'


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text(WHOLE, encoding="utf-8")
    settings = load(path)
    assert settings.folder == tmp_path
    assert settings.desk_settings() == {
        "name": "eu-desk",
        "zone": "Europe/Berlin",
        "currency": "EUR",
        "rates": {"USD": 0.92},
        "emissions": {"road": {"grams_per_tkm": 62.0, "source": "carrier report"}},
        "tolerance": {"late_supply": {"days": 2}},
        "rules": [
            {"kind": "late_supply", "match": {"party": "ACME"}, "days": 5},
            {"match": {"function": "procurement"}, "minimum_value": 200},
        ],
    }
    drop, erp = settings.sources["drop"], settings.sources["erp"]
    assert isinstance(drop, FolderSource)
    assert isinstance(erp, HttpSource)
    assert (drop.expected_every, drop.mapping_names, drop.pattern) == (6 * HOUR, ("etas",), "*")
    assert (erp.poll_every, erp.expected_every, erp.page.field) == (MINUTE, None, "next")


def test_a_folder_has_one_pattern_or_several(tmp_path: Path) -> None:
    path = tmp_path / "offplan.toml"
    table = '[source.x]\ntype = "folder"\npath = "in"\n'
    path.write_text(f'{table}pattern = ["*.csv", "stock-*.xlsx"]', encoding="utf-8")
    source = load(path).sources["x"]
    assert isinstance(source, FolderSource)
    assert [name for name in ("a.csv", "stock-1.xlsx", "a.xlsx") if source.takes(name)] == ["a.csv", "stock-1.xlsx"]
    path.write_text(f"{table}pattern = []", encoding="utf-8")
    with pytest.raises(BadInput, match=r"source\.x\.pattern"):
        load(path)


def test_an_empty_file_is_a_desk_with_defaults(tmp_path: Path) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text("", encoding="utf-8")
    assert load(path).desk_settings()["zone"] == "UTC"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('[desk]\nzon = "UTC"', "desk.zon", "did you mean 'zone'?"),
        ('[desk]\nzone = "Mars"', "desk.zone", "'Mars' is not a time zone"),
        ("[desk]\nzone = 3", "desk.zone", "3 does not fit"),
        ('[desk]\ncurrency = "euro"', "desk.currency", "'euro' is not a currency"),
        ("[rates]\nUSD = -1", "rates.USD", "write what one is worth"),
        ('[rates]\nUSD = {"1 May" = 0.9}', "rates.USD", "write what one is worth"),
        ('[tolerance.overdue]\ndays = "2"', "tolerance.overdue.days", "'2' does not fit; write a number"),
        ("desk = 3", "desk", "3 does not fit; write a table"),
        ("[tolerance.late_supply]\ndayz = 3", "tolerance.late_supply", "'dayz' is no parameter"),
        ("[tolerance.late]\ndays = 3", "tolerance", "'late' is not a kind of deviation"),
        ('[[rule]]\nkind = "late_supply"\nmatch = { prty = "A" }\ndays = 1', "rule 1", "cannot match 'prty'"),
        ("[deks]\nname = 'x'", "deks", "did you mean 'desk'?"),
        ("a = [", "", "it is not TOML"),
        (f"a = {'9' * 5000}", "", "it is not TOML"),
        (f"{'.'.join(['a'] * 2000)} = 1", "", "a key has more than 32 parts"),
        (MAPPING.format(more='filse = "x"', fields=""), "mapping.m.filse", "did you mean 'files'?"),
        (MAPPING.format(more='date = "%d"', fields=""), "mapping.m.date", "'%d' is not a date format"),
        (MAPPING.format(more='delimiter = "::"', fields=""), "mapping.m.delimiter", "is not a delimiter"),
        (MAPPING.format(more='encoding = "klingon"', fields=""), "mapping.m.encoding", "is not an encoding"),
        (MAPPING.format(more='encoding = "base64"', fields=""), "mapping.m.encoding", "is not an encoding"),
        (MAPPING.format(more='identity = "maybe"', fields=""), "mapping.m.identity", "write 'event' or 'state'"),
        (MAPPING.format(more="", fields="eta = 7"), "mapping.m.fields.eta", "7 does not fit; write the name of a column"),
        (MAPPING.format(more="", fields="eta = { const = [1] }"), "mapping.m.fields.eta.const", "write text in quotes or a number"),
        (MAPPING.format(more="", fields='order_ref = { template = "{PO/{Line}" }'), "fields.order_ref", "has a brace without the other"),
        (MAPPING.format(more="", fields="eta = 7\nitem = 7"), "mapping.m.fields.", "7 does not fit (and 1 more)"),
        (MAPPING.format(more='only = [{ column = "x" }]', fields=""), "mapping.m.only.1", "exactly one of in"),
        (MAPPING.format(more="", fields='qty = "q"'), "mapping.m", "there is no field 'qty'"),
        (MAPPING.format(more="", fields='source_id = "q"'), "mapping.m", "under two names"),
        (MAPPING.format(more="", fields='eta = { colum = "q" }'), "mapping.m.fields.eta.colum", "did you mean 'column'?"),
        (MAPPING.format(more="", fields="eta = {}"), "mapping.m.fields.eta", "exactly one of column, const and template"),
        (MAPPING.format(more="", fields='eta = { column = "q", date = "D" }'), "mapping.m.fields.eta.date", "'D' is not a date format"),
        (MAPPING.format(more="", fields='quantity = { column = "q", factor = 0 }'), "fields.quantity.factor", "is not a factor"),
        (MAPPING.format(more="", fields='quantity = { column = "q", factor = "1e999999" }'), "fields.quantity.factor", "is not a factor"),
        (MAPPING.format(more="", fields='order_kind = { const = "po" }'), "mapping.m", "order_kind cannot become 'po'"),
        ('[mapping.m]\nas = "signal"\n[mapping.m.fields]\nid = "a"', "mapping.m", "it needs the field 'kind'"),
        ('[mapping.m]\nas = "orders"\n[mapping.m.fields]\nid = "a"', "mapping.m", "is not a kind"),
        ('[source.x]\ntype = "ftp"', "source.x.type", 'write type = "folder" or type = "http"'),
        ('[source.x]\npath = "x"', "source.x.type", 'write type = "folder" or type = "http"'),
        ('[source.x]\ntype = "folder"\npath = "a"\npatern = "b"', "source.x.patern", "did you mean 'pattern'?"),
        ('[source.x]\ntype = "folder"\npath = "a"\nmapping = "no"', "", "a mapping 'no' that is not there"),
        ('[source.x]\ntype = "folder"\npath = "a"\nevery = "5m"', "source.x.every", "'5m' is not a duration"),
        ('[source.x]\ntype = "http"\nurl = "file:///etc"', "source.x.url", "write an address such as"),
        ('[source.x]\ntype = "http"\nurl = "http://x"\npage = { type = "cursor" }', "source.x.page", "add param"),
    ],
)  # fmt: skip
def test_every_fault_names_file_key_and_mend(tmp_path: Path, text: str, place: str, said: str) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert place in caught.value.place
    assert said in sentence
    assert "\n" not in sentence


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="`offplan init` makes one"):
        load(tmp_path / "offplan.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes("# ok\nname = 'Müller'".encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml:2: it is not UTF-8"):
        load(path)
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(BadInput, match="larger than 1 MiB"):
        load(path)


def test_durations() -> None:
    assert parse_duration("P1DT6H") == DAY + 6 * HOUR
    assert parse_duration("P2W") == 14 * DAY
    for text in ("", "P", "PT", "5m", "PT0S", "P1M"):
        with pytest.raises(ValueError, match="is not a duration"):
            parse_duration(text)


def test_the_fields_of_records_are_those_that_the_engine_takes() -> None:
    for kind, model in MODELS.items():
        assert {name.partition(".")[0] for name in RECORD_FIELDS[kind]} == set(model.model_fields)


@pytest.mark.parametrize(
    "line",
    [
        'url = "http://u:TOPSECRET@h/a b"',
        'url = "http://h/a b?token=TOPSECRET"',
        'url = ["TOPSECRET"]',
        'url = "http://h/"\nheaders = { A = ["TOPSECRET"] }',
        'url = "http://h/"\nparams = { k = ["TOPSECRET"] }',
    ],
)
def test_what_may_be_a_secret_is_never_quoted(tmp_path: Path, line: str) -> None:
    path = tmp_path / "offplan.toml"
    path.write_text(f'[source.erp]\ntype = "http"\nmapping = "m"\n{line}\n', encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load(path)
    assert "source.erp" in str(refused.value)
    assert "TOPSECRET" not in str(refused.value)
