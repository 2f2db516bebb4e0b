"""The forms of attendance."""

from __future__ import annotations

from forum.core.forms import Form


class EmptyForm(Form):
    """A form of one button."""
