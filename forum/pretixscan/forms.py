"""The form of a device."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from forum.checkin.models import Gate
from forum.core.forms import Form, LineField
from forum.core.i18n import localised
from forum.core.words import lazy_gettext as _
from forum.pretixscan.actions import DeviceDetails
from forum.pretixscan.models import ScanningDevice


class DeviceForm(Form):
    """A device with pretixSCAN on it."""

    name = LineField(
        _("Name of the device"), most=60, description=_("What you will call it: « Scanner 1 », « Marie’s telephone ».")
    )
    gates = SelectMultipleField(
        _("Gates"),
        description=_("It scans at these gates and at no other. In the app each of them is a check-in list."),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, gates: Sequence[Gate]) -> None:
        """Fill the list of gates."""
        self.gates.choices = [(gate.id, localised(gate.name)) for gate in gates]

    def fill(self, device: ScanningDevice) -> None:
        """Show a device as it is."""
        self.name.data = device.name
        self.gates.data = [gate.id for gate in device.gates]

    def details(self) -> DeviceDetails:
        """Return what was filled in."""
        return DeviceDetails(self.name.data, self.gates.data or [])
