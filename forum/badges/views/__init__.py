"""Pages of badges: the holder's own, and the organisers': printing, the log, the printers, blank badges."""

from forum.badges.views.blanks import blueprint as blanks
from forum.badges.views.holders import blueprint as holders
from forum.badges.views.layout_pictures import blueprint as layout_pictures
from forum.badges.views.printers import blueprint as printers
from forum.badges.views.printing import blueprint as printing
from forum.badges.views.prints import blueprint as prints

__all__ = ["blanks", "holders", "layout_pictures", "printers", "printing", "prints"]
