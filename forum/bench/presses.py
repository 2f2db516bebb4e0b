"""Ways to make badges, each measured in a fresh process: `python -m forum.bench.presses NAME` prints its figures.

Beside the forum's own engine stand plain WeasyPrint and plain ReportLab with the same people on the same badge.
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from forum import create_app
from forum.badges.documents import badges_pdf, write_badges
from forum.badges.documents.faces import BadgeFace, card_of
from forum.badges.documents.house import A6_MM, house_layout
from forum.bench.people import faces
from forum.core import qr
from forum.core.assembly import STATIC
from forum.core.settings import read_settings

Figures = dict[str, float]
MM = 72 / 25.4
WARM = 300
"""Badges made before the clock runs: what a process learns once is not counted again and again."""


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def resident_mb() -> float:
    """Return the most memory that this process ever held; its helper does half the work with the same programs.

    Linux's own note is read where there is one: `ru_maxrss` begins with what the parent held when it was forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        noted = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(noted.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def press(count: int, *, layout: str = "a6", processes: int = 1, sessions: int = 0) -> tuple[float, int]:
    """Return how long so many badges take the forum's own engine, and the size of the file."""
    people = list(faces(count, sessions=sessions))
    with tempfile.TemporaryFile() as file:
        taken = seconds(lambda: write_badges(people, file, layout=layout, processes=processes))
        return taken, file.tell()


def warmed(**options: Any) -> None:
    """Let the engine learn its fonts."""
    press(WARM, **options)


def cold() -> Figures:
    """Measure the first badge of a process, everything that it loads included."""
    return {"badge_first_cold_s": press(1)[0]}


def one() -> Figures:
    """Measure single badges of different people, as the desk prints them."""
    warmed()
    people = list(faces(60))
    files: list[bytes] = []

    def make(face: BadgeFace) -> None:
        files.append(badges_pdf([face], layout="a6"))

    taken = [seconds(partial(make, face)) for face in people]
    return {
        "badge_one_ms": statistics.median(taken) * 1000,
        "badge_one_kb": statistics.median(map(len, files)) / 1024,
    }


def thousand() -> Figures:
    """Measure a thousand badges, and a hundred."""
    warmed()
    taken, size = min((press(1_000) for _time in range(3)), key=lambda measured: measured[0])
    return {
        "badges_100_per_s": 100 / press(100)[0],
        "badges_1000_per_s": 1_000 / taken,
        "badges_1000_mb": size / 1e6,
    }


def two_processes() -> Figures:
    """Measure ten thousand badges in two processes."""
    warmed()
    taken, size = press(10_000, processes=2)
    return {
        "badges_10000_two_processes_s": taken,
        "badges_10000_mb": size / 1e6,
        "badges_10000_resident_mb": resident_mb(),
    }


def four_on_a4() -> Figures:
    """Measure ten thousand badges, four on a sheet."""
    warmed(layout="a4x4")
    return {"badges_10000_four_on_a4_s": press(10_000, layout="a4x4", processes=2)[0]}


def folded() -> Figures:
    """Measure a thousand folded badges, each with its own programme of eight sessions."""
    warmed(layout="fold", sessions=8)
    taken, size = press(1_000, layout="fold", sessions=8)
    return {"badges_1000_folded_s": taken, "badges_1000_folded_mb": size / 1e6}


def growth() -> Figures:
    """Measure what a badge costs among twenty thousand, against one among a thousand: in seconds of the processor.

    Many and few take turns, as a processor's own speed changes within seconds; the middle one of three is told.
    """
    warmed()
    ratios = []
    for _time in range(3):
        before, many, after = cost(1_000, times=5), cost(20_000), cost(1_000, times=5)
        ratios.append(many / statistics.mean((before, after)))
    return {"badge_cost_20000_to_1000": statistics.median(ratios)}


def cost(count: int, *, times: int = 1) -> float:
    """Return the seconds of the processor that one badge of so many takes."""
    people = list(faces(count))
    started = time.process_time()
    for _time in range(times):
        with tempfile.TemporaryFile() as file:
            write_badges(people, file, layout="a6")
    return (time.process_time() - started) / (count * times)


