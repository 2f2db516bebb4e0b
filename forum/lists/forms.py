"""The forms of lists that come in."""

from __future__ import annotations

from flask_wtf.file import FileField

from forum.core.forms import Form, needed
from forum.core.words import lazy_gettext as _


class ImportForm(Form):
    """A list of people in a file."""

    file = FileField(
        _("File"),
        needed(_("Choose a file.")),
        description=_("A CSV or an XLSX file; its first line holds the names of the columns."),
    )
