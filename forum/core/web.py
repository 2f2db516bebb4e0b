"""What views are made with: who may open them, pages, downloads, addresses of static files, pages of a list."""

from __future__ import annotations

import functools
import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, current_app, flash, g, make_response, redirect, render_template, request
from flask_login import current_user
from markupsafe import Markup
from nh3 import clean
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse
from whitenoise import WhiteNoise

from forum.core import clock, words
from forum.core.assembly import STATIC
from forum.core.compression import Compressed
from forum.core.refusals import NotAllowed, NotFound

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# everyone: the public · holder: who has the private link in the address · gate: who has a gate's token ·
# organiser: signed in, with a role in the edition of the address (or in any, where there is none) ·
# owner: signed in, responsible for the whole forum · monitor: an operator's token, or the machine itself
Audience = Literal["everyone", "holder", "gate", "organiser", "owner", "monitor"]
View = TypeVar("View", bound=Callable[..., Any])
Item = TypeVar("Item")
Shown = TypeVar("Shown", bound="ShownEdition")

_ALLOWED_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "pre", "hr"}


def open_to(audience: Audience, *, viewers: bool = False) -> Callable[[View], View]:
    """Name who may open a view; a view without it is answered with an error, and a house test walks them all.

    `viewers` lets those in who may look at the edition and change nothing: pages without addresses, private links and
    files of people; and, without an edition, one's own account.
    """

    def decorate(view: View) -> View:
        view.__open_to__ = audience  # type: ignore[attr-defined]
        view.__viewers__ = viewers  # type: ignore[attr-defined]
        return view

    return decorate


def install(app: Flask) -> None:
    """Add the guard, the static files and what templates use."""
    settings = app.extensions["forum.settings"]
    version = tree_version(STATIC)
    app.extensions["forum.static_version"] = version
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    # The version is a folder of the address, so relative imports of CSS and JavaScript keep it: cached for ever.
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(STATIC), prefix=f"static/{version}/", immutable_file_test=lambda _path, _url: True
    )
    app.wsgi_app = Compressed(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(guard)
    app.jinja_env.globals.update(
        static_url=static_url,
        static_file_url=static_file_url,
        list_address=list_address,
        attributes=field_attributes,
        current_path=lambda: request.path,
        now=clock.now,
        language_now=words.language,
    )
    app.jinja_env.filters["markdown"] = markdown
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def guard() -> BaseResponse | None:
    """Let in only whom the view names."""
    if request.endpoint is None:
        return None
    audience = getattr(current_app.view_functions[request.endpoint], "__open_to__", None)
    if audience in ("everyone", "holder", "gate"):
        return None
    if audience == "monitor":
        if not is_monitor():
            raise NotAllowed
        return None
    if audience not in ("organiser", "owner"):
        raise RuntimeError(f"{request.endpoint} does not say who may open it: add @open_to(…).")
    if not current_user.is_authenticated:
        return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='')}")
    if audience == "owner" and not current_user.is_owner:
        raise NotAllowed
    slug = (request.view_args or {}).get("slug")
    if audience == "organiser" and not (current_user.may_organise(slug) or may_look(slug)):
        raise NotAllowed
    return None


def may_look(slug: str | None) -> bool:
    """Tell whether a viewer asks for something that viewers may see; nothing of an edition is ever changed by one."""
    view = current_app.view_functions[request.endpoint or ""]
    is_reading = slug is None or request.method in ("GET", "HEAD")
    return bool(getattr(view, "__viewers__", False) and is_reading and current_user.may_look(slug))


def is_monitor() -> bool:
    """Tell whether the operator asks: with the token of the setting, or from this machine when none is set."""
    token = current_app.extensions["forum.settings"].monitor_token
    if token:
        return request.headers.get("Authorization") == f"Bearer {token}"
    return request.remote_addr in ("127.0.0.1", "::1")


