"""The log in words: what an organiser looked at, exported or changed, as one would say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forum.core.words import gettext
from forum.core.words import lazy_gettext as _

THINGS: Mapping[str, Any] = {
    "audit": _("this log"),
    "badges": _("badges"),
    "badges.risks": _("the badges that need a look"),
    "badges_blanks": _("blank badges"),
    "badges_printers": _("a printer"),
    "badges_prints": _("the prints of badges"),
    "certificates": _("a certificate of attendance"),
    "checkin_door": _("the gates"),
    "checkin_zones": _("the zones"),
    "desk": _("the reception desk"),
    "desk_blanks": _("the blank badges of the paper kit"),
    "desk_desks": _("the desks"),
    "desk_paper": _("the paper kit"),
    "editions_cities": _("the host cities"),
    "editions_overview": _("the editions"),
    "editions_settings": _("the settings of the edition"),
    "exhibitors_organise": _("the exhibitors"),
    "exhibitors_organise.exhibitor": _("an exhibitor"),
    "forecast_organise": _("who will come"),
    "inside_after": _("the list of who came"),
    "inside_after.register": _("the safety register"),
    "inside_after.register_pdf": _("the safety register"),
    "inside_board": _("who is inside"),
    "inside_corrections": _("the corrections of the count"),
    "layout_pictures": _("the pictures of layouts"),
    "layouts": _("the layouts of badges"),
    "lists_duplicates": _("who stands in the list twice"),
    "lists_imports": _("a list that comes in"),
    "lists_registrations": _("the list of registrations"),
    "lists_tasks": _("a change of many registrations"),
    "lists_tasks.left_out": _("who was left out of a list"),
    "mailings_again": _("the people of another edition"),
    "mailings_organise": _("the letters to many"),
    "mailings_organise.mailing": _("a letter to many"),
    "mailings_organise.preview": _("a letter to many, filled in for one person"),
    "mailings_organise.preview_html": _("a letter to many, filled in for one person"),
    "payments_organise": _("the invoices"),
    "payments_organise.invoice": _("an invoice"),
    "payments_organise.issuer": _("who writes the invoices"),
    "payments_organise_bank": _("the bank transfers"),
    "payments_organise_orders": _("the orders"),
    "payments_organise_orders.buyer": _("who pays an order"),
    "payments_organise_orders.order": _("an order"),
    "people": _("their own account"),
    "pretixscan": _("the scanning devices"),
    "programme_organise_proposals": _("the proposals"),
    "programme_organise_proposals.proposal_page": _("a proposal"),
    "programme_organise_sessions": _("the programme"),
    "programme_organise_sessions.session_page": _("a session"),
    "registration_categories": _("the categories"),
    "registration_invitations": _("the invitations"),
    "registration_organise": _("a registration"),
    "registration_organise.desk": _("the form that registers somebody"),
    "registration_questions": _("the questions"),
    "registration_waiting_list": _("the waiting list"),
    "registration_waiting_list.group": _("a group"),
    "registration_waiting_list.groups": _("the groups"),
    "signs": _("the signs"),
    "site_accounts": _("the accounts"),
    "site_letters": _("the outbox"),
    "site_letters.letter": _("a letter"),
    "site_letters.letter_html": _("a letter"),
    "site_opening": _("the opening of a new edition"),
    "site_overview": _("the overview of the edition"),
    "venues": _("the venues"),
}
"""What a view shows, by its name or by that of its module."""

ACTS: Mapping[str, Any] = {
    "badges.print_badges": _("had badges printed"),
    "badges.reissue_badge": _("made a new badge"),
    "checkin_door.open_gate": _("opened a gate"),
    "checkin_door.renew": _("changed the link of a gate"),
    "checkin_door.revoke": _("revoked a gate"),
    "desk.correct": _("corrected a name at the desk"),
    "desk.expect": _("admitted somebody at the desk"),
    "desk.let_in": _("let somebody in at the desk"),
    "desk.print_badge": _("printed a badge at the desk"),
    "desk.register": _("registered somebody at the desk"),
    "desk_blanks.give": _("gave a blank badge a name"),
    "desk_blanks.register": _("gave a blank badge a name"),
    "editions_settings.add_edition": _("made an edition"),
    "exhibitors_organise.accept": _("accepted an exhibitor"),
    "exhibitors_organise.decline": _("declined an exhibitor"),
    "inside_corrections.correct": _("corrected the count"),
    "lists_duplicates.apart": _("said that two registrations are two people"),
    "lists_duplicates.merge": _("made one registration of two"),
    "lists_imports.agree_to_list": _("took a list in"),
    "lists_imports.import_list": _("read a list in"),
    "lists_registrations.choose": _("chose registrations to change"),
    "lists_tasks.agree": _("changed many registrations"),
    "mailings_again.again": _("prepared an invitation for people of another edition"),
    "mailings_organise.delete": _("threw a letter to many away"),
    "mailings_organise.new": _("wrote a letter to many"),
    "mailings_organise.plan": _("planned a letter to many"),
    "mailings_organise.stop": _("held a letter to many back"),
    "payments_organise_bank.book": _("booked a bank transfer"),
    "payments_organise_bank.upload": _("read a bank statement in"),
    "payments_organise_orders.give_back": _("gave money back"),
    "payments_organise_orders.invoice_early": _("wrote an invoice"),
    "payments_organise_orders.mark_paid": _("marked an order as paid"),
    "people.take_own_password": _("changed their password"),
    "programme_organise_proposals.answer_sent": _("answered a proposal"),
    "programme_organise_proposals.decide_several": _("answered several proposals"),
    "programme_organise_sessions.publish_several": _("published sessions"),
    "programme_organise_sessions.slot_sent": _("gave a session its hour"),
    "registration_organise.approve": _("approved a registration"),
    "registration_organise.cancel": _("cancelled a registration"),
    "registration_organise.come_back": _("gave a cancelled registration its place again"),
    "registration_organise.consent_on_paper": _("noted a parent’s agreement"),
    "registration_organise.decline": _("declined a registration"),
    "registration_organise.desk": _("registered somebody"),
    "registration_organise.door_word": _("wrote a word to the door"),
    "registration_organise.edit": _("corrected a registration"),
    "registration_organise.resend": _("sent a badge again"),
    "registration_waiting_list.act": _("changed a group"),
    "registration_waiting_list.promote": _("gave a place out of the queue’s order"),
    "site_accounts.add_account": _("opened an account"),
    "site_accounts.disable_account": _("disabled an account"),
    "site_accounts.make_link": _("made a sign-in link"),
    "site_letters.send_again": _("sent a letter again"),
    "site_letters.send_all_again": _("sent letters again"),
}
"""What was done where something was changed, by the view's name."""


def in_words(*, deed: str, place: str, address: str) -> str:
    """Return what was done, to be said after a name: “looked at the waiting list”; empty where nobody knows."""
    if deed == "changed" and place in ACTS:
        return str(ACTS[place])
    thing = THINGS.get(place) or THINGS.get(place.partition(".")[0])
    if thing is None:
        return ""
    if deed == "exported":
        kind = address.partition("?")[0].rpartition(".")[2].upper()[:5]
        return gettext("exported %(thing)s as %(kind)s", thing=thing, kind=kind)
    if deed == "changed":
        return gettext("changed something: %(thing)s", thing=thing)
    return gettext("looked at %(thing)s", thing=thing)
