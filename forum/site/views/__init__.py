"""What visitors, organisers and operators see that is made from several features."""

from forum.site.views.health import blueprint as health

__all__ = ["health"]
