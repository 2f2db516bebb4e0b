"""The verbs of the desk: desks themselves, badges at once, people, blank badges and paper."""
