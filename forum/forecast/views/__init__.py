"""Who says that they come, and how many will."""

from forum.forecast.views.public import blueprint as public_blueprint

__all__ = ["public_blueprint"]
