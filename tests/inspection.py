"""A client that inspects every page a test visits: one h1, a title, no id twice, each field labelled, valid HTML."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class Page(BeautifulSoup):
    """A page to look into."""

    def one(self, selector: str) -> Tag:
        """Return the first element that a CSS selector finds; a test that needs it fails without."""
        found = self.select_one(selector)
        assert found is not None, f"there is no {selector} on the page"
        return found


class InspectingClient(FlaskClient):
    """Follows the house's rules for pages at each answer."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Open an address and inspect what comes."""
        response = super().open(*arguments, **options)
        if response.mimetype == "text/html" and response.data:
            faults = page_faults(response.get_data(as_text=True))
            assert faults == [], f"{response.request.path}: {faults}"
        return response

    def page(self, address: str, *, status: int = 200) -> Page:
        """Return a page as something to look into."""
        response = self.get(address)
        assert response.status_code == status, (response.status_code, response.get_data(as_text=True)[:2000])
        return soup(response)

    def submit(self, address: str, values: dict[str, Any], *, form: str | None = None, **options: Any) -> TestResponse:
        """Fill a page's form in as a browser does: its hidden and pre-filled fields, then ours, then send it.

        `form` is a CSS selector where a page has several; a value of None takes a field out.
        """
        page = self.page(address)
        element = page.select_one(form or "main form[method=post i]")
        assert element is not None, f"{address} has no such form"
        data = form_values(element) | values
        data = {name: value for name, value in data.items() if value is not None}
        action = str(element.get("action") or address)
        return self.post(action, data=data, **options)


def soup(response: TestResponse) -> Page:
    """Return an answer's HTML as something to look into."""
    return Page(response.get_data(as_text=True), "html.parser")


def words(element: Tag | BeautifulSoup | None) -> str:
    """Return what a reader sees of an element, white space folded."""
    assert element is not None, "the element is not on the page"
    return re.sub(r"\s+", " ", element.get_text(" ")).strip()


def form_values(form: Tag) -> dict[str, Any]:
    """Return what a browser would send of a form as it stands."""
    values: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), str(field.get("type", ""))
        if field.has_attr("disabled") or kind in ("submit", "button", "file"):
            continue
        if field.name == "select":
            chosen = [str(option.get("value", option.text)) for option in field.select("option[selected]")]
            if not field.has_attr("multiple"):
                first = field.select_one("option")
                chosen = chosen[:1] or ([str(first.get("value", first.text))] if first else [])
            found = chosen
        elif kind in ("checkbox", "radio"):
            found = [str(field.get("value", "on"))] if field.has_attr("checked") else []
        elif field.name == "textarea":
            found = [field.get_text().removeprefix("\n")]
        else:
            found = [str(field.get("value", ""))]
        if found:
            values.setdefault(name, []).extend(found)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def page_faults(html: str) -> list[str]:
    """Return what is wrong with a page, as sentences."""
    page = BeautifulSoup(html, "html.parser")
    faults = []
    if len(page.find_all("h1")) != 1:
        faults.append(f"{len(page.find_all('h1'))} h1")
    if not (page.title and page.title.get_text(strip=True)):
        faults.append("no title")
    if not (page.html and page.html.get("lang")):
        faults.append("no language")
    twice = [name for name, count in Counter(str(tag["id"]) for tag in page.select("[id]")).items() if count > 1]
    faults += [f"id {name} twice" for name in twice]
    faults += unlabelled_fields(page)
    faults += [f"inline style or script: {str(tag)[:80]}" for tag in page.select("[style], [onclick], [onchange]")]
    faults += [
        f"inline script: {str(tag)[:80]}" for tag in page.select("script:not([src]):not([type='application/ld+json'])")
    ]
    faults += [f"form without csrf: {form.get('action')}" for form in forms_without_token(page)]
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html)
    faults += [f"HTML {position}: {code}" for position, code, _values in parser.errors]
    return faults


def forms_without_token(page: BeautifulSoup) -> list[Tag]:
    """Return the forms that post and carry no CSRF token."""
    posting = [form for form in page.select("form") if str(form.get("method", "get")).lower() == "post"]
    return [form for form in posting if not form.select_one("input[name=csrf_token]")]


def unlabelled_fields(page: BeautifulSoup) -> list[str]:
    """Return the fields that a screen reader would not name."""
    faults = []
    targets = {str(label["for"]) for label in page.select("label[for]")}
    for field in page.select("input, select, textarea"):
        if field.get("type") in UNLABELLED or field.get("aria-label") or field.get("aria-labelledby"):
            continue
        if field.get("id") not in targets and field.find_parent("label") is None:
            faults.append(f"field {field.get('name')} has no label")
    return faults
