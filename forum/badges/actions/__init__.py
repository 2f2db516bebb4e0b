"""The verbs of badges: giving them out, printing them, the printers, and those without a name."""
