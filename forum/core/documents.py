"""A document described as data becomes PDF; WeasyPrint lives here and nowhere else."""

from __future__ import annotations

import atexit
import functools
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from forum.core.assembly import STATIC
from forum.core.typesetter import load_typesetter

Maker = Callable[[int], "Attachment | None"]
MakerFunction = TypeVar("MakerFunction", bound=Callable[[int], Any])


@dataclass(frozen=True)
class Document:
    """A printed document: a template of `templates/…/print/`, what it shows, and its title."""

    template: str
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)
    variant: str | None = None
    """A PDF variant WeasyPrint knows, e.g. `pdf/ua-1`."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes
    type: str


def html_of(document: Document) -> str:
    """Return what a document prints, before it is laid out: cheap, and different when anything in it is."""
    return render_template(document.template, title=document.title, **document.context)


def shelf(name: str) -> Path:
    """Return a folder of `instance/` where printed documents are kept, made when it is not there."""
    folder = Path(current_app.extensions["forum.settings"].instance) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def render_pdf(document: Document) -> bytes:
    """Return the PDF of a document. It reads files of `static/` only: no network, no other file."""
    load_typesetter()
    from weasyprint import HTML

    html = html_of(document)
    buffer = io.BytesIO()
    whole = HTML(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=fenced_fetcher())
    with _one_at_a_time:
        whole.write_pdf(buffer, pdf_variant=document.variant, font_config=kept_fonts())
    return buffer.getvalue()


# Kept fonts are shared by the threads of a process, and Pango's are not made for that.
_one_at_a_time = threading.Lock()


@functools.cache
def kept_fonts() -> Any:
    """Return the fonts that documents name in their styles, unpacked once a process: most of the time of one page."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


# Before the interpreter takes WeasyPrint's modules apart: its fonts remove their temporary files themselves.
atexit.register(kept_fonts.cache_clear)


def joined_pdf(parts: Sequence[bytes]) -> bytes:
    """Return the pages of several PDF files as one."""
    if len(parts) == 1:
        return parts[0]
    import pikepdf  # as slow to import

    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as more:
                whole.pages.extend(more.pages)
        whole.save(buffer)
    return buffer.getvalue()


def fenced_fetcher() -> Any:
    """Return a fetcher that gives WeasyPrint pictures, fonts and styles of our own only."""
    from weasyprint.urls import URLFetcher

    class Fence(URLFetcher):  # type: ignore[misc]
        """Refuses everything but data: addresses and files below `static/`."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Fetch what is ours."""
            if not is_ours(url):
                raise ValueError(f"A printed document may not fetch {urlsplit(url).scheme}: addresses.")
            return super().fetch(url, headers)

    return Fence()


def is_ours(address: str) -> bool:
    """Tell whether an address is inline data or a file below `static/`."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    if parts.scheme != "file":
        return False
    return Path(unquote(parts.path)).resolve().is_relative_to(STATIC)


_makers: dict[str, Maker] = {}


def attaches(name: str) -> Callable[[MakerFunction], MakerFunction]:
    """Mark a function of `documents.py` that makes a letter's attachment from an id, when the letter leaves.

    A letter names it (`("badge", registration_id)`), so that a lower feature can ask for a higher one's document.
    """

    def register(maker: MakerFunction) -> MakerFunction:
        _makers[name] = maker
        return maker

    return register


def make_attachment(name: str, row_id: int) -> Attachment | None:
    """Make an attachment; None when there is nothing to attach any more (a cancelled registration's badge)."""
    return _makers[name](row_id)
