"""What visitors, organisers and operators see that is made from several features."""

from forum.site.views.accounts import blueprint as accounts
from forum.site.views.booklet import blueprint as booklet
from forum.site.views.edition import blueprint as edition
from forum.site.views.files import blueprint as files
from forum.site.views.gallery import blueprint as gallery
from forum.site.views.health import blueprint as health
from forum.site.views.home import blueprint as home
from forum.site.views.letters import blueprint as letters
from forum.site.views.opening import blueprint as opening
from forum.site.views.overview import blueprint as overview

__all__ = ["accounts", "booklet", "edition", "files", "gallery", "health", "home", "letters", "opening", "overview"]
