"""The reception desk, the kiosk and the paper kit: a badge at once for whoever stands there."""
