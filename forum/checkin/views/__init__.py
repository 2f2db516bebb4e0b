"""The scanner of volunteers, and the organisers' door."""

from forum.checkin.views.door import blueprint as door
from forum.checkin.views.scanner import blueprint as scanner

__all__ = ["door", "scanner"]
