"""`forum bounces`."""

from __future__ import annotations

import email
import email.policy
import mailbox
import sys
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import click
from flask.cli import with_appcontext

from forum.core import clock
from forum.core.db import transaction
from forum.core.email import letter_named
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.messages import actions, rules


@click.command("bounces")
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@with_appcontext
def bounces(file: Path) -> None:
    """Read letters that came back from FILE (one message, an mbox, a Maildir; - reads one from a pipe)."""
    noted = others = 0
    for message in messages_in(file):
        bounce = rules.read_bounce(message)
        letter_id = letter_named(bounce.named) if bounce else None
        if bounce is None or letter_id is None:
            others += 1
            continue
        with transaction() as tx:
            known = actions.note_bounce(tx, letter_id, bounce, now=clock.now())
        noted, others = noted + known, others + (not known)
    click.echo(ngettext("%(num)s letter came back.", "%(num)s letters came back.", noted))
    if others:
        click.echo(_("%(number)s other messages were left alone.", number=others), err=True)


def messages_in(file: Path) -> Iterator[EmailMessage]:
    """Return the messages of a file, of a mailbox, or of the standard input."""
    if file.is_dir():
        yield from (parsed(message.as_bytes()) for message in mailbox.Maildir(file, create=False))
        return
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    if not content.startswith(b"From "):
        yield parsed(content)
        return
    with tempfile.NamedTemporaryFile(suffix=".mbox") as copy:  # `mailbox` wants a file, and may touch it
        Path(copy.name).write_bytes(content)
        yield from (parsed(message.as_bytes()) for message in mailbox.mbox(copy.name, create=False))


def parsed(content: bytes) -> EmailMessage:
    """Return a message as today's `email` reads it."""
    return email.message_from_bytes(content, policy=email.policy.default)
