"""The gallery of layouts, the editor, versions, and which layout is for whom."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, pictures
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.layouts import actions, queries
from forum.layouts.documents.trial import printable, try_out
from forum.layouts.forms import NOTHING, SHAPE_NAMES, DesignForm, NewLayoutForm, PictureForm
from forum.layouts.models import BadgeLayout, LayoutVersion
from forum.layouts.rules import building, checks, reading, words
from forum.layouts.rules.design import SHAPES, Design, design_from_json
from forum.layouts.rules.gallery import GALLERY, empty_design, standard_for
from forum.registration.queries import categories_of

blueprint = Blueprint("layouts", __name__)

CHIPS = [(shape, name, None) for shape, name in SHAPE_NAMES.items()]
"""The shapes of cards as `filter_chips` takes them."""


@blueprint.get("/organise/<slug>/badges/layouts")
@open_to("organiser")
def gallery(slug: str) -> BaseResponse:
    """Show the gallery and the edition's own layouts."""
    return show_gallery(shown(slug), NewLayoutForm(formdata=None))


def shown(slug: str) -> Edition:
    """Return the edition of the address."""
    return show_edition(edition_with_slug(db.session(), slug))


def show_gallery(edition: Edition, form: NewLayoutForm, status: int = 200) -> BaseResponse:
    """Show the page of layouts, the gallery on the card that was asked for."""
    session = db.session()
    own = queries.layouts_of(session, edition.id)
    form.offer({each.layout.key: each.layout.name for each in own})
    shape = request.args.get("shape", "")
    return page(
        "layouts/gallery.html",
        edition=edition,
        form=form,
        own=own,
        gallery=GALLERY.values(),
        shape=shape if shape in SHAPES else "a6",
        shapes=SHAPE_NAMES,
        chips=CHIPS,
        shown=printable(queries.people_to_try(session, edition)),
        is_new="new" in request.args,
        base=address(edition),
        status=status,
    )


def address(edition: Edition, layout: BadgeLayout | None = None) -> str:
    """Return the address of an edition's layouts, or of one of them."""
    base = f"/organise/{edition.slug}/badges/layouts"
    return f"{base}/{layout.key}" if layout else base


@blueprint.post("/organise/<slug>/badges/layouts")
@open_to("organiser")
def make_layout(slug: str) -> BaseResponse:
    """Make a layout from one of the gallery, from another one, or from nothing, and open it."""
    edition = shown(slug)
    form = NewLayoutForm(request.form)
    own = queries.layouts_of(db.session(), edition.id)
    form.offer({each.layout.key: each.layout.name for each in own})
    if not form.validate():
        return show_gallery(edition, form, status=422)
    design = beginning(form.begin.data, form.shape.data, own)
    with transaction() as tx:
        layout = actions.make_layout(
            tx,
            edition_id=edition.id,
            name=form.name.data,
            design=design,
            account_id=current_user.id,
            now=clock.now(),
        )
    return back_to(address(edition, layout))


def beginning(begin: str, shape: str, own: list[queries.OwnLayout]) -> Design:
    """Return the design that a new layout begins with; a copy keeps its card."""
    if begin in GALLERY:
        return GALLERY[begin].design(shape)
    if begin == NOTHING:
        return empty_design(shape)
    copied = required(next((each for each in own if f"own:{each.layout.key}" == begin), None))
    return design_from_json(copied.newest.design)


