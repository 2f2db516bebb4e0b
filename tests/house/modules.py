"""The code as the house tests see it: every module of `forum/`, what it is, and what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from forum import FEATURES

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "forum"


@dataclass(frozen=True)
class Module:
    """One file of the code."""

    path: Path

    @property
    def place(self) -> tuple[str, ...]:
        """Return its dotted name in parts, without `forum`: `("programme", "views", "public")`."""
        parts = self.path.relative_to(CODE).with_suffix("").parts
        return parts[:-1] if parts[-1] == "__init__" else parts

    @property
    def feature(self) -> str:
        """Return the folder it lies in; empty for what lies on top of the house."""
        return self.path.relative_to(CODE).parts[0] if len(self.path.relative_to(CODE).parts) > 1 else ""

    @property
    def file(self) -> str:
        """Return which of the feature's files it is (of): `views` for `views/public.py`, empty for `__init__.py`."""
        return self.place[1] if len(self.place) > 1 else ""

    @property
    def name(self) -> str:
        """Return the dotted name."""
        return ".".join(("forum", *self.place))

    @property
    def tree(self) -> ast.Module:
        """Return its syntax."""
        return parsed(self.path)

    def imports(self) -> Iterator[str]:
        """Return the dotted names that it imports, wherever in the file: `forum.people.models`, `flask`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a file once."""
    return ast.parse(path.read_text("utf-8"))


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the code."""
    return tuple(Module(path) for path in sorted(CODE.rglob("*.py")))


def feature_modules() -> tuple[Module, ...]:
    """Return the modules of features."""
    return tuple(module for module in modules() if module.feature in FEATURES)
