"""What is kept of people, what for and until when: the privacy page is made from this table, the purge does it.

Every column of every table is either in this table or in `NOT_PERSONAL`; a test walks them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from forum.core.refusals import Conflict
from forum.core.words import gettext, ngettext
from forum.core.words import lazy_gettext as _

ANONYMOUS = "—"
"""What stands for a name that was erased."""


@dataclass(frozen=True)
class Kept:
    """One kind of data: what, what for, until when, and what becomes of it then."""

    key: str
    what: Any
    purpose: Any
    since: Literal["edition", "moment", "never"]
    """What the time is counted from: the last day of the edition, or when it was written; never: see `until`."""
    time: timedelta = timedelta()
    fate: Literal["erased", "anonymised"] = "erased"
    until: Any = None
    """The end in words, where it is no fixed time; else what to add to it."""
    columns: tuple[str, ...] = ()
    """The columns that hold it: `person.email`; `letter.*` for a whole table."""

    @property
    def end(self) -> str:
        """Return until when it is kept, in the reader's language."""
        if self.since == "never":
            return str(self.until)
        span = in_words(self.time)
        after = gettext("after the edition") if self.since == "edition" else gettext("after it was written")
        fate = (
            gettext("then erased") if self.fate == "erased" else gettext("then without your name: only numbers remain")
        )
        said = gettext("%(span)s %(after)s, %(fate)s.", span=span, after=after, fate=fate)
        return f"{said} {self.until}" if self.until else said

    def limit(self, now: datetime) -> datetime:
        """Return before which moment the edition must have ended, or the thing have been written, to be due."""
        return now - self.time


def in_words(time: timedelta) -> str:
    """Return « 30 jours » or « 12 mois »."""
    if time.days and time.days % 365 == 0:
        years = time.days // 365
        return ngettext("%(num)s year", "%(num)s years", years) if years > 1 else gettext("12 months")
    return ngettext("%(num)s day", "%(num)s days", time.days)


YEAR = timedelta(days=365)

