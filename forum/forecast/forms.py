"""The forms of attendance: the reader's answer, and the organisers' capacity and risk."""

from __future__ import annotations

from forum.core.forms import Form


class EmptyForm(Form):
    """A form of one button."""
