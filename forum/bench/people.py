"""Badges of invented people: nine names in ten are ordinary, the tenth is long or in another script."""

from __future__ import annotations

import random
from collections.abc import Iterator

from forum.badges.documents.faces import BadgeFace
from forum.core import codes

_GIVEN = """
Élodie François Noëlle Jürgen Søren Zoë Amélie Bjørn Chloé Łukasz Agnieszka Jiří Ömer Gül Camille Maël Inès Théo Núria
Jean-Baptiste Anne-Sophie Marie-Hélène Pierre-Yves Iñigo Ângela João Raphaël Benoît Gaëlle Étienne Aïcha Oumar
"""
_SYLLABLES = """
ba be bé ca cha co çu da del do é fan fer fö gar gi gra ha hel ja ji ka kö la lam le li lou ma mar mé mo na nie ny pa
per pö ra ri ro sa schu še šo ta ti to tze va vi vo wal ya yu za že
"""
GIVEN, SYLLABLES = _GIVEN.split(), _SYLLABLES.split()
HARD = (
    ("Marie-Antoinette-Joséphine", "de La Rochefoucauld-Montmorency"),
    ("Johann", "Wolfeschlegelsteinhausenbergerdorff"),
    ("María del Carmen", "Fernández-Villaverde y Gutiérrez"),
    ("Александра", "Достоевская-Преображенская"),
    ("Наталія", "Їжакевич"),
    ("Ἀριστοτέλης", "Παπαδόπουλος"),
    ("محمد عبد الرحمن", "الفاسي"),
    ("小明", "王"),
    ("Саша", "Müller"),
    ("Thị Hồng Ánh", "Nguyễn"),
)
KINDS = (("attendee", "Grand public"), ("speaker", "Intervenants"), ("staff", "Équipe"), ("exhibitor", "Exposants"))
WEIGHTS = (82, 8, 6, 4)
TITLES = (
    "Les données ouvertes de la métropole, un bien commun à entretenir",
    "Former les demandeurs d’emploi aux métiers du numérique",
    "Sobriété : moins de serveurs, plus de service",
    "Table ronde : l’intelligence artificielle à l’école",
    "Atelier : réparer son téléphone",
)
ROOMS = ("Galerie du Temps", "Scène", "Auditorium", "Atelier 2")


def faces(count: int, *, sessions: int = 0) -> Iterator[BadgeFace]:
    """Yield so many faces, always the same ones, each with so many sessions of its own."""
    chance = random.Random(7)
    organisations = [word(chance) + chance.choice((" SARL", " & fils", " – recherche", "", "")) for _ in range(600)]
    for _number in range(count):
        given, family = chance.choice(HARD) if chance.random() < 0.1 else (chance.choice(GIVEN), word(chance))
        kind, category = chance.choices(KINDS, WEIGHTS)[0]
        yield BadgeFace(
            given_name=given,
            family_name=family,
            organisation=organisations[int(chance.paretovariate(0.6)) % len(organisations)],
            category=category,
            kind=kind,
            edition="Forum Lens 2027",
            days="18 et 19 mars 2027",
            place="Lens",
            accent="lens",
            code=codes.new_code(chance.choice),
            language="fr",
            wifi="GrandNord, louvre-lens",
            emergency="03 21 00 00 00",
            programme=tuple(
                {"hour": f"{9 + hour} h 30", "room": chance.choice(ROOMS), "title": chance.choice(TITLES)}
                for hour in range(sessions)
            ),
        )


def word(chance: random.Random) -> str:
    """Invent a name."""
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize()
