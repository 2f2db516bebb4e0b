"""Every component on one page."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core.web import open_to, page
from forum.core.words import gettext as _
from forum.site.forms import GalleryForm

blueprint = Blueprint("site_gallery", __name__)


@blueprint.get("/gallery")
@open_to("everyone")
def gallery() -> Response:
    """Show what pages are made of, errors included."""
    form = GalleryForm(formdata=None)
    form.email.errors = [_("This is not an e-mail address: write it as name@example.org.")]
    return page("site/gallery.html", form=form)
