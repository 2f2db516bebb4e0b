"""Loads the shared libraries that the set-up unpacked into `.venv` on a machine where it may not install any.

The set-up names this module in `.venv`'s forum.pth in that case only, so that every Python of the environment (server,
workers, tests) finds Pango without LD_LIBRARY_PATH: a library that is loaded already is found by its name.
"""

from __future__ import annotations

import ctypes
import os

ORDER = "libraries.txt"
FONTS = "fonts.conf"


def load(folder: str) -> None:
    """Load every library listed in the folder, in the order in which they need each other."""
    # Fontconfig reads this once, when the first text is laid out.
    fonts = os.path.join(folder, FONTS)  # noqa: PTH118 - this runs at every start of Python: pathlib would slow it
    if os.path.exists(fonts):  # noqa: PTH110
        os.environ.setdefault("FONTCONFIG_FILE", fonts)
    try:
        with open(os.path.join(folder, ORDER), encoding="utf-8") as listing:  # noqa: PTH118, PTH123
            names = listing.read().split("\n")
    except OSError:
        return  # the set-up is under way and has not written the list yet
    for name in filter(None, names):
        ctypes.CDLL(os.path.join(folder, name))  # noqa: PTH118
