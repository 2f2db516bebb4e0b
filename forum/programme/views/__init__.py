"""Pages of the programme: the public's, the speakers' own, the organisers'."""

from forum.programme.views.feeds import blueprint as feeds
from forum.programme.views.organise_proposals import blueprint as organise_proposals
from forum.programme.views.organise_sessions import blueprint as organise_sessions
from forum.programme.views.public import blueprint as public
from forum.programme.views.speaker import blueprint as speaker

__all__ = ["feeds", "organise_proposals", "organise_sessions", "public", "speaker"]
