"""What organisers see of cities and editions."""

from forum.editions.views.cities import blueprint as cities
from forum.editions.views.overview import blueprint as overview
from forum.editions.views.settings import blueprint as settings

__all__ = ["cities", "overview", "settings"]
