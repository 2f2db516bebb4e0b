"""The pages of registration: the public form, a person's own page, the organisers' lists and letters."""

from forum.registration.views.categories import blueprint as categories
from forum.registration.views.invitations import blueprint as invitations
from forum.registration.views.organise import blueprint as organise
from forum.registration.views.public import blueprint as public
from forum.registration.views.questions import blueprint as questions

__all__ = ["categories", "invitations", "organise", "public", "questions"]
