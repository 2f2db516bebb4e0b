"""The organisers' board and its screen, corrections, the register, who came; the public screens of the hall."""

from forum.inside.views.after import blueprint as after
from forum.inside.views.board import blueprint as board
from forum.inside.views.corrections import blueprint as corrections
from forum.inside.views.hall import blueprint as hall

__all__ = ["after", "board", "corrections", "hall"]
