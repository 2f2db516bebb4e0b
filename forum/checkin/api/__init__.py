"""The scan API, and its description for whoever brings a device."""

from forum.checkin.api.documentation import blueprint as documentation
from forum.checkin.api.gates import blueprint as gates

__all__ = ["documentation", "gates"]