KEPT = (
    Kept(
        key="persons",
        what=_("Name, e-mail address, organisation, language"),
        purpose=_("To expect you, print your badge, find you at the door, and write to you about this edition only."),
        since="edition",
        time=YEAR,
        fate="anonymised",
        columns=("person.*", "speaker.token", "registration.token", "exhibitor.token"),
    ),
    Kept(
        key="adjustments",
        what=_(
            "The adjustment you need, what a category asks as a proof, and the organisers’ word to the door about you"
        ),
        purpose=_("To prepare your welcome; organisers alone read it. Never a health fact."),
        since="edition",
        time=timedelta(days=30),
        columns=("registration.adjustment", "registration.proof", "registration.door_word"),
    ),
    Kept(
        key="answers",
        what=_("What you answered to the organisers’ own questions"),
        purpose=_("Said beside each question on the form."),
        since="never",
        until=_("Said beside each question on the form, in days after the edition; then erased."),
        columns=("answer.*",),
    ),
    Kept(
        key="parents",
        what=_("Of those under 15: a parent’s name and address, and whether they agreed"),
        purpose=_("To ask the parent, as the law wants it."),
        since="edition",
        time=timedelta(days=30),
        columns=("parent_consent.*",),
    ),
    Kept(
        key="registrations",
        what=_("Your category, and the sessions with seats that you chose or wait for"),
        purpose=_("To keep your place, and to count."),
        since="edition",
        time=YEAR,
        fate="anonymised",
        columns=("registration.*", "registration_group.*", "seat.*", "seat_wait.*", "badge.*", "different_people.*"),
    ),
    Kept(
        key="scans",
        what=_("When your badge was scanned at a door"),
        purpose=_("To know how many people are inside, for everyone’s safety, and to let each badge in once."),
        since="edition",
        time=YEAR,
        fate="anonymised",
        columns=("scan.*", "presence.*", "stay.*", "head_count_change.*", "blank_reading.*"),
    ),
    Kept(
        key="speakers",
        what=_("Sessions you proposed, your biography, your availability"),
        purpose=_("To choose and print the programme."),
        since="edition",
        time=YEAR,
        until=_("What was published stays in the archive with your name."),
        columns=("proposal.*", "speaker.*", "session_speaker.*"),
    ),
    Kept(
        key="exhibitors",
        what=_("The application of an exhibitor, and its contact"),
        purpose=_("To prepare the stand, and to name its staff."),
        since="edition",
        time=YEAR,
        until=_("The organisation’s name stays in the archive."),
        columns=("exhibitor.*", "exhibitor_staff.*"),
    ),
    Kept(
        key="news",
        what=_("Whether, and since when, you agree to hear of later editions"),
        purpose=_("To invite you to another edition, if you want that; nothing else is sent."),
        since="never",
        until=_("Until you take it back on your page, or your name is erased."),
        columns=("person.news_consent_at",),
    ),
    Kept(
        key="lists",
        what=_("Lists that organisers work through: names in files that come in, who was left out and why"),
        purpose=_("To do it in the background, and to say what came of it."),
        since="moment",
        time=timedelta(days=7),
        columns=("list_task.*", "left_out.*"),
    ),
    Kept(
        key="letters",
        what=_("The letters we sent you"),
        purpose=_("To send them again if you did not get them."),
        since="moment",
        time=timedelta(days=90),
        until=_("That a letter was written stays, without its words."),
        columns=("letter.*",),
    ),
    Kept(
        key="orders",
        what=_("What you ordered, how you paid, and what you told us for the invoice"),
        purpose=_("To know who paid, to write the invoice, to pay back."),
        since="edition",
        time=YEAR,
        until=_("What stands on an invoice stays 10 years, as the law wants it."),
        columns=(
            "payment_order.*",
            "payment_order_line.*",
            "payment.*",
            "bank_entry.*",
            "card_payment.*",
            "card_event.*",
        ),
    ),
    Kept(
        key="invoices",
        what=_("Invoices and credit notes"),
        purpose=_("The law: whoever sells keeps them."),
        since="moment",
        time=10 * YEAR,
        columns=("invoice.*", "invoice_file.*"),
    ),
    Kept(
        key="attendance",
        what=_("Whether you said that you come"),
        purpose=_("To give places that are freed to others, and to foresee how many come."),
        since="edition",
        time=YEAR,
        fate="anonymised",
        columns=("attendance_answer.*",),
    ),
    Kept(
        key="refusals",
        what=_("That an address wants no letters to many"),
        purpose=_("Not to write there again."),
        since="never",
        until=_("For good, as a fingerprint from which nobody reads the address."),
        columns=("subscriber.*",),
    ),
    Kept(
        key="bounces",
        what=_("Addresses from which our letters came back"),
        purpose=_("Not to write there again, and to tell the organisers."),
        since="moment",
        time=YEAR,
        columns=("bounced_address.*",),
    ),
    Kept(
        key="prints",
        what=_("What was printed on a badge, when and by whom"),
        purpose=_("To print again only what changed."),
        since="edition",
        time=timedelta(days=30),
        columns=("printed_badge.*", "blank_badge.*"),
    ),
    Kept(
        key="devices",
        what=_("A random name of the phone that scans at a door"),
        purpose=_("To take a scan back from the phone that made it, and to see which phones are late."),
        since="edition",
        time=timedelta(days=30),
        columns=("device.*", "scanning_device.*", "scanning_device_gate.*"),
    ),
    Kept(
        key="sign_in_links",
        what=_("One-time links by which organisers sign in"),
        purpose=_("To let organisers, and nobody else, see the above."),
        since="moment",
        time=timedelta(days=30),
        columns=("sign_in_link.*",),
    ),
    Kept(
        key="accounts",
        what=_("Organisers’ accounts: name, e-mail address, a password nobody can read, when they were last seen"),
        purpose=_("To know who may see and change what."),
        since="never",
        until=_("Until an owner closes them."),
        columns=("account.*", "membership.*"),
    ),
    Kept(
        key="audit",
        what=_("Which organiser looked at, exported or changed what, and when"),
        purpose=_("To be able to answer you when you ask who saw your data."),
        since="moment",
        time=YEAR,
        columns=("audit_entry.*",),
    ),
    Kept(
        key="addresses",
        what=_("Your network address"),
        purpose=_("To stop whoever tries too often. It is not written into the logs."),
        since="never",
        until=_("One hour."),
    ),
)

BY_KEY: Mapping[str, Kept] = {kept.key: kept for kept in KEPT}

NOT_PERSONAL = frozenset(
    {
        "edition",
        "host_city",
        "venue",
        "edition_venue",
        "room",
        "stand",
        "track",
        "session",
        "category",
        "question",
        "invitation",
        "issuer",
        "mailing",
        "printer",
        "badge_layout",
        "layout_version",
        "layout_picture",
        "layout_choice",
        "organisation",
        "gate",
        "gate_category",
        "zone",
        "slot_change",
        "desk",
        "paper_kit",
        "print_job",
    }
)
"""Tables that tell of places, words and things, not of a person."""


class SpeaksSoon(Conflict):
    """Somebody who is in a published programme cannot be made to vanish from it by a tap."""

    code = "speaks-soon"
    sentence = _(
        "You are named in the published programme of %(edition)s. Write to %(email)s, so that your session is taken "
        "back first; then your data can be erased here."
    )


class LeadsAGroup(Conflict):
    """Nobody would answer for people who are still expected."""

    code = "leads-a-group"
    sentence = _(
        "You answer for “%(group)s”, and its people still come. On the group’s page, let somebody else answer for it, "
        "or give all its places back; then your data can be erased here."
    )


class ExhibitsSoon(Conflict):
    """An accepted exhibitor needs a contact."""

    code = "exhibits-soon"
    sentence = _(
        "You are the contact of an accepted exhibitor of %(edition)s. Withdraw the application, or name somebody "
        "else by writing to %(email)s; then your data can be erased here."
    )
