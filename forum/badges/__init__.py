"""A code and a card for everyone who will come."""
