"""Exhibitors as visitors, applicants and organisers see them."""

from forum.exhibitors.views.holder import blueprint as holder
from forum.exhibitors.views.organise import blueprint as organise
from forum.exhibitors.views.public import blueprint as public

__all__ = ["holder", "organise", "public"]
