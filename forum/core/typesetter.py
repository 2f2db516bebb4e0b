"""WeasyPrint, loaded when somebody prints and not before: others do not wait for it."""

from __future__ import annotations

import ctypes.util
import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_loading = threading.Lock()


def load_typesetter() -> None:
    """Load WeasyPrint, if it is not there already; whoever imports from it calls this first.

    It tries several names for each of its libraries. For every name that the system does not know, cffi asks gcc, ld
    and ldconfig, each a process of its own: half of the time that loading takes. On Linux one of the names is always
    the file's own, which is found without asking.
    """
    with _loading:
        if "weasyprint" not in sys.modules:
            with without_searching():
                importlib.import_module("weasyprint")


@contextmanager
def without_searching() -> Iterator[None]:
    """Let no other program be asked where a library is."""
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = search
