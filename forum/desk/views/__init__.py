"""The pages of the desk: for organisers, for volunteers by a link, the kiosk, the desks themselves, paper."""

from forum.desk.views.blanks import blueprint as blanks_blueprint
from forum.desk.views.desks import blueprint as desks_blueprint
from forum.desk.views.kiosk import blueprint as kiosk_blueprint
from forum.desk.views.organise import blueprint as organise_blueprint
from forum.desk.views.paper import blueprint as paper_blueprint
from forum.desk.views.volunteers import blueprint as volunteers_blueprint

__all__ = [
    "blanks_blueprint",
    "desks_blueprint",
    "kiosk_blueprint",
    "organise_blueprint",
    "paper_blueprint",
    "volunteers_blueprint",
]
