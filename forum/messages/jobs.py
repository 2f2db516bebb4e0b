"""Letters leave."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.documents import Attachment, make_attachment
from forum.core.email import Email, NotDelivered, sender
from forum.core.jobs import job
from forum.core.logs import log
from forum.messages import actions, rules
from forum.messages.models import Letter

AT_A_TIME = 50


@job(every=timedelta(seconds=2))
def send_letters(now: datetime) -> int:
    """Send the letters that are due; where no mail server is set, say that they are kept."""
    with transaction() as tx:
        found = actions.give_up_interrupted(tx, now=now)
        if not sender().delivers:
            return found + actions.keep_waiting(tx, now=now)
    return found + next((count for count in range(AT_A_TIME) if not send_one()), AT_A_TIME)


def send_one() -> bool:
    """Claim a letter, make its files, hand it over, write down what came of it; False when none is due."""
    with transaction() as tx:
        letter = actions.claim(tx, now=clock.now())
    if letter is None or letter.leased_until is None:
        return False
    try:
        email = as_email(letter)
    except Exception as error:  # whatever a feature's file is made with; nothing left yet
        log.error("attachment failed", letter=letter.id, kind=letter.kind, exc_info=error)
        with transaction() as tx:
            actions.try_later(tx, letter.id, f"{type(error).__name__}: {error}", now=clock.now())
        return True
    finally:
        db.session.rollback()  # no reading transaction stays open while the mail server thinks
    with transaction() as tx:
        ours = actions.begin_sending(tx, letter.id, lease=letter.leased_until, now=clock.now())
    if ours:
        hand_over(letter.id, email)
    return True


def as_email(letter: Letter) -> Email:
    """Return a letter as it leaves, with its files made now: a badge that changed meanwhile goes as it is now."""
    made = [make_attachment(str(name), int(str(row_id))) for name, row_id in letter.attachments]
    files: tuple[Attachment, ...] = tuple(file for file in made if file is not None)
    return Email(
        to=letter.to_email,
        to_name=letter.to_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=files,
        letter_id=letter.id,
        unsubscribe_address=letter.unsubscribe_address,
    )


def hand_over(letter_id: int, email: Email) -> None:
    """Hand a letter to the mail server, and write down its answer."""
    try:
        sender().send(email)
    except NotDelivered as refused:
        with transaction() as tx:
            if refused.uncertain:
                actions.mark_failed(tx, letter_id, rules.INTERRUPTED)
            elif refused.final:
                actions.mark_failed(tx, letter_id, str(refused))
            else:
                actions.try_later(tx, letter_id, str(refused), now=clock.now())
    except Exception as error:  # a message that cannot be built: an address no mail server knows how to read
        log.error("letter failed", letter=letter_id, exc_info=error)
        with transaction() as tx:
            actions.mark_failed(tx, letter_id, f"{type(error).__name__}: {error}")
    else:
        with transaction() as tx:
            actions.mark_sent(tx, letter_id, now=clock.now())