@blueprint.get("/organise/<slug>/badges/layouts/<key>")
@open_to("organiser")
def editor(slug: str, key: str) -> BaseResponse:
    """Show a layout in the editor."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    newest = required(queries.version_of(db.session(), layout.id))
    design = design_from_json(newest.design)
    form = DesignForm(formdata=None, name=layout.name, css=design.css, built_on=str(newest.number))
    return show_editor(edition, layout, newest, form, design)


def show_editor(
    edition: Edition,
    layout: BadgeLayout,
    newest: LayoutVersion,
    form: DesignForm,
    design: Design,
    *,
    opened: str = "",
    status: int = 200,
) -> BaseResponse:
    """Show the editor with a design, saved or not."""
    session = db.session()
    return page(
        "layouts/editor.html",
        edition=edition,
        layout=layout,
        newest=newest,
        form=form,
        design=design,
        opened=opened,
        faults=checks.faults_of(design),
        title_of=checks.title_of,
        used_by=reading.USED_BY,
        place=reading.PLACE,
        words=words,
        additions=building.ADDITIONS,
        picture_form=PictureForm(formdata=None),
        most_bytes=pictures.MOST_BYTES,
        too_large=pictures.too_large(),
        pictures=queries.pictures_of(session, edition.id),
        people=queries.people_to_try(session, edition),
        is_used=queries.is_chosen(session, layout),
        shape_name=SHAPE_NAMES[layout.shape],
        base=address(edition),
        status=status,
    )


@blueprint.post("/organise/<slug>/badges/layouts/<key>")
@open_to("organiser")
def save_layout(slug: str, key: str) -> BaseResponse:
    """Save a version, publish it, or (without JavaScript) add, remove and reorder elements of the form."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    newest = required(queries.version_of(db.session(), layout.id))
    form = DesignForm(request.form)
    try:
        design = form.design(layout.shape, request.form, request.form.getlist("element"))
    except checks.BrokenDesign as refusal:
        flash(str(refusal), "error")
        kept = design_from_json(newest.design)
        return show_editor(edition, layout, newest, form, kept, opened=refusal.field or "", status=refusal.status)
    what, _colon, about = request.form.get("do", "save").partition(":")
    if what in STEPS:
        about = request.form.get("what", "") if what == "add" else about
        changed = STEPS[what](design, about)
        return show_editor(edition, layout, newest, form, changed, opened=opened_after(changed, design, about))
    if not form.validate():
        return show_editor(edition, layout, newest, form, design, status=422)
    try:
        save(edition, layout, form, design, is_published=what == "publish")
    except Refusal as refusal:
        flash(str(refusal), "error")
        newest = required(queries.version_of(db.session(), layout.id))
        return show_editor(edition, layout, newest, form, design, opened=refusal.field or "", status=refusal.status)
    flash(saved_words(layout, is_published=what == "publish"), "success")
    return back_to(address(edition, layout))


def saved_words(layout: BadgeLayout, *, is_published: bool) -> str:
    """Say what saving did, and what is left to do before anything is printed with it."""
    if is_published:
        return _("The layout is saved and published.")
    if layout.published is None:
        return _("The layout is saved as a draft. Publish it to print badges with it.")
    return _(
        "The layout is saved as a draft. Badges are printed with the published version until you publish this one."
    )


@blueprint.post("/organise/<slug>/badges/layouts/<key>/use")
@open_to("organiser")
def use_layout(slug: str, key: str) -> BaseResponse:
    """Give a published layout to everybody who has no layout of their category, and go to the printing."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    try:
        with transaction() as tx:
            chosen = f"own:{layout.key}"
            actions.choose(tx, edition_id=edition.id, shape=layout.shape, category_id=None, chosen=chosen)
    except checks.NotPublished as refusal:
        flash(str(refusal), "error")
        return back_to(address(edition, layout))
    flash(_("Badges have the layout “%(layout)s” from now on.", layout=layout.name), "success")
    return back_to(f"/organise/{edition.slug}/badges")


STEPS: dict[str, Callable[[Design, str], Design]] = {
    "add": building.added,
    "remove": building.removed,
    "front": building.forward,
    "back": building.backward,
}
"""What changes the form without saving it."""


def opened_after(changed: Design, before: Design, about: str) -> str:
    """Return which element is open after a step: the new one, else the one that was meant."""
    if len(changed.elements) > len(before.elements):
        return changed.elements[-1].id
    return about


def save(edition: Edition, layout: BadgeLayout, form: DesignForm, design: Design, *, is_published: bool) -> None:
    """Save a version, and publish it where that is asked and it is good enough. Raises a `Refusal`."""
    with transaction() as tx:
        version = actions.save_version(
            tx,
            layout.id,
            name=form.name.data,
            design=design,
            built_on=form.version_seen(),
            account_id=current_user.id,
            now=clock.now(),
        )
        form.built_on.data = str(version.number)
    if is_published:
        checks.check(design)
        shown = queries.pictures_in(db.session(), edition.id, [design])
        try_out(design, name=layout.name, accent=edition.host_city.accent, pictures=shown)
        with transaction() as tx:
            actions.publish(tx, layout.id, version.number)


@blueprint.post("/organise/<slug>/badges/layouts/<key>/remove")
@open_to("organiser")
def remove_layout(slug: str, key: str) -> BaseResponse:
    """Remove a layout that nobody's badges have."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    name = layout.name
    try:
        with transaction() as tx:
            actions.remove_layout(tx, layout.id)
    except checks.LayoutInUse as refusal:
        flash(str(refusal), "error")
        return back_to(address(edition))
    flash(_("The layout “%(layout)s” is removed.", layout=name), "success")
    return back_to(address(edition))


