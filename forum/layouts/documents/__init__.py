"""A design becomes a page of HTML and CSS; nothing here knows a database."""

from forum.layouts.documents.colours import CITIES, KINDS, palette
from forum.layouts.documents.page import fonts, page_of

__all__ = ["CITIES", "KINDS", "fonts", "page_of", "palette"]
