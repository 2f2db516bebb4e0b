"""The pages of registration: the public form, a person's own page, and the organisers' lists."""

from forum.registration.views.public import blueprint as public

__all__ = ["public"]
