"""The scanner of volunteers, and the organisers' door."""

from forum.checkin.views.scanner import blueprint as scanner

__all__ = ["scanner"]