def page(template: str, /, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page."""
    return make_response(render_template(template, **context), status)


def back_to(address: str) -> BaseResponse:
    """Answer a form that was taken: see other (303), so that reloading sends nothing twice."""
    return redirect(address, code=303)


def back_with(words: str, address: str) -> BaseResponse:
    """Answer a form that was taken: where one goes on, and a word there that it is done."""
    flash(words, "success")
    return back_to(address)


def safe_next(address: str | None, otherwise: str) -> str:
    """Return where to go after signing in, if it is on this site."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or urlsplit(address).netloc:
        return otherwise
    return address


def download(content: bytes, *, name: str, inline: bool = False) -> Response:
    """Answer with a file under a name; accents in it are kept (RFC 6266)."""
    response = make_response(content)
    response.mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    ascii_name = name.encode("ascii", "ignore").decode().replace('"', "")
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    return response


def public_address(path: str) -> str:
    """Return the whole address of a path, for letters, QR codes and calendars."""
    return f"{current_app.extensions['forum.settings'].base_url}{path}"


@functools.cache
def tree_version(folder: Path) -> str:
    """Return a short hash of a folder's content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return f"v-{digest.hexdigest()[:10]}"


def static_url(path: str) -> str:
    """Return the address of a file of `static/`, which changes when any of them changes."""
    return f"/static/{current_app.extensions['forum.static_version']}/{path}"


def static_file_url(path: str) -> str:
    """Return the file:// address of a file of `static/`, for WeasyPrint."""
    return (STATIC / path).as_uri()


@functools.cache
def markdown_reader() -> MarkdownIt:
    """Return what reads Markdown; loaded by who needs it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


def markdown(text: str | None) -> Markup:
    """Return what an organiser or a speaker wrote as HTML: simple marks only, links that lead nowhere unsafe."""
    html = clean(
        markdown_reader().render(text or ""),
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return Markup(html)  # noqa: S704 (cleaned on the line above)


@dataclass(frozen=True)
class PageOfItems(Generic[Item]):
    """A page of a list: items, which page, how many in all."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    def address(self, number: int) -> str:
        """Return the address of another page of the same list, filters kept."""
        arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return f"{request.path}?{urlencode([*arguments, ('page', number)])}"


def field_attributes(
    described: str,
    errors: Sequence[str],
    autocomplete: str | None = None,
    inputmode: str | None = None,
    rows: int | None = None,
    placeholder: str | None = None,
) -> dict[str, Any]:
    """Return the HTML attributes of a form field as `components/field.html` sets them, without the empty ones."""
    attributes = {
        "aria-describedby": described.strip() or None,
        "aria-invalid": "true" if errors else None,
        "autocomplete": autocomplete,
        "inputmode": inputmode,
        "rows": rows,
        "placeholder": placeholder,
    }
    return {name: value for name, value in attributes.items() if value}


def list_address(**changes: Any) -> str:
    """Return the address of this list with other filters: `list_address(state="cancelled")`; None takes one out.

    The page number goes, since another filter is another list.
    """
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes and name != "page"]
    changed = [(name, value) for name, value in changes.items() if value not in (None, "")]
    arguments = urlencode([*kept, *changed])
    return f"{request.path}?{arguments}" if arguments else request.path


def paginate(session: Session, statement: Select[Any], *, size: int = 50) -> PageOfItems[Any]:
    """Return the page of a list that `?page=` asks for; two statements however long the list."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    number = min(small_number(request.args.get("page")) or 1, last)
    items = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return PageOfItems(items=items, number=number, size=size, total=total)


def show_in_language(language: str) -> None:
    """Show the rest of this request in a person's own language, unless they asked for another with `?lang=`."""
    if request.args.get("lang") is None and "lang" not in request.cookies:
        g.language = language


class ShownEdition(Protocol):
    """What the guard of public pages wants to know of an edition."""

    slug: Any
    timezone: Any

    def is_public(self) -> bool:
        """Tell whether visitors may see it."""


def show_edition(edition: Shown) -> Shown:
    """Make an edition the one this request is about: hours follow its zone, pages its accent.

    A draft does not exist for who has no role in it: raises `NotFound`.
    """
    if not edition.is_public() and not (current_user.is_authenticated and current_user.may_look(edition.slug)):
        raise NotFound
    g.edition = edition
    return edition


def required(row: Item | None) -> Item:
    """Return a row that was looked for, or refuse with `NotFound`."""
    if row is None:
        raise NotFound
    return row


def secret_key() -> str:
    """Return the server's own secret, with which passes and signatures are made."""
    return str(current_app.config["SECRET_KEY"])


def sent_json() -> Any:
    """Return the JSON that a program sent; None for what is none, thousands of lists in one another among it."""
    try:
        return request.get_json(silent=True, force=True)
    except RecursionError:
        return None


def small_number(text: object) -> int | None:
    """Read a row's id, or the number of a page, from an address or a form; None for what no database takes."""
    written = str(text or "")
    return int(written) if written.isdecimal() and len(written) < 10 and int(written) > 0 else None
