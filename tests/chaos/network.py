"""A rough network: connections refused, cut before, in the middle of, or after an answer."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

FAULTS = ("refused", "cut-before", "answer-lost", "answer-torn")


@dataclass
class RoughNetwork:
    """Carries connections on to the server, and spoils some of them as its random numbers say.

    `answer-lost` is the fault that makes phones send again: the server did the work, and nobody heard of it.
    """

    chance: Random
    server_port: int
    fault_share: float = 0.12
    is_down: bool = False
    seen: Counter[str] = field(default_factory=Counter)
    listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        """Listen on a free port of this machine."""
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Return where phones find the network."""
        return int(self.listener.getsockname()[1])

    def accept(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                phone, _address = self.listener.accept()
                threading.Thread(target=self.carry, args=(phone, self.fate()), daemon=True).start()

    def fate(self) -> str:
        """Draw what becomes of the next connection."""
        if self.is_down:
            return "refused"
        return self.chance.choice(FAULTS) if self.chance.random() < self.fault_share else "carried"

    def carry(self, phone: socket.socket, fate: str) -> None:
        """Carry one connection to its end or to its fault."""
        self.seen[fate] += 1
        with phone:
            if fate == "refused":
                return
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port), timeout=10) as server:
                phone.settimeout(60)
                server.settimeout(60)
                sending = threading.Thread(target=pump, args=(phone, server), kwargs={"torn": fate == "cut-before"})
                sending.daemon = True
                sending.start()
                pump(server, phone, lost=fate == "answer-lost", torn=fate == "answer-torn")

    def close(self) -> None:
        """Take no more connections."""
        self.listener.close()


def pump(source: socket.socket, target: socket.socket, *, lost: bool = False, torn: bool = False) -> None:
    """Hand bytes on; a lost answer is read and thrown away, a torn one ends in its middle."""
    with suppress(OSError):
        while block := source.recv(65_536):
            if lost:
                break
            if torn:
                target.sendall(block[: len(block) // 2])
                break
            target.sendall(block)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
