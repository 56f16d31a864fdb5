"""A name server with a zone of a few lines, on UDP and a port the kernel gave; it can also be silent or speak nonsense."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass(slots=True)
class DnsServer:
    """`zone` maps "name TYPE" to the records' texts. A name without any record does not exist (NXDOMAIN)."""

    zone: dict[str, list[str]] = field(default_factory=dict)
    silent: bool = False
    nonsense: bool = False
    asked: list[str] = field(default_factory=list)
    _socket: socket.socket = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.place)
        self._thread.join()
        self._socket.close()

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        port: int = self._socket.getsockname()[1]
        return "127.0.0.1", port

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            key = f"{question.name.to_text(omit_final_dot=True)} {question.rdtype.name}"
            self.asked.append(key)
            if self.silent:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if key in self.zone:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *self.zone[key]))
            elif not any(name.startswith(f"{key.partition(' ')[0]} ") for name in self.zone):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            wire = answer.to_wire()
            self._socket.sendto(wire[:7] if self.nonsense else wire, peer)
