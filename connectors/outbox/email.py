"""E-mail as a channel: one message to an owner through an SMTP server, with a bound on every step and on all of them.

A receiver cannot tell a repeat of a mail, so what is in doubt is said to be: once the text has left and no answer came,
the message is `unknown`. Everything before that is a failure that can be tried again.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from connectors.outbox import neutral, wording
from connectors.outbox.sending import aside
from connectors.settings import secrets
from connectors.settings.channel_settings import EmailChannel
from engine.handoffs.deliveries import Delivery, Result
from engine.values.clock import moment_of, parse_instant
from engine.values.errors import BadInput
from engine.values.text import clean

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_EXCERPT: Final = 200


def is_address(text: str) -> bool:
    """Whether a text is one plain address, with nothing that could begin another header or another receiver."""
    return _ADDRESS.fullmatch(text) is not None


class EmailSender:
    """Sends messages of one `[channel.NAME]` with `type = "email"`."""

    def __init__(self, name: str, settings: EmailChannel, folder: Path) -> None:
        self._name = name
        self._settings = settings
        self._folder = folder

    async def send(self, delivery: Delivery) -> Result:
        owner = delivery.content["owner"]
        recipients = self._settings.recipients or ((owner["email"],) if owner["email"] else ())
        if not recipients:
            return Result("failed", f"{owner['name']} has no e-mail address; load it with the owners, then resend")
        for address in (*recipients, self._settings.from_):
            if not is_address(address):
                return Result("failed", f"{address!r} is no e-mail address; correct it, then resend")
        attempt = _Attempt(
            self._name, self._settings, self._folder, recipients, message(delivery, self._settings.from_, recipients)
        )
        return await aside(attempt.result)


def message(delivery: Delivery, sender: str, recipients: Sequence[str]) -> bytes:
    """The whole mail: plain text, so that nothing in it is acted upon. The same message is the same Message-ID."""
    content = delivery.content
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = neutral.header(wording.subject(content))
    mail["Date"] = format_datetime(moment_of(parse_instant(content["at"], "at")))
    mail["Message-ID"] = f"<{delivery.key}@offplan>"
    # So that no holiday reply comes back (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_body(content)) + "\n", cte="quoted-printable")
    return mail.as_bytes()


def _body(content: Mapping[str, Any]) -> list[str]:
    lines = [f"{content['owner']['name']},", "", *wording.introduction(content)]
    for item in wording.items(content):
        lines += ["", item.heading, *(f"  {name}: {value}" for name, value in item.facts)]
        lines += [f"  {line}" for line in item.instructions]
    endings = wording.endings(content)
    if endings:
        lines += ["", "No longer yours to do:", *(f"  {line}" for line in endings)]
    return [clean(line) for line in lines]


class _Attempt:
    """One try, in a thread: what it has reached decides what an interruption means."""

    def __init__(self, name: str, settings: EmailChannel, folder: Path, recipients: Sequence[str], mail: bytes) -> None:
        self._name = name
        self._settings = settings
        self._folder = folder
        self._recipients = recipients
        self._mail = mail
        self._smtp: smtplib.SMTP | None = None
        self._has_left = False
        self._is_cut = False
        self._refused: dict[str, str] = {}

    def result(self) -> Result:
        """Carry it out. A watchdog ends what drips on within each step's time."""
        watchdog = threading.Timer(2 * self._settings.timeout_seconds, self._cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._carried_out()
        except BadInput as error:
            return Result("failed", str(error), again=True)
        except smtplib.SMTPAuthenticationError:
            return self._failure("the server does not accept our user and password", again=True, failure="refused")
        except smtplib.SMTPNotSupportedError:
            return self._failure("the server does not offer what `security` or the login asks for", again=True)
        except smtplib.SMTPResponseException as error:
            later = error.smtp_code < 500
            said = _said(error.smtp_code, error.smtp_error)
            return self._failure(said, again=later, failure="busy" if later else "refused")
        except ssl.SSLError:
            return self._failure(
                "no secure connection came about; check `security`, `port` and the certificate", again=True
            )
        except (OSError, smtplib.SMTPException) as error:
            if self._has_left:
                return self._doubt("gave no answer")
            # The library says of a read that took too long that the connection was closed.
            is_late = self._is_cut or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            fault = "the server cannot be reached, or does not answer in time"
            return self._failure(fault, again=True, failure="timeout" if is_late else "unreachable")
        except ValueError:
            # What the library makes of a challenge that is no base64, or of a name that no resolver can be asked for.
            if self._has_left:
                return self._doubt("gave no answer that could be read")
            return self._failure(
                "what it says, or its name, makes no sense; check `host`, `port` and `user`", again=True
            )
        finally:
            watchdog.cancel()
            if self._smtp is not None:
                self._smtp.close()

    def _carried_out(self) -> Result:
        settings = self._settings
        context = self._context()
        if settings.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=settings.timeout_seconds, context=context)
        else:
            smtp = smtplib.SMTP(timeout=settings.timeout_seconds)
        self._smtp = smtp
        # The class's own constructor would connect before the watchdog has hold of it.
        smtp._host = settings.host  # type: ignore[attr-defined]  # what starttls checks the certificate against
        code, said = smtp.connect(settings.host, settings.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if settings.security == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if settings.user is not None and settings.password is not None:
            place = f"channel.{self._name}.password"
            smtp.login(settings.user, secrets.resolve(settings.password, place, folder=self._folder).reveal())
        return self._handed_over(smtp)

    def _handed_over(self, smtp: smtplib.SMTP) -> Result:
        code, said = smtp.mail(self._settings.from_)
        if code != 250:
            raise smtplib.SMTPResponseException(code, said)
        last: tuple[int, bytes] = (550, b"")
        for address in self._recipients:
            last = smtp.rcpt(address)
            if last[0] not in (250, 251):
                self._refused[address] = _said(*last)
        if len(self._refused) == len(self._recipients):
            raise smtplib.SMTPResponseException(*last)
        code, said = smtp.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPResponseException(code, said)
        self._has_left = True
        smtp.send(_LEADING_DOT.sub(b"..", self._mail) + b".\r\n")
        return self._answered(smtp)

    def _answered(self, smtp: smtplib.SMTP) -> Result:
        """What the answer to the whole text means: only one of 4xx or 5xx says that it was not taken (RFC 5321,
        4.2.1)."""
        try:
            code, said = smtp.getreply()
        except smtplib.SMTPResponseException:
            return self._doubt("gave an answer without end")
        if 400 <= code <= 599:
            raise smtplib.SMTPResponseException(code, said)
        if not 200 <= code <= 299:
            return self._doubt(f"gave an answer that is none ({_said(code, said)})")
        refused = "; ".join(f"{address}: {said}" for address, said in self._refused.items())
        return Result("sent", f"not to all: {refused}" if refused else None)

    def _context(self) -> ssl.SSLContext | None:
        verify = self._settings.verify
        if self._settings.security == "none":
            return None
        if isinstance(verify, bool):
            context = ssl.create_default_context()
            if not verify:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return context
        try:
            return ssl.create_default_context(cafile=str(self._folder / verify))
        except (OSError, ssl.SSLError):
            mend = "name a PEM file with the certificates of the authorities to trust"
            raise BadInput(
                f"channel.{self._name}.verify", f"{verify} holds no certificates that can be read", mend
            ) from None

    def _cut(self) -> None:
        """End the connection from outside: whatever waits on it fails at once."""
        self._is_cut = True
        sock = None if self._smtp is None else self._smtp.sock
        if sock is not None:
            # Not closed here, which would wait for who reads from it.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _doubt(self, fault: str) -> Result:
        return Result("unknown", f"{self._settings.host} took the message and {fault}; it may have arrived")

    def _failure(self, fault: str, *, again: bool, failure: str | None = None) -> Result:
        said = f"channel {self._name}: {self._settings.host}: {fault}"
        return Result("failed", said, again=again, failure=failure)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"the server answered {code} {clean(words)[:_EXCERPT]}".rstrip()
