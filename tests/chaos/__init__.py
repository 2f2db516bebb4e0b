"""A day at the doors with everything going wrong, from a printed seed."""
