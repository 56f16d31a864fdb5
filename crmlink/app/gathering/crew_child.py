"""The child process that reads mail for a `crew`.

In: pickles on stdin, first the reader, then lists of raw mails. Out: for each list one of what is to be kept, None for a
mail that could not be read well: whoever asked reads it again, and says why. It ends when nobody asks any more.
"""

from __future__ import annotations

import pickle
import resource
import signal
import sys

from crmlink.app.gathering.deadline import Limit, TooLongError, limited
from crmlink.app.gathering.read import MailReader
from crmlink.cache.mail import Written, written
from crmlink.sources.port import RawMessage


def main() -> None:
    """Read what comes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at Ctrl-C the parent decides, and ends this process
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # whatever a library prints, it is no answer
    reader: MailReader = pickle.load(sys.stdin.buffer)  # noqa: S301  our own parent wrote it
    limit = Limit()
    while True:
        try:
            mails: list[RawMessage] = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        pickle.dump([_read(reader, mail, limit) for mail in mails], out)
        out.flush()


def _read(reader: MailReader, mail: RawMessage, limit: Limit) -> Written | None:
    try:
        with limited(limit):
            found = reader.read(mail)
    except (Exception, TooLongError):  # noqa: BLE001 -- whatever it is, it comes again where it is dealt with
        return None
    return written(found) if found.message else None


if __name__ == "__main__":
    main()
