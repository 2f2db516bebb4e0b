"""The organisers' own questions on a form: what is asked, what was answered, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from flask import request
from markupsafe import Markup, escape

from forum.core.forms import several_lines
from forum.core.i18n import countries
from forum.core.words import language
from forum.editions.models import Edition
from forum.registration.models import Category, Question
from forum.registration.rules import questions as rules

NAME = re.compile(r"q-(\d{1,9})")
LONGEST_GIVEN = 5_000
MOST_GIVEN = 100
FEW_CHOICES = 7
"""So many answers are shown at once; longer lists are chosen from."""


@dataclass(frozen=True)
class Label:
    """The words of a field, where WTForms has them."""

    text: str


@dataclass
class AnswerField:
    """One question on a form, with what somebody answered so far."""

    question: Question
    values: tuple[str, ...] = ()
    errors: list[str] = field(default_factory=list)
    category_ids: tuple[int, ...] = ()
    for_whom: str = ""
    """The names of the categories that are asked; empty for everyone."""
    other: Question | None = None
    """The question on whose answer this one depends."""
    condition: str = ""
    erased_on: date | None = None

    type = "AnswerField"

    @property
    def id(self) -> str:
        """Return the element's id."""
        return f"question-{self.question.id}"

    @property
    def name(self) -> str:
        """Return the field's name."""
        return f"q-{self.question.id}"

    @property
    def label(self) -> Label:
        """Return the question."""
        return Label(self.question.label.in_language(language()))

    @property
    def value(self) -> str:
        """Return the answer where there is one only."""
        return self.values[0] if self.values else ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return the answers to choose from."""
        return rules.choices_of(self.question, language())

    @property
    def is_list(self) -> bool:
        """Tell whether the answers to choose from are too many to be shown at once."""
        return self.question.kind == "one-of" and len(self.question.options) > FEW_CHOICES

    @property
    def country_options(self) -> Markup:
        """Return the options of a list of countries, the chosen one first."""
        names = dict(countries(language()))
        chosen = Markup('<option value="{}" selected>{}</option>').format(self.value, names.get(self.value, ""))
        return (chosen if self.value in names else Markup("")) + country_options(language())


@lru_cache(maxsize=8)
def country_options(spoken: str) -> Markup:
    """Return all countries as options; the list is long and always the same."""
    return Markup("").join(
        Markup('<option value="{}">{}</option>').format(code, escape(name)) for code, name in countries(spoken)
    )


class AnswerFields:
    """All questions of a form, in their order."""

    def __init__(self, fields: Sequence[AnswerField] = ()) -> None:
        """Keep the fields."""
        self.fields = list(fields)

    def __iter__(self) -> Iterator[AnswerField]:
        """Go through the fields."""
        return iter(self.fields)

    def __bool__(self) -> bool:
        """Tell whether anything is asked."""
        return bool(self.fields)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Return what is wrong, by the field's name."""
        return {each.name: each.errors for each in self.fields if each.errors}


class WithAnswers:
    """A form that also asks the organisers' own questions."""

    answer_fields = AnswerFields()

    def ask(
        self,
        edition: Edition,
        questions: Sequence[Question],
        categories: Sequence[Category],
        answers: Mapping[int, Sequence[str]] | None = None,
    ) -> None:
        """Show the questions with the answers so far: those that were sent, else those that are kept."""
        given = given_answers() if answers is None else answers
        ids = {category.slug: category for category in categories}
        by_key = {question.key: question for question in questions}
        fields = []
        for question in questions:
            asked = [ids[slug] for slug in question.category_slugs if slug in ids]
            if question.category_slugs and not asked:
                continue
            fields.append(
                AnswerField(
                    question=question,
                    values=tuple(given.get(question.id, ())),
                    category_ids=tuple(category.id for category in asked),
                    for_whom=", ".join(category.name.in_language(language()) for category in asked),
                    other=by_key.get(question.depends_on or ""),
                    condition=rules.condition_words(question, by_key, language()),
                    erased_on=edition.last_day + timedelta(days=question.keep_days),
                )
            )
        self.answer_fields = AnswerFields(fields)

    def check_answers(self, category: Category | None, *, all_required: bool = True) -> None:
        """Say at each question what is wrong with its answer, for somebody of a category."""
        questions = [each.question for each in self.answer_fields]
        given = {each.question.id: each.values for each in self.answer_fields}
        slug = category.slug if category else ""
        _taken, wrong = rules.checked_answers(questions, slug, given, all_required=all_required)
        for each in self.answer_fields:
            if each.question.id in wrong:
                each.errors = [wrong[each.question.id]]

    @property
    def errors(self) -> dict[str, Any]:
        """Return what is wrong with the fields and with the answers."""
        return super().errors | self.answer_fields.errors  # type: ignore[misc, no-any-return]

    def __iter__(self) -> Iterator[Any]:
        """Go through the fields, then through the questions, so that a summary of errors names both."""
        yield from super().__iter__()  # type: ignore[misc]
        yield from self.answer_fields


def given_answers() -> dict[int, tuple[str, ...]]:
    """Return what was sent as answers, tidied and limited, by the question's id."""
    found: dict[int, tuple[str, ...]] = {}
    for name in list(request.form)[:MOST_GIVEN]:
        if matched := NAME.fullmatch(name):
            words = [several_lines(word[:LONGEST_GIVEN]) or "" for word in request.form.getlist(name)[:MOST_GIVEN]]
            found[int(matched[1])] = tuple(word for word in words if word)
    return found
