"""How fast it is: figures, not tests."""
