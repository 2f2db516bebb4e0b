"""The forum's own story as data, to try everything on."""
