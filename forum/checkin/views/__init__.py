"""The scanner of volunteers, and the organisers' gates and zones."""

from forum.checkin.views.door import blueprint as door
from forum.checkin.views.scanner import blueprint as scanner
from forum.checkin.views.zones import blueprint as zones

__all__ = ["door", "scanner", "zones"]
