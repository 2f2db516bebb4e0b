"""The verbs of the programme: proposals, sessions and their slots, themes, imported schedules."""
