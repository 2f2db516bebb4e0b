"""Why a layout cannot be printed, each in a sentence that says what to do."""

from __future__ import annotations

from forum.core.refusals import Malformed
from forum.core.words import lazy_gettext as _


class NothingToStamp(Malformed):
    """No sheet was given."""

    code = "nothing-to-stamp"
    sentence = _("There is nothing to print: no sheet was given.")


class LayoutRefused(Malformed):
    """A layout that cannot be printed; subclasses say why and what to do."""

    code = "layout-refused"
    sentence = _("The layout “%(layout)s” cannot be printed.")


class FieldMissing(LayoutRefused):
    """A field that a badge must have is not there."""

    code = "layout-field-missing"
    sentence = _('The layout “%(layout)s” has no field “%(wanted)s”. Add an element with data-field="%(wanted)s".')


class FieldInText(LayoutRefused):
    """Words that vary stand in the middle of a line, where no room can be kept for them."""

    code = "layout-field-in-text"
    sentence = _(
        "In the layout “%(layout)s” the field “%(wanted)s” stands within a line of text. "
        "Make it a block with a width and a height of its own."
    )


class FieldTooSmall(LayoutRefused):
    """The element has no room for its smallest letters."""

    code = "layout-field-too-small"
    sentence = _(
        "In the layout “%(layout)s” the field “%(wanted)s” is %(width)s × %(height)s mm: "
        "too small for letters of %(smallest)s pt. Make it larger, or its letters smaller."
    )


class FieldOutside(LayoutRefused):
    """A field that reaches beyond the page."""

    code = "layout-field-outside"
    sentence = _("In the layout “%(layout)s” the field “%(wanted)s” reaches beyond the page. Move it in.")


class FieldStyleRefused(LayoutRefused):
    """Something that cannot be done with words that vary."""

    code = "layout-field-style"
    sentence = _(
        "In the layout “%(layout)s” the field “%(wanted)s” has “%(style)s”, which words that vary cannot have. "
        "Take it out."
    )


class PictureNotOwn(LayoutRefused):
    """A picture, font or style sheet that is not part of the layout."""

    code = "layout-picture-not-own"
    sentence = _(
        "The layout “%(layout)s” asks for %(address)s, which is not one of its pictures; "
        "nothing is fetched from elsewhere. Add the picture to the layout and use its name."
    )


class PictureTooLarge(LayoutRefused):
    """Pictures that would make every file enormous."""

    code = "layout-picture-too-large"
    sentence = _(
        "The picture “%(picture)s” of the layout “%(layout)s” has %(size)s MB; at most %(most)s MB are possible. "
        "Make it smaller: 300 dots per inch are enough."
    )


class PageOverflows(LayoutRefused):
    """The art does not end on one page."""

    code = "layout-page-overflows"
    sentence = _(
        "The layout “%(layout)s” needs %(pages)s pages where it should have one. "
        "Make its elements smaller, or place them with position: absolute."
    )


class SymbolTooSmall(LayoutRefused):
    """A code that phones would not read."""

    code = "layout-symbol-too-small"
    sentence = _(
        "In the layout “%(layout)s” the code is %(size)s mm wide without its white edge; phones need %(least)s mm. "
        "Make its element %(needed)s mm wide and high."
    )


class SymbolOnDarkGround(LayoutRefused):
    """A code that scanners would not find."""

    code = "layout-symbol-dark"
    sentence = _(
        "In the layout “%(layout)s” the code does not stand out from its ground. Draw it in a dark colour on white."
    )


class LayoutTooSlow(LayoutRefused):
    """A layout that takes longer, or more memory, than any design needs."""

    code = "layout-too-slow"
    sentence = _(
        "The layout “%(layout)s” took more than %(seconds)s seconds, or more memory than any design needs, "
        "and was stopped. Make it simpler: fewer elements, smaller pictures."
    )


class LayoutBroken(LayoutRefused):
    """A layout at which the typesetter itself stumbled."""

    code = "layout-broken"
    sentence = _("The layout “%(layout)s” could not be laid out. Take out what you changed last, and try again.")