def weasyprint() -> Figures:
    """Measure plain WeasyPrint: one document, every badge laid out and painted."""
    from weasyprint import CSS, HTML

    from forum.core.stamping.template import BASE, Fence, font_configuration

    people, layout = list(faces(120)), house_layout("a6")
    configuration = font_configuration(layout.fonts)
    fence = Fence({BASE + name: content for name, content in layout.pictures.items()})
    page = (
        "@page { size: 105mm 148.5mm; margin: 0 }"
        "section { position: relative; width: 105mm; height: 148.5mm; break-after: page }"
    )

    def work() -> None:
        root = HTML(string="<html data-kind=attendee data-city=lens lang=fr><body></body></html>", base_url=BASE)
        root.url_fetcher = fence
        body = root.etree_element.find("body")
        for face in people:
            body.append(plain_section(face))
        styles = [CSS(string=layout.css + page, base_url=BASE, font_config=configuration, url_fetcher=fence)]
        root.write_pdf(io.BytesIO(), stylesheets=styles, font_config=configuration)

    return {"badges_plain_weasyprint_per_s": len(people) / seconds(work)}


def plain_section(face: BadgeFace) -> Any:
    """Return a badge as HTML, its words and its code written in."""
    from xml.etree.ElementTree import fromstring

    from weasyprint import HTML

    card, html = card_of(face), house_layout("a6").html
    section = HTML(string=f"<section>{html}</section>").etree_element.find("body")[0]
    for element in section.iter():
        name = element.get("data-field")
        if name == "code":
            path = qr.svg_path(qr.code_matrix(face.code))
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 33 33"><path d="{path}"/></svg>'
            element.append(fromstring(svg))
        elif name:
            element.text = card.words.get(name) or card.variant.words.get(name, "")
    return section


def reportlab() -> Figures:
    """Measure plain ReportLab: the same words and the same code, drawn by hand; the patterns left out."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    with tempfile.TemporaryDirectory() as folder:
        for name, file in (("title", "sofia-sans-extra-condensed-800"), ("text", "ibm-plex-sans-400")):
            pdfmetrics.registerFont(TTFont(name, unpacked(STATIC / f"site/fonts/{file}.woff2", Path(folder))))
        people = list(faces(300))

        def work() -> None:
            canvas = Canvas(io.BytesIO(), pagesize=(A6_MM[0] * MM, A6_MM[1] * MM))
            for face in people:
                drawn_by_hand(canvas, face, pdfmetrics.stringWidth)
            canvas.save()

        taken = seconds(work)
    return {"badges_plain_reportlab_per_s": len(people) / taken}


def unpacked(path: Path, folder: Path) -> str:
    """Unpack a font for a program that knows no WOFF2."""
    from fontTools.ttLib import TTFont

    font = TTFont(path)
    font.flavor = None
    target = folder / f"{path.stem}.ttf"
    font.save(target)
    return str(target)


def drawn_by_hand(canvas: Any, face: BadgeFace, width_of: Callable[[str, str, float], float]) -> None:
    """Draw a badge with ReportLab."""
    canvas.setFillColorRGB(0.97, 0.93, 0.8)
    canvas.rect(6 * MM, 6 * MM, 93 * MM, 12 * MM, stroke=0, fill=1)
    canvas.rect(6 * MM, 123.5 * MM, 93 * MM, 19 * MM, stroke=0, fill=1)
    canvas.setFillColorRGB(0.08, 0.13, 0.17)
    parts = (face.given_name, face.family_name)
    size = min(56.0, 93 * MM / max(width_of(part, "title", 1) for part in parts))
    lines: Sequence[tuple[str, float, float, float, str]] = (
        ("title", 15, 6, 118, face.edition),
        ("text", 9, 70, 118, face.days),
        *(("title", size, 6, 100 - number * size / MM, part) for number, part in enumerate(parts)),
        ("text", 14, 6, 68, face.organisation),
        ("text", 7.2, 6, 22, face.code),
        ("text", 8.5, 45, 30, face.wifi),
        ("text", 8.5, 45, 24, face.emergency),
        ("title", 27, 10, 9, face.category),
    )
    for font, points, x, y, words in lines:
        canvas.setFont(font, points)
        canvas.drawString(x * MM, y * MM, words)
    path, module = canvas.beginPath(), 1.2 * MM
    for y, row in enumerate(qr.code_matrix(face.code)):
        for x, is_dark in enumerate(row):
            if is_dark:
                path.rect(6 * MM + x * module, 58 * MM - y * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()


PRESSES: dict[str, Callable[[], Figures]] = {
    "cold": cold,
    "one": one,
    "thousand": thousand,
    "two_processes": two_processes,
    "four_on_a4": four_on_a4,
    "folded": folded,
    "growth": growth,
    "weasyprint": weasyprint,
    "reportlab": reportlab,
}


def main(name: str) -> None:
    """Measure one way to make badges, and print its figures."""
    import logging

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    app = create_app(read_settings({}, Path(os.environ["FORUM_INSTANCE"])))
    with app.app_context():
        sys.stdout.write(json.dumps(PRESSES[name]()))


if __name__ == "__main__":
    main(sys.argv[1])
