"""Pages about money: for who pays, for organisers, and the address at which the card provider speaks."""

from forum.payments.views.cards import blueprint as cards
from forum.payments.views.organise import blueprint as organise
from forum.payments.views.organise_bank import blueprint as organise_bank
from forum.payments.views.organise_orders import blueprint as organise_orders
from forum.payments.views.own import blueprint as own

__all__ = ["cards", "organise", "organise_bank", "organise_orders", "own"]
