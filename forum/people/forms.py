"""Signing in, and choosing a password."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo

from forum.core.forms import Form, at_most, needed, one_line
from forum.core.words import lazy_gettext as _
from forum.people.rules import LONGEST_PASSWORD


class SignInForm(Form):
    """Address and password."""

    email = EmailField(
        _("E-mail address"),
        [*needed(_("Write the address of your account.")), at_most(254)],
        filters=[one_line],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        [*needed(_("Write your password.")), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _("New password"),
        [*needed(_("Choose a password.")), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("The same password again"),
        [EqualTo("password", message=_("The two passwords differ. Write the same one twice."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(PasswordForm):
    """A new password of someone who is signed in and proves it."""

    present = PasswordField(
        _("Present password"),
        [*needed(_("Write your present password.")), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
