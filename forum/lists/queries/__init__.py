"""Lists of registrations: found by what is typed, filtered, counted; tasks on them; who stands there twice."""

from __future__ import annotations

from forum.lists.queries.searching import found, ids_of, in_parts, matching
from forum.lists.queries.tasks import (
    count_left_out,
    ids_in,
    ids_of_list,
    left_out_of,
    names_of,
    next_task,
    old_task_ids,
    recent_tasks,
    states_of,
    task_with_key,
)
from forum.lists.queries.twice import Candidate, candidates, pairs

__all__ = [
    "Candidate",
    "candidates",
    "count_left_out",
    "found",
    "ids_in",
    "ids_of",
    "ids_of_list",
    "in_parts",
    "left_out_of",
    "matching",
    "names_of",
    "next_task",
    "old_task_ids",
    "pairs",
    "recent_tasks",
    "states_of",
    "task_with_key",
]
