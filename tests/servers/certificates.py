"""Certificates for test servers: a good one and the three bad kinds a person meets.

Decides nothing about trust: crmlink must accept `TRUSTED` with the test authority's file and refuse all others.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from pathlib import Path

import trustme


class Certificate(enum.StrEnum):
    """Which certificate a server shows."""

    TRUSTED = "trusted"  # for 127.0.0.1 and localhost, signed by the test authority
    EXPIRED = "expired"  # the same, but its time is over
    WRONG_NAME = "wrong-name"  # signed by the test authority, for another host
    SELF_SIGNED = "self-signed"  # signed by an authority that nobody has: `ca_file` is not the one that signed it


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files: the server's certificate with its key, and the authority a client should trust."""

    certificate: Path
    key: Path
    authority: Path


def write_certificate(kind: Certificate, directory: Path) -> CertificateFiles:
    """Make a fresh authority and a certificate of this kind, and write them into `directory`."""
    authority = trustme.CA()
    signer = trustme.CA() if kind is Certificate.SELF_SIGNED else authority
    names = ("mail.example.org",) if kind is Certificate.WRONG_NAME else ("127.0.0.1", "localhost")
    expired = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) if kind is Certificate.EXPIRED else None
    leaf = signer.issue_cert(*names, not_before=expired and expired - dt.timedelta(days=90), not_after=expired)
    files = CertificateFiles(directory / "server.pem", directory / "server.key", directory / "authority.pem")
    leaf.private_key_pem.write_to_path(files.key)
    files.certificate.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    authority.cert_pem.write_to_path(files.authority)
    return files
