"""Real IMAP and CalDAV servers for tests: Dovecot, Cyrus, pymap, Radicale, Xandikos.

Each starts once per test session (per worker under xdist), on 127.0.0.1, on ports the kernel gave, in a temporary
directory, and ends with the session. Tests take the fixtures of `plugin.py` and ask the server for a fresh account;
`mailboxes.py` and `calendars.py` fill it and look at what is in it. `.ci/install` installs Dovecot and Cyrus.

Roundcube, the browser for it and the catcher of the mail that clients send are here too; their fixtures are in
`tests/clients`.
"""
