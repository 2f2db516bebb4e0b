"""What an organiser writes becomes a letter; what a reader typed as their name stays a name."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from forum.core.web import markdown
from forum.mailings import rules

VALUES: dict[str, str | tuple[str, ...]] = {
    "given_name": "Zoé",
    "family_name": "& Fils",
    "badge": "https://example.org/r/abc?a=1&b=2",
    "sessions": ("Atelier <1>", "Visite"),
}


def html_of(words: str, **values: str) -> str:
    return rules.filled_html(rules.compiled_html(str(markdown(rules.marked(words)))), VALUES | values)


def text_of(words: str, **values: str) -> str:
    return rules.filled_text(rules.compiled_text(rules.plain(rules.marked(words))), VALUES | values)


@pytest.mark.parametrize(
    ("words", "html", "text"),
    [
        ("Bonjour {prénom} {nom}", "<p>Bonjour Zoé &amp; Fils</p>", "Bonjour Zoé & Fils"),
        ("**{ Given_Name }**, {PRENOM}", "<p><strong>Zoé</strong>, Zoé</p>", "Zoé, Zoé"),
        (
            "[votre badge]({badge})",
            '<p><a href="https://example.org/r/abc?a=1&amp;b=2" rel="noopener nofollow">votre badge</a></p>',
            "votre badge <https://example.org/r/abc?a=1&b=2>",
        ),
        ("{séances}", "<ul><li>Atelier &lt;1&gt;</li><li>Visite</li></ul>", "- Atelier <1>\n- Visite"),
        ("Vos choix : {séances}.", "<p>Vos choix : Atelier &lt;1&gt;, Visite.</p>", "Vos choix : Atelier <1>, Visite."),
        ("Un\nDeux\n\n- a\n- b\n  1. c", None, "Un\nDeux\n\n- a\n- b\n  1. c"),
        ("{ a: 1 } et {} et {{1}}", "<p>{ a: 1 } et {} et {{1}}</p>", "{ a: 1 } et {} et {{1}}"),
        ("<script>alert(1)</script>", None, "<script>alert(1)</script>"),
    ],
)
def test_words_become_html_and_text(app: Flask, words: str, html: str | None, text: str) -> None:
    assert text_of(words) == text
    made = html_of(words).strip()
    assert "<script" not in made
    if html is not None:
        assert made == html


@pytest.mark.parametrize(
    "name",
    [
        "<b>Zoé</b>",
        "[x](javascript:alert(1))",
        "{lien}",
        "x7placeq11z",
        '"><img src=x>',
        "**Zoé**",
        "עומר",
        "a" * 10_000,
    ],
)
def test_a_name_stays_a_name_whatever_it_is(app: Flask, name: str) -> None:
    made = html_of("Bonjour {prénom} !", given_name=name)
    assert unescape(made.replace("\n", "")) == f"<p>Bonjour {name} !</p>"
    assert made.count("<") == 2
    assert text_of("Bonjour {prénom} !", given_name=name) == f"Bonjour {name} !"


def test_a_place_that_is_not_known_is_refused_with_those_that_are(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}), pytest.raises(rules.UnknownPlace) as refused:
        rules.check_body("Bonjour {prenon}", for_past=False)
    sentence = str(refused.value)
    assert "{prenon}" in sentence
    assert all(f"{{{place.french}}}" in sentence for place in rules.PLACES if not place.is_internal)
    assert "désabonner" not in sentence


@pytest.mark.parametrize(
    "words", ["[x]({prénom})", "[x](https://example.org/{prénom})", "[x]({lien}/{nom})", "[x]({badge}x)"]
)
def test_no_link_leads_to_what_somebody_typed(words: str) -> None:
    with pytest.raises(rules.UNREADABLE):
        rules.check_body(words, for_past=False)


def test_a_subject_holds_words_only_and_people_of_the_past_have_no_badge() -> None:
    with pytest.raises(rules.UNREADABLE):
        rules.check_subject("{badge}", for_past=False)
    with pytest.raises(rules.UNREADABLE):
        rules.check_body("{badge}", for_past=True)
    rules.check_subject("{prénom}, {ville}", for_past=True)


@given(st.text(max_size=200))
def test_any_words_are_read_or_refused(words: str) -> None:
    try:
        rules.check_body(words, for_past=False)
    except rules.UNREADABLE:
        return
    rules.compiled_text(rules.plain(rules.marked(words)))
