"""Hands a mail to a mail server, as sendmail does: `hand_over.py PORT [-i] [-f SENDER] -- RECIPIENT...` with the mail on stdin.

Only the tests have it, for a client that sends by running a program. Uses the standard library only.
"""

from __future__ import annotations

import re
import smtplib  # noqa: TID251 - the owner's mail client sends; crmlink does not
import sys


def main(port: int, arguments: list[str]) -> None:
    """Send what comes in, with the CRLF line ends of RFC 5321."""
    split = arguments.index("--")
    sender = arguments[arguments.index("-f", 0, split) + 1]
    content = re.sub(rb"\r?\n", b"\r\n", sys.stdin.buffer.read())
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        server.sendmail(sender, arguments[split + 1 :], content, ["BODY=8BITMIME"])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
