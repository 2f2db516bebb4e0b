"""The catalogues of translations: `python -m forum.core.catalogues` brings them up to date with the code.

Sentences are written in English in the code; a language is one file, `forum/translations/<language>/LC_MESSAGES/
messages.po`. New sentences come in with an empty translation, which a house test refuses; unused ones go out.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from forum.core.assembly import ROOT

CATALOGUES = ROOT / "forum" / "translations"
METHODS = [("forum/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


def sentences_of_code() -> Catalog:
    """Return every sentence that the code and the templates hold."""
    catalogue = Catalog()
    for folder in ("forum", "templates"):
        methods = [
            (pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS if pattern.startswith(folder)
        ]
        options = {pattern.removeprefix(f"{folder}/"): value for pattern, value in OPTIONS.items()}
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder,
            methods,
            options,
            keywords=KEYWORDS,
            directory_filter=lambda path: "__pycache__" not in str(path),
        ):
            catalogue.add(message)
    return catalogue


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue is."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def brought_up_to_date(catalogue: Catalog, *, language: str) -> Catalog:
    """Return a catalogue with exactly the sentences of the code; translations that are there are kept."""
    fresh = Catalog(locale=language, project="Grand Nord Digital Forum", fuzzy=False)
    for message in sentences_of_code():
        if message.id:
            present = catalogue.get(message.id)
            fresh.add(message.id, present.string if present else "")
    return fresh


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as its file: sorted, without places and dates, so that branches merge."""
    buffer = BytesIO()
    write_po(buffer, catalogue, sort_output=True, no_location=True, omit_header=True, width=110)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plural = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return (header + plural).encode() + buffer.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the sentences of a catalogue that have no words in its language."""
    return [str(message.id) for message in catalogue if message.id and not all(as_tuple(message.string))]


def as_tuple(string: object) -> tuple[object, ...]:
    """Return the forms of a translation, one or several."""
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def main() -> None:
    """Bring every catalogue up to date, and say what is left to translate."""
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po")):
        language = path.parents[1].name
        catalogue = brought_up_to_date(read_catalogue(path), language=language)
        path.write_bytes(written(catalogue))
        for sentence in untranslated(catalogue):
            sys.stdout.write(f"{language}: to translate: {sentence}\n")


if __name__ == "__main__":
    main()
