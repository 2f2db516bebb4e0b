"""A design becomes a page of HTML and CSS; nothing here knows a database."""

from forum.layouts.documents.colours import palette
from forum.layouts.documents.page import page_of

__all__ = ["page_of", "palette"]
