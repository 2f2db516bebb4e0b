"""The organisers' pages of lists: the list itself, work on many at once, lists that come in, duplicates."""

from forum.lists.views.duplicates import blueprint as duplicates
from forum.lists.views.imports import blueprint as imports
from forum.lists.views.registrations import blueprint as registrations
from forum.lists.views.tasks import blueprint as tasks

__all__ = ["duplicates", "imports", "registrations", "tasks"]
