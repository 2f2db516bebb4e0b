"""The part of pretix's interface that pretixSCAN uses, under /api/v1/, where the installation lets it in."""

from forum.pretixscan.api.devices import blueprint as devices
from forum.pretixscan.api.downloads import blueprint as downloads
from forum.pretixscan.api.passages import blueprint as passages

__all__ = ["devices", "downloads", "passages"]
