"""The organisers' page of devices with pretixSCAN."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.documents import render_pdf
from forum.core.web import back_to, download, open_to, page, public_address, secret_key, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.pretixscan import actions, documents, queries, rules
from forum.pretixscan.forms import DeviceForm
from forum.pretixscan.models import ScanningDevice

blueprint = Blueprint("pretixscan", __name__, url_prefix="/organise/<slug>/door/pretixscan")


@blueprint.get("")
@open_to("organiser")
def devices(slug: str) -> Response:
    """Show the devices, or how to switch this on."""
    edition = organised(slug)
    return page(
        "pretixscan/devices.html",
        edition=edition,
        is_on=current_app.extensions["forum.settings"].pretixscan,
        devices=queries.devices_of(db.session(), edition.id),
        has_gates=bool(queries.gates_to_choose(db.session(), edition.id)),
        now_shown=clock.now(),
    )


@blueprint.get("/new")
@open_to("organiser")
def new_device(slug: str) -> Response:
    """Show an empty form, every gate chosen."""
    edition = organised(slug)
    refuse_when_off()
    form = offered(edition, DeviceForm(formdata=None))
    form.gates.data = [number for number, _name in form.gates.choices]
    return page("pretixscan/new_device.html", edition=edition, form=form)


@blueprint.post("/new")
@open_to("organiser")
def add_device(slug: str) -> BaseResponse:
    """Add a device."""
    edition = organised(slug)
    refuse_when_off()
    form = offered(edition, DeviceForm(request.form))
    device = None
    if form.validate():
        try:
            with transaction() as tx:
                device = actions.add_device(tx, edition.id, form.details(), secret_key=secret_key(), now=clock.now())
        except rules.NoGateHere as refusal:
            form.refused(refusal)
    if device is None:
        return page("pretixscan/new_device.html", edition=edition, form=form, status=422)
    flash(_("%(device)s is added. Scan its QR code with the app.", device=device.name), "success")
    return back_to(f"/organise/{slug}/door/pretixscan/{device.id}")


@blueprint.get("/<int:device_id>")
@open_to("organiser")
def device(slug: str, device_id: int) -> Response:
    """Show a device: its QR while it waits, what it says of itself afterwards."""
    edition = organised(slug)
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    form = offered(edition, DeviceForm(formdata=None))
    form.fill(present)
    return device_page(edition, present, form)


@blueprint.post("/<int:device_id>")
@open_to("organiser")
def change_device(slug: str, device_id: int) -> BaseResponse:
    """Change a device's name and gates."""
    edition = organised(slug)
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    form = offered(edition, DeviceForm(request.form))
    if not form.validate():
        return device_page(edition, present, form, status=422)
    try:
        with transaction() as tx:
            changed = actions.change_device(tx, present.id, form.details())
    except rules.NoGateHere as refusal:
        form.refused(refusal)
        return device_page(edition, present, form, status=422)
    flash(_("%(device)s is saved. It learns it when it downloads next.", device=changed.name), "success")
    return back_to(f"/organise/{slug}/door/pretixscan/{device_id}")


@blueprint.get("/<int:device_id>/sheet.pdf")
@open_to("organiser")
def sheet(slug: str, device_id: int) -> Response:
    """Print the QR of a device that waits."""
    edition = organised(slug)
    refuse_when_off()
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    if present.state != "waiting":
        raise rules.AlreadySetUp
    document = documents.setup_sheet(present, address=public_address(""), token=token_of(present))
    return download(render_pdf(document), name=f"{present.name}.pdf", inline=True)


@blueprint.get("/<int:device_id>/revoke")
@open_to("organiser")
def ask_revoke(slug: str, device_id: int) -> Response:
    """Ask before a device is shut out."""
    edition = organised(slug)
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    return page("pretixscan/revoke.html", edition=edition, device=present)


@blueprint.post("/<int:device_id>/revoke")
@open_to("organiser")
def revoke(slug: str, device_id: int) -> BaseResponse:
    """Shut a device out for good."""
    edition = organised(slug)
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    with transaction() as tx:
        gone = actions.revoke_device(tx, present.id, now=clock.now())
    flash(_("%(device)s is revoked: it deletes what it holds when it asks next.", device=gone.name), "success")
    return back_to(f"/organise/{slug}/door/pretixscan")


@blueprint.get("/<int:device_id>/setup")
@open_to("organiser")
def ask_setup(slug: str, device_id: int) -> Response:
    """Ask before a device that is in use gets a new QR."""
    edition = organised(slug)
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    return page("pretixscan/setup.html", edition=edition, device=present)


@blueprint.post("/<int:device_id>/setup")
@open_to("organiser")
def renew_setup(slug: str, device_id: int) -> BaseResponse:
    """Give a device a new QR."""
    edition = organised(slug)
    refuse_when_off()
    present = queries.device_of_edition(db.session(), edition.id, device_id)
    with transaction() as tx:
        actions.renew_setup(tx, present.id, secret_key=secret_key())
    flash(_("Here is the new QR code; the former one, and the device's access, ended."), "success")
    return back_to(f"/organise/{slug}/door/pretixscan/{device_id}")


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def refuse_when_off() -> None:
    """Raise `Off` (404) where this installation does not let pretixSCAN in."""
    if not current_app.extensions["forum.settings"].pretixscan:
        raise rules.Off


def offered(edition: Edition, form: DeviceForm) -> DeviceForm:
    """Return a form with the gates of an edition to choose from."""
    form.offer(queries.gates_to_choose(db.session(), edition.id))
    return form


def token_of(present: ScanningDevice) -> str:
    """Return the set-up token of a device."""
    return rules.setup_token(secret_key(), serial=present.serial, salt=present.setup_salt)


def device_page(edition: Edition, present: ScanningDevice, form: DeviceForm, *, status: int = 200) -> Response:
    """Return the page of one device."""
    is_on = current_app.extensions["forum.settings"].pretixscan
    shows_code = is_on and present.state == "waiting"
    address, token = public_address(""), token_of(present)
    return page(
        "pretixscan/device.html",
        edition=edition,
        device=present,
        form=form,
        is_on=is_on,
        address=address if shows_code else None,
        token=token if shows_code else None,
        symbol=documents.setup_symbol(present, address=address, token=token) if shows_code else None,
        now_shown=clock.now(),
        status=status,
    )
