"""Badges on paper: `BadgeFace` says what is on one, `badges_pdf` makes the file; no other feature looks further in."""

from forum.badges.documents.faces import BadgeFace, face_of
from forum.badges.documents.letters import badge_attachment
from forum.badges.documents.printing import badges_pdf, write_badges

__all__ = ["BadgeFace", "badge_attachment", "badges_pdf", "face_of", "write_badges"]
