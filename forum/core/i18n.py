"""The reader's language, French dates and hours, and the catalogues compiled when they changed."""

from __future__ import annotations

import tempfile
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from forum.core import words
from forum.core.db import LocalText

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT_LANGUAGE = "fr"
COOKIE = "lang"
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
ZONE = ZoneInfo("Europe/Paris")


def install(app: Flask) -> None:
    """Give the application its languages, and the templates their words and dates."""
    compile_catalogues(CATALOGUES)
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT_LANGUAGE, BABEL_TRANSLATION_DIRECTORIES=str(CATALOGUES))
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(words.gettext, words.plural_form, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        hour=hour,
        clock_hour=clock_hour,
        day_hour=day_hour,
        number=number,
        money=money,
        localised=localised,
    )
    app.context_processor(
        lambda: {"language": words.language(), "languages": LANGUAGES, "language_address": language_address}
    )
    app.after_request(remember_language)


def compile_catalogues(folder: Path) -> None:
    """Compile each catalogue that is newer than its compiled form: a new language is one file, no build step."""
    for source in folder.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        # Several processes may start at once: each writes a file of its own, the last one stays.
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".mo", delete=False) as compiled:
            write_mo(compiled, catalogue)
        made = Path(compiled.name)
        made.chmod(0o644)
        made.replace(target)


def chosen_language() -> str:
    """Choose: the person whose page or letter it is, `?lang=`, what was chosen before, the browser's wish, French."""
    if not has_request_context():
        return str(g.get("language", DEFAULT_LANGUAGE)) if g else DEFAULT_LANGUAGE
    for wish in (g.get("language"), request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return wished(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1024)
def wished(accepted: str) -> str:
    """Return the language that a browser asks for; a crowd's browsers say few different things."""
    return parse_accept_header(accepted, LanguageAccept).best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE


def remember_language(response: Response) -> Response:
    """Keep a language chosen with `?lang=` for the next pages; a cookie that says nothing about the person."""
    wish = request.args.get("lang")
    if wish in LANGUAGES and request.cookies.get(COOKIE) != wish:
        response.set_cookie(
            COOKIE, str(wish), max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


def language_address(language: str) -> str:
    """Return the address of this page in another language."""
    arguments = {**request.args.to_dict(), "lang": language}
    return f"{request.path}?{urlencode(arguments)}"


def zone() -> ZoneInfo:
    """Return the zone of the edition that is shown, else that of the region."""
    edition = g.get("edition") if has_request_context() else None
    return ZoneInfo(edition.timezone) if edition is not None else ZONE


def local(moment: datetime) -> datetime:
    """Return a moment on the clock of the host city."""
    return moment.astimezone(zone())


def as_date(value: date | datetime) -> date:
    """Return the day of a moment in the host city, or the day itself."""
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """Return « jeudi 18 mars 2027 » (« vendredi 1er janvier 2027 »), or “Thursday 18 March 2027”."""
    return written_date(value, "EEEE d MMMM y")


def short_day(value: date | datetime) -> str:
    """Return « jeu. 18 mars », or “Thu 18 March”."""
    return written_date(value, "EEE d MMMM")


def written_date(value: date | datetime, pattern: str) -> str:
    """Write a date after a pattern; French says « 1er » for the first."""
    language = words.language()
    the_day = as_date(value)
    if language == "fr" and the_day.day == 1:
        pattern = pattern.replace("d ", "d'er' ")
    return formatted_date(the_day, pattern, language)


@lru_cache(maxsize=4096)
def formatted_date(the_day: date, pattern: str, language: str) -> str:
    """Write a date in a language; the days of an edition are written again and again."""
    return format_date(the_day, pattern, locale=language).replace(" ", words.NO_BREAK, 1)


def hour(value: datetime) -> str:
    """Return « 14 h 30 » (« 14 h »), or “14:30”."""
    moment = local(value)
    if words.language() != "fr":
        return f"{moment:%H:%M}"
    minutes = f"{words.NO_BREAK}{moment:%M}" if moment.minute else ""
    return f"{moment.hour}{words.NO_BREAK}h{minutes}"


def clock_hour(value: time) -> str:
    """Return an hour of the day that belongs to no day: « 9 h 30 », or “09:30”."""
    return hour(datetime.combine(date(2000, 1, 1), value, tzinfo=zone()))


def day_hour(value: datetime) -> str:
    """Return a day and its hour: « jeudi 18 mars 2027 à 14 h 30 »."""
    return words.gettext("%(day)s at %(hour)s", day=day(value), hour=hour(value))


def number(value: int | float | Decimal) -> str:
    """Return a number as the reader's language groups it: « 20 000 »."""
    return format_decimal(value, locale=words.language())


def money(value: Decimal) -> str:
    """Return an amount in euros: « 12,00 € »."""
    return format_currency(value, "EUR", locale=words.language())


def localised(text: LocalText | str | None) -> str:
    """Return what an organiser wrote, in the reader's language if they wrote it in several."""
    if text is None:
        return ""
    return text.in_language(words.language()) if isinstance(text, LocalText) else text


@lru_cache(maxsize=8)
def countries(language: str) -> list[tuple[str, str]]:
    """Return the countries with their codes (ISO 3166), in the order of their names; France and Belgium come first."""
    names = Locale(language).territories
    not_countries = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code not in not_countries]
    first = [(code, str(names[code])) for code in ("FR", "BE")]
    return [*first, *sorted((pair for pair in found if pair not in first), key=lambda pair: plain_order(pair[1]))]


def plain_order(text: str) -> str:
    """Return words without their accents, to sort by: « Éthiopie » stands among the E."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
