"""Who says that they come, and how many will."""

from forum.forecast.views.organise import blueprint as organise_blueprint
from forum.forecast.views.public import blueprint as public_blueprint

__all__ = ["organise_blueprint", "public_blueprint"]