@blueprint.get("/organise/<slug>/badges/layouts/<key>/versions")
@open_to("organiser")
def versions(slug: str, key: str) -> BaseResponse:
    """Show every version of a layout beside the newest."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    return page(
        "layouts/versions.html",
        edition=edition,
        layout=layout,
        versions=queries.versions_of(db.session(), layout.id),
        people=queries.people_to_try(db.session(), edition),
        base=address(edition),
    )


@blueprint.post("/organise/<slug>/badges/layouts/<key>/versions/<int:number>/bring-back")
@open_to("organiser")
def bring_back(slug: str, key: str, number: int) -> BaseResponse:
    """Make a former version the newest again."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    with transaction() as tx:
        actions.bring_back(tx, layout.id, number, account_id=current_user.id, now=clock.now())
    flash(_("Version %(number)s is back. The versions since then are kept.", number=number), "success")
    return back_to(address(edition, layout))


@blueprint.post("/organise/<slug>/badges/layouts/<key>/pictures")
@open_to("organiser")
def add_picture(slug: str, key: str) -> BaseResponse:
    """Keep a picture for layouts."""
    edition = shown(slug)
    layout = required(queries.layout_with_key(db.session(), edition.id, key))
    form = PictureForm()
    if not form.validate():
        flash(_("Choose a file."), "error")
        return back_to(address(edition, layout))
    sent = form.picture.data
    try:
        picture = pictures.redrawn(sent.read(pictures.MOST_BYTES + 1))
    except Refusal as refusal:
        flash(str(refusal), "error")
        return back_to(address(edition, layout))
    with transaction() as tx:
        actions.add_picture(tx, edition.id, name=(sent.filename or "")[:80], picture=picture, now=clock.now())
    flash(_("The picture is there: add the element “Picture” and choose it."), "success")
    return back_to(address(edition, layout))


@blueprint.get("/organise/<slug>/badges/layouts/pictures/<key>")
@open_to("organiser")
def picture(slug: str, key: str) -> BaseResponse:
    """Return a picture of layouts."""
    edition = shown(slug)
    found = required(queries.picture_with_key(db.session(), edition.id, key))
    return download(found.content, name=found.key, inline=True)


@blueprint.get("/organise/<slug>/badges/layouts/choice")
@open_to("organiser")
def choice(slug: str) -> BaseResponse:
    """Show which layout each category has on each card."""
    edition = shown(slug)
    session = db.session()
    shape = request.args.get("shape", "")
    shape = shape if shape in SHAPES else "a6"
    own = [each.layout for each in queries.layouts_of(session, edition.id) if each.layout.shape == shape]
    return page(
        "layouts/choice.html",
        edition=edition,
        shape=shape,
        shapes=SHAPE_NAMES,
        chips=CHIPS,
        standard=GALLERY[standard_for(shape)],
        gallery=GALLERY.values(),
        own=own,
        categories=categories_of(session, edition.id),
        chosen=chosen_names(queries.choices_of(session, edition.id), shape),
        people=queries.people_to_try(session, edition),
        base=address(edition),
    )


def chosen_names(choices: queries.Choices, shape: str) -> dict[int | None, str]:
    """Return what is chosen for a card, as the form names it, by category; None is everybody else."""
    return {
        each.category_id: each.gallery or (f"own:{each.layout.key}" if each.layout else "")
        for each in choices
        if each.shape == shape
    }


@blueprint.post("/organise/<slug>/badges/layouts/choice")
@open_to("organiser")
def choose(slug: str) -> BaseResponse:
    """Keep which layout each category has on a card."""
    edition = shown(slug)
    shape = checks.known_shape(request.form.get("shape", ""))
    categories = [category.id for category in categories_of(db.session(), edition.id)]
    here = f"{address(edition)}/choice?shape={shape}"
    try:
        with transaction() as tx:
            for category_id in (None, *categories):
                chosen = request.form.get(f"category-{category_id or 'all'}", "")
                actions.choose(tx, edition_id=edition.id, shape=shape, category_id=category_id, chosen=chosen)
    except (checks.NotPublished, checks.NoSuchLayout) as refusal:
        flash(str(refusal), "error")
        return back_to(here)
    flash(_("The badges have these layouts from now on."), "success")
    return back_to(here)
