"""Letters to many: the organisers' pages, and the page on which somebody wants no more of them."""

from forum.mailings.views.again import blueprint as again_blueprint
from forum.mailings.views.organise import blueprint as organise_blueprint
from forum.mailings.views.public import blueprint as public_blueprint

__all__ = ["again_blueprint", "organise_blueprint", "public_blueprint"]
