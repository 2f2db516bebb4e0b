"""The organisers' own questions: who is asked what, which answers are taken, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from forum.core.addresses import normal_email
from forum.core.db import LocalText
from forum.core.i18n import countries, day, number
from forum.core.refusals import Conflict, Malformed
from forum.core.words import gettext
from forum.core.words import lazy_gettext as _
from forum.registration.models import Question

LONGEST_SHORT = 200
LONGEST_LONG = 2000
LONGEST_LINK = 500
MOST_OPTIONS = 40
MOST_QUESTIONS = 60
LONGEST_KEEPING = 3650

CHOICES = ("one-of", "several-of")
CONDITIONS = ("yes-no", *CHOICES)
"""The kinds on whose answer another question may depend."""

Answers = Mapping[int, tuple[str, ...]]
"""What was answered, by the question's id."""

_PHONE = re.compile(r"\+?[0-9 ().\-/]{6,30}")


class AnswersWrong(Malformed):
    """An answer is missing, or is not what was asked for; `sentences` says it for each question."""

    code = "answers-wrong"
    sentence = _("Some questions are not answered, or not clearly. Check those that are marked.")

    def __init__(self, sentences: Mapping[int, str]) -> None:
        """Keep what is wrong, by the question's id."""
        self.sentences = dict(sentences)
        super().__init__()


class KindFixed(Conflict):
    """A question that somebody answered stays of its kind."""

    code = "question-answered"
    sentence = _("Somebody answered this question already, so its kind stays. Add another question instead.")
    field: str | None = "kind"


class OptionChosen(Conflict):
    """An answer that somebody chose stays in the list."""

    code = "option-chosen"
    sentence = _("“%(option)s” was chosen by somebody, so it stays in the list. You may write it differently.")
    field: str | None = "options_fr"

    def __init__(self, option: str) -> None:
        """Name the answer."""
        super().__init__(option=option)


class OptionsMissing(Malformed):
    """A list to choose from has at least two lines."""

    code = "options-missing"
    sentence = _("Write at least two answers to choose from, one on each line, none of them twice.")
    field: str | None = "options_fr"


class OptionsUneven(Malformed):
    """Each answer has its words in English, or none has."""

    code = "options-uneven"
    sentence = _("Write as many lines in English as in French, in the same order; or leave the English ones out.")
    field: str | None = "options_en"


class ConditionWrong(Malformed):
    """A question depends on one that stands before it and has answers to choose from."""

    code = "condition-wrong"
    sentence = _("Choose a question that stands before this one, and the answers that lead here.")
    field: str | None = "depends_on"


class TooManyQuestions(Conflict):
    """A form is short."""

    code = "too-many-questions"
    sentence = _("An edition asks %(most)s questions at most. Remove one first: a short form is filled in.")

    def __init__(self) -> None:
        """Name the limit."""
        super().__init__(most=MOST_QUESTIONS)


# --- who is asked


def checked_answers(
    questions: Sequence[Question],
    category_slug: str,
    given: Mapping[int, Sequence[str]],
    *,
    all_required: bool = True,
) -> tuple[dict[int, tuple[str, ...]], dict[int, str]]:
    """Return the answers that are taken, and a sentence for each question whose answer is missing or unclear.

    What somebody is not asked is left out, whatever was sent. Questions stand in their order, so that what one
    depends on is known before it.
    """
    taken: dict[int, tuple[str, ...]] = {}
    wrong: dict[int, str] = {}
    keys: dict[str, Question] = {}
    for question in questions:
        if not is_asked(question, category_slug, keys, taken):
            continue
        keys[question.key] = question
        words = [word for word in given.get(question.id, ()) if word]
        if not words:
            if question.is_required and all_required:
                wrong[question.id] = gettext("Answer this question.")
            continue
        try:
            taken[question.id] = CHECKS[question.kind](question, words)
        except ValueError as error:
            wrong[question.id] = str(error)
    return taken, wrong


