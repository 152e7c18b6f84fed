"""`[channel.NAME]` and `[[route]]`: what is read from them, and the sentence for everything that may not stand
there."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.outbox import checks
from connectors.settings import usable_settings
from connectors.settings.settings_file import load
from engine.handoffs.routing import Channel, Route
from engine.values.clock import HOUR, MINUTE, SECOND
from engine.values.errors import BadInput

MAIL = '[channel.mail]\ntype = "email"\nhost = "smtp.example"\nfrom = "desk@example.com"\n'
DROP = '[channel.drop]\ntype = "folder"\npath = "out"\n'


def read(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "offplan.toml"
    path.write_text(text)
    return path


def test_channels_and_routes_as_the_engine_reads_them(tmp_path: Path) -> None:
    routes = """
[[route]]
match = { severity = "critical", owner = ["ana", "b*"] }
channel = "mail"
continue = true

[[route]]
channel = ["drop", "cal"]
"""
    text = f'{MAIL}wait = "PT5S"\nremind = "PT1H"\n{DROP}[channel.cal]\ntype = "calendar"\npath = "cal"\n{routes}'
    settings = load(read(tmp_path, text))

    mail, drop, cal = settings.handoff_channels()
    assert mail == Channel("mail", "email", True, 5 * SECOND, MINUTE, HOUR, "called_off", blocked=False)
    assert drop == Channel("drop", "folder", False, 20 * SECOND, MINUTE, None, "called_off", blocked=False)
    assert (cal.ended, cal.blocked, cal.once) == ("all", True, False)
    assert settings.handoff_routes() == [
        Route({"severity": ["critical"], "owner": ["ana", "b*"]}, ("mail",), go_on=True),
        Route({}, ("drop", "cal")),
    ]


@pytest.mark.parametrize(
    ("text", "key", "mend"),
    [
        ('[channel.x]\ntype = "fax"\n', "channel.x.type", 'type = "folder" or type = "calendar"'),
        (f"{DROP}pth = 'x'\n", "channel.drop.pth", "did you mean 'path'?"),
        (f'{DROP}format = "pdf"\n', "channel.drop.format", "'markdown', 'csv' or 'json'"),
        (f'{DROP}wait = "soon"\n', "channel.drop.wait", "PT15M"),
        ('[channel.mail]\ntype = "email"\nhost = "h"\n', "channel.mail.from", "add it"),
        (f'{MAIL}user = "u"\n', "channel.mail", "give both"),
        (f'{MAIL}user = "u"\npassword = "hush"\n', "channel.mail", "env:NAME"),
        (f'{MAIL}user = "u"\npassword = "env:P"\nsecurity = "none"\n', "channel.mail", "starttls"),
        (MAIL.replace("smtp.example", "smtp..example"), "channel.mail.host", "such as smtp.example"),
        (MAIL.replace("smtp.example", "smtp://mail.example"), "channel.mail.host", "without scheme and port"),
        (MAIL.replace("smtp.example", "a" * 70), "channel.mail.host", "such as smtp.example"),
        (f'{MAIL}user = "ü"\npassword = "env:P"\n', "channel.mail.user", "such a one"),
        (f'{MAIL}timeout = "P99999D"\n', "channel.mail.timeout", "such as P90D"),
        (f'{DROP}remind = "P{"9" * 30}D"\n', "channel.drop.remind", "PT15M"),
        (
            '[channel.h]\ntype = "webhook"\nurl = "https://x"\nheaders = {"X ü" = "a"}\n',
            "channel.h.headers",
            "such as X-Desk",
        ),
        ('[channel.h]\ntype = "webhook"\nurl = "ftp://x"\n', "channel.h.url", "https://"),
        ('[channel.h]\ntype = "webhook"\nurl = "https://x"\nsecret = "hush"\n', "channel.h.secret", "env:NAME"),
        ('[[route]]\nchannel = "mail"\n', "route 1", "add it"),
        (f'{DROP}[[route]]\nchannel = "drop"\nmatch = {{ colour = "red" }}\n', "route.1.match", "use owner, function"),
        (f'{DROP}[[route]]\nchannel = "drop"\ncontinu = true\n', "route.1.continu", "did you mean 'continue'?"),
        ('[channel."a b"]\ntype = "folder"\npath = "x"\n', "offplan.toml", "use letters"),
    ],
)
def test_every_fault_names_the_key_and_the_mend(tmp_path: Path, text: str, key: str, mend: str) -> None:
    with pytest.raises(BadInput) as raised:
        load(read(tmp_path, text))
    assert key in raised.value.place
    assert mend in raised.value.mend
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("fault", [f"{DROP}pth = 'x'\n", '[[route]]\nchannel = "fax"\n'])
def test_with_a_fault_in_them_nothing_is_handed_off_and_sources_go_on(tmp_path: Path, fault: str) -> None:
    source = '[source.inbox]\ntype = "folder"\npath = "inbox"\n'
    usable = usable_settings.load(read(tmp_path, f"{source}{MAIL}{fault}"))
    assert list(usable.settings.sources) == ["inbox"]
    assert (usable.settings.channels, usable.settings.routes) == ({}, [])
    assert usable.silent is not None
    assert usable.silent in usable.faults


def test_what_would_fail_and_what_nothing_takes_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text("a file")
    text = f"""{DROP}
{MAIL}user = "desk"
password = "env:NO_SUCH_PASSWORD"
[channel.hook]
type = "webhook"
url = "https://pager.example"
headers = {{ Authorization = "plain" }}
secret = "env:NO_SUCH_SECRET"
[channel.spare]
type = "folder"
path = "spare"
[[route]]
match = {{ severity = "critical" }}
channel = "hook"
continue = true
[[route]]
channel = ["drop", "mail"]
[[route]]
match = {{ owner = "ana" }}
channel = "spare"
"""
    found = {fault.place: fault.fault for fault in checks.faults(load(read(tmp_path, text)))}
    assert found == {
        "channel.drop": f"{tmp_path / 'out'} is no folder",
        "channel.mail.password": "the environment variable NO_SUCH_PASSWORD is not set",
        "channel.hook.secret": "the environment variable NO_SUCH_SECRET is not set",
        "channel.hook.headers.Authorization": "a secret stands in the settings file",
        "route 3": "nothing ever comes to it: route 2 takes everything",
        "channel.spare": "no route leads to it",
    }
    monkeypatch.setenv("NO_SUCH_PASSWORD", "x")
    assert list(checks.faults(load(read(tmp_path, f'{MAIL}user = "u"\npassword = "env:NO_SUCH_PASSWORD"\n')))) == []
