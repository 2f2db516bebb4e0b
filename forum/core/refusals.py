"""A refusal is a rule that said no: a code for machines, a sentence for people, sometimes the field it belongs to."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from forum.core.words import decimal
from forum.core.words import lazy_gettext as _


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not an error)
    """A rule said no.

    Subclasses set `code` (kebab-case, stable, for the API), `status` (HTTP) and `sentence` (a lazy translation, with
    `%(name)s` places filled from the keyword arguments); `field` names the form field it belongs to.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[Any] = _("This is not possible.")
    field: str | None = None

    def __init__(self, *, field: str | None = None, **values: Any) -> None:
        """Keep the values that the sentence names."""
        super().__init__(self.code)
        self.values = values
        if field:
            self.field = field

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        sentence = str(self.sentence)
        values = {name: decimal(value) if isinstance(value, float) else value for name, value in self.values.items()}
        return sentence % values if values else sentence


class NotFound(Refusal):
    """There is no such thing, or not for this reader."""

    code = "not-found"
    status = 404
    sentence = _("This page does not exist, or no longer. Check the address, or start again from the home page.")


class NotAllowed(Refusal):
    """The reader is known but may not do this."""

    code = "not-allowed"
    status = 403
    sentence = _("You may not do this with your role. Ask an owner of the forum for it.")


class Conflict(Refusal):
    """What is asked does not go with what is already there."""

    code = "conflict"
    status = 409


class Malformed(Refusal):
    """What was given cannot be understood."""

    code = "malformed"
    status = 422
    sentence = _("Some of what you gave cannot be read. Check the fields that are marked.")


class Gone(Refusal):
    """It was there and is over: a closed registration, an expired link."""

    code = "gone"
    status = 410


def refuse(refusal: Refusal) -> NoReturn:
    """Raise a refusal where only an expression fits: `badge = find(code) or refuse(UnknownBadge())`."""
    raise refusal
