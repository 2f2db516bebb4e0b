# ruff: noqa: E501 (CSS and HTML as a designer writes them)
"""A layout with everything in it that a designer may ask for, and cards with the names that break such things."""

from __future__ import annotations

import random

from forum.core import codes
from forum.core.stamping import Card, Layout, Variant
from forum.layouts.documents import fonts

HARD_NAMES = (
    "Ada\nLovelace",
    "O\nÔ",
    "Anne-Sophie Marie-Bernadette\nVandenbroucke-Dupont de Saint-Hilaire",
    "Thị Hồng Ánh\nNguyễn",
    "ẾỀỂỖỘ\nŔĚŻÀÅ ỆỰỢ",
    "Łukasz\nŻółkiewski",
    "Ἀριστοτέλης\nΠαπαδόπουλος",
    "Александра\nДостоевская-Преображенская",
    "Zoe\u0301\nN\u0303an\u0303ez q\u0307\u0323",
    "عمر\nالفاروق بن عبد الله",
    "ליאור\nכהן",
    "小明\n王",
    "Li Wei\n李伟",
    "Саша\nMüller",
    "fi fl ffi\nAVATAR To. Ty.",
    "Wolfeschlegelsteinhausenbergerdorff\nSenior",
    "देवेन्द्र\nकुमार",
)
HTML = """
<div class="ground"></div>
<h1 class="name" data-field="name" data-lines="3" data-smallest="18"></h1>
<p class="organisation" data-field="organisation" data-lines="2" data-smallest="7" data-follows="name"></p>
<p class="shout" data-field="shout" data-lines="1"></p>
<p class="right" data-field="right" data-lines="2"></p>
<p class="turned" data-field="turned" data-lines="1"></p>
<p class="shared" data-field="shared" data-lines="1"></p>
<div class="rows" data-field="rows" data-rows="3"><div class="row"><b class="hour" data-part="hour"></b><p class="title" data-part="title" data-lines="2" data-smallest="5"></p></div></div>
<div class="code" data-field="code"></div>
<p class="still">Words of the art itself</p>
"""
CSS = """
body { position: relative; width: 100mm; height: 140mm; color: #14202b; font-family: "IBM Plex Sans", "DejaVu Sans" }
p, h1 { margin: 0 }
body > * { position: absolute }
.ground { left: 0; top: 0; width: 100mm; height: 12mm; background: linear-gradient(90deg, #17499b, #e6edf8) }
.name { left: 5mm; top: 15mm; width: 90mm; height: 36mm; font: 800 50pt/1 "Sofia Sans Extra Condensed", "IBM Plex Sans", "DejaVu Sans" }
.organisation { left: 5mm; top: 53mm; width: 90mm; height: 9mm; font-size: 12pt; line-height: 1.15; text-align: center }
.shout { left: 55mm; top: 66mm; width: 40mm; height: 10mm; font-weight: 600; font-size: 11pt; text-transform: uppercase; letter-spacing: .1em; display: flex; align-items: center; justify-content: flex-end; color: #9c3520 }
.right { left: 55mm; top: 80mm; width: 40mm; height: 12mm; font: italic 9pt/1.3 "IBM Plex Sans"; text-align: right }
.turned { left: 60mm; top: 100mm; width: 34mm; height: 6mm; font-size: 12pt; transform: rotate(-8deg) }
.shared { left: 5mm; top: 110mm; width: 40mm; height: 8mm; font: 800 20pt/1 "Sofia Sans Extra Condensed"; color: #0b6152 }
.rows { left: 5mm; top: 119mm; width: 60mm }
.row { position: relative; height: 6.5mm; border-bottom: .2mm solid #888 }
.hour { position: absolute; left: 0; top: 1mm; width: 12mm; height: 5mm; font-size: 8pt }
.title { position: absolute; left: 13mm; top: .8mm; width: 47mm; height: 5.6mm; font-size: 7pt; line-height: 1.1 }
.code { left: 5mm; top: 68mm; width: 40mm; height: 40mm; color: #000 }
.still { left: 70mm; top: 132mm; font-size: 7pt }
[data-kind="speaker"] .ground { background: #9c3520 }
"""
EVERYTHING = Layout(name="everything", html=HTML, css=CSS, width_mm=100, height_mm=140, fonts=fonts())
PUBLIC = Variant(language="fr", marks={"kind": "attendee"}, words={"shared": "Grand public, côté ville"})
SPEAKER = Variant(language="en", marks={"kind": "speaker"}, words={"shared": "Speaker"})
TITLES = (
    "Les données ouvertes de la métropole : un bien commun à entretenir ensemble",
    "Kurz",
    "Réussir",
)


def a_card(name: str = "Ada\nLovelace", variant: Variant = PUBLIC, **words: str) -> Card:
    """Return a card with something in every field; the same name has the same code."""
    given = {
        "name": name,
        "organisation": "Métropole européenne de Lille, direction de la transition numérique",
        "shout": "Étoile",
        "right": "Élan & co.\nàçéñß",
        "turned": "Tout de travers",
        "code": codes.new_code(random.Random(name).choice),
    }
    rows = tuple({"hour": f"{9 + number} h 30", "title": title} for number, title in enumerate(TITLES))
    return Card(variant=variant, words=given | words, rows={"rows": rows})


def hard_cards() -> list[Card]:
    """Return a card for each hard name."""
    return [a_card(name, (PUBLIC, SPEAKER)[number % 2]) for number, name in enumerate(HARD_NAMES)]
