"""The pages of registration: the public form, a person's own page, groups, the organisers' lists and letters."""

from forum.registration.views.categories import blueprint as categories
from forum.registration.views.come_again import blueprint as come_again
from forum.registration.views.groups import blueprint as groups
from forum.registration.views.invitations import blueprint as invitations
from forum.registration.views.organise import blueprint as organise
from forum.registration.views.own import blueprint as own
from forum.registration.views.public import blueprint as public
from forum.registration.views.questions import blueprint as questions
from forum.registration.views.seats import blueprint as seats
from forum.registration.views.waiting_list import blueprint as waiting_list

__all__ = [
    "categories",
    "come_again",
    "groups",
    "invitations",
    "organise",
    "own",
    "public",
    "questions",
    "seats",
    "waiting_list",
]
