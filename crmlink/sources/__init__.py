"""Sources bring raw bytes in: IMAP, Maildir, CalDAV, vdir, memory. They parse nothing and decide nothing.

`port` holds the two protocols; every adapter passes the same contract suite.
"""
