"""Why a back-up or a restore is refused."""

from __future__ import annotations

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _


class BackupDamaged(Malformed):
    """The file is not what was written."""

    code = "backup-damaged"
    sentence = _("%(file)s is not a whole back-up of this service (%(reason)s). Nothing was changed.")


class WouldOverwrite(Conflict):
    """There is data already."""

    code = "would-overwrite"
    sentence = _(
        "There is data here already, and restoring replaces all of it. If that is what you want: "
        "forum restore %(file)s --yes. What is here now is kept beside it."
    )


class OtherKind(Conflict):
    """A back-up of SQLite for PostgreSQL, or the other way."""

    code = "other-kind"
    sentence = _(
        "This back-up is of a %(theirs)s database, and FORUM_DATABASE_URL names %(ours)s. Nothing was changed."
    )


class ProgramMissing(Conflict):
    """PostgreSQL's own program is needed."""

    code = "program-missing"
    sentence = _(
        "%(program)s is not on this machine, and a back-up of PostgreSQL needs it. "
        "Install PostgreSQL's client (on Debian: postgresql-client), then try again."
    )


class ProgramFailed(Conflict):
    """PostgreSQL's own program said no."""

    code = "program-failed"
    sentence = _("%(program)s could not do it, and nothing was changed: %(reason)s")