def is_asked(question: Question, category_slug: str, before: Mapping[str, Question], answers: Answers) -> bool:
    """Tell whether a question is put to somebody of a category who was asked `before` and answered so."""
    if question.category_slugs and category_slug not in question.category_slugs:
        return False
    if not question.depends_on:
        return True
    other = before.get(question.depends_on)
    return other is not None and bool(set(answers.get(other.id, ())) & set(question.depends_on_answers))


def open_questions(questions: Sequence[Question], category_slug: str, answers: Answers, *, never_asked: bool) -> int:
    """Return how many questions wait for an answer: required ones; all of them for who saw no form (`never_asked`)."""
    before: dict[str, Question] = {}
    for question in questions:
        if is_asked(question, category_slug, before, answers):
            before[question.key] = question
    everything = never_asked and not answers
    return sum(each.id not in answers and (each.is_required or everything) for each in before.values())


# --- which answers are taken; each check returns the words as they are kept, or raises ValueError with a sentence


def short_text(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a line."""
    return (limited(" ".join(words[0].split()), LONGEST_SHORT),)


def long_text(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take several lines."""
    return (limited(words[0], LONGEST_LONG),)


def limited(words: str, most: int) -> str:
    """Refuse what is too long."""
    if len(words) > most:
        raise ValueError(gettext("This is too long: %(max)d characters at most.", max=most))
    return words


def yes_no(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a yes or a no."""
    if words[0] not in ("yes", "no"):
        raise ValueError(gettext("Choose one of the list."))
    return (words[0],)


def one_of(question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take one of the list."""
    if words[0] not in option_keys(question):
        raise ValueError(gettext("Choose one of the list."))
    return (words[0],)


def several_of(question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take some of the list, in its order."""
    if not set(words) <= set(option_keys(question)):
        raise ValueError(gettext("Choose among the list."))
    return tuple(key for key in option_keys(question) if key in words)


def a_number(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a number, with a point or a comma."""
    try:
        value = Decimal(re.sub(r"\s", "", words[0][:40]).replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(gettext("Write a number here, in digits.")) from error
    if not value.is_finite() or abs(value) >= 10**12:
        raise ValueError(gettext("Write a number here, in digits."))
    return (f"{value:f}",)


def a_date(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a day, as browsers send it or as people write it."""
    text = words[0]
    if found := re.fullmatch(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", text, re.ASCII):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        found_day = date.fromisoformat(text)
        if not 1900 <= found_day.year <= 2200:  # what spreadsheets know
            raise ValueError(text)
        return (found_day.isoformat(),)
    except ValueError as error:
        raise ValueError(gettext("This is not a date: write it as 18/03/2027.")) from error


def an_hour(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take an hour: 14:30, 14h30, 14 h."""
    found = re.fullmatch(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)(?::\d{2})?", words[0], re.ASCII)
    try:
        if found is None:
            raise ValueError(words[0])
        return (f"{time(int(found[1]), int(found[2] or 0)):%H:%M}",)
    except ValueError as error:
        raise ValueError(gettext("This is not an hour: write it as 14:30.")) from error


def an_email(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take an e-mail address."""
    address = normal_email(words[0])
    if address is None:
        raise ValueError(gettext("This is not an e-mail address: write it as name@example.org."))
    return (address,)


def a_phone(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a telephone number of any country."""
    digits = sum(character.isdigit() for character in words[0])
    if not _PHONE.fullmatch(words[0]) or not 6 <= digits <= 15:
        raise ValueError(gettext("This is not a telephone number: write it as 03 21 00 00 00 or +32 2 000 00 00."))
    return (words[0],)


def a_link(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take the address of a web page."""
    text = words[0] if "://" in words[0] else f"https://{words[0]}"
    wrong = gettext("This is not the address of a web page: write it as https://example.org.")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(wrong) from error
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or re.search(r"[\s<>\"]", text):
        raise ValueError(wrong)
    return (limited(text, LONGEST_LINK),)


def a_country(_question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """Take a country by its code."""
    if words[0] not in dict(countries("en")):
        raise ValueError(gettext("Choose one of the list."))
    return (words[0],)


CHECKS: Mapping[str, Callable[[Question, Sequence[str]], tuple[str, ...]]] = {
    "short-text": short_text,
    "long-text": long_text,
    "yes-no": yes_no,
    "one-of": one_of,
    "several-of": several_of,
    "number": a_number,
    "date": a_date,
    "hour": an_hour,
    "email": an_email,
    "phone": a_phone,
    "link": a_link,
    "country": a_country,
}


# --- how they are shown


def option_keys(question: Question) -> list[str]:
    """Return the keys of the answers to choose from."""
    if question.kind == "yes-no":
        return ["yes", "no"]
    return [option["key"] for option in question.options]


def choices_of(question: Question, language: str) -> list[tuple[str, str]]:
    """Return the answers to choose from with their words: `[("train", "En train"), …]`."""
    if question.kind == "yes-no":
        return [("yes", gettext("Yes")), ("no", gettext("No"))]
    if question.kind == "country":
        return countries(language)
    return [(option["key"], option_words(option).in_language(language)) for option in question.options]


def option_words(option: Mapping[str, str]) -> LocalText:
    """Return the words of an answer to choose from."""
    return LocalText({language: words for language, words in option.items() if language != "key"})


def shown_answer(question: Question, words: Sequence[str], language: str) -> str:
    """Return an answer as a person reads it."""
    if question.kind in (*CONDITIONS, "country"):
        names = dict(choices_of(question, language))
        return ", ".join(names.get(word, word) for word in words)
    text = " ".join(words)
    if question.kind == "date":
        return day(date.fromisoformat(text))
    if question.kind == "number":
        return number(Decimal(text))
    return text


def condition_words(question: Question, by_key: Mapping[str, Question], language: str) -> str:
    """Return upon which answer a question is asked: « Oui »; empty for what is asked of everyone."""
    other = by_key.get(question.depends_on or "")
    if other is None:
        return ""
    names = dict(choices_of(other, language))
    either = gettext("or")
    return f" {either} ".join(names.get(key, key) for key in question.depends_on_answers)


# --- what organisers may write


def made_options(
    french: Sequence[str], english: Sequence[str], *, present: Sequence[Mapping[str, str]], slug: Callable[[str], str]
) -> list[dict[str, str]]:
    """Return the answers to choose from, one for each line.

    An answer keeps its key when it is only written differently, so that those who chose it still have.
    Raises `OptionsMissing` or `OptionsUneven`.
    """
    if not 2 <= len(french) <= MOST_OPTIONS or len(set(french)) != len(french):
        raise OptionsMissing
    if english and len(english) != len(french):
        raise OptionsUneven
    by_words = {option.get("fr", ""): option["key"] for option in present}
    by_line = [option["key"] for option in present] if len(present) == len(french) else []
    kept = {by_words[line] for line in french if line in by_words}
    made: list[dict[str, str]] = []
    used: set[str] = set(kept)
    for number_of_line, line in enumerate(french):
        key = by_words.get(line)
        if key is None and by_line and by_line[number_of_line] not in kept:
            key = by_line[number_of_line]
        key = key or free_key(slug(line), used | {option["key"] for option in present})
        used.add(key)
        option = {"key": key, "fr": line}
        if english:
            option["en"] = english[number_of_line]
        made.append(option)
    return made


def free_key(wanted: str, taken: Collection[str]) -> str:
    """Return a key unlike those that are taken."""
    wanted = wanted or "answer"
    return next(key for key in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if key not in taken)


def may_change(question: Question, *, kind: str, option_keys_after: Collection[str], chosen: Collection[str]) -> None:
    """Refuse what would make answers that were given unreadable. Raises `KindFixed` or `OptionChosen`."""
    if chosen and kind != question.kind:
        raise KindFixed
    if question.kind in CHOICES:
        for option in question.options:
            if option["key"] in chosen and option["key"] not in option_keys_after:
                raise OptionChosen(option_words(option).in_language("fr"))


def may_depend(on: str | None, answers: Sequence[str], *, before: Sequence[Question]) -> None:
    """Refuse a condition on what is not known before. Raises `ConditionWrong`."""
    if on is None:
        return
    other = next((question for question in before if question.key == on), None)
    if other is None or other.kind not in CONDITIONS or not answers or not set(answers) <= set(option_keys(other)):
        raise ConditionWrong
