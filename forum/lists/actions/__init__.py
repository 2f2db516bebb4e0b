"""Work on many people: asked, agreed to, done in parts that are each one short transaction, stopped, forgotten."""

from __future__ import annotations

from forum.lists.actions.imports import ask_import
from forum.lists.actions.tasks import agree, ask_change, claim, fail, forget_old_tasks, go_on_reading, stop
from forum.lists.actions.working import steps

__all__ = [
    "agree",
    "ask_change",
    "ask_import",
    "claim",
    "fail",
    "forget_old_tasks",
    "go_on_reading",
    "steps",
    "stop",
]
