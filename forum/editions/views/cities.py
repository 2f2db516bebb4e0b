"""Host cities: the list, and a page for each."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page
from forum.core.words import gettext as _
from forum.editions import actions, queries
from forum.editions.forms import CityForm
from forum.editions.models import HostCity

blueprint = Blueprint("editions_cities", __name__)


@blueprint.get("/organise/cities")
@open_to("owner")
def cities() -> Response:
    """List the host cities."""
    return page("editions/cities.html", cities=queries.all_cities(db.session()))


@blueprint.get("/organise/cities/new")
@open_to("owner")
def new_city() -> Response:
    """Show an empty form."""
    return page("editions/city.html", form=CityForm(formdata=None), city=None)


@blueprint.post("/organise/cities/new")
@open_to("owner")
def add_city() -> BaseResponse:
    """Add a city."""
    return take_city(None)


@blueprint.get("/organise/cities/<int:city_id>")
@open_to("owner")
def city(city_id: int) -> Response:
    """Show a city's form."""
    present = queries.city_with_id(db.session(), city_id)
    form = CityForm(formdata=None, obj=present)
    form.fill(present)
    return page("editions/city.html", form=form, city=present)


@blueprint.post("/organise/cities/<int:city_id>")
@open_to("owner")
def change_city(city_id: int) -> BaseResponse:
    """Change a city."""
    return take_city(queries.city_with_id(db.session(), city_id))


@blueprint.post("/organise/cities/<int:city_id>/remove")
@open_to("owner")
def remove_city(city_id: int) -> BaseResponse:
    """Remove a city that hosts nothing; the list says why when it cannot go."""
    name = queries.city_with_id(db.session(), city_id).name
    try:
        with transaction() as tx:
            actions.remove_city(tx, city_id)
    except Refusal as refusal:
        flash(str(refusal), "error")
        return back_to(f"/organise/cities/{city_id}")
    flash(_("%(city)s is removed.", city=name), "success")
    return back_to("/organise/cities")


def take_city(present: HostCity | None) -> BaseResponse:
    """Take a city's form, or show it again with what is wrong."""
    form = CityForm(request.form)
    if not form.validate():
        return page("editions/city.html", form=form, city=present, status=422)
    try:
        with transaction() as tx:
            if present is None:
                city = actions.add_city(tx, form.details())
            else:
                city = actions.change_city(tx, present.id, form.details())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return page("editions/city.html", form=form, city=present, status=refusal.status)
    flash(_("%(city)s is saved.", city=city.name), "success")
    return back_to("/organise/cities")
