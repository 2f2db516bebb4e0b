"""What stands in the file, as pydyf writes it: bytes that are made when they are written, so that many weigh little.

pydyf asks an object for its number, its bytes, and whether it may be packed with others; these answer like its own.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from array import array
from contextlib import ExitStack
from io import BytesIO, FileIO
from pathlib import Path
from typing import BinaryIO

FEW = 256
"""Pages that are not worth a file."""


class Store:
    """Finished pages in their order."""

    def __init__(self, file: BinaryIO | FileIO) -> None:
        """Keep them in a file."""
        self.file = file
        self.ends = array("Q", [0])
        """Where they end; a process that another one writes for is told it at last."""

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.ends) - 1

    def add(self, content: bytes) -> None:
        """Put a page behind the others."""
        self.file.write(content)
        self.ends.append(self.ends[-1] + len(content))

    def page(self, number: int) -> bytes:
        """Return a page."""
        start, end = self.ends[number], self.ends[number + 1]
        self.file.seek(start)
        return self.file.read(end - start)


def stored_in_file(files: ExitStack) -> Store:
    """Return a store that does not lie in the memory, but in a file without a name, which `files` closes.

    A process forked from this one writes to the same file.
    """
    handle, path = tempfile.mkstemp(prefix="forum-print-")
    Path(path).unlink()
    return Store(files.enter_context(FileIO(handle, "r+b")))


def stored_in_memory() -> Store:
    """Return a store for a few pages."""
    return Store(BytesIO())


class PdfObject(ABC):
    """Something with a number of its own in the file."""

    __slots__ = ("number", "offset")

    number: int
    offset: int
    free = "n"
    generation = 0
    compressible = True

    @property
    @abstractmethod
    def data(self) -> bytes:
        """Return its bytes."""

    @property
    def indirect(self) -> bytes:
        """Return its bytes with its number."""
        return b"%d 0 obj\n%b\nendobj" % (self.number, self.data)

    @property
    def reference(self) -> bytes:
        """Return what others call it."""
        return b"%d 0 R" % self.number


class Raw(PdfObject):
    """Bytes that are there already."""

    __slots__ = ("content",)

    def __init__(self, content: bytes = b"") -> None:
        """Hold the bytes."""
        self.content = content

    @property
    def data(self) -> bytes:
        """Return the bytes."""
        return self.content


class Content(PdfObject):
    """What is drawn on a page."""

    __slots__ = ("page", "store")

    compressible = False

    def __init__(self, store: Store, page: int) -> None:
        """Know where it lies."""
        self.store = store
        self.page = page

    @property
    def data(self) -> bytes:
        """Read it."""
        content = self.store.page(self.page)
        return b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(content), content)


class Page(PdfObject):
    """A page that shows what is drawn on it."""

    __slots__ = ("begins", "content", "read")

    def __init__(self, begins: bytes, content: int, read: int | None) -> None:
        """Begin as all pages of a sheet do, and show a content; `read` is its number where it is read out."""
        self.begins = begins
        self.content = content
        self.read = read

    @property
    def data(self) -> bytes:
        """Write it."""
        read = b"" if self.read is None else b"/Tabs/S/StructParents %d" % self.read
        return b"%b/Contents %d 0 R%b>>" % (self.begins, self.content, read)
