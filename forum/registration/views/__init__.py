"""The pages of registration: the public form, a person's own page, the organisers' lists and letters."""

from forum.registration.views.categories import blueprint as categories
from forum.registration.views.organise import blueprint as organise
from forum.registration.views.public import blueprint as public

__all__ = ["categories", "organise", "public"]
