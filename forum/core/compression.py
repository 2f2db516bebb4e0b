"""Answers leave compressed when the browser takes gzip: a phone's first visit is small without a proxy's help.

Secrets and what a stranger sends may stand in one page, but a stranger's site cannot make a browser send our cookie
with its requests (SameSite=Lax), so that measuring lengths (BREACH) tells it nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SHORTEST = 1000
"""Bytes below which compressing saves no packet."""
LEVEL = 5
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "application/xml", "application/wasm")
ALSO_COMPRESSIBLE = ("image/svg+xml", "application/problem+json", "application/manifest+json", "application/xhtml+xml")
KEPT_PATHS = "/static/"
"""Files whose address changes when they do: compressed once."""


class Compressed:
    """A WSGI application whose answers are compressed where it pays."""

    def __init__(self, application: Application) -> None:
        """Wrap an application."""
        self.application = application
        self.kept: dict[str, bytes] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer."""
        if not takes_gzip(environ):
            return self.application(environ, start_response)
        if known := environ.get("HTTP_IF_NONE_MATCH"):
            # Compared weakly (RFC 9110, 13.1.2): the file behind has a strong tag, what we sent of it a weak one.
            environ = environ | {"HTTP_IF_NONE_MATCH": known.replace("W/", "")}
        answered: list[Any] = []

        def remember(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            answered[:] = [status, headers, exc_info]
            return lambda _written: None

        body = self.application(environ, remember)
        status, headers, exc_info = answered
        if not is_compressible(status, headers):
            start_response(status, headers, exc_info)
            return body
        whole = b"".join(body)
        if close := getattr(body, "close", None):
            close()
        if len(whole) < SHORTEST:
            start_response(status, headers, exc_info)
            return [whole]
        small = self.small(environ["PATH_INFO"], whole)
        start_response(status, compressed_headers(headers, len(small)), exc_info)
        return [small]

    def small(self, path: str, whole: bytes) -> bytes:
        """Return an answer compressed; static files are kept so."""
        if not path.startswith(KEPT_PATHS):
            return gzip.compress(whole, LEVEL, mtime=0)
        if path not in self.kept:
            self.kept[path] = gzip.compress(whole, 9, mtime=0)
        return self.kept[path]


def takes_gzip(environ: dict[str, Any]) -> bool:
    """Tell whether a request's answer may be compressed: a whole body for a browser that reads gzip."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return (
        "gzip" in accepted
        and "gzip;q=0" not in accepted
        and environ["REQUEST_METHOD"] != "HEAD"
        and "HTTP_RANGE" not in environ
    )


def is_compressible(status: str, headers: Headers) -> bool:
    """Tell whether an answer is text that is not compressed already."""
    known = {name.lower(): value for name, value in headers}
    kind = known.get("content-type", "").partition(";")[0].strip()
    has_body = not status.startswith(("1", "204", "206", "304"))
    return has_body and "content-encoding" not in known and (kind.startswith(COMPRESSIBLE) or kind in ALSO_COMPRESSIBLE)


def compressed_headers(headers: Headers, length: int) -> Headers:
    """Return the headers of the compressed form: its length, its own ETag, and that it varies."""
    changed = [(name, value) for name, value in headers if name.lower() not in ("content-length", "vary", "etag")]
    vary = [value for name, value in headers if name.lower() == "vary" and "accept-encoding" not in value.lower()]
    etags = [value if value.startswith("W/") else f"W/{value}" for name, value in headers if name.lower() == "etag"]
    return [
        *changed,
        *(("ETag", etag) for etag in etags),
        ("Vary", ", ".join([*vary, "Accept-Encoding"])),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(length)),
    ]
