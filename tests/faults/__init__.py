"""Proxies that stand between crmlink and a real server: they write down what is said, and break it where a test wants.

`imap_proxy` before a mail server, `http_proxy` before a calendar server. Faults are values (`imap_faults`,
`http_faults`), placed at a command, a line or a byte (`wire`); several work at once. `guard` judges what was said.
"""
