"""Letters that begin with words of ours: an organiser changes them, and they are theirs."""

from __future__ import annotations

from dataclasses import dataclass

from forum.core.db import LocalText
from forum.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Ready:
    """A letter that is written already, for whom, and when it usually leaves."""

    key: str
    name: object
    audience: str
    subject: LocalText
    body: LocalText
    days: int | None = None
    hour: str | None = None
    asks_attendance: bool = False


READY = (
    Ready(
        "week-before",
        _("A week before: do you come?"),
        "registered",
        LocalText(fr="Dans une semaine à {ville} : venez-vous ?", en="In a week in {city}: do you come?"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\n{édition} ouvre dans une semaine : {dates}, {lieu}.\n\n"
                "Dites-nous en un clic si vous venez. Si vos projets ont changé, libérez votre place : "
                "quelqu’un l’attend peut-être.\n\nVos ateliers et visites :\n\n{séances}\n\n"
                "Le [programme complet]({programme}) est en ligne. À bientôt !"
            ),
            en=(
                "Hello {given_name},\n\n{edition} opens in a week: {days}, {place}.\n\n"
                "Tell us in one click whether you come. If your plans changed, free your place: "
                "somebody may be waiting for it.\n\nYour workshops and visits:\n\n{sessions}\n\n"
                "The [whole programme]({programme}) is online. See you soon!"
            ),
        ),
        days=-7,
        hour="09:00",
        asks_attendance=True,
    ),
    Ready(
        "two-days-before",
        _("Two days before: a last word to who has not answered"),
        "unanswered",
        LocalText(fr="Après-demain à {ville} : votre place vous attend", en="In two days in {city}: your place waits"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\n"
                "Nous nous voyons après-demain, et vous ne nous avez pas encore dit si vous venez.\n\n"
                "Un clic suffit. Sans vous, votre place fera plaisir à quelqu’un d’autre.\n\n"
                "Pour entrer, montrez [votre badge]({badge}) sur votre téléphone ou imprimé."
            ),
            en=(
                "Hello {given_name},\n\nWe meet in two days, and you have not told us yet whether you come.\n\n"
                "One click is enough. Without you, somebody else will be glad of your place.\n\n"
                "To come in, show [your badge]({badge}) on your phone or on paper."
            ),
        ),
        days=-2,
        hour="09:00",
        asks_attendance=True,
    ),
    Ready(
        "practical",
        _("The day before: practical words"),
        "registered",
        LocalText(fr="Demain : comment venir, ce qu’il faut savoir", en="Tomorrow: how to come, what to know"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\n**Où ?** {lieu}\n\n**Quand ?** {dates}\n\n**Wifi :** {wifi}\n\n"
                "Votre badge : {badge}\n\nVos ateliers et visites :\n\n{séances}\n\nBonne route !"
            ),
            en=(
                "Hello {given_name},\n\n**Where?** {place}\n\n**When?** {days}\n\n**Wifi:** {wifi}\n\n"
                "Your badge: {badge}\n\nYour workshops and visits:\n\n{sessions}\n\nSafe travels!"
            ),
        ),
        days=-1,
        hour="16:00",
    ),
    Ready(
        "thanks",
        _("The day after: thank you for coming"),
        "came",
        LocalText(fr="Merci d’être venu à {ville}", en="Thank you for coming to {city}"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\nMerci d’avoir été des nôtres. Ce qui s’est dit reste en ligne : {programme}\n\n"
                "Qu’avez-vous pensé de ces journées ? Répondez-nous à {contact}, nous lisons tout."
            ),
            en=(
                "Hello {given_name},\n\nThank you for having been with us. What was said stays online: {programme}\n\n"
                "What did you think of these days? Write to us at {contact}, we read everything."
            ),
        ),
        days=1,
        hour="10:00",
    ),
    Ready(
        "missed",
        _("The day after: we missed you"),
        "absent",
        LocalText(fr="Vous nous avez manqué", en="We missed you"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\n"
                "Vous étiez inscrit et nous ne nous sommes pas vus. Ce qui s’est dit reste en ligne : "
                "{programme}\n\n"
                "Qu’est-ce qui vous a retenu ? Deux mots à {contact} nous aident à mieux préparer la suite."
            ),
            en=(
                "Hello {given_name},\n\n"
                "You were registered and we did not meet. What was said stays online: {programme}\n\n"
                "What kept you away? Two words to {contact} help us to prepare the next one better."
            ),
        ),
        days=1,
        hour="10:30",
    ),
    Ready(
        "invitation",
        _("An invitation to people of earlier editions"),
        "past",
        LocalText(fr="{édition} : vous êtes des nôtres ?", en="{edition}: will you be with us?"),
        LocalText(
            fr=(
                "Bonjour {prénom},\n\n{édition} aura lieu {dates} à {ville}.\n\n"
                "Les inscriptions sont ouvertes, et vos coordonnées sont déjà remplies : il ne reste qu’à relire et à "
                "confirmer sur [votre page]({mon-inscription}). Rien n’est fait sans vous.\n\n"
                "Au plaisir de vous revoir."
            ),
            en=(
                "Hello {given_name},\n\n{edition} takes place {days} in {city}.\n\n"
                "Registration is open, and your details are filled in already: all that is left is to read them and to "
                "confirm on [your page]({again}). Nothing is done without you.\n\n"
                "Looking forward to seeing you again."
            ),
        ),
    ),
)
