"""Erasing: what has been kept long enough, and what a person asks to be erased."""

from forum.privacy.actions.erasure import erase
from forum.privacy.actions.purge import purge

__all__ = ["erase", "purge"]
