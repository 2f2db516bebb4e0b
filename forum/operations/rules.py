"""What is kept of people, what for and until when: the privacy page shows it, the purge does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _

ADJUSTMENTS_KEPT = timedelta(days=30)
"""After the last day of an edition."""

PERSONS_KEPT = timedelta(days=365)
"""After the last day of the last edition that a person has to do with."""

LETTERS_KEPT = timedelta(days=90)
"""After a letter left (or was given up): its words go, that it was written stays."""

LINKS_KEPT = timedelta(days=30)
"""After a sign-in link ended."""

DEVICES_KEPT = timedelta(days=30)
"""After the last day of an edition."""

ANONYMOUS = "—"
"""What stands for a name that was erased."""


@dataclass(frozen=True)
class Kept:
    """One kind of data: what, what for, until when."""

    what: Any
    purpose: Any
    end: Any


KEPT = (
    Kept(
        what=_("Name, e-mail address, organisation, language"),
        purpose=_("To expect you, print your badge, and write to you about this edition only."),
        end=_("12 months after the edition. Then only numbers remain."),
    ),
    Kept(
        what=_("The adjustment you need"),
        purpose=_("To prepare your welcome. Never a health fact."),
        end=_("30 days after the edition."),
    ),
    Kept(
        what=_("Your category, and the sessions with seats that you chose"),
        purpose=_("To keep your place, and to count."),
        end=_("12 months after the edition. Then without your name."),
    ),
    Kept(
        what=_("When your badge was scanned at a door"),
        purpose=_("To know how many people are inside, for their safety, and to let each badge in once."),
        end=_("12 months after the edition. Then without your name."),
    ),
    Kept(
        what=_("Sessions you proposed, your biography"),
        purpose=_("To choose and print the programme. What was published stays in the archive with your name."),
        end=_("What was not published: 12 months after the edition."),
    ),
    Kept(
        what=_("The application of an exhibitor, and its contact"),
        purpose=_("To prepare the stand. The organisation's name stays in the archive."),
        end=_("The contact: 12 months after the edition."),
    ),
    Kept(
        what=_("The letters we sent you"),
        purpose=_("To send them again if you did not get them."),
        end=_("Their words: 90 days after they left."),
    ),
    Kept(
        what=_("Whether you said that you come"),
        purpose=_("To give places that are freed to others, and to foresee how many come."),
        end=_("12 months after the edition. Then without your name."),
    ),
    Kept(
        what=_("That you agreed to hear of the next editions"),
        purpose=_("To write to you about them, and to nobody else."),
        end=_("Until you say otherwise, 12 months after the edition at most."),
    ),
    Kept(
        what=_("That an address wants no more letters (as a fingerprint), or that nobody was there"),
        purpose=_("Not to write there."),
        end=_("The fingerprint stays, so that your wish does. Addresses where nobody was: 12 months."),
    ),
    Kept(
        what=_("Organisers' accounts and sign-in links"),
        purpose=_("To let organisers, and nobody else, see the above."),
        end=_("Links: 30 days after they ended. Accounts: until an owner closes them."),
    ),
    Kept(
        what=_("Your network address"),
        purpose=_("To stop whoever tries too often. It is not written into the logs."),
        end=_("One hour."),
    ),
)


def is_due(last_day: date, kept: timedelta, now: datetime) -> bool:
    """Tell whether the time to keep something after an edition has passed."""
    return last_day + kept < now.date()


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
