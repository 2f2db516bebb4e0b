"""A client's one connection, kept open: HTTP/1.1 as a browser speaks it. Standard library only."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit


class Client:
    """One client with one connection that it keeps, and its cookies.

    It shares the server's cores, so it does what a browser's network does and no more: http.client took three times
    as long for a request, most of it for headers that nobody reads.
    """

    def __init__(self, base: str) -> None:
        """Remember where to connect."""
        self.base = base
        parts = urlsplit(base)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.connection: socket.socket | None = None
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Send a request and read the whole answer."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.address[0]}:{self.address[1]}", "Accept-Encoding: identity"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return self.exchange("\r\n".join([*lines, "", ""]).encode() + (body or b""))

    def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Send a request as it is, and read the whole answer."""
        if self.connection is None:
            self.connection = socket.create_connection(self.address, timeout=30)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(request)
        return self.answer(self.connection)

    def answer(self, connection: socket.socket) -> tuple[int, bytes]:
        """Read an answer: its status, its cookies, and all of its content."""
        head, content = until(connection, b"", b"\r\n\r\n")
        said = head.lower()
        if b"\r\nset-cookie:" in said:
            for line in head.decode("latin-1").split("\r\n")[1:]:
                field, _, value = line.partition(":")
                if field.lower() == "set-cookie":
                    name, _, kept = value.strip().partition(";")[0].partition("=")
                    self.cookies[name] = kept
        if length := LENGTH.search(said):
            content = whole(connection, content, int(length[1]))
        elif b"\r\ntransfer-encoding: chunked" in said:
            content = in_chunks(connection, content)
        if b"\r\nconnection: close" in said:
            connection.close()
            self.connection = None
        return int(head[9:12]), content


LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


def until(connection: socket.socket, read: bytes, end: bytes) -> tuple[bytes, bytes]:
    """Return what comes before an end, and what was read beyond it."""
    while end not in read:
        read += more(connection)
    before, _, beyond = read.partition(end)
    return before, beyond


def whole(connection: socket.socket, read: bytes, length: int) -> bytes:
    """Return so many bytes."""
    parts, missing = [read], length - len(read)
    while missing > 0:
        parts.append(more(connection))
        missing -= len(parts[-1])
    return b"".join(parts)


def in_chunks(connection: socket.socket, read: bytes) -> bytes:
    """Return content that comes in chunks, each with its length before it."""
    content = b""
    while True:
        length, read = until(connection, read, b"\r\n")
        size = int(length.partition(b";")[0], 16)
        read = whole(connection, read, size + 2)
        content, read = content + read[:size], read[size + 2 :]
        if size == 0:
            return content


def more(connection: socket.socket) -> bytes:
    """Return what came."""
    came = connection.recv(262_144)
    if not came:
        raise ConnectionError("the server closed the connection")
    return came
