"""E-mail through a real SMTP server: what arrives, what each failure means, and that nothing hangs or goes out
twice."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connectors.outbox.email import EmailSender, is_address
from connectors.settings.channel_settings import EmailChannel
from tests.connectors.handoff_support import NASTY, action, content, delivery, ended, send
from tests.connectors.smtp_server import Mailbox, mailing


def sender(mailbox: Mailbox, folder: Path = Path("."), **more: Any) -> EmailSender:
    settings = {
        "type": "email",
        "host": "localhost",
        "port": mailbox.port,
        "from": "desk@example.com",
        "security": "none",
    }
    return EmailSender("mail", EmailChannel.model_validate({**settings, "timeout": "PT1S", **more}), folder)


def test_a_mail_says_to_its_owner_what_is_to_be_done() -> None:
    with mailing(Mailbox()) as mailbox:
        assert send(sender(mailbox), delivery(content(action(), ended=[ended()]))).state == "sent"
    ((receivers, raw),) = mailbox.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert receivers == ["ana@example.com"]
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "desk@example.com", "ana@example.com", "New for you: 1 step, Expedite (4711/10)",
    )  # fmt: skip
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<key5@offplan>", "auto-generated")
    body = mail.get_content()
    assert "A7 Call the supplier (new)" in body
    assert "Due: Mon 2026-03-09 11:00 CET" in body
    assert "To answer, quote: A7 tok7" in body
    assert "A8 Book the truck is called off: not needed" in body


def test_text_from_outside_adds_no_header_and_ends_no_mail() -> None:
    # The last is broken by its encoding, so that a line of the mail begins with the dot.
    broken = "x" * 75 + "." + "y" * 10
    said = content(action(title=NASTY, instructions=f"one\n.\nQUIT\n..two\n{broken}"))
    said["response"]["title"] = "Expedite\r\nBcc: thief@example.com"
    with mailing(Mailbox()) as mailbox:
        assert send(sender(mailbox), delivery(said)).state == "sent"
    ((receivers, raw),) = mailbox.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert receivers == ["ana@example.com"]
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    lines = [line.strip() for line in mail.get_content().splitlines()]
    assert lines.index(".") + 1 == lines.index("QUIT")
    assert {"..two", broken} <= set(lines)
    assert b"\n." in raw


@pytest.mark.parametrize(
    "address", ["ana@example.com\nBcc: x@example.com", "ana@example.com, x@example.com", "<ana@example.com>", "ana", ""]
)
def test_what_is_no_plain_address_is_refused_before_anything_is_sent(address: str) -> None:
    assert not is_address(address)
    said = content(action(), owner={"id": "ana", "name": "Ana", "email": address})
    with mailing(Mailbox()) as mailbox:
        result = send(sender(mailbox), delivery(said))
        assert (result.state, result.again) == ("failed", False)
        assert mailbox.mails == []


def test_one_address_for_all_takes_the_place_of_the_owners() -> None:
    with mailing(Mailbox(answers={"RCPT b@example.com": "550 no such user"})) as mailbox:
        result = send(sender(mailbox, to=["a@example.com", "b@example.com"]), delivery())
    assert [receivers for receivers, _ in mailbox.mails] == [["a@example.com"]]
    assert (result.state, result.fault) == (
        "sent", "not to all: b@example.com: the server answered 550 no such user"
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_accepts_and_hangs_is_a_failure_that_can_be_tried_again(verb: str) -> None:
    with mailing(Mailbox(silent_at=verb)) as mailbox:
        result = send(sender(mailbox), delivery())
    assert (result.state, result.again) == ("failed", True)
    assert mailbox.mails == []


@pytest.mark.parametrize("more", [{"silent_at": "text"}, {"breaks_at": "text"}])
def test_no_answer_to_the_text_leaves_it_in_doubt(more: dict[str, str]) -> None:
    with mailing(Mailbox(**more)) as mailbox:  # type: ignore[arg-type]
        result = send(sender(mailbox), delivery())
    assert (result.state, result.again) == ("unknown", False)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "again"),
    [
        ("connect", "554 go away", False),
        ("connect", "421 too busy", True),
        ("MAIL", "550 not you", False),
        ("RCPT ana@example.com", "450 later", True),
        ("RCPT ana@example.com", "550 no such user", False),
        ("DATA", "451 later", True),
        ("text", "552 too much", False),
        ("text", "451 later", True),
    ],
)
def test_a_refusal_is_final_or_not_as_the_server_says(verb: str, answer: str, again: bool) -> None:
    with mailing(Mailbox(answers={verb: answer})) as mailbox:
        result = send(sender(mailbox), delivery())
    assert (result.state, result.again) == ("failed", again)
    assert result.fault is not None
    assert answer in result.fault
    assert mailbox.mails == []


@pytest.mark.parametrize("answer", ["taken, thank you", "354 go on", "100 wait", f"250 {'x' * 9000}"])
def test_an_answer_to_the_text_that_says_neither_yes_nor_no_leaves_it_in_doubt(answer: str) -> None:
    with mailing(Mailbox(answers={"text": answer})) as mailbox:
        result = send(sender(mailbox), delivery())
    assert (result.state, result.again) == ("unknown", False), "a second mail might be a repeat"


@pytest.mark.parametrize("answer", ["200 fine", "251 forwarded"])
def test_any_answer_of_2xx_to_the_text_is_a_yes(answer: str) -> None:
    with mailing(Mailbox(answers={"text": answer})) as mailbox:
        assert send(sender(mailbox), delivery()).state == "sent"


def test_a_challenge_that_makes_no_sense_is_a_failure_of_the_message_alone(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "canary-5d2")
    login = {"security": "starttls", "user": "desk", "password": "env:MAIL_PASSWORD", "verify": "ca.pem"}
    mailbox = speaking_tls(certificate)
    mailbox.answers |= {"EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5", "AUTH": "334 !!!x"}
    with mailing(mailbox):
        result = send(sender(mailbox, tmp_path, **login), delivery())
    assert (result.state, result.again, mailbox.mails) == ("failed", True, [])


def test_a_server_that_is_not_there_is_a_failure_that_is_tried_again() -> None:
    with mailing(Mailbox()) as mailbox:
        pass
    result = send(sender(mailbox), delivery())
    assert (result.state, result.again) == ("failed", True)


# encryption and login -------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the program openssl to make a certificate")
    path = tmp_path / "server.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", str(tmp_path / "ca.pem")),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + (tmp_path / "ca.pem").read_text())
    return path


def speaking_tls(certificate: Path) -> Mailbox:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return Mailbox(tls=context)


def test_a_login_goes_over_starttls_with_the_secret_from_the_environment(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "canary-5d2")
    login = {"security": "starttls", "user": "desk", "password": "env:MAIL_PASSWORD", "verify": "ca.pem"}
    with mailing(speaking_tls(certificate)) as mailbox:
        assert send(sender(mailbox, tmp_path, **login), delivery()).state == "sent"
        assert mailbox.logins == [("desk", "canary-5d2")]
        assert len(mailbox.mails) == 1

        mailbox.answers["AUTH"] = "535 bad canary-5d2"
        refused = send(sender(mailbox, tmp_path, **login), delivery())
    assert refused.state == "failed"
    assert "canary" not in str(refused)


def test_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "canary-5d2")
    login = {"security": "starttls", "user": "desk", "password": "env:MAIL_PASSWORD"}
    with mailing(speaking_tls(certificate)) as mailbox:
        result = send(sender(mailbox, tmp_path, **login), delivery())
    assert (result.state, mailbox.logins, mailbox.mails) == ("failed", [], [])
    assert result.fault is not None
    assert "secure connection" in result.fault


def test_a_server_without_starttls_gets_nothing() -> None:
    with mailing(Mailbox()) as mailbox:
        result = send(sender(mailbox, security="starttls"), delivery())
    assert (result.state, mailbox.mails) == ("failed", [])


def test_a_secret_that_is_missing_is_a_sentence_and_nothing_is_sent(certificate: Path, tmp_path: Path) -> None:
    login = {"security": "starttls", "user": "desk", "password": "env:NO_SUCH_PASSWORD", "verify": "ca.pem"}
    with mailing(speaking_tls(certificate)) as mailbox:
        result = send(sender(mailbox, tmp_path, **login), delivery())
    assert result.fault is not None
    assert "NO_SUCH_PASSWORD is not set" in result.fault
    assert mailbox.mails == []
