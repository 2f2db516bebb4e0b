"""A day at the doors with everything going wrong, from a printed seed: phones, a rough network, a server that is killed."""
