"""Host cities and the forum's editions."""
