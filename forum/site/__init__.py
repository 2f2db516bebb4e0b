"""Home, health, and the pages about the site itself."""
