"""Passes as files and links: `apple_pass` makes a `.pkpass`, `google_link` the address that saves a pass."""

from forum.wallet.documents.apple import apple_pass
from forum.wallet.documents.google import google_link

__all__ = ["apple_pass", "google_link"]
