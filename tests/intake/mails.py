"""Mails as they come: plain ones, and those made to hurt."""

from __future__ import annotations

from email.message import EmailMessage

ANNA = "Anna Smith <anna@example.com>"


def mail(
    text="I print the roster on Monday.\n",
    *,
    sender=ANNA,
    subject="Know who works next week",
    key="<one@example.com>",
    html="",
    **fields,
) -> bytes:
    """A mail; `fields` are more headers, with _ for -."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "ask@example.net", subject
    if key:
        message["Message-ID"] = key
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def with_file(**changes) -> bytes:
    """The same with a picture beside it."""
    message = EmailMessage()
    message["From"], message["Subject"] = ANNA, "See the picture"
    message["Message-ID"] = "<file@example.com>"
    message.set_content("It looks like this.")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="screen.png")
    return message.as_bytes()


AUTOMATIC = {
    "out of office": mail(Auto_Submitted="auto-replied"),
    "generated": mail(Auto_Submitted="Auto-Generated; owner=x"),
    "exchange": mail(X_Auto_Response_Suppress="All"),
    "bulk": mail(Precedence="bulk"),
    "list": mail(Precedence="List"),
    "junk": mail(Precedence=" junk "),
    "mailing list": mail(List_Id="News <news.example.com>"),
    "bounce": mail(Return_Path="<>"),
    "daemon": mail(sender="MAILER-DAEMON@example.com"),
    "report": mail().replace(b"Content-Type: text/plain", b"Content-Type: multipart/report"),
    "our own": mail(sender="Homegrown <homegrown@localhost>"),
}

_HEAD = b"From: anna@example.com\r\nMessage-ID: <h@example.com>\r\nSubject: "
_NEST = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
HOSTILE = {
    "nothing": b"",
    "NUL": b"\x00" * 1000,
    "no head": b"\r\n\r\nwords",
    "no sender": b"Subject: x\r\n\r\nwords",
    "two senders": b"From: anna@example.com\r\nFrom: b@example.com\r\n\r\nwords",
    "two addresses": b"From: anna@example.com, b@example.com\r\n\r\nwords",
    "broken sender": b"From: <<<@@;:anna@example.com\r\n\r\nwords",
    "open comments": b"From: " + b"(" * 3900 + b"anna@example.com\r\n\r\nwords",
    "huge header": _HEAD + b"x" * 900_000 + b"\r\n\r\nwords",
    "many headers": b"From: anna@example.com\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\nwords",
    "long sender": b"From: " + b"a" * 3000 + b"@example.com\r\n\r\nwords",
    "too large": mail("x" * 1_000_001),
    "deep": _HEAD + b"x\r\n" + b"".join(_NEST % (n, n) for n in range(5000)),
    "long type": _HEAD + b"x\r\nContent-Type: text/plain; " + b"a=(" * 90_000 + b"\r\n\r\nwords",
    "folded type": _HEAD + b"x\r\nContent-Type: text/plain;" + b"\r\n a*1=b;" * 9000 + b"\r\n\r\nx",
    "NUL in words": _HEAD + b"a\x00b \x07\x1b[31m\r\n\r\nwo\x00rds \x0b\xff\xfe",
    "broken subject": _HEAD + b"=?utf-8?b?////?= =?x-none?q?=FF=00?= \xff\xfe\r\n\r\nwords",
    "unknown charset": _HEAD + b"x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nwords",
    "slow charset": _HEAD
    + b"x\r\nContent-Type: text/plain; charset=punycode\r\n\r\n"
    + b"a" * 300_000,
    "no text charset": _HEAD + b"x\r\nContent-Type: text/plain; charset=zip\r\n\r\nwords",
    "halves": _HEAD + b"x\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA- words",
    "bad base64": _HEAD
    + b"x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=",
    "no boundary": _HEAD + b"x\r\nContent-Type: multipart/mixed\r\n\r\nwords",
    "never closed": _HEAD + b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    "deep page": _HEAD + b"x\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 150_000,
    "odd page": _HEAD + b"x\r\nContent-Type: text/html\r\n\r\n<![foo[<!--<p " + b"<![" * 90_000,
    "many parts": _HEAD
    + b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + (b"--b\r\nContent-Type: text/plain;" + b" a*1=b;" * 500 + b"\r\n\r\nx\r\n") * 200,
    "open comments in a page": _HEAD + b"x\r\nContent-Type: text/html\r\n\r\n" + b"<!--<" * 90_000,
    "long line": mail("On 1 " + "wrote " * 100_000),
    "many lines": mail("On 1 a\n" * 100_000),
}
